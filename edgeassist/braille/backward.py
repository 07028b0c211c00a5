"""Braille to text: tokens, then the decoder for every stretch of Chinese syllables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edgeassist.braille.cells import BLANK, KEPT_TONES, UNKNOWN, omitting_clause
from edgeassist.braille.decode import Marks, SyllableToken, TextToken, Token, UnreadableToken, parse
from edgeassist.braille.encode import Scheme
from edgeassist.braille.english import english_reading
from edgeassist.braille.settled import Settled
from edgeassist.braille.shuangpin_read import likeliest
from edgeassist.braille.signs import CIRCLED
from edgeassist.chinese.decoder import Sound, decoder
from edgeassist.chinese.memory import Memory
from edgeassist.chinese.readings import Reader
from edgeassist.chinese.rivals import judge
from edgeassist.chinese.syllables import split

if TYPE_CHECKING:
    from edgeassist.chinese.userwords import UserWord

_NUMERALS = dict(zip("0123456789", "十一二三四五六七八九", strict=True))


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a word could be instead, and how likely: all of a word's likelihoods are 1 or less."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ReadWord:
    """Cells and what they were read as; `start` is their place in the line.

    `confidence` is how likely the text is right (1 for marks, numbers and letters, 0 where nothing
    fits); it and `alternatives` are given only where alternatives were asked for. `pieces` are
    places and cells of each character, or of the whole where it is no Chinese.
    """

    cells: str
    text: str
    syllables: tuple[str, ...] = ()
    start: int = 0
    pieces: tuple[tuple[int, str], ...] = ()
    spaced: bool = False  # a space of the text stands before it
    confidence: float = 1.0
    alternatives: tuple[Alternative, ...] = ()

    @property
    def unreadable(self) -> bool:
        """Whether nothing fits and the cells themselves stand in the text."""
        return self.text == self.cells


@dataclass(frozen=True, slots=True)
class Reading:
    """A line read; `unreadable` lists places and cells that mean nothing and stand in the text."""

    cells: str
    text: str
    words: list[ReadWord]
    alternatives: list[str]
    unreadable: list[tuple[int, str]]


def from_braille(
    cells: str,
    scheme: Scheme = Scheme.GF0019,
    *,
    alternatives: int = 5,
    user: Mapping[str, UserWord] | None = None,
    keep_marks: bool = False,
) -> Reading:
    """Read one line of Unicode cells; give at most so many other readings of it.

    The words of `user` win where they fit. With `keep_marks` the text bears invisible marks where
    the cells are not those that `to` would write (`edgeassist.braille.marks`). A line that is no
    Chinese, and that liblouis reads as English and writes the same again, is English.
    """
    document = Document(
        scheme, alternatives=alternatives, user=user, learns=False, keep_marks=keep_marks
    )
    return document.read(cells)


class Document:
    """Reads the lines of one document in their order; what is sure in one helps the next.

    `learns` says whether words read surely and more than once are remembered; `user` holds words
    that win. At most so many `alternatives` of every line and word are given.
    """

    def __init__(
        self,
        scheme: Scheme = Scheme.GF0019,
        *,
        alternatives: int = 5,
        user: Mapping[str, UserWord] | None = None,
        learns: bool = True,
        keep_marks: bool = False,
    ) -> None:
        self._scheme = scheme
        self._most = alternatives
        self._known = Memory() if learns or user else None
        if self._known is not None and user:
            self._known.add_user_words(user)
        self._settled = Settled(self._known) if learns and self._known is not None else None
        self._keeps = keep_marks
        self._reads = Reader(dict(user)) if keep_marks and user else None
        self._begin()

    def _begin(self) -> None:
        self._marks = Marks()
        self._before: Token | None = None

    def read(self, cells: str, *, ends: bool = True) -> Reading:
        """Read a line, or with not `ends` a part of it that goes on with the next call."""
        tokens = _tokens(cells, self._scheme, self._marks)
        if any(_meaningless(cells, token) for token in tokens):
            english = english_reading(cells)
            if english is not None:
                self._begin()
                return Reading(cells, english, [ReadWord(cells, english)], [], [])
        words: list[ReadWord] = []
        others: list[tuple[float, int, int, str]] = []  # how likely, words[a:b], other text
        for stretch in _stretches(tokens):
            made, changes = self._words(cells, stretch)
            if words and _spaced(words[-1].text, stretch[0], made[0].text):
                made[0] = replace(made[0], spaced=True)
            others += [(score, len(words) + a, len(words) + b, text)
                       for score, a, b, text in changes]  # fmt: skip
            words += made
            self._before = stretch[-1]
        if ends:
            self._begin()
        text = self._marked(cells, words) if self._keeps else _text(words)
        wholes = _wholes(words, others, self._most)
        return Reading(cells, text, words, wholes, _unreadable(words))

    def _marked(self, cells: str, words: list[ReadWord]) -> str:
        from edgeassist.braille.keeping import marked_text

        return marked_text(cells, words, self._scheme, self._reads)

    def _words(
        self, cells: str, stretch: list[Token]
    ) -> tuple[list[ReadWord], list[tuple[float, int, int, str]]]:
        syllables = [token for token in stretch if isinstance(token, SyllableToken)]
        if not syllables:
            return [_plain(cells, stretch[0])], []
        return self._chinese(cells, syllables, _numeral(self._before))

    def _chinese(
        self, cells: str, tokens: list[SyllableToken], after: str
    ) -> tuple[list[ReadWord], list[tuple[float, int, int, str]]]:
        """The words of a stretch; and what else words[a:b] could be, with how likely."""
        sounds = [Sound(t.letters, t.tones, t.character, t.excluded) for t in tokens]
        breaks = frozenset(place for place, t in enumerate(tokens) if place and not t.joined)
        found = decoder().decode(sounds, breaks, after, known=self._known)
        pieces = [(token.start, cells[token.start : token.end]) for token in tokens]
        made = []
        for word in found:
            start = tokens[word.start].start
            written = cells[start : tokens[word.end - 1].end]
            if word.text:
                own = tuple(pieces[word.start : word.end])
                made.append(ReadWord(written, word.text, word.syllables, start, own))
            else:
                made.append(ReadWord(written, written, (), start, confidence=0.0))
        if not self._most and not self._settled:
            return made, []
        rivals = decoder().rivals(sounds, breaks, found, after, known=self._known)
        judged = judge(found, rivals)
        if self._settled:
            self._settled.learn(found, judged, breaks)
        if not self._most:
            return made, []
        for place, about in enumerate(judged):
            others = tuple(Alternative(text, odds) for text, odds in about.others[: self._most])
            made[place] = replace(made[place], confidence=about.confidence, alternatives=others)
        texts = ("".join(word.text for word in rival.words) for rival in rivals)
        return made, [
            (rival.score, rival.first, rival.last, text)
            for rival, text in zip(rivals, texts, strict=True)
        ]


def _meaningless(cells: str, token: Token) -> bool:
    return isinstance(token, UnreadableToken) and cells[token.start : token.end] != UNKNOWN


def _tokens(cells: str, scheme: Scheme, marks: Marks) -> list[Token]:
    if scheme is Scheme.SHUANGPIN:
        return likeliest(cells, marks.opened)
    tokens = list(parse(cells, scheme, marks))
    return _kept_tones(tokens) if scheme is Scheme.GF0019 else tokens


def _kept_tones(tokens: list[Token]) -> list[Token]:
    """再 and 问 told by the tone that they alone keep (10.2.8), unless all tones are written."""
    kept = {syllable: character for character, syllable in KEPT_TONES}
    found: dict[int, str] = {}
    for place, token in enumerate(tokens):
        if not isinstance(token, SyllableToken) or not token.written or token.character:
            continue
        syllable = token.letters[0] + token.tones
        if syllable in kept:
            found[place] = kept[syllable]
        elif omitting_clause(split(syllable)) and split(syllable).final:
            return tokens  # a tone that need not be there: a text for learners
    return [
        replace(token, character=found[place])
        if isinstance(token, SyllableToken) and place in found
        else token
        for place, token in enumerate(tokens)
    ]


def _stretches(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Syllables that follow each other, whatever the blanks; every other token alone."""
    held: list[Token] = []
    for token in tokens:
        if isinstance(token, SyllableToken):
            held.append(token)
            continue
        if held:
            yield held
            held = []
        yield [token]
    if held:
        yield held


