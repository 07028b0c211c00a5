"""Stamps of sound that arrives in bursts: steady, never in the future, right after a while."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.devices.sampleclock import SampleClock

BLOCK_NS = 20_000_000


@given(st.lists(st.integers(0, 60_000_000), min_size=3, max_size=200))
def test_no_block_is_stamped_later_than_it_can_have_been_captured(delays):
    clock = SampleClock(16_000)
    for number, delay in enumerate(delays):
        taken_ns = number * BLOCK_NS
        assert clock.stamp(taken_ns + BLOCK_NS + delay, 320) <= taken_ns + delay


def test_blocks_that_arrive_three_at_a_time_are_stamped_20_ms_apart():
    clock = SampleClock(16_000)
    bursts = [(number // 3 + 1) * 3 * BLOCK_NS for number in range(300)]
    stamps = [clock.stamp(arrived_ns, 320) for arrived_ns in bursts]
    truth = np.arange(300) * BLOCK_NS
    late_ms = (np.array(stamps) - truth)[3:] / 1e6
    assert np.abs(late_ms).max() < 0.5


def test_a_card_that_runs_slow_is_followed():
    clock = SampleClock(16_000)
    real_ns = BLOCK_NS * 1.0005
    for number in range(50_000):  # a quarter of an hour: the card is 0.5 s behind by then
        taken_ns = round(number * real_ns)
        stamp = clock.stamp(round(taken_ns + real_ns), 320)
    assert abs(stamp - taken_ns) < 1_000_000
