"""What is told when: the alert policy as tables, one line a case.

Every obstacle goes through the geometry and the threat levels that the guide uses: only where it
is, how soon it is reached and how the walker moves are given.
"""

from __future__ import annotations

from zlib import crc32

import pytest

from edgeassist.guide.alerts import Alerts, Verbosity
from edgeassist.guide.geometry import View
from edgeassist.guide.phrases import phrase, seconds_to_say
from edgeassist.guide.threat import level_of
from edgeassist.loop.events import Box, Obstacle, Priority
from edgeassist.profile import CameraProfile

VIEW = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=80), 640, 480)
QUIET, NORMAL, FULL = Verbosity.QUIET, Verbosity.NORMAL, Verbosity.FULL
WALKS, STANDS, UNKNOWN = True, False, None
WIDE_M = 0.4


def at(label: str, ahead_m: float, right_m: float = 0.0, ttc_s: float | None = None) -> Obstacle:
    """A thing of `WIDE_M` that stands so far ahead, so far right of the walker's middle."""
    x1, top = VIEW.project(right_m - WIDE_M / 2, 1.6, ahead_m)
    x2, foot = VIEW.project(right_m + WIDE_M / 2, 0.2, ahead_m)
    box = Box(label=label, score=0.9, x1=x1, y1=top, x2=x2, y2=foot)
    return Obstacle(
        captured_ns=0,
        track=crc32(f"{label} {right_m}".encode()),
        label=label,
        box=box,
        bearing_deg=VIEW.bearing_deg((x1 + x2) / 2, (top + foot) / 2),
        distance_m=(ahead_m**2 + right_m**2) ** 0.5,
        ttc_s=ttc_s,
    )


def policy(verbosity: Verbosity) -> Alerts:
    return Alerts(verbosity, lambda alert: seconds_to_say(phrase(alert, "zh"), "zh"))


def told(alerts: Alerts, at_s: float, walking: bool | None, things: list[Obstacle]) -> str:
    alert = alerts.step(at_s, [(thing, level_of(thing, VIEW)) for thing in things], walking)
    return "" if alert is None else f"{alert.priority.name.lower()}: {phrase(alert, 'zh')}"


ONE_PICTURE = [
    # the way is free, or what is there is far or beside it
    (WALKS, NORMAL, [], ""),
    (WALKS, NORMAL, [at("person", 12)], ""),
    (WALKS, NORMAL, [at("person", 3, right_m=1.5)], ""),
    (WALKS, NORMAL, [at("car", 6, right_m=3, ttc_s=1.0)], ""),
    (WALKS, NORMAL, [at("cup", 0.8)], ""),
    # in the corridor: by distance
    (WALKS, NORMAL, [at("person", 3)], "message: 前方三米，行人"),
    (WALKS, NORMAL, [at("person", 3, right_m=0.7)], "message: 右前方三米，行人"),
    (WALKS, NORMAL, [at("person", 1.2)], "danger: 小心前方行人"),
    # by time to collision, whatever it is
    (WALKS, NORMAL, [at("bicycle", 8, ttc_s=3.5)], "message: 前方八米，自行车"),
    (WALKS, NORMAL, [at("bicycle", 8, ttc_s=1.5)], "danger: 小心前方自行车"),
    (WALKS, NORMAL, [at("chair", 8, ttc_s=1.5)], "danger: 小心前方椅子"),
    (WALKS, NORMAL, [at("wall", 8, ttc_s=1.5)], "danger: 小心前方墙"),
    (WALKS, NORMAL, [at("bicycle", 8, ttc_s=9)], ""),
    # like things together, the soonest reached first
    (
        WALKS,
        NORMAL,
        [at("person", 3, -0.2), at("person", 3.5, 0.3), at("person", 3.9)],
        "message: 前方三米，三个人",
    ),
    (WALKS, NORMAL, [at("chair", 3.5), at("bench", 2)], "message: 前方两米，长椅"),
    (WALKS, NORMAL, [at("chair", 2), at("bicycle", 7, ttc_s=1.8)], "danger: 小心前方自行车"),
    # standing still: only what approaches
    (STANDS, NORMAL, [at("chair", 1)], ""),
    (STANDS, FULL, [at("person", 1), at("car", 5, right_m=2)], ""),
    (STANDS, NORMAL, [at("person", 3, ttc_s=3)], "message: 前方三米，行人"),
    (STANDS, NORMAL, [at("bicycle", 5, ttc_s=1.2)], "danger: 小心前方自行车"),
    (STANDS, NORMAL, [at("bicycle", 4, right_m=2.5, ttc_s=1.2)], ""),
    # not knowing whether one walks is taken for walking
    (UNKNOWN, NORMAL, [at("chair", 3)], "message: 前方三米，椅子"),
    # how much one wants to hear
    (WALKS, QUIET, [at("person", 3)], ""),
    (WALKS, QUIET, [at("person", 1.2)], "danger: 小心前方行人"),
    (WALKS, FULL, [at("person", 6, right_m=-3)], "notification: 左前方七米，行人"),
]


