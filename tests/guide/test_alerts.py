"""The guide speaks up in time and otherwise keeps quiet."""

from __future__ import annotations

from itertools import pairwise

from edgeassist.guide.alerts import QUIET_S, Alert, Alerts, Verbosity
from edgeassist.loop.events import Box, Obstacle, Priority, Side

DANGER, MESSAGE, NOTICE = Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION
BOX = Box(label="person", score=0.9, x1=0, y1=0, x2=10, y2=10)


def thing(
    track: int = 1, distance_m: float = 3.0, bearing_deg: float = 0.0, label: str = "person"
) -> Obstacle:
    return Obstacle(
        captured_ns=0,
        track=track,
        label=label,
        box=BOX,
        bearing_deg=bearing_deg,
        distance_m=distance_m,
    )


def told(
    alerts: Alerts, *steps: tuple[float, list[tuple[Obstacle, Priority | None]]]
) -> list[tuple[float, Alert]]:
    given = [(at_s, alerts.step(at_s, threats)) for at_s, threats in steps]
    return [(at_s, alert) for at_s, alert in given if alert is not None]


def test_a_thing_in_the_way_is_told_once_however_long_it_stands_there() -> None:
    alerts = Alerts()
    steps = [(i / 10, [(thing(), MESSAGE)]) for i in range(1200)]
    assert [at_s for at_s, _ in told(alerts, *steps)] == [0.0]


def test_it_is_told_again_when_it_becomes_a_danger() -> None:
    alerts = Alerts()
    steps = [(i / 10, [(thing(), MESSAGE if i < 10 else DANGER)]) for i in range(200)]
    assert [(at_s, alert.priority) for at_s, alert in told(alerts, *steps)] == [
        (0.0, MESSAGE),
        (1.0, DANGER),
    ]


def test_it_is_told_again_when_it_is_much_nearer_but_not_at_once() -> None:
    alerts = Alerts()
    steps = [(i / 2, [(thing(distance_m=3.9 - i * 0.2), MESSAGE)]) for i in range(12)]
    times = [(at_s, alert.nearest.distance_m) for at_s, alert in told(alerts, *steps)]
    assert times[0] == (0.0, 3.9)
    assert len(times) == 2
    assert times[1][0] >= 5.0


def test_a_danger_does_not_wait_for_the_pause_after_another_warning() -> None:
    alerts = Alerts()
    steps: list[tuple[float, list[tuple[Obstacle, Priority | None]]]] = [
        (0.0, [(thing(1, 3.5), MESSAGE)]),
        (0.1, [(thing(1, 3.5), MESSAGE), (thing(2, 1.0, label="chair"), DANGER)]),
    ]
    assert [alert.nearest.label for _, alert in told(alerts, *steps)] == ["person", "chair"]


def test_lesser_things_wait_until_the_last_warning_has_been_said() -> None:
    alerts = Alerts()
    both: list[tuple[Obstacle, Priority | None]] = [
        (thing(1, 2.0), MESSAGE),
        (thing(2, 3.0, bearing_deg=-20, label="car"), MESSAGE),
    ]
    given = told(alerts, *[(i / 10, both) for i in range(60)])
    assert [alert.nearest.label for _, alert in given] == ["person", "car"]
    assert given[1][0] - given[0][0] >= QUIET_S


def test_the_worst_comes_first_then_the_nearest() -> None:
    alerts = Alerts(Verbosity.FULL)
    given = alerts.step(
        0.0,
        [
            (thing(1, 2.0, -20), NOTICE),
            (thing(2, 3.0, 0, "car"), MESSAGE),
            (thing(3, 2.5, 20, "bicycle"), MESSAGE),
        ],
    )
    assert given is not None
    assert given.nearest.label == "bicycle"


def test_three_persons_are_one_warning() -> None:
    alerts = Alerts()
    people: list[tuple[Obstacle, Priority | None]] = [
        (thing(i, 2.0 + i / 2), MESSAGE) for i in range(3)
    ]
    given = told(alerts, *[(i / 10, people) for i in range(100)])
    assert [(alert.count, alert.side, alert.nearest.distance_m) for _, alert in given] == [
        (3, Side.AHEAD, 2.0)
    ]


def test_a_thing_found_again_under_another_number_is_not_new() -> None:
    alerts = Alerts()
    steps = [(i / 10, [(thing(track=i // 12), MESSAGE)]) for i in range(95)]
    assert len(told(alerts, *steps)) == 1


def test_nothing_is_told_twice_within_five_seconds() -> None:
    alerts = Alerts(Verbosity.FULL)
    steps = [(i / 10, [(thing(i // 7, 1.2 + (i * 13 % 17) / 40), DANGER)]) for i in range(600)]
    times = [at_s for at_s, _ in told(alerts, *steps)]
    assert min(later - sooner for sooner, later in pairwise(times)) >= 5.0


def test_verbosity_says_how_much() -> None:
    for verbosity, expected in (
        (Verbosity.QUIET, [DANGER]),
        (Verbosity.NORMAL, [DANGER, MESSAGE]),
        (Verbosity.FULL, [DANGER, MESSAGE, NOTICE]),
    ):
        alerts = Alerts(verbosity)
        threats: list[tuple[Obstacle, Priority | None]] = [
            (thing(1, 1.0, 0), DANGER),
            (thing(2, 3.0, -20), MESSAGE),
            (thing(3, 6.0, 20), NOTICE),
            (thing(4, 30.0, 20, "car"), None),
        ]
        given = told(alerts, *[(i / 10, threats) for i in range(100)])
        assert [alert.priority for _, alert in given] == expected


def test_a_film_that_begins_anew_is_told_anew() -> None:
    alerts = Alerts()
    assert alerts.step(50.0, [(thing(), MESSAGE)]) is not None
    assert alerts.step(0.0, [(thing(), MESSAGE)]) is not None
