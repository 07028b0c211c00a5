"""Word writing on published pages kept aside: boundaries found, and how each rule holds.

Run by hand: python -m tests.measure.joints_cross. EDGEASSIST_EVAL names the folder with
braille/published. The rules were written with all pages in view. To know what they are worth on
pages nobody has seen, a fold keeps only the rules that GF 0019-2018 gives and those that are
right more often than wrong on the fold's own pages, and is measured on the others.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from edgeassist.braille.joints import Rule, joint, rules
from edgeassist.chinese.readings import Word
from tests.measure.joints_pages import BOOKS, Clause, clauses

PAGES = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "braille" / "published"
_STANDARD = "GF"  # how the source of a rule of the standard begins


def parts_of(clause: Clause) -> list[Word]:
    """The words of our segmentation of a clause."""
    return [part for word in clause.again.words for part in word.parts]


def printed_ends(clause: Clause) -> set[int]:
    """After how many syllables the words of the page end."""
    return {at for at, syllable in enumerate(clause.printed or [], 1) if syllable.ends}


def our_ends(parts: list[Word], without: Collection[str]) -> Iterator[tuple[int, Rule | None]]:
    """After how many syllables our words end; where two are joined, the rule and not the end."""
    length = at = 0
    for place, word in enumerate(parts):
        at += len(word.text)
        length += len(word.text)
        if place + 1 == len(parts):
            yield at, None
            return
        following = parts[place + 2].text if place + 2 < len(parts) else ""
        rule = joint(word, parts[place + 1], length, following)
        if rule is None or rule.name in without:
            length = 0
            yield at, None
        else:
            yield at, rule


def scored(found: Iterable[Clause], without: Collection[str] = ()) -> tuple[int, int, int]:
    """Word ends that agree, ours, and the pages' own."""
    hits = ours = theirs = 0
    for clause in found:
        gold = printed_ends(clause)
        mine = {end for end, rule in our_ends(parts_of(clause), without) if rule is None}
        hits += len(gold & mine)
        ours += len(mine)
        theirs += len(gold)
    return hits, ours, theirs


def f1(hits: int, ours: int, theirs: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * hits / (ours + theirs)


def held(found: Iterable[Clause]) -> dict[str, tuple[int, int]]:
    """For each rule how often it joined what the page joins, and what it parts."""
    right: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for clause in found:
        gold = printed_ends(clause)
        for end, rule in our_ends(parts_of(clause), ()):
            if rule is not None:
                (wrong if end in gold else right)[rule.name] += 1
    return {rule.name: (right[rule.name], wrong[rule.name]) for rule in rules()}


def unproven(found: Iterable[Clause]) -> set[str]:
    """The rules that neither the standard gives nor these pages confirm."""
    seen = held(found)
    return {
        rule.name
        for rule in rules()
        if not rule.source.startswith(_STANDARD) and seen[rule.name][0] <= seen[rule.name][1]
    }


def cross(found: list[Clause], name: str, fold: Callable[[Clause], object]) -> None:
    """Prints the score on each part, with the rules that the other parts confirm."""
    totals: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for part in sorted({fold(clause) for clause in found}, key=str):
        without = unproven(clause for clause in found if fold(clause) != part)
        for book in BOOKS:
            kept = [c for c in found if fold(c) == part and c.book == book]
            if kept:
                totals[book].append(scored(kept, without))
    for book, scores in totals.items():
        parts = " ".join(f"{f1(*score):.3f}" for score in scores)
        whole = f1(*(sum(column) for column in zip(*scores, strict=True)))
        shown = f" ({parts})" if len(scores) <= 2 else ""
        print(f"{name}, {book}: F1 {whole:.3f}{shown}")


def main() -> None:
    """All figures."""
    read = [clause for book in BOOKS for clause in clauses(PAGES, book)]
    found = [clause for clause in read if clause.written() is not None]
    print(f"{len(found)} clauses of {len(read)} have as many syllables when written again")
    for book in BOOKS:
        print(f"all rules, {book}: F1 {f1(*scored(c for c in found if c.book == book)):.3f}")
    cross(found, "odd pages, even pages", lambda clause: clause.page % 2)
    cross(found, "each page by all others", lambda clause: (clause.book, clause.page))
    cross(found, "each book by the other", lambda clause: clause.book)
    bare = {rule.name for rule in rules()}
    for book in BOOKS:
        of_book = [clause for clause in found if clause.book == book]
        print(f"no rule at all, {book}: F1 {f1(*scored(of_book, bare)):.3f}")
    for name, (right, wrong) in held(found).items():
        print(f"  {right:4d} right {wrong:3d} wrong  {name}")


if __name__ == "__main__":
    main()