@pytest.mark.parametrize(("walking", "verbosity", "things", "expected"), ONE_PICTURE)
def test_what_one_picture_says(
    walking: bool | None, verbosity: Verbosity, things: list[Obstacle], expected: str
) -> None:
    alerts = policy(verbosity)
    for i in range(20):  # it has been so for two seconds, before an empty way
        assert told(alerts, i / 10, walking, []) == ""
    assert told(alerts, 2.0, walking, things) == expected


NEAR, THERE, AWAY = [at("chair", 1.2)], [at("chair", 3)], []
MANY = [at("chair", 3), at("bench", 3.5), at("dog", 3.8)]

# What was before the walker from second to second, and what is told when.
HISTORIES = [
    ("stays as it is: once", [(0, 60, WALKS, THERE)], [(0.0, "前方三米，椅子")]),
    (
        "gets worse: again at once",
        [(0, 1, WALKS, THERE), (1, 30, WALKS, NEAR)],
        [(0.0, "前方三米，椅子"), (1.0, "小心前方椅子")],
    ),
    (
        "gets better: nothing",
        [(0, 1, WALKS, NEAR), (1, 30, WALKS, THERE)],
        [(0.0, "小心前方椅子")],
    ),
    (
        "gone for a moment: nothing",
        [(0, 2, WALKS, THERE), (2, 4, WALKS, AWAY), (4, 30, WALKS, THERE)],
        [(0.0, "前方三米，椅子")],
    ),
    (
        "gone for long and back: again",
        [(0, 2, WALKS, THERE), (2, 20, WALKS, AWAY), (20, 30, WALKS, THERE)],
        [(0.0, "前方三米，椅子"), (20.0, "前方三米，椅子")],
    ),
    (
        "three things: one after another, not at once",
        [(0, 30, WALKS, MANY)],
        [(0.0, "前方三米，椅子"), (2.3, "前方四米，长椅"), (4.6, "前方四米，狗")],
    ),
    (
        "a danger interrupts; what it cut short comes again later",
        [
            (0, 0.5, WALKS, THERE),
            (0.5, 1.5, WALKS, [*THERE, at("bicycle", 4, ttc_s=1.0)]),
            (1.5, 30, WALKS, THERE),
        ],
        [(0.0, "前方三米，椅子"), (0.5, "小心前方自行车"), (5.0, "前方三米，椅子")],
    ),
    ("one stands before it: nothing", [(0, 2, STANDS, AWAY), (2, 60, STANDS, NEAR)], []),
    (
        "one stood before it for long and walks on: now it counts",
        [(0, 2, WALKS, NEAR), (2, 20, STANDS, NEAR), (20, 30, WALKS, NEAR)],
        [(0.0, "小心前方椅子"), (20.0, "小心前方椅子")],
    ),
    (
        "a step's pause is no standing",
        [(0, 1, WALKS, AWAY), (1, 1.5, STANDS, THERE), (1.5, 9, WALKS, THERE)],
        [(1.0, "前方三米，椅子")],
    ),
    (
        "somebody comes up to one who stands",
        [(0, 3, STANDS, [at("person", 3)]), (3, 9, STANDS, [at("person", 3, ttc_s=3)])],
        [(3.0, "前方三米，行人")],
    ),
]