def _numeral(token: Token | None) -> str:
    """The number before a stretch as the decoder can know it: a measure word follows."""
    if isinstance(token, TextToken) and token.text[-1:] in _NUMERALS:
        return _NUMERALS[token.text[-1]]
    return ""


def _plain(cells: str, token: Token) -> ReadWord:
    written = cells[token.start : token.end]
    text = token.text if isinstance(token, TextToken) else written
    return ReadWord(
        written, text, (), token.start, ((token.start, written),), confidence=float(text != written)
    )


def _spaced(before: str, token: Token, following: str) -> bool:
    """Whether a blank before `token` is a space of the text: between Latin words or numbers."""
    if token.joined:
        return False
    sides = before[-1], following[0]
    return all(side.isascii() or side in CIRCLED for side in sides) or all(map(_is_cell, sides))


def _is_cell(character: str) -> bool:
    return BLANK <= character <= "\u28ff"


def _text(words: Iterable[ReadWord]) -> str:
    return "".join(" " * word.spaced + word.text for word in words)


def _wholes(
    words: list[ReadWord], others: list[tuple[float, int, int, str]], most: int
) -> list[str]:
    """The likeliest other texts of the line: one change in each."""
    others.sort(key=lambda item: -item[0])
    text = _text(words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + word.spaced + len(word.text))
    found: dict[str, None] = {}
    for _, first, last, other in others:
        if len(found) == most:
            break
        start = starts[first] + words[first].spaced
        whole = text[:start] + other + text[starts[last] :]
        if whole != text:
            found[whole] = None
    return list(found)


def _unreadable(words: Iterable[ReadWord]) -> list[tuple[int, str]]:
    """Places and cells of what could not be read, neighbours together."""
    found: list[tuple[int, str]] = []
    for word in words:
        if not word.unreadable:
            continue
        if found and found[-1][0] + len(found[-1][1]) == word.start and word.cells != UNKNOWN:
            found[-1] = (found[-1][0], found[-1][1] + word.cells)
        else:
            found.append((word.start, word.cells))
    return found
