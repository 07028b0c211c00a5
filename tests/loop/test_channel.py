"""Bounded hand-off: what a full lane does, in which order things come out, how it ends."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.loop.channel import LIVE, PATIENT, Closed, Inbox, Rule, WhenFull
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import (
    BLOCK_SAMPLES,
    AudioBlock,
    Caption,
    Event,
    Gap,
    Pulse,
    Side,
    VideoFrame,
)

BLOCK_S = 0.02


def frame(number: int) -> VideoFrame:
    return VideoFrame(
        captured_ns=number, image=np.zeros((2, 2, 3), np.uint8), number=number, at_s=0.0
    )


def block(number: int) -> AudioBlock:
    return AudioBlock(
        captured_ns=number,
        samples=np.full(BLOCK_SAMPLES, number % 999, np.int16),
        start_s=round(number * BLOCK_S, 6),
    )


def caption(number: int) -> Caption:
    return Caption(
        captured_ns=number,
        utterance=number,
        text="好",
        final=True,
        stable_chars=1,
        start_s=0,
        end_s=1,
    )


def inbox(*types: type[Event], rules=LIVE) -> Inbox:
    return Inbox(types, rules, ManualClock())


def drain(box: Inbox) -> list[Event]:
    events = []
    while True:
        try:
            events.append(box.get(timeout_s=0))
        except (TimeoutError, Closed):
            return events


def test_a_slow_detector_sees_the_newest_frame_not_a_backlog():
    frames = inbox(VideoFrame)
    for number in range(100):
        frames.put(frame(number))
    assert frames.get().number == 99
    (lane,) = frames.stats()
    assert (lane.puts, lane.drops, lane.waiting) == (100, 99, 0)


def test_an_audio_overflow_comes_out_as_one_gap_before_the_sound_that_follows_it():
    sound = inbox(AudioBlock, Gap)
    for number in range(107):
        sound.put(block(number))
    first, second, *_ = drain(sound)
    assert first == Gap(captured_ns=0, start_s=0.0, seconds=pytest.approx(7 * BLOCK_S))
    assert second.captured_ns == 7
    assert sound.stats()[0].drops == 7


@given(st.lists(st.booleans(), max_size=400))
def test_no_sound_is_lost_without_saying_so_whatever_the_reader_does(reads):
    sound = inbox(AudioBlock, Gap)
    got: list[Event] = []
    written = 0
    for read in reads:
        if read:
            try:
                got.append(sound.get(timeout_s=0))
            except TimeoutError:
                continue
        else:
            sound.put(block(written))
            written += 1
    got += drain(sound)
    heard_s = 0.0
    for event in got:
        assert event.start_s == pytest.approx(heard_s)
        heard_s += event.seconds
    assert heard_s == pytest.approx(written * BLOCK_S)


def test_a_reader_that_does_not_know_gaps_is_given_none():
    sound = inbox(AudioBlock)
    for number in range(150):
        sound.put(block(number))
    assert all(isinstance(event, AudioBlock) for event in drain(sound))


def test_events_of_different_kinds_come_out_in_the_order_they_came_in():
    box = inbox(Caption, Pulse)
    pulse = Pulse(captured_ns=2, side=Side.LEFT, strength=1, pattern=(100,))
    for event in (caption(1), pulse, caption(3)):
        box.put(event)
    assert [event.captured_ns for event in drain(box)] == [1, 2, 3]


def test_text_waits_for_its_reader_and_none_is_lost():
    box = inbox(Caption)
    count = 600
    writer = threading.Thread(target=lambda: [box.put(caption(n)) for n in range(count)])
    writer.start()
    got = [box.get().captured_ns for _ in range(count)]
    writer.join(5)
    assert got == list(range(count))
    assert box.stats()[0].drops == 0


def test_a_file_read_at_full_speed_waits_for_its_slowest_reader():
    frames = inbox(VideoFrame, rules=PATIENT)
    writer = threading.Thread(target=lambda: [frames.put(frame(n)) for n in range(50)])
    writer.start()
    assert [frames.get().number for _ in range(50)] == list(range(50))
    writer.join(5)
    assert frames.stats()[0].drops == 0


def test_a_writer_who_waits_is_let_go_when_the_reader_is_gone():
    box = inbox(VideoFrame, rules=PATIENT)
    box.put(frame(0))
    writer = threading.Thread(target=box.put, args=(frame(1),))
    writer.start()
    box.close()
    writer.join(5)
    assert not writer.is_alive()
    assert box.stats()[0].drops == 2


def test_what_waits_when_a_stream_ends_is_still_read():
    box = inbox(Caption)
    box.put(caption(1))
    box.end()
    assert box.get().captured_ns == 1
    with pytest.raises(Closed):
        box.get()


def test_waiting_for_an_event_follows_the_loops_clock():
    clock = ManualClock()
    box = Inbox((Caption,), LIVE, clock)
    outcome: list[str] = []

    def wait() -> None:
        try:
            box.get(timeout_s=5)
        except TimeoutError:
            outcome.append("timed out")

    waiting = threading.Thread(target=wait)
    waiting.start()
    while waiting.is_alive():
        clock.advance(1)
    assert outcome == ["timed out"]


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_lane_holds_at_least_one_event(capacity):
    with pytest.raises(ValueError, match="at least 1"):
        Rule(capacity, WhenFull.BLOCK)