@pytest.mark.parametrize(
    ("spans", "expected"), [row[1:] for row in HISTORIES], ids=[row[0] for row in HISTORIES]
)
def test_what_a_walk_says(
    spans: list[tuple[float, float, bool | None, list[Obstacle]]],
    expected: list[tuple[float, str]],
) -> None:
    alerts = policy(NORMAL)
    given = []
    for begin_s, end_s, walking, things in spans:
        for tenth in range(round(begin_s * 10), round(end_s * 10)):
            text = told(alerts, tenth / 10, walking, things)
            if text:
                given.append((tenth / 10, text.split(": ")[1]))
    assert given == expected


def test_a_priority_of_the_ladder_stands_for_each_of_the_three_levels() -> None:
    levels = {level_of(at("person", ahead_m), VIEW) for ahead_m in (1, 3, 6, 20)}
    assert levels == {Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION, None}


FIRST, SECOND, TO_LEFT = at("person", 1.2, -0.1), at("person", 1.3, 0.1), at("person", 1.4, -0.5)
BICYCLE = at("bicycle", 4, ttc_s=1.0)

# What becomes a danger while the words of another are being said: felt when, said when.
SECONDS = [
    (
        "of its class and side: felt at once, said when the same words may come again",
        [(0, 1, [FIRST]), (1, 8, [FIRST, SECOND])],
        [(1.0, "ahead")],
        [(0.0, "小心前方行人"), (5.0, "小心前方两个人")],
    ),
    (
        "when the first one is gone for longer than one is lost: felt at once",
        [(0, 1, [FIRST]), (1, 2.6, []), (2.6, 8, [SECOND])],
        [(2.6, "ahead")],
        [(0.0, "小心前方行人"), (5.0, "小心前方行人")],
    ),
    (
        "the first one found again under another number: nothing",
        [(0, 1, [FIRST]), (1, 1.5, []), (1.5, 4, [at("person", 1.2, -0.08)])],
        [],
        [(0.0, "小心前方行人")],
    ),
    (
        "both at once: the words are for both",
        [(0, 4, [FIRST, SECOND])],
        [],
        [(0.0, "小心前方两个人")],
    ),
    (
        "of another class on its side: felt at once, said after those words",
        [(0, 1, [FIRST]), (1, 6, [FIRST, BICYCLE])],
        [(1.0, "ahead")],
        [(0.0, "小心前方行人"), (2.0, "小心前方自行车")],
    ),
    (
        "on another side: felt at once, said after those words",
        [(0, 1, [FIRST]), (1, 6, [FIRST, TO_LEFT])],
        [(1.0, "left")],
        [(0.0, "小心前方行人"), (2.0, "小心左前方行人")],
    ),
    (
        "a third one too: each is felt once",
        [(0, 1, [FIRST]), (1, 2, [FIRST, SECOND]), (2, 8, [FIRST, SECOND, at("person", 1.4)])],
        [(1.0, "ahead"), (2.0, "ahead")],
        [(0.0, "小心前方行人"), (5.0, "小心前方三个人")],
    ),
    (
        "gone before it could be said: felt only",
        [(0, 1, [FIRST]), (1, 2, [FIRST, SECOND]), (2, 8, [FIRST])],
        [(1.0, "ahead")],
        [(0.0, "小心前方行人")],
    ),
]


@pytest.mark.parametrize(
    ("spans", "felt", "said"), [row[1:] for row in SECONDS], ids=[row[0] for row in SECONDS]
)
def test_a_second_danger_is_felt_at_once_and_said_within_five_seconds(
    spans: list[tuple[float, float, list[Obstacle]]],
    felt: list[tuple[float, str]],
    said: list[tuple[float, str]],
) -> None:
    alerts = policy(NORMAL)
    texts, taps = [], []
    for begin_s, end_s, things in spans:
        for tenth in range(round(begin_s * 10), round(end_s * 10)):
            if text := told(alerts, tenth / 10, WALKS, things):
                texts.append((tenth / 10, text.split(": ")[1]))
            if alerts.tap is not None:
                taps.append((tenth / 10, alerts.tap.side.value))
    assert texts == said
    assert taps == felt
