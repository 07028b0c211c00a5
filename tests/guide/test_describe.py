"""Somebody asks what is around and gets one sentence: nearest first, like things together."""

from __future__ import annotations

import pytest

from edgeassist.guide.describe import MOST, describe, grouped
from edgeassist.loop.events import Box, Obstacle


def thing(label: str, distance_m: float | None, bearing_deg: float = 0.0) -> Obstacle:
    return Obstacle(
        captured_ns=0,
        track=1,
        label=label,
        box=Box(label=label, score=0.9, x1=0, y1=0, x2=1, y2=1),
        bearing_deg=bearing_deg,
        distance_m=distance_m,
    )


@pytest.mark.parametrize(
    ("around", "chinese", "english"),
    [
        (
            [thing("car", 5.0, -25), thing("person", 2.0), thing("person", 2.4)],
            "前方两米，两个人；左前方五米，汽车",
            "2 people ahead, 2 metres; car ahead left, 5 metres",
        ),
        # somebody near and a crowd far behind are not "three people, two metres"
        (
            [thing("person", 2.0), thing("person", 10.0), thing("person", 12.0)],
            "前方两米，行人；前方十米，两个人",
            "person ahead, 2 metres; 2 people ahead, 10 metres",
        ),
        # what one cannot run into is told after what one can
        (
            [thing("traffic light", 1.0, 30), thing("chair", 3.0)],
            "前方三米，椅子；右前方一米，红绿灯",
            "chair ahead, 3 metres; traffic light ahead right, 1 metre",
        ),
        # without a distance: last, and only where
        (
            [thing("bench", None, -30), thing("dog", 4.0, 30)],
            "右前方四米，狗；左前方，长椅",
            "dog ahead right, 4 metres; bench ahead left",
        ),
    ],
)  # fmt: skip
def test_what_is_around_is_told_nearest_first(
    around: list[Obstacle], chinese: str, english: str
) -> None:
    assert describe(around, "zh") == chinese
    assert describe(around, "en") == english


def test_nothing_recognised_is_no_promise_of_a_free_way() -> None:
    assert describe([], "zh") == "没有认出什么，但不等于前面没有东西"
    assert "may still not be free" in describe([], "en")


def test_no_more_is_told_than_can_be_kept_in_mind_and_the_rest_is_counted() -> None:
    labels = ["person", "chair", "dog", "car", "bench", "bus"]
    around = [thing(label, 1.0 + i) for i, label in enumerate(labels)]
    around.append(thing("bus", 6.5))
    said = describe(around, "en")
    assert said.count(";") == MOST
    assert said.endswith("and 3 more")
    assert describe(around, "zh").endswith("还有三样")


def test_everything_in_view_is_in_some_group() -> None:
    around = [thing("person", 0.5 * i, bearing_deg=7.0 * i - 40) for i in range(1, 12)]
    around += [thing("person", None, bearing_deg=7.0 * i - 40) for i in range(5)]
    assert sum(group.count for group in grouped(around)) == len(around)
