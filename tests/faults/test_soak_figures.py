"""What a soak says of hours of running: a leak is seen, and what only comes and goes is none."""

import random

import pytest
from measure.soak_figures import Look, drift, more_than_before, slope

MINUTE_S = 60.0


def look(minute: int, **values: float) -> Look:
    usual = {"rss_mb": 500.0, "threads": 30, "descriptors": 40, "children": 1}
    return Look(at_s=minute * MINUTE_S, **{**usual, **values})  # type: ignore[arg-type]


def test_a_slow_leak_under_noise_is_shown_in_megabytes_an_hour():
    noise = random.Random(1)
    minutes = range(60)
    found = slope(
        [minute * MINUTE_S for minute in minutes],
        [500 + 12 * minute / 60 + noise.uniform(-5, 5) for minute in minutes],
    )
    assert found is not None
    assert found.per_hour == pytest.approx(12, abs=3 * found.error_per_hour)
    assert found.growth_percent > 2


def test_memory_that_only_breathes_is_flat():
    values = [500.0 + 20 * (minute % 2) for minute in range(61)]
    found = slope([minute * MINUTE_S for minute in range(61)], values)
    assert found is not None
    assert abs(found.growth_percent) < 0.5


def test_a_thread_more_each_ten_minutes_is_a_leak_and_a_viewer_that_comes_and_goes_is_none():
    leaking = [look(minute, threads=30 + minute // 10) for minute in range(60)]
    visited = [look(minute, threads=30 + minute % 3) for minute in range(60)]
    assert more_than_before(leaking, "threads") == 4
    assert more_than_before(visited, "threads") == 0


def test_warnings_that_come_later_and_later_are_seen_in_the_last_tenth():
    values = [(float(second), 50 + 50 * second / 3600) for second in range(3600)]
    found = drift(values, 0, 3600)
    assert found is not None
    assert found.percent == pytest.approx(80, abs=5)
    assert found.few == 360
    assert drift(values, 0, 36_000) is None  # nothing came in the last tenth
