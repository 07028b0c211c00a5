"""Readings that hang on the neighbouring words: 得 地 着 了 还 长 and their like.

The rules are data (data/context.toml): for a character a reading, and what must stand round it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

Choices = dict[int, dict[str, float]]  # position in the text -> log score of each reading

_WEIGHT = 40.0  # more than the model and two dictionaries, less than our own words
_SEEN = 8  # characters before and after that a rule can look at
_TITLE = (
    "先生|女士|小姐|太太|老师|师傅|大夫|医生|护士|教授|博士|同学|同志|阿姨|叔叔|大爷|大妈|大叔|大姐|大哥|奶奶"
    "|爷爷|伯伯|律师|警官|老板|教练|导演|记者|编辑|老爷子|老太太|某|氏(?!症)"
)
_OFFICE = (
    "主任|经理|总(?![是要会想得算结之体共])|[局处院厂校队县市部站科所]长|书记|主席|将军|秘书|会计"
)
_NO_OFFICE = "区任"  # 区主任 is no Mr 区, 任所长 may be his taking office
_BEFORE_A_NAME = r"(?:^|\W|[的和与跟找请叫是向给问让有对见位听像被把到由我你他她们])"
_EDGE = "-"
_INSIDE = "v"  # what stands beside a particle in one word: 过得, 点着


class Placed(NamedTuple):
    """A word of the segmentation and where it stands."""

    text: str
    start: int
    kind: str
    bound: Container[int]  # which of its characters (by index) surely belong to a word
    listed: bool = True  # whether a dictionary has it


@dataclass(frozen=True, slots=True)
class Rule:
    """When a character has a reading."""

    character: str
    reading: str
    example: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    alone: bool
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    heads_name: bool = False  # only at the head of a person's name

    def fits(self, text: str, at: int, words: Sequence[Placed], index: int) -> bool:
        """Whether it holds for the character at `at`, which stands in `words[index]`."""
        if self.alone and at - words[index].start in words[index].bound:
            return False
        word = words[index]
        if self.heads_name and (at != word.start or not _is_a_name(word)):
            return False
        if self.left:
            inside = at > word.start
            kind = _INSIDE if inside else _kind(words, index - 1, index)
            if not kind.startswith(self.left):
                return False
        if self.right:
            inside = at + 1 < word.start + len(word.text)
            kind = _INSIDE if inside else _kind(words, index + 1, index)
            if not kind.startswith(self.right):
                return False
        if self.before and not self.before.search(text[max(0, at - _SEEN) : at]):
            return False
        return not self.after or bool(self.after.match(text[at + 1 : at + 1 + _SEEN]))


def _is_a_name(word: Placed) -> bool:
    return word.kind == "nr" and len(word.text) == 3 and not word.listed


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
    data = tomllib.loads(text)
    for entry in data["surname"]:
        found[entry["character"]] += _of_surname(**entry)
    for entry in data["rule"]:
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


def _of_surname(character: str, reading: str, names: bool = False) -> Iterator[Rule]:
    after_it = re.compile(r"姓$")
    yield Rule(character, reading, f"他姓{character}", after_it, None, False)
    titles = _TITLE if character in _NO_OFFICE else f"{_TITLE}|{_OFFICE}"
    before = re.compile(f"{_BEFORE_A_NAME}$")
    yield Rule(character, reading, f"请问{character}老师在吗", before, re.compile(titles), True)
    if names:
        example = f"我叫{character}建国"
        yield Rule(character, reading, example, re.compile(r"(?:[我他她名]叫|叫做)$"), None, False)
        yield Rule(character, reading, example, None, None, False, heads_name=True)


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
