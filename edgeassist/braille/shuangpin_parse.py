"""双拼 cells taken apart: pairs of cells, signs of one cell (的 是 儿), marks, numbers, letters.

A written word is pairs, and the signs stand where they show: 的 alone, 是 alone or last, 儿 last or
before ⠤. So words with blanks between them read in one way alone. Without blanks a sign may also
be half a pair: of all ways to read a stretch the cheapest is taken, see `_Cost`; `stretches`
gives the others, for who can judge them by their meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from heapq import nsmallest
from typing import NamedTuple

from edgeassist.braille.cells import BLANK
from edgeassist.braille.decode import (
    ConnectorToken,
    SyllableToken,
    TextToken,
    Token,
    UnreadableToken,
    technical_token,
    unknown_token,
)
from edgeassist.braille.shuangpin import PairReading, marks, marks_read, onsets, pairs, sign
from edgeassist.braille.signs import CONNECTOR, NUMBER, starts_technical

_OF, _IS, _SUFFIX = "的", "是", "儿"
_TONES = {_OF: "5", _IS: "45", _SUFFIX: "52"}  # 是 is neutral in 还是, 儿 in 这儿
_LETTERS = {_OF: "de", _IS: "shi", _SUFFIX: "er"}
_NOT_IN_SYLLABLES = frozenset("⠈⠐⠘⠠⠤⠨⠰⠸")
_NEVER_FIRST = frozenset("⠂⠆")  # no token begins with them
_OPENED_BY = {"’": "‘", "〕": "〔"}  # what closes may be half a syllable unless something is open
_WAYS = 6  # readings of a stretch kept
_FAR = 1_000_000
_MARGIN = 30  # how much costlier than the best they may be


class _Cost(IntEnum):
    """How unlikely a step is that is no pair of an existing syllable."""

    SUFFIX = 1  # 儿 last in its word, or before ⠤
    IS_LAST = 2
    OF_LAST = 6
    WITHIN = 9  # a sign that something follows
    SUFFIX_WITHIN = 14
    NO_SYLLABLE = 40
    NOTHING = 60


class Way(NamedTuple):
    """Tokens that a stretch may be, and what speaks against them (0: nothing)."""

    tokens: tuple[Token, ...]
    cost: int


class _Step(NamedTuple):
    cost: int
    token: Token | None
    before: _Step | None


def parse(cells: str, opened: set[str] | None = None) -> Iterator[Token]:
    """All tokens of a line of Unicode cells, blanks left out, nothing else.

    `opened` are the marks that wait for what closes them where the line goes on.
    """
    for ways in stretches(cells, opened):
        yield from ways[0].tokens


def stretches(cells: str, opened: set[str] | None = None) -> Iterator[list[Way]]:
    """The line in stretches; for each the ways to read it, the likeliest first."""
    at = 0
    joined = False
    opened = set() if opened is None else opened
    last_angle = cells.rfind(marks()["〉"])
    while at < len(cells):
        if cells[at] in (BLANK, " "):
            joined = False
            at += 1
            continue
        token = unknown_token(cells, at, joined) or technical_token(cells, at, joined)
        token = token or _told_apart(cells, at, joined)
        if token is None and cells[at] not in _NOT_IN_SYLLABLES:
            token = _closing(cells, at, joined, opened)
            if token is None and not _stops(cells, at, opened):
                for ways in _syllables(cells, at, joined, opened):
                    at, joined = ways[0].tokens[-1].end, True
                    yield ways
                continue
        token = token or _connector(cells, at, joined)
        token = token or _mark(cells, at, joined, opened, last_angle)
        token = token or UnreadableToken(at, at + 1, joined)
        at, joined = token.end, True
        if not isinstance(token, ConnectorToken):
            yield [Way((token,), 0)]
        if isinstance(token, TextToken) and not token.mark and _connects(cells, at):
            at += 1


def _connects(cells: str, at: int) -> bool:
    """Whether the ⠤ at `at`, after a number or letter, only joins it to the next syllable."""
    return cells[at : at + 1] == CONNECTOR and cells[at + 1 : at + 2] in onsets()


def _connector(cells: str, at: int, joined: bool) -> Token | None:
    if cells[at] == CONNECTOR and joined and cells[at - 1] not in _NOT_IN_SYLLABLES:
        after = at + 1
        if after < len(cells) and starts_technical(cells, after):
            return ConnectorToken(at, after, joined)
    return None


def _told_apart(cells: str, at: int, joined: bool) -> Token | None:
    """Dot 4 and a syllable: 再, or else not the commonest word of that sound."""
    pair = pairs().get(cells[at + 1 : at + 3])
    if cells[at] != sign("apart") or pair is None:
        return None
    token = _pair_token(pair, at, at + 3, joined)
    if pair.letters == ("zai",) and pair.tones == "4":
        return replace(token, character="再")
    if pair.letters == ("bu",) and pair.tones == "4":
        return replace(token, excluded="不")
    return token


def _pair_token(pair: PairReading, start: int, end: int, joined: bool) -> SyllableToken:
    return SyllableToken(start, end, joined, pair.letters, pair.tones, "", True)


def _sign_token(character: str, at: int, end: int, joined: bool) -> SyllableToken:
    letters, tones = (_LETTERS[character],), _TONES[character]
    return SyllableToken(at, end, joined, letters, tones, character, True)


def _syllables(cells: str, start: int, joined: bool, opened: set[str]) -> Iterator[list[Way]]:
    """The stretches from `start` to what cannot be a syllable; one ends where all ways meet."""
    begun = _Step(0, None, None)
    reached: dict[int, list[_Step]] = {start: [begun]}
    at = begin = start
    while True:
        steps = nsmallest(_WAYS, reached.pop(at, ()), key=lambda step: step.cost)
        stops = bool(steps) and at > start and _stops(cells, at, opened)
        if stops and steps[0].cost > _least(reached):
            stops, steps = False, []  # ⠼ or ⠔⠆ as half of a syllable
        if steps and at > begin and (stops or not reached):
            yield [_way(step) for step in steps]
            begin, steps = at, [begun]
            reached = {}
        if stops:
            return
        for step in steps:
            for token, cost in _steps(cells, at, joined or at > start, at == start):
                following = _Step(step.cost + cost, token, step)
                reached.setdefault(token.end, []).append(following)
        _forget(reached)
        at += 1


def _least(reached: dict[int, list[_Step]]) -> int:
    return min((step.cost for steps in reached.values() for step in steps), default=_FAR)


def _forget(reached: dict[int, list[_Step]]) -> None:
    """Leave out what has become too unlikely."""
    most = _least(reached) + _MARGIN
    for place in list(reached):
        kept = [step for step in reached[place] if step.cost <= most]
        if kept:
            reached[place] = kept
        else:
            del reached[place]


def _way(step: _Step) -> Way:
    tokens: list[Token] = []
    at: _Step | None = step
    while at is not None and at.token is not None:
        tokens.append(at.token)
        at = at.before
    return Way(tuple(reversed(tokens)), step.cost)


def _stops(cells: str, at: int, opened: set[str]) -> bool:
    """Whether the syllables end before `at`."""
    if at >= len(cells) or cells[at] in (BLANK, " ") or cells[at] in _NOT_IN_SYLLABLES:
        return True
    if cells[at] == NUMBER and starts_technical(cells, at):
        return True
    return cells[at] in marks_read() or bool(_closed(cells, at, opened))


def _steps(cells: str, at: int, joined: bool, first: bool) -> Iterator[tuple[Token, int]]:
    """What can be read at `at`, and what it costs."""
    two = cells[at : at + 2]
    pair = pairs().get(two)
    if pair is not None:
        yield _pair_token(pair, at, at + 2, joined), 0 if pair.exists else _Cost.NO_SYLLABLE
    after = cells[at + 1 : at + 2]
    last = after in ("", BLANK, " ") or after in _NOT_IN_SYLLABLES
    if cells[at] == sign(_OF):
        alone = first and last
        cost = 0 if alone else _Cost.OF_LAST if last else _Cost.WITHIN
        yield _sign_token(_OF, at, at + 1, joined), cost
    elif cells[at] == sign(_IS):
        cost = (0 if first else _Cost.IS_LAST) if last else _Cost.WITHIN
        yield _sign_token(_IS, at, at + 1, joined), cost
    elif cells[at] == sign(_SUFFIX):
        within = after == CONNECTOR and cells[at + 2 : at + 3] in onsets()
        cost = _Cost.SUFFIX if last and not first else _Cost.SUFFIX_WITHIN
        yield _sign_token(_SUFFIX, at, at + 1 + within, joined), cost
    if pair is None:
        yield UnreadableToken(at, at + 1, joined), _Cost.NOTHING


def _closed(cells: str, at: int, opened: set[str]) -> str:
    """The mark at `at` that could be half a syllable but closes something; "" for none."""
    mark = marks_read().get(cells[at : at + 2], "")
    return mark if _OPENED_BY.get(mark) in opened else ""


def _closing(cells: str, at: int, joined: bool, opened: set[str]) -> Token | None:
    mark = _closed(cells, at, opened)
    if not mark:
        return None
    opened.discard(_OPENED_BY[mark])
    return TextToken(at, at + 2, joined, mark, mark=True)


def _mark(cells: str, at: int, joined: bool, opened: set[str], last_angle: int) -> Token | None:
    found = marks_read()
    for length in (3, 2, 1):
        piece, after = cells[at : at + length], cells[at + length : at + length + 1]
        mark = found.get(piece, "")
        if not mark or (length > 1 and after in _NEVER_FIRST and piece[:1] in found):
            continue
        if mark == "？" and not joined and last_angle > at and after not in ("", BLANK):
            mark = "〈"
        if mark == "［" and mark in opened:
            opened.discard(mark)
            mark = "］"
        else:
            opened.add(mark)
        return TextToken(at, at + length, joined, mark, mark=True)
    if cells[at] == CONNECTOR:
        return TextToken(at, at + 1, joined, "-", mark=True)
    return None
