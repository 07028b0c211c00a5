"""Braille to text: tokens, then the decoder for every stretch of Chinese syllables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from edgeassist.braille.cells import KEPT_TONES, UNKNOWN, omitting_clause
from edgeassist.braille.decode import SyllableToken, TextToken, Token, UnreadableToken, parse
from edgeassist.braille.encode import Scheme
from edgeassist.braille.english import english_reading
from edgeassist.chinese.decoder import DecodedWord, Sound, decoder
from edgeassist.chinese.syllables import split

_NUMERALS = dict(zip("0123456789", "十一二三四五六七八九", strict=True))


@dataclass(frozen=True, slots=True)
class ReadWord:
    """Cells and what they were read as."""

    cells: str
    text: str
    syllables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A line read; `unreadable` lists places and cells that mean nothing and stand in the text."""

    cells: str
    text: str
    words: list[ReadWord]
    alternatives: list[str]
    unreadable: list[tuple[int, str]]


def from_braille(cells: str, scheme: Scheme = Scheme.GF0019, *, alternatives: int = 5) -> Reading:
    """Read one line of Unicode cells; give at most so many other readings of it.

    A line that is no Chinese, and that liblouis reads as English and writes the same again, is
    English.
    """
    words: list[ReadWord] = []
    unreadable: list[tuple[int, str]] = []
    others: list[tuple[float, str, int, int]] = []  # how likely, text, and what it replaces
    text = ""
    before: Token | None = None
    tokens = list(parse(cells, scheme))
    if scheme is Scheme.GF0019:
        tokens = _kept_tones(tokens)
    if any(_meaningless(cells, token) for token in tokens):
        english = english_reading(cells)
        if english is not None:
            return Reading(cells, english, [ReadWord(cells, english)], [], [])
    for stretch in _stretches(tokens):
        first = stretch[0]
        if isinstance(first, SyllableToken):
            syllables = [token for token in stretch if isinstance(token, SyllableToken)]
            made, changed = _chinese(cells, syllables, _numeral(before), alternatives)
        else:
            made, changed = [_plain(cells, first)], []
        if _spaced(text, first, made[0].text):
            text += " "
        start = len(text)
        at = first.start
        for word in made:
            if _is_cells(word.text):
                unreadable.append((cells.index(word.cells, at), word.cells))
            text += word.text
        others += [(score, other, start, len(text)) for score, other in changed]
        words += made
        before = stretch[-1]
    others.sort(key=lambda item: -item[0])
    whole = dict.fromkeys(text[:start] + other + text[end:] for _, other, start, end in others)
    whole.pop(text, None)
    return Reading(cells, text, words, list(whole)[:alternatives], unreadable)


def _meaningless(cells: str, token: Token) -> bool:
    return isinstance(token, UnreadableToken) and cells[token.start : token.end] != UNKNOWN


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


def _chinese(
    cells: str, tokens: list[SyllableToken], after: str, alternatives: int
) -> tuple[list[ReadWord], list[tuple[float, str]]]:
    """The words of a stretch; its other readings, each with how much less likely it is."""
    sounds = [
        Sound(token.letters, token.tones, token.character, token.excluded) for token in tokens
    ]
    breaks = frozenset(place for place, token in enumerate(tokens) if place and not token.joined)
    words = decoder().decode(sounds, breaks, after)
    made = [_read_word(cells, tokens, word) for word in words]
    if not alternatives:
        return made, []
    others = decoder().alternatives(sounds, breaks, words, after)[:alternatives]
    return made, [
        (score, "".join(_read_word(cells, tokens, word).text for word in changed))
        for score, changed in others
    ]


def _read_word(cells: str, tokens: list[SyllableToken], word: DecodedWord) -> ReadWord:
    written = cells[tokens[word.start].start : tokens[word.end - 1].end]
    return ReadWord(written, word.text or written, word.syllables if word.text else ())


def _plain(cells: str, token: Token) -> ReadWord:
    written = cells[token.start : token.end]
    return ReadWord(written, token.text if isinstance(token, TextToken) else written)


def _spaced(text: str, token: Token, following: str) -> bool:
    """Whether a blank before `token` is a space of the text: between Latin words or numbers."""
    return not token.joined and bool(text) and text[-1].isascii() and following[0].isascii()


def _is_cells(text: str) -> bool:
    return text == UNKNOWN or "\u2800" <= text[0] <= "\u28ff"
