"""What an engine's hypotheses agree and differ on, character by character: a confusion network.

All hypotheses are aligned with the best one, by sound rather than by character. Each place then
holds what was heard there and how much of the hypotheses' weight speaks for it (Mangu et al. 2000,
"Finding consensus in speech recognition"). Numbers and Latin words stay whole, as the best has
them: which digits were said, no language model knows better than the engine.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from edgeassist.captions.correction_sounds import toneless_distance
from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.phrases import EVERYDAY, PYPINYIN, Phrases
from edgeassist.speech.normalise import spoken_chinese

REMEMBERED = 2_000  # words and keys kept at hand: 13 MB; each new sentence asks for some fifty
_DIGITS = "零〇一二三四五六七八九幺"
_SHARPNESS = 0.75  # how far the engine's probabilities are believed; they are too sure
_TOKEN = re.compile(
    rf"(?P<number>第\d+|\d[\d.,]*[万亿](?:\d[\d.,]*)?%?|\d+(?:[-–—, ]\d+)+%?|\d[\d.,:]*(?<=\d)%?"
    rf"|[{_DIGITS}十百千]+点[{_DIGITS}]+(?![十百钟分])|[{_DIGITS}]{{3,}})"
    r"|(?P<word>[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*)|(?P<mark>.)",
    re.DOTALL,
)
_MISSING = 8  # in an alignment, a unit only one of the two has
_UNLIKE_KIND = 13


@dataclass(slots=True)
class Unit:
    """A character with its toned syllable, or a whole number or Latin word (`whole`).

    `marks` is the punctuation that follows it.
    """

    text: str
    syllable: str = ""
    whole: bool = False
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text the engine may have heard, and the natural logarithm of its probability."""

    text: str
    log_probability: float = 0.0


Heard = tuple[str, str]  # a character and its toned syllable; ("", "") is nothing


@dataclass(slots=True)
class Place:
    """What was heard at one place, with shares of 1; `unit` is the best hypothesis' own, if any."""

    shares: dict[Heard, float] = field(default_factory=lambda: defaultdict(float))
    unit: Unit | None = None


NOTHING: Heard = ("", "")


def network(hypotheses: Sequence[Hypothesis]) -> tuple[str, list[Place]]:
    """The marks before the first unit of the best (first) hypothesis, and the places."""
    lead, best = units(hypotheses[0].text)
    taken_apart = [(best, hypotheses[0].log_probability)]
    taken_apart += [(_spoken(units(h.text)[1]), h.log_probability) for h in hypotheses[1:]]
    most = max(score for _, score in taken_apart)
    weights = [
        math.exp(_SHARPNESS * (score - most)) if apart else 0.0 for apart, score in taken_apart
    ]
    total = sum(weights) or 1.0
    own = [Place(unit=unit) for unit in best]
    between: list[list[Place]] = [[] for _ in range(len(best) + 1)]
    for (apart, _), weight in zip(taken_apart, weights, strict=True):
        _add(apart, weight / total, own, between)
    places = []
    for index in range(len(best) + 1):
        for inserted in between[index]:
            inserted.shares[NOTHING] += max(1e-9, 1.0 - sum(inserted.shares.values()))
            places.append(inserted)
        if index < len(best):
            places.append(own[index])
    return lead, places


def _add(apart: list[Unit], share: float, own: list[Place], between: list[list[Place]]) -> None:
    """Count one hypothesis with its share."""
    best = [place.unit for place in own if place.unit]
    at, inserted = 0, 0
    for ours, theirs in _aligned(best, apart):
        heard = NOTHING if theirs is None or theirs.whole else (theirs.text, theirs.syllable)
        if ours is not None:
            own[at].shares[heard] += share
            at, inserted = at + 1, 0
        elif heard[0] and not _beside_whole(best, at):
            if len(between[at]) == inserted:
                between[at].append(Place())
            between[at][inserted].shares[heard] += share
            inserted += 1


def _beside_whole(best: Sequence[Unit], at: int) -> bool:
    """Whether a number or Latin word stands before or after the place between two units."""
    return any(unit.whole for unit in best[max(at - 1, 0) : at + 1])


def said(whole: str) -> str:
    """A number in the characters it is said with, "" for a word."""
    spoken = spoken_chinese(whole)
    return spoken if all(map(is_hanzi, spoken)) else ""


def _spoken(apart: list[Unit]) -> list[Unit]:
    """Numbers in the characters they are said with: one hypothesis has 0.33, one 零点三三."""
    found = []
    for unit in apart:
        spoken = said(unit.text) if unit.whole else ""
        found += [Unit(c, s) for c, s in zip(spoken, readings(spoken), strict=True)] or [unit]
    return found


def units(text: str) -> tuple[str, list[Unit]]:
    """The marks `text` begins with, and its units."""
    syllables = readings(text)
    lead = ""
    found: list[Unit] = []
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if match.lastgroup != "mark":
            found.append(Unit(piece, whole=True))
        elif is_hanzi(piece):
            found.append(Unit(piece, syllables[match.start()]))
        elif found:
            found[-1].marks += piece
        else:
            lead += piece
    return lead, found


def readings(text: str) -> list[str]:
    """A toned syllable for each character of `text`, "" where there is none.

    Of the longest words a dictionary has. The reader that braille uses weighs more and takes
    60 MB; here it makes no difference, for a wrong reading is one more near sound.
    """
    found: list[str] = []
    known = _phrases()
    while len(found) < len(text):
        at = len(found)
        for length in range(min(known.longest, len(text) - at), 0, -1):
            votes = known[text[at : at + length]]
            if votes:
                found += next(
                    votes[source] for source in (EVERYDAY, PYPINYIN, *votes) if source in votes
                )
                break
        else:
            found.append("")
    return found


@cache
def _phrases() -> Phrases:
    return Phrases(REMEMBERED)


def _aligned(old: Sequence[Unit], new: Sequence[Unit]) -> list[tuple[Unit | None, Unit | None]]:
    """Pairs of units that stand for the same sound; None where one side has nothing."""
    rows = [[_MISSING * n for n in range(len(new) + 1)]]
    for i, unit in enumerate(old, 1):
        above, row = rows[-1], [_MISSING * i]
        for n, other in enumerate(new, 1):
            row.append(
                min(
                    above[n - 1] + _unlike(unit, other),
                    above[n] + _MISSING,
                    row[n - 1] + _MISSING,
                )
            )
        rows.append(row)
    pairs: list[tuple[Unit | None, Unit | None]] = []
    i, n = len(old), len(new)
    while i or n:
        if i and n and rows[i][n] == rows[i - 1][n - 1] + _unlike(old[i - 1], new[n - 1]):
            i, n = i - 1, n - 1
            pairs.append((old[i], new[n]))
        elif i and rows[i][n] == rows[i - 1][n] + _MISSING:
            i -= 1
            pairs.append((old[i], None))
        else:
            n -= 1
            pairs.append((None, new[n]))
    return pairs[::-1]


def _unlike(one: Unit, other: Unit) -> int:
    if one.text == other.text:
        return 0
    if one.whole or other.whole:
        return _UNLIKE_KIND
    return toneless_distance(one.syllable[:-1], other.syllable[:-1])
