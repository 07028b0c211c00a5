"""The guide speaks up in time and otherwise keeps quiet."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from edgeassist.guide.alerts import AGAIN_S, SAY_S, STANDS_AFTER_S, Alert, Alerts, Verbosity
from edgeassist.guide.phrases import phrase, seconds_to_say
from edgeassist.loop.events import Box, Obstacle, Priority, Side

DANGER, MESSAGE, NOTICE = Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION
BOX = Box(label="person", score=0.9, x1=0, y1=0, x2=10, y2=10)


def thing(
    track: int = 1,
    distance_m: float | None = 3.0,
    bearing_deg: float = 0.0,
    label: str = "person",
    ttc_s: float | None = None,
) -> Obstacle:
    return Obstacle(
        captured_ns=0,
        track=track,
        label=label,
        box=BOX,
        bearing_deg=bearing_deg,
        distance_m=distance_m,
        ttc_s=ttc_s,
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
    assert given[1][0] - given[0][0] >= SAY_S


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


def test_a_danger_that_jumps_about_and_is_lost_again_and_again_is_told_once() -> None:
    alerts = Alerts(Verbosity.FULL)
    steps = [(i / 10, [(thing(i // 7, 1.2 + (i * 13 % 17) / 40), DANGER)]) for i in range(600)]
    assert [at_s for at_s, _ in told(alerts, *steps)] == [0.0]


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


def test_what_has_to_wait_for_its_words_is_felt_at_once_and_once() -> None:
    alerts = Alerts()
    felt = []
    for i in range(40):
        threats: list[tuple[Obstacle, Priority | None]] = [(thing(1, 1.2), DANGER)]
        if i >= 3:
            threats.append((thing(2, 1.0, -30, "bicycle"), DANGER))
        alert = alerts.step(i / 10, threats)
        if alerts.tap is not None:
            felt.append((i / 10, alerts.tap.side))
        if alert is not None and alert.nearest.label == "bicycle":
            assert i / 10 >= SAY_S
            assert alerts.was_tapped(alert)
            break
    else:
        raise AssertionError("the second danger was never said")
    assert felt == [(0.3, Side.LEFT)]


def test_a_warning_cut_short_by_a_danger_is_told_afterwards() -> None:
    alerts = Alerts()
    given = []
    for i in range(80):
        threats: list[tuple[Obstacle, Priority | None]] = [(thing(1, 3.5), MESSAGE)]
        if 3 <= i < 20:
            threats.append((thing(2, 1.0, -30, "bicycle"), DANGER))
        alert = alerts.step(i / 10, threats)
        if alert is not None:
            given.append((i / 10, alert.nearest.label))
    assert given == [(0.0, "person"), (0.3, "bicycle"), (AGAIN_S, "person")]


LABELS = st.sampled_from(["person", "chair", "bicycle"])
HISTORIES = st.lists(
    st.tuples(
        st.floats(0.03, 1.5),  # seconds since the picture before
        st.sampled_from([None, True, False]),  # whether the walker walks
        st.lists(
            st.tuples(
                st.builds(
                    thing,
                    st.integers(1, 6),
                    st.one_of(st.none(), st.floats(0.3, 12)),
                    st.floats(-35, 35),
                    LABELS,
                    st.one_of(st.none(), st.floats(0.3, 20)),
                ),
                st.sampled_from([DANGER, MESSAGE, NOTICE, None]),
            ),
            max_size=5,
            unique_by=lambda entry: entry[0].track,
        ),
    ),
    max_size=60,
)


@settings(max_examples=60)
@given_any(HISTORIES, st.sampled_from(Verbosity), st.sampled_from(["zh", "en"]))
def test_whatever_happens_no_words_are_repeated_within_five_seconds_and_none_overlap(
    history: list[tuple[float, bool | None, list[tuple[Obstacle, Priority | None]]]],
    verbosity: Verbosity,
    language: str,
) -> None:
    def says_for(alert: Alert) -> float:
        return seconds_to_say(phrase(alert, language), language)

    alerts = Alerts(verbosity, says_for)
    at_s, walked_s = 0.0, -STANDS_AFTER_S
    said: list[tuple[float, str, Alert]] = []
    for since_s, walking, threats in history:
        at_s += since_s
        if walking is not False:
            walked_s = at_s
        alert = alerts.step(at_s, threats, walking)
        assert alert is None or alerts.tap is None
        if alert is None:
            continue
        assert at_s - walked_s < STANDS_AFTER_S or alert.nearest.ttc_s is not None
        said.append((at_s, phrase(alert, language), alert))
    last: dict[str, float] = {}
    for then_s, text, _ in said:
        assert then_s - last.get(text, -99.0) >= AGAIN_S
        last[text] = then_s
    for (then_s, _, before), (now_s, _, after) in pairwise(said):
        over_s = then_s + says_for(before)
        interrupts = after.priority is DANGER and before.priority is not DANGER
        assert now_s >= over_s or interrupts
