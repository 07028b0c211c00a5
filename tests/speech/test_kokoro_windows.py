"""Which frames of Kokoro's plan become sound, and how its windows are joined."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edgeassist.speech.engines.kokoro_windows import FRAME, around, joined, sounding, windows

SILENCE, SPEECH = -9.3, 8.0


def plan(before: int, speech: int, after: int) -> np.ndarray:
    return np.repeat(np.float32([SILENCE, SPEECH, SILENCE]), [before, speech, after])


def test_the_silence_that_the_model_plans_is_not_made():
    first, end = sounding(plan(15, 40, 25))
    assert 10 <= first <= 15
    assert 55 <= end <= 62


def test_where_all_is_silent_nothing_is_made():
    assert sounding(plan(30, 0, 0)) == (0, 0)
    assert windows(plan(30, 0, 0), 0, 0) == []


def test_a_short_clause_is_made_whole_and_a_long_one_in_windows():
    assert len(windows(plan(0, 90, 0), 0, 90)) == 1
    many = windows(plan(0, 400, 0), 0, 400)
    assert 24 <= many[0][1] <= 40, "the first is what one waits for"
    assert all(40 <= until - begin <= 96 for begin, until in many[1:])
    assert len(many) > 3


def test_windows_are_joined_where_the_voice_is_softest():
    loudness = plan(0, 200, 0)
    loudness[31] = loudness[80] = 1.0
    assert windows(loudness, 0, 200)[:2] == [(0, 31), (31, 80)]


@given(
    arrays.arrays(np.float32, st.integers(1, 500), elements=st.floats(-10, 11, width=32)),
)
def test_no_frame_between_the_first_and_the_last_loud_one_is_lost_or_said_twice(loudness):
    first, end = sounding(loudness)
    cut = windows(loudness, first, end)
    assert [frame for begin, until in cut for frame in range(begin, until)] == [*range(first, end)]
    loud = np.flatnonzero(loudness > -1.5)
    assert all(first <= frame < end for frame in loud)
    assert all(first <= around(window, first, end)[0] <= window[0] for window in cut)


@given(st.lists(st.integers(20, 90), min_size=1, max_size=5))
def test_windows_of_one_sound_are_that_sound_again(lengths):
    ends = np.cumsum([0, *lengths])
    whole = np.sin(np.arange(ends[-1] * FRAME) / 50).astype(np.float32)
    made = []
    for window in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        frames = around(window, 0, int(ends[-1]))
        made.append((window, frames, whole[frames[0] * FRAME : frames[1] * FRAME]))
    assert np.allclose(np.concatenate([*joined(made)]), whole, atol=1e-5)
