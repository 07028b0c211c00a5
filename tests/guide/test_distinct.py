"""One thing is one box, and a foot is no pair of skis."""

from __future__ import annotations

import pytest

from edgeassist.guide.pipeline import distinct
from edgeassist.loop.events import Box


def box(label: str, x1: float, y1: float, x2: float, y2: float, score: float = 0.4) -> Box:
    return Box(label=label, score=score, x1=x1, y1=y1, x2=x2, y2=y2)


WALKER = box("person", 300, 100, 340, 200, score=0.6)


@pytest.mark.parametrize("label", ["skis", "snowboard", "suitcase", "sports ball"])
def test_a_foot_set_forward_is_part_of_the_walker(label: str) -> None:
    foot = box(label, 320, 190, 343, 206)
    assert distinct([WALKER, foot]) == [WALKER]


@pytest.mark.parametrize(
    "other",
    [
        box("dog", 330, 170, 380, 210),  # led beside them
        box("bicycle", 290, 140, 350, 210),  # ridden or pushed: as large as they are
        box("skis", 200, 190, 223, 206),  # by itself
        box("person", 310, 160, 325, 198),  # a child, or somebody farther off
    ],
)
def test_things_of_their_own_stay(other: Box) -> None:
    assert other in distinct([WALKER, other])


def test_what_is_carried_is_on_the_person() -> None:
    bag = box("suitcase", 305, 120, 335, 190, score=0.7)
    assert distinct([WALKER, bag]) == [WALKER]


def test_two_names_for_one_place_are_one_thing() -> None:
    car = box("car", 100, 100, 200, 160, score=0.5)
    truck = box("truck", 102, 101, 203, 162, score=0.4)
    assert distinct([truck, car]) == [car]
