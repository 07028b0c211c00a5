"""Captions laid out as subtitles: short lines, at most two, shown long enough to be read.

The limits are those of Netflix' Timed Text style guides (general requirements; Simplified Chinese;
English): 16 Chinese or 42 Latin characters a line, two lines, 5/6 to 7 seconds, 9 Chinese or 20
Latin characters a second. Text is never dropped: where somebody speaks too fast for them, the
limits on time give way.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from edgeassist.captions.formats import Cue

SHORTEST_S = 5 / 6
LONGEST_S = 7.0
_LEAST_S = 0.1  # when the next one comes at once
_LINES = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """What one line holds and how fast it is read, in columns: a Chinese character takes two."""

    columns: int
    columns_per_s: float


CHINESE = Limits(32, 18.0)
LATIN = Limits(42, 20.0)

_CLOSING = frozenset("，。！？、；：,.!?;:)]}）】」』》〉”’…%％")
_OPENING = frozenset("([{（【「『《〈“‘$￥¥")
_SENTENCE = frozenset("。！？!?…")
_CLAUSE = frozenset("，、；：,;:.")


def subtitles(cues: Iterable[Cue], *, until_s: float = math.inf) -> list[Cue]:
    """`cues` (in order) as subtitles; the lines of a text are parted by line feeds.

    Times never run back and never overlap. A long caption becomes several, each for its share of
    the time. The last may stay until `until_s`.
    """
    return _in_time([part for cue in cues for part in _parts(cue)], until_s)


def columns(text: str) -> int:
    """How wide `text` is in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def limits(language: str) -> Limits:
    """The limits for a language."""
    return CHINESE if language == "zh" else LATIN


def _parts(cue: Cue) -> list[Cue]:
    units = _units(" ".join(cue.text.split()), limits(cue.language).columns)
    if not units:
        return []
    most = limits(cue.language).columns
    seconds = max(cue.end_s - cue.start_s, 0.0)
    width = columns("".join(units))
    for_time = min(math.ceil(seconds / LONGEST_S), max(int(seconds / SHORTEST_S), 1), len(units))
    count = max(math.ceil(width / (_LINES * most)), for_time, 1)
    while True:
        pieces = _split(units, count)
        laid_out = [_two_lines(piece, most) for piece in pieces]
        if all(text is not None for text in laid_out):
            break
        count += 1
    ends = list(accumulate(columns("".join(piece)) for piece in pieces))
    times = [cue.start_s, *(cue.start_s + seconds * end / ends[-1] for end in ends)]
    return [
        replace(cue, text=text, start_s=start_s, end_s=end_s)
        for text, start_s, end_s in zip(laid_out, times, times[1:], strict=False)
        if text
    ]


def _units(text: str, most: int) -> list[str]:
    """What must stay together: words, with the punctuation that clings to them."""
    import rjieba

    units: list[str] = []
    joins = False
    for word in rjieba.cut(text):
        clings = word[0] in _CLOSING or word.isspace()
        # Latin words and numbers are cut at hyphens and apostrophes; a line should not be.
        glued = units and not units[-1][-1].isspace() and _is_narrow(units[-1][-1], word[0])
        if units and (joins or clings or glued):
            units[-1] += word
        else:
            units.append(word)
        joins = word[-1] in _OPENING
    return [piece for unit in units for piece in _no_wider(unit, most)]


def _is_narrow(before: str, after: str) -> bool:
    return columns(before) == columns(after) == 1


def _no_wider(unit: str, most: int) -> Iterable[str]:
    """A unit that no line holds is cut where it is full."""
    if columns(unit.rstrip()) <= most:
        yield unit
        return
    piece = ""
    for one in unit:
        if piece and columns(piece + one) > most:
            yield piece
            piece = ""
        piece += one
    yield piece


def _split(units: Sequence[str], count: int) -> list[list[str]]:
    """`count` pieces of about one width, cut where a sentence or clause ends if one is near."""
    ends = list(accumulate(map(columns, units)))
    pieces: list[list[str]] = []
    first = 0
    for number in range(1, count):
        ideal = ends[-1] * number / count
        choices = range(first + 1, len(units) - (count - number) + 1)
        if not choices:
            continue
        cut = min(choices, key=lambda at: _cost(units, ends, at, ideal, ends[-1] / count))
        pieces.append(list(units[first:cut]))
        first = cut
    pieces.append(list(units[first:]))
    return pieces


def _two_lines(units: Sequence[str], most: int) -> str | None:
    """One line if it fits, else two of about one width; None if it does not fit."""
    whole = "".join(units).strip()
    if columns(whole) <= most:
        return whole
    ends = list(accumulate(map(columns, units)))
    fitting = []
    for at in range(1, len(units)):
        lines = "".join(units[:at]).strip(), "".join(units[at:]).strip()
        if all(columns(line) <= most for line in lines):
            cost = _cost(units, ends, at, ends[-1] / 2, ends[-1] / 2)
            fitting.append((cost, "\n".join(lines)))
    return min(fitting)[1] if fitting else None


def _cost(units: Sequence[str], ends: Sequence[int], at: int, ideal: float, share: float) -> float:
    """How bad it is to cut before unit `at`: far from the ideal place, or inside a clause."""
    last = units[at - 1].rstrip()[-1:]
    inside = 0.0 if last in _SENTENCE else 0.1 if last in _CLAUSE else 0.6
    return abs(ends[at - 1] - ideal) / share + inside


def _in_time(cues: list[Cue], until_s: float) -> list[Cue]:
    """Each shown long enough where there is room, never longer than useful, one after another."""
    timed: list[Cue] = []
    free_s = 0.0
    for number, cue in enumerate(cues):
        start_s = max(cue.start_s, free_s)
        to_read_s = columns(cue.text) / limits(cue.language).columns_per_s
        wanted_s = max(cue.end_s, start_s + max(SHORTEST_S, to_read_s))
        room_s = cues[number + 1].start_s if number + 1 < len(cues) else until_s
        end_s = min(wanted_s, start_s + LONGEST_S, max(room_s, start_s + _LEAST_S))
        start_s, end_s = round(start_s, 3), round(end_s, 3)
        timed.append(replace(cue, start_s=start_s, end_s=end_s))
        free_s = end_s
    return timed
