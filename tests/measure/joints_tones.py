"""The tones of printed Current Braille: learns data/current.toml, and says how well it holds.

Run by hand: python -m tests.measure.joints_tones [table]. EDGEASSIST_EVAL names the folder with
braille/published. Without an argument it measures on pages that were kept aside; `table` prints
the tables of data/current.toml, counted on all pages.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from edgeassist.braille.cells import spelling, zero_initial
from edgeassist.braille.current_tones import LEVELS, Counts, evidence, odds, writes_tone
from edgeassist.chinese.syllables import split
from tests.measure.joints_pages import BOOKS, Clause, clauses

PAGES = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "braille" / "published"


@dataclass(frozen=True, slots=True)
class Sample:
    """A syllable of a page whose reading we know, and whether its tone stands there."""

    book: str
    page: int
    word: str
    syllables: tuple[str, ...]
    place: int
    written: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """Under which it is counted."""
        return evidence(self.word, self.syllables, self.place)


def samples(found: Iterable[Clause]) -> list[Sample]:
    """The syllables whose tone is open: neither neutral nor written by a rule of spelling."""
    return [sample for clause in found for sample in _of_clause(clause)]


def _of_clause(clause: Clause) -> Iterable[Sample]:
    readings = clause.readings()
    if clause.written() is None or clause.printed is None or len(readings) != len(clause.text):
        return
    start = 0
    for end, last in enumerate(clause.printed, 1):
        if not last.ends:
            continue
        word, spelled = clause.text[start:end], tuple(readings[start:end])
        for place, printed in enumerate(clause.printed[start:end]):
            if _is_open(spelled, place, printed.bare) and printed.tone in ("", spelled[place][-1]):
                yield Sample(clause.book, clause.page, word, spelled, place, printed.toned)
        start = end


def _is_open(spelled: tuple[str, ...], place: int, bare: str) -> bool:
    try:
        parts = split(spelled[place])
        if not all(map(_is_syllable, spelled)) or spelling(parts) != bare or parts.tone == 5:
            return False
    except ValueError:
        return False
    before_vowel = place + 1 < len(spelled) and zero_initial(spelled[place + 1])
    return bool(parts.final) or not before_vowel


def _is_syllable(spelled: str) -> bool:
    try:
        return bool(spelling(split(spelled)))
    except ValueError:
        return False


def counted(found: Iterable[Sample]) -> Counts:
    """How often each key was seen, and with its tone."""
    seen: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for sample in found:
        for key in sample.keys:
            seen[key] += 1
            written[key] += sample.written
    return {key: (written[key], seen[key]) for key in seen}


def cross(found: list[Sample], name: str, fold: Callable[[Sample], object]) -> None:
    """Prints the errors on each part when counted on all the others."""
    for book in (*BOOKS, ""):
        missing = extra = 0
        for part in {fold(sample) for sample in found}:
            counts = counted(sample for sample in found if fold(sample) != part)
            for sample in found:
                if fold(sample) == part and sample.book.startswith(book):
                    ours = odds(sample.word, sample.syllables, sample.place, counts) > 0.5
                    missing += sample.written and not ours
                    extra += ours and not sample.written
        wrong = f"wrong {missing + extra} (missing {missing}, too many {extra})"
        print(f"{name}, {book or 'both'}: {wrong}")


def table(found: list[Sample]) -> None:
    """Prints the tables; of syllables of two cells only what bears its tone at all."""
    counts = counted(found)
    single = {key for sample in found if _is_single(sample) for key in sample.keys}
    for number, level in enumerate(LEVELS):
        keys = sorted({sample.keys[number] for sample in found})
        kept = [key for key in keys if number == 0 or key in single or counts[key][0]]
        print(f'\n{level} = """')
        line = ""
        for key in kept:
            entry = f"{key} {counts[key][0]}/{counts[key][1]}"
            if len(line) + len(entry) > 96:
                print(line)
                line = ""
            line = f"{line}  {entry}" if line else entry
        print(f'{line}\n"""')


def _is_single(sample: Sample) -> bool:
    return len(spelling(split(sample.syllables[sample.place]))) == 1


def main() -> None:
    """Measure, or print the tables."""
    found = samples(clause for book in BOOKS for clause in clauses(PAGES, book))
    if sys.argv[1:] == ["table"]:
        table(found)
        return
    print(f"{len(found)} syllables, {sum(sample.written for sample in found)} with their tone")
    cross(found, "odd and even pages", lambda sample: sample.page % 2)
    cross(found, "each page by all others", lambda sample: (sample.book, sample.page))
    cross(found, "each book by the other", lambda sample: sample.book)
    wrong = sum(writes_tone(s.word, s.syllables, s.place) != s.written for s in found)
    print(f"data/current.toml on the pages it was counted on: wrong {wrong}")


if __name__ == "__main__":
    main()
