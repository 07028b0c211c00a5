"""Things stay the same thing: through misses, crossings, gaps and uneven frame rates."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.guide.tracker import Tracker, iou
from edgeassist.loop.events import Box


def person(x: float, y: float = 240, high: float = 160, score: float = 0.8) -> Box:
    wide = high * 0.4
    return Box(
        label="person",
        score=score,
        x1=x - wide / 2,
        y1=y - high / 2,
        x2=x + wide / 2,
        y2=y + high / 2,
    )


def test_a_thing_is_believed_the_third_time_it_is_seen() -> None:
    tracker = Tracker(0.3)
    shown = [len(tracker.step(i / 10, [person(300 + 2 * i)])) for i in range(5)]
    assert shown == [0, 0, 1, 1, 1]


def test_three_of_five_are_enough() -> None:
    tracker = Tracker(0.3)
    shown = [
        len(tracker.step(i / 10, [person(300)] if there else []))
        for i, there in enumerate([True, False, True, False, True])
    ]
    assert shown == [0, 0, 0, 0, 1]


def test_a_flash_in_one_picture_is_never_shown() -> None:
    tracker = Tracker(0.3)
    for i in range(40):
        boxes = [person(100 + 97 * (i % 5))] if i % 4 == 0 else []
        assert tracker.step(i / 10, boxes) == []


def test_low_scores_go_on_with_a_thing_but_do_not_begin_one() -> None:
    tracker = Tracker(0.3)
    for i in range(10):
        assert tracker.step(i / 10, [person(300, score=0.25)]) == []
    for i in range(10, 14):
        tracker.step(i / 10, [person(300, score=0.6)])
    assert len(tracker.step(1.5, [person(300, score=0.25)])) == 1


@pytest.mark.parametrize("fps", [5, 10, 30])
@pytest.mark.parametrize("speed", [-180, 0, 90, 180])  # pixels a second
def test_the_number_survives_a_second_behind_a_tree(fps: int, speed: float) -> None:
    tracker = Tracker(0.3)
    numbers = set()
    noise = random.Random(1)
    for i in range(3 * fps):
        at_s = i / fps
        hidden = 1.0 <= at_s < 1.95
        x = 300 + speed * at_s + noise.gauss(0, 1.5)
        tracks = tracker.step(at_s, [] if hidden else [person(x)])
        numbers |= {track.number for track in tracks}
        assert not (hidden and tracks)
    assert len(numbers) == 1


def test_after_more_than_a_second_it_is_somebody_else() -> None:
    tracker = Tracker(0.3)
    first = [tracker.step(i / 10, [person(300)]) for i in range(5)][-1]
    tracker.step(1.6, [])
    second = [tracker.step(1.7 + i / 10, [person(300)]) for i in range(5)][-1]
    assert first[0].number != second[0].number


def test_two_who_cross_keep_their_numbers() -> None:
    tracker = Tracker(0.3)
    by_side = {}
    for i in range(41):
        left, right = person(100 + 10 * i, y=230), person(500 - 10 * i, y=250, high=190)
        tracks = tracker.step(i / 10, [left, right])
        if i in (5, 40):
            for track in tracks:
                by_side.setdefault(round(track.found.y2 - track.found.y1), set()).add(track.number)
    assert {high: len(numbers) for high, numbers in by_side.items()} == {160: 1, 190: 1}


def test_uneven_pictures_do_not_confuse_it() -> None:
    tracker = Tracker(0.3)
    noise = random.Random(2)
    at_s, numbers = 0.0, set()
    for _ in range(60):
        at_s += noise.choice([0.03, 0.1, 0.25, 0.4])
        numbers |= {track.number for track in tracker.step(at_s, [person(50 + 60 * at_s)])}
    assert len(numbers) == 1


def test_a_film_that_begins_anew_begins_with_new_things() -> None:
    tracker = Tracker(0.3)
    for i in range(5):
        last = tracker.step(i / 10, [person(300)])
    assert tracker.step(0.0, [person(300)]) == []
    assert last


def test_the_label_is_the_one_seen_most() -> None:
    tracker = Tracker(0.3)
    for i in range(9):
        label = "truck" if i % 3 == 2 else "car"
        box = person(300)
        tracks = tracker.step(
            i / 10, [Box(label=label, score=0.5, x1=box.x1, y1=box.y1, x2=box.x2, y2=box.y2)]
        )
    assert [track.label for track in tracks] == ["car"]


def test_overlap_is_common_area_by_joint_area() -> None:
    a = Box(label="x", score=1, x1=0, y1=0, x2=2, y2=2)
    b = Box(label="x", score=1, x1=1, y1=0, x2=3, y2=2)
    assert iou(a, b) == pytest.approx(1 / 3)
    assert iou(a, Box(label="x", score=1, x1=2, y1=2, x2=3, y2=3)) == 0


def test_what_is_barely_seen_must_be_seen_longer() -> None:
    tracker = Tracker(0.3)
    shown = [
        len(tracker.step(i / 10, [person(300, score=score)]))
        for i, score in enumerate([0.31, 0.21, 0.21, 0.21, 0.21])
    ]
    assert shown == [0, 0, 0, 1, 1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.05, 1), min_size=5, max_size=40),
    st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_nothing_is_believed_on_fewer_than_three_of_five(
    scores: list[float], there: list[bool]
) -> None:
    tracker = Tracker(0.3)
    seen: list[float] = []
    for i, (score, shown) in enumerate(zip(scores, there, strict=False)):
        tracks = tracker.step(i / 10, [person(300, score=score)] if shown else [])
        seen.append(score if shown else 0)
        windows = [seen[max(0, end - 5) : end] for end in range(1, len(seen) + 1)]
        believable = any(
            sum(score > 0 for score in window) >= 3 and sum(window) >= 0.9 - 1e-9
            for window in windows
        )
        assert believable or not tracks
        assert shown or not tracks


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-150, 150),
    st.floats(0.05, 0.95),
    st.sampled_from([5, 10, 15, 30]),
    st.integers(0, 2**16),
)
def test_a_hidden_walker_comes_back_as_the_same(
    speed: float, hidden_s: float, fps: int, seed: int
) -> None:
    """Up to a second out of sight, at any pace a walker has, whatever the rate of pictures."""
    tracker, noise, numbers = Tracker(0.3), random.Random(seed), set()
    for i in range(3 * fps):
        at_s = i / fps
        x = 400 + speed * at_s + noise.gauss(0, 1.5)
        boxes = [] if 1.0 <= at_s < 1.0 + hidden_s else [person(x)]
        numbers |= {track.number for track in tracker.step(at_s, boxes)}
    assert len(numbers) == 1
