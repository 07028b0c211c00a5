"""Which tones Current Braille (GB/T 15720-2008) writes: what printed books do (data/current.toml).

The standard's list (Annex B) was out of reach. Books leave most tones out and write one where the
bare syllable would be read as a more frequent one: ⠱ is 是, so 时, 使, 失 bear their tones. Which
words these are is a habit of the press, near constant for one word; so it is counted, and what is
not in the counts follows the syllables, characters and shapes that are like it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from edgeassist.braille.cells import spelling
from edgeassist.chinese.syllables import split

Counts = Mapping[str, tuple[int, int]]  # key of `evidence` -> (tones written, syllables seen)

# Shape, sound, character, character at this place, word: from what is general to what is special.
LEVELS = ("shapes", "sounds", "characters", "placed", "words")
# How many syllables seen weigh as much as what the level before says; chosen on pages kept aside
# (tests/measure/joints_cross.py), flat from half to twice as much.
_INERTIA = (2.0, 2.0, 1.0, 1.0, 0.5)
_ANY = 0.3  # before anything is known
_HALF = 0.5


def evidence(word: str, syllables: tuple[str, ...], place: int) -> tuple[str, ...]:
    """The keys under which a syllable is counted, one for each of `LEVELS`."""
    at = "alone" if len(word) == 1 else "later" if place else "first"
    return (
        _shape(word, syllables, place),
        f"{syllables[place]}.{at}",
        word[place],
        f"{word[place]}.{at}",
        f"{word}.{place}",
    )


def _shape(word: str, syllables: tuple[str, ...], place: int) -> str:
    """What the decision would rest on if the words were unknown: cells, length, place."""
    cells = [len(spelling(split(syllable))) for syllable in syllables]
    own = "single" if cells[place] == 1 else "pair"
    if len(word) == 1:
        return f"{own}.alone"
    if place:
        after = ".after-single" if cells[0] == 1 else ""
        return f"{own}.later{after}{'.third' if place > 1 else ''}"
    if own == "single" and word[0] == "一":
        return "yi.first"
    if len(word) > 2:
        return f"{own}.first.long"
    return f"{own}.first{'.before-single' if cells[1] == 1 else ''}"


def odds(word: str, syllables: tuple[str, ...], place: int, counts: Counts) -> float:
    """How likely the tone of a syllable is written, by `counts`."""
    likely = _ANY
    for key, inertia in zip(evidence(word, syllables, place), _INERTIA, strict=True):
        written, seen = counts.get(key, (0, 0))
        likely = (written + inertia * likely) / (seen + inertia)
    return likely


def writes_tone(word: str, syllables: tuple[str, ...], place: int) -> bool:
    """Whether Current Braille writes the tone of a syllable of a connected word."""
    return odds(word, syllables, place, _counts()) > _HALF


@cache
def _counts() -> Counts:
    text = resources.files("edgeassist.braille").joinpath("data/current.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    return {key: value for level in LEVELS for key, value in _read(tables[level]).items()}


def _read(lines: str) -> dict[str, tuple[int, int]]:
    entries = lines.split()
    return {
        key: (int(written), int(seen))
        for key, (written, seen) in zip(
            entries[::2], (entry.split("/") for entry in entries[1::2]), strict=True
        )
    }
