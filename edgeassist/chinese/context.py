"""Readings that hang on the neighbouring words: 得 地 着 了 还 长 and their like.

The rules are data (data/context.toml): for a character a reading, and what must stand round it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

Choices = dict[int, dict[str, float]]  # position in the text -> log score of each reading

_WEIGHT = 25.0  # more than the model and two dictionaries, less than our own words
_SEEN = 8  # characters before and after that a rule can look at
_EDGE = "-"


class Placed(NamedTuple):
    """A word of the segmentation and where it stands."""

    text: str
    start: int
    kind: str
    known: bool  # whether a dictionary has it; if not, its characters count as words


@dataclass(frozen=True, slots=True)
class Rule:
    """When a character has a reading."""

    character: str
    reading: str
    example: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    alone: bool
    left: tuple[str, ...]
    right: tuple[str, ...]

    def fits(self, text: str, at: int, words: Sequence[Placed], index: int) -> bool:
        """Whether it holds for the character at `at`, which stands in `words[index]`."""
        if self.alone and len(words[index].text) > 1 and words[index].known:
            return False
        if self.left and not _kind(words, index - 1, index).startswith(self.left):
            return False
        if self.right and not _kind(words, index + 1, index).startswith(self.right):
            return False
        if self.before and not self.before.search(text[max(0, at - _SEEN) : at]):
            return False
        return not self.after or bool(self.after.match(text[at + 1 : at + 1 + _SEEN]))


def _kind(words: Sequence[Placed], index: int, of: int) -> str:
    """The class of a neighbour; the edge of a clause where there is none beside."""
    if not 0 <= index < len(words):
        return _EDGE
    first, second = sorted((index, of))
    touching = words[first].start + len(words[first].text) == words[second].start
    return words[index].kind if touching else _EDGE


@cache
def rules() -> dict[str, list[Rule]]:
    """All rules by character, in their order."""
    text = resources.files("edgeassist.chinese").joinpath("data/context.toml").read_text("utf-8")
    found: dict[str, list[Rule]] = defaultdict(list)
    for entry in tomllib.loads(text)["rule"]:
        before, after = entry.get("before"), entry.get("after")
        found[entry["character"]].append(
            Rule(
                entry["character"],
                entry["reading"],
                entry["example"],
                re.compile(f"(?:{before})$") if before else None,
                re.compile(after) if after else None,
                entry.get("alone", False),
                tuple(entry.get("left", "").split()),
                tuple(entry.get("right", "").split()),
            )
        )
    return dict(found)


def settle(text: str, words: Sequence[Placed], choices: Choices) -> None:
    """Raise the scores of readings for which the context speaks."""
    known = rules()
    for index, word in enumerate(words):
        for at in range(word.start, word.start + len(word.text)):
            for rule in known.get(text[at], ()):
                if rule.fits(text, at, words, index):
                    odds = choices[at]
                    odds[rule.reading] = odds.get(rule.reading, min(odds.values())) + _WEIGHT
                    break
