"""Warnings as short as can be, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edgeassist.guide.alerts import Alert
from edgeassist.guide.frequent import frequent
from edgeassist.guide.phrases import counting, metres, phrase, seconds_to_say
from edgeassist.loop.events import Box, Obstacle, Priority, Side


def alert(
    label: str, count: int, side: Side, distance_m: float | None, priority: Priority
) -> Alert:
    box = Box(label=label, score=0.9, x1=0, y1=0, x2=1, y2=1)
    nearest = Obstacle(
        captured_ns=0, track=1, label=label, box=box, bearing_deg=0, distance_m=distance_m
    )
    return Alert(nearest=nearest, count=count, side=side, priority=priority)


@pytest.mark.parametrize(
    ("label", "count", "side", "distance_m", "priority", "chinese", "english"),
    [
        ("person", 1, Side.LEFT, 2.1, "MESSAGE", "左前方两米，行人", "person ahead left, 2 metres"),
        ("person", 3, Side.AHEAD, None, "MESSAGE", "前方，三个人", "3 people ahead"),
        ("car", 2, Side.LEFT, 5, "MESSAGE", "左前方五米，两辆汽车", "2 cars ahead left, 5 metres"),
        ("tv", 1, Side.AHEAD, 1, "DANGER", "小心前方电视", "Careful! tv ahead"),
        ("bus", 2, Side.RIGHT, None, "MESSAGE", "右前方，两辆公交车", "2 buses ahead right"),
    ],
)  # fmt: skip
def test_a_warning_says_where_how_far_and_what(
    label: str,
    count: int,
    side: Side,
    distance_m: float | None,
    priority: str,
    chinese: str,
    english: str,
) -> None:
    given = alert(label, count, side, distance_m, Priority[priority])
    assert phrase(given, "zh") == chinese
    assert phrase(given, "en") == english


def test_the_side_to_pass_on_is_said_where_the_way_was_seen_free() -> None:
    one = alert("pole", 1, Side.AHEAD, 1.0, Priority.MESSAGE)
    free = replace(one, nearest=replace(one.nearest, free=Side.LEFT))
    assert phrase(free, "zh") == phrase(one, "zh") + "，向左绕"
    assert phrase(free, "en") == phrase(one, "en") + ", go left"
    several = replace(free, count=2)  # free beside the nearest is not free beside all
    assert "go left" not in phrase(several, "en")


@pytest.mark.parametrize(
    ("distance_m", "chinese", "english"),
    [
        (0.3, "不到一米", "less than one metre"),
        (0.8, "一米", "1 metre"),
        (1.4, "一米半", "1.5 metres"),
        (2.0, "两米", "2 metres"),
        (2.6, "两米半", "2.5 metres"),
        (2.9, "三米", "3 metres"),
        (9.4, "九米", "9 metres"),
        (9.9, "十米", "10 metres"),
        (12.0, "十米", "10 metres"),
        (23.0, "二十五米", "25 metres"),
        (50.0, "五十米", "50 metres"),
    ],
)
def test_distances_are_as_coarse_as_they_are_known(
    distance_m: float, chinese: str, english: str
) -> None:
    assert metres(distance_m, "zh") == chinese
    assert metres(distance_m, "en") == english


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (2, "两"), (10, "十"), (12, "十二"), (20, "二十"), (42, "四十二")],
)
def test_numbers_before_a_measure_word(number: int, said: str) -> None:
    assert counting(number) == said


# What Kokoro and espeak-ng took for them, the slower of the two, in seconds.
TAKEN = [
    ("zh", "小心前方行人", 1.91),
    ("zh", "小心左前方自行车", 2.26),
    ("zh", "小心右前方停车计费器", 2.58),
    ("zh", "前方三米，三个人", 2.07),
    ("zh", "前方三米，行人", 1.82),
    ("zh", "左前方两米半，两辆自行车", 2.88),
    ("zh", "前方，公交车", 1.60),
    ("en", "Careful! person ahead", 1.51),
    ("en", "Careful! parking meter ahead right", 2.18),
    ("en", "3 people ahead, 3 metres", 1.81),
    ("en", "2 bicycles ahead left, 2.5 metres", 2.73),
    ("en", "fire hydrant ahead, less than one metre", 2.20),
    ("en", "bus ahead", 0.74),
]


@pytest.mark.parametrize(("language", "text", "taken_s"), TAKEN)
def test_the_next_warning_waits_until_the_last_was_said_and_not_much_longer(
    language: str, text: str, taken_s: float
) -> None:
    assert taken_s <= seconds_to_say(text, language) <= taken_s + 0.7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_danger_is_said_in_about_the_two_seconds_it_is_off(language: str) -> None:
    for label in ("person", "bicycle", "car", "chair", "bench", "dog"):
        for side in Side:
            text = phrase(alert(label, 1, side, 1.0, Priority.DANGER), language)
            assert seconds_to_say(text, language) <= 2.5


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "label", ["person", "bicycle", "wall", "pole", "drop", "overhead obstacle"]
)
def test_a_danger_is_spoken_ahead_of_time_in_one_piece(label: str, language: str) -> None:
    ready = set(frequent(language))
    for side in Side:
        assert phrase(alert(label, 1, side, 1.0, Priority.DANGER), language) in ready
