"""分词连写: which words of the segmentation are written joined, which apart (data/joints.toml).

GF 0019-2018 §12 gives principles only; the rules here are its clauses and what printed books do,
each with its source in the data file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from edgeassist.chinese.readings import Word


@dataclass(frozen=True, slots=True)
class Rule:
    """Join two neighbours; a side matches by its text or by its class, and by its length."""

    name: str
    source: str
    left: frozenset[str]
    left_kinds: tuple[str, ...]
    left_length: int
    right: frozenset[str]
    right_kinds: tuple[str, ...]
    right_length: int
    longest: int
    unless_left: frozenset[str]
    unless_right: frozenset[str]
    unless_final: bool

    def joins(self, left: Word, right: Word, joined: int, final: bool) -> bool:
        """Whether `left`, already part of a word of `joined` characters, takes `right` in.

        `final` says that `right` ends its clause.
        """
        return (
            joined + len(right.text) <= self.longest
            and _matches(left, self.left, self.left_kinds, self.left_length)
            and _matches(right, self.right, self.right_kinds, self.right_length)
            and left.text not in self.unless_left
            and right.text not in self.unless_right
            and not (final and self.unless_final)
        )


def _matches(word: Word, texts: frozenset[str], kinds: tuple[str, ...], length: int) -> bool:
    if length and len(word.text) != length:
        return False
    if texts and word.text in texts:
        return True
    if kinds:
        return word.kind.startswith(kinds)
    return not texts


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in their order."""
    text = resources.files("edgeassist.braille").joinpath("data/joints.toml").read_text("utf-8")
    return tuple(
        Rule(
            name=entry["name"],
            source=entry["source"],
            left=frozenset(entry.get("left", "").split()),
            left_kinds=tuple(entry.get("left_kinds", "").split()),
            left_length=entry.get("left_length", 0),
            right=frozenset(entry.get("right", "").split()),
            right_kinds=tuple(entry.get("right_kinds", "").split()),
            right_length=entry.get("right_length", 0),
            longest=entry.get("longest", 4),
            unless_left=frozenset(entry.get("unless_left", "").split()),
            unless_right=frozenset(entry.get("unless_right", "").split()),
            unless_final=entry.get("unless_final", False),
        )
        for entry in tomllib.loads(text)["rule"]
    )


def joint(left: Word, right: Word, joined: int, final: bool) -> Rule | None:
    """The rule that joins two neighbouring words, if any."""
    return next((rule for rule in rules() if rule.joins(left, right, joined, final)), None)
