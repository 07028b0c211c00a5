"""Cells taken apart: syllables, punctuation, numbers, letters. Deterministic; says what is unsure.

Initials, finals and tone cells are disjoint, so syllables need no separator. What cannot be told
stays open in a `SyllableToken`: a tone that the rules leave unwritten is the set of tones they
omit, and ⠢ is o or e.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edgeassist.braille.cells import (
    BLANK,
    FINALS,
    INITIALS,
    PUNCTUATION,
    TONES,
    UNKNOWN,
    omitted_tones,
)
from edgeassist.braille.encode import Scheme
from edgeassist.braille.signs import CONNECTOR, NUMBER, read_technical, starts_technical
from edgeassist.chinese.syllables import spell

_INITIAL_OF = {cell: name for name, cell in INITIALS.items() if name not in ("j", "q", "x")}
_FINAL_OF = {cell: name for name, cell in FINALS.items() if name not in ("o", "ueng")}
_TONE_OF = {cell: tone for tone, cell in TONES.items() if cell}
_PALATAL = {"g": "j", "k": "q", "h": "x"}
_BARE = frozenset(("zh", "ch", "sh", "r", "z", "c", "s"))
_SHORT = {"d": ("的", "de"), "m": ("么", "me"), "n": ("你", "ni"), "t": ("他", "ta")}
_SHORT_TONES = {"的": "5", "么": "5", "你": "3", "他": "1", "她": "1", "它": "1"}
_IT = "⠈⠞"  # 它
# What a spelling cannot stand for in GF 0019: 11.1 gives it a short form, 10.2.8 a tone.
_EXCLUDED = {
    ("d", "e", None): "的",
    ("m", "e", None): "么",
    ("n", "i", 3): "你",
    ("t", "a", 1): "他她它",
    ("z", "ai", None): "再",
    ("", "uen", None): "问",
}
_ANY_TONE = "12345"
_OF_SYLLABLES = frozenset({*_INITIAL_OF, *_FINAL_OF, *_TONE_OF})


@dataclass(frozen=True, slots=True)
class Token:
    """Something read from cells[start:end]; `joined` says that no blank stands before it."""

    start: int
    end: int
    joined: bool


@dataclass(frozen=True, slots=True)
class SyllableToken(Token):
    """A syllable: the letters it can have, the tones it can have, the character if that is fixed.

    `written` says that the tone stands there; the first of `letters` and `tones` is the likeliest.
    """

    letters: tuple[str, ...]
    tones: str
    character: str = ""
    written: bool = False
    excluded: str = ""  # characters that would be written otherwise


@dataclass(frozen=True, slots=True)
class TextToken(Token):
    """A punctuation mark (`mark`), or a number, letters or signs, exactly as they were."""

    text: str
    mark: bool


@dataclass(frozen=True, slots=True)
class ConnectorToken(Token):
    """⠤ between a Chinese word and letters (维生素C): not a sign of the text."""


@dataclass(frozen=True, slots=True)
class UnreadableToken(Token):
    """Cells that mean nothing here."""


def parse(
    cells: str, scheme: Scheme = Scheme.GF0019, marks: Marks | None = None
) -> Iterator[Token]:
    """All tokens of a line of Unicode cells, blanks left out, nothing else.

    `marks` are those of the line that `cells` goes on with.
    """
    if scheme is Scheme.SHUANGPIN:
        from edgeassist.braille import shuangpin_parse

        yield from shuangpin_parse.parse(cells, marks.opened if marks else None)
        return
    at = 0
    joined = False
    marks = marks or Marks()
    marks.begin(cells)
    while at < len(cells):
        if cells[at] in (BLANK, " "):
            joined = False
            at += 1
            continue
        token = (
            unknown_token(cells, at, joined)
            or technical_token(cells, at, joined)
            or _syllable(cells, at, joined, scheme)
            or _connector(cells, at, joined)
            or marks.read(at, joined)
            or UnreadableToken(at, at + 1, joined)
        )
        at = token.end
        if not isinstance(token, ConnectorToken):
            yield token
        joined = True
        if isinstance(token, TextToken) and not token.mark and _connects(cells, at):
            at += 1


def _connects(cells: str, at: int) -> bool:
    """Whether the ⠤ at `at`, after a number or letter, only joins it to the next syllable."""
    following = cells[at + 1 : at + 2]
    return cells[at : at + 1] == CONNECTOR and (following in _INITIAL_OF or following in _FINAL_OF)


def unknown_token(cells: str, at: int, joined: bool) -> Token | None:
    """The sign for a character that has no cells, if it stands there."""
    if cells.startswith(UNKNOWN, at):
        return UnreadableToken(at, at + len(UNKNOWN), joined)
    return None


def technical_token(cells: str, at: int, joined: bool) -> Token | None:
    """A number or Latin letters, if they stand there."""
    if not starts_technical(cells, at):
        return None
    text, end = read_technical(cells, at)
    return TextToken(at, end, joined, text, mark=False)


def _connector(cells: str, at: int, joined: bool) -> Token | None:
    if cells[at] == CONNECTOR and joined and cells[at - 1] in _OF_SYLLABLES:
        after = at + 1
        if after < len(cells) and starts_technical(cells, after):
            return ConnectorToken(at, after, joined)
    return None


def _syllable(cells: str, at: int, joined: bool, scheme: Scheme) -> Token | None:
    if cells.startswith(_IT, at):
        full = cells[at + 2 : at + 3] == FINALS["a"]
        return SyllableToken(at, at + 2 + full, joined, ("ta",), "1", "它", True)
    start = at
    initial = _INITIAL_OF.get(cells[at], "")
    at += bool(initial)
    final = _FINAL_OF.get(cells[at : at + 1], "")
    at += bool(final)
    if not initial and not final:
        return None
    tone = _TONE_OF.get(cells[at : at + 1])
    if not final and initial not in _BARE:
        return _short_form(cells, start, joined, initial, tone)
    at += tone is not None
    letters = _letters(initial, final)
    if letters == ("di",) and tone is None and cells[at : at + 1] == NUMBER:
        # only 第 stands before a number without a blank
        return SyllableToken(start, at, joined, letters, "4", "第", True)
    excluded = _EXCLUDED.get((initial, final, tone), "") if scheme is Scheme.GF0019 else ""
    if excluded[:1] in _SHORT_TONES and _zero_initial_at(cells, at):
        excluded = ""  # 11.2: there even these are spelled out
    if tone is not None:
        # In GF 0019 o never bears a tone of its own, e always (10.2.6).
        if scheme is Scheme.GF0019 and letters[0] == "o":
            letters = ("e",)
        return SyllableToken(start, at, joined, letters, str(tone), "", True, excluded)
    if scheme is Scheme.CURRENT:
        # 的 is ⠙; books that spell it out write it apart, as 的 is: 管得了 ⠛⠻⠙⠢⠇⠜
        spelled = "的" if joined and (initial, final) == ("d", "e") else ""
        return SyllableToken(start, at, joined, letters, _ANY_TONE, excluded=spelled)
    if (initial, final) == ("t", "a"):
        # 9.4: 他 in full bears no tone either
        return SyllableToken(start, at, joined, letters, "152")
    tones = "".join(map(str, omitted_tones(*_sound(initial, final))))
    return SyllableToken(start, at, joined, letters, tones, "", False, excluded)


def _zero_initial_at(cells: str, at: int) -> bool:
    return cells[at : at + 1] in _FINAL_OF


def _short_form(
    cells: str, start: int, joined: bool, initial: str, tone: int | None
) -> Token | None:
    if initial not in _SHORT:
        return None
    character, letters = _SHORT[initial]
    if initial == "t" and tone == 1:
        return SyllableToken(start, start + 2, joined, (letters,), "1", "她", True)
    return SyllableToken(
        start, start + 1, joined, (letters,), _SHORT_TONES[character], character, True
    )


def _sound(initial: str, final: str) -> tuple[str, str]:
    """The initial and final that the cells of g k h and of ⠢ and ⠲ mean together."""
    if initial in _PALATAL and final[:1] in ("i", "ü"):
        initial = _PALATAL[initial]
    if final == "e" and initial in ("", "b", "p", "m", "f"):
        final = "o"
    if final == "ong" and not initial:
        final = "ueng"
    return initial, final


def _letters(initial: str, final: str) -> tuple[str, ...]:
    initial, final = _sound(initial, final)
    if final == "o" and initial in ("", "m"):
        return spell(initial, "o"), spell(initial, "e")
    return (spell(initial, final),)


class Marks:
    """Punctuation of a line, whose pairs are told apart by what was open before."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.begin("")

    def begin(self, cells: str) -> None:
        """Go on with `cells`."""
        self._cells = cells
        self._last_angle = cells.rfind(PUNCTUATION["〉"])

    def read(self, at: int, joined: bool) -> Token | None:
        """The mark that begins at `at`, if one does."""
        cells = self._cells
        if cells[at] == "⠘":
            return self._quote(at, joined)
        for length in (3, 2, 1):
            piece = cells[at : at + length]
            marks = [mark for mark, sign in PUNCTUATION.items() if sign == piece]
            if not marks:
                continue
            mark = self._choose(marks, at, joined, at + length)
            if mark:
                return TextToken(at, at + length, joined, mark, mark=True)
        return None

    def _choose(self, marks: list[str], at: int, joined: bool, end: int) -> str:
        if marks == ["［", "］"]:
            self.opened ^= {"［"}
            return "［" if "［" in self.opened else "］"
        if marks == ["？", "〈"]:
            after_syllable = joined and self._cells[at - 1] in _OF_SYLLABLES
            opens = not after_syllable and self._cells[end : end + 1] not in ("", BLANK)
            return "〈" if opens and self._last_angle >= end else "？"
        if marks == ["："] and joined and self._cells[end : end + 1] not in ("", BLANK, "⠘", "⠤"):
            return "-"
        return marks[0]

    def _quote(self, at: int, joined: bool) -> Token:
        run = next((n for n in range(4) if self._cells[at + n : at + n + 1] != "⠘"), 4)
        double, single = "“" in self.opened, "‘" in self.opened
        # Three are “‘ or ’”; two are one single mark; one is a double mark.
        inner_first = run == 3 and single
        if run == 2 or inner_first:
            self.opened ^= {"‘"}
            return TextToken(at, at + 2, joined, "’" if single else "‘", mark=True)
        self.opened ^= {"“"}
        return TextToken(at, at + 1, joined, "”" if double else "“", mark=True)
