"""双拼 cells read where the cells alone leave it open: the decoder weighs what they can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from edgeassist.braille.cells import BLANK
from edgeassist.braille.decode import SyllableToken, TextToken, Token
from edgeassist.braille.shuangpin import pairs
from edgeassist.braille.shuangpin_parse import Way, stretches
from edgeassist.chinese.decoder import Sound, decoder

_LONG = 10  # cells; a written word is hardly longer
_COST = 0.05  # log10 for each point of a way's cost: the words say more than the cells
_CONTEXT = 6  # syllables before that the decoder sees
_FULL = {"shi": "是", "de": "的", "zai": "再"}  # who has a sign of its own is not spelled


def likeliest(cells: str, opened: set[str] | None = None) -> list[Token]:
    """All tokens of a line; cells without blanks are divided as they make the best sense."""
    found: list[Token] = []
    for ways in stretches(cells, opened):
        unsure = len(ways) > 1 and (_strange(cells, ways[0]) or _unbroken(cells, ways[0]) > _LONG)
        found += (_best(found, ways) if unsure else ways[0]).tokens
    return _with_signs(found)


def _strange(cells: str, way: Way) -> bool:
    """Whether something speaks against a way, or it has a syllable in a tone it never has."""
    read = (pairs().get(cells[token.start : token.end]) for token in way.tokens)
    return way.cost > 0 or any(pair is not None and not pair.attested for pair in read)


def _unbroken(cells: str, way: Way) -> int:
    """How many cells stand together where a way stands; more than `_LONG` need not be exact."""
    at = way.tokens[0].start
    near = cells[max(0, at - _LONG) : at].rpartition(BLANK)[2]
    return len(near) + len(cells[at : at + _LONG + 1].partition(BLANK)[0])


def _best(before: list[Token], ways: list[Way]) -> Way:
    context: list[SyllableToken] = []
    for token in reversed(before[-_CONTEXT:]):
        if not isinstance(token, SyllableToken):
            break
        context.insert(0, token)
    return max(ways, key=lambda way: _weight(context, way))


def _weight(context: list[SyllableToken], way: Way) -> float:
    sounds = [
        Sound(token.letters, token.tones, token.character, token.excluded)
        for token in (*context, *way.tokens)
        if isinstance(token, SyllableToken)
    ]
    return decoder().weight(sounds) - _COST * way.cost


def _with_signs(tokens: list[Token]) -> list[Token]:
    """What the signs of one word say of its neighbours and of the rest of the line.

    Only 第 stands before a number without a blank. Where 的 是 再 have their signs, the same sound
    spelled in full is something else; liblouis spells 是 in words and 再, so without any sign in
    the line they may be.
    """
    signs = any(isinstance(t, SyllableToken) and t.character in _FULL.values() for t in tokens)
    made = []
    for token, after in zip_longest(tokens, tokens[1:]):
        if isinstance(token, SyllableToken) and not token.character:
            if token.letters == ("di",) and _is_number(after):
                token = replace(token, character="第")
            elif signs and not token.excluded and token.tones in ("4", "5"):
                token = replace(token, excluded=_FULL.get(token.letters[0], ""))
        made.append(token)
    return made


def _is_number(token: Token | None) -> bool:
    return isinstance(token, TextToken) and token.joined and token.text[:1].isdigit()
