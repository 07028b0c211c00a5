"""Where an utterance begins and ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.captions.endpointing import CHUNK_S, Endpointer, Rules, Signal, quietest


def chunks(seconds: float) -> int:
    return round(seconds / CHUNK_S)


def signals(*parts: tuple[float, float]) -> list[tuple[Signal, float]]:
    """What is signalled for (probability, seconds) after (probability, seconds), and when."""
    endpointer = Endpointer()
    heard = []
    now = 0
    for probability, seconds in parts:
        for _ in range(chunks(seconds)):
            signal = endpointer.step(probability)
            now += 1
            if signal:
                heard.append((signal, round(now * CHUNK_S, 1)))
                if signal is Signal.CUT:
                    endpointer.resume_after_cut()
    return heard


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        ([(0.0, 5)], []),
        ([(0.0, 1), (0.9, 0.06), (0.0, 1)], []),  # a click
        ([(0.0, 1), (0.4, 2)], []),  # never sure enough to begin
        ([(0.9, 1)], ["started"]),
        ([(0.9, 1), (0.0, 1)], ["started", "paused", "ended"]),
        ([(0.9, 1), (0.4, 1), (0.0, 1)], ["started", "paused", "ended"]),
        ([(0.9, 1), (0.0, 0.2), (0.9, 1)], ["started"]),  # a pause inside a sentence
        ([(0.9, 1), (0.0, 0.45), (0.9, 1)], ["started", "paused", "resumed"]),
        (
            [(0.9, 1), (0.0, 1), (0.9, 1), (0.0, 1)],
            ["started", "paused", "ended", "started", "paused", "ended"],
        ),
    ],
)
def test_utterances_begin_with_speech_and_end_with_half_a_second_of_silence(sound, expected):
    assert [signal.value for signal, _ in signals(*sound)] == expected


def test_the_speaker_waits_little_more_than_half_a_second_for_the_end():
    (_, _), (_, _), (ended, at_s) = signals((0.9, 2), (0.0, 2))
    assert ended is Signal.ENDED
    assert at_s == pytest.approx(2 + 0.55, abs=0.1)


def test_after_ten_seconds_a_shorter_pause_ends_an_utterance():
    rules = Rules()
    waits = [rules.silence_that_ends(length_s) for length_s in (1, 9, 15, 21, 60)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == waits[1] == rules.end_s
    assert waits[-1] == rules.short_end_s
    assert Signal.ENDED in [signal for signal, _ in signals((0.9, 18), (0.0, 0.35), (0.9, 1))]


def test_an_hour_without_a_pause_is_cut_into_utterances_that_miss_nothing():
    endpointer = Endpointer()
    ends = [0]
    for number in range(chunks(3600)):
        # Somebody draws breath every 7 s, too briefly to be a pause.
        if endpointer.step(0.5 if number % chunks(7) == 0 else 0.95) is Signal.CUT:
            assert endpointer.first == ends[-1]
            ends.append(endpointer.last)
            endpointer.resume_after_cut()
    lengths = [(b - a) * CHUNK_S for a, b in pairwise(ends)]
    assert len(lengths) > 3600 / 22
    assert max(lengths) <= Rules().longest_s + 2 * CHUNK_S
    assert min(lengths) > Rules().longest_s / 2


def test_a_talk_is_cut_where_it_sounds_least_like_speech():
    assert quietest([0.9] * 80 + [0.2] * 5 + [0.9] * 15) == 82
    assert quietest([0.1] * 10 + [0.9] * 90) > 60, "not in the beginning"


@given(st.lists(st.floats(0, 1), max_size=400))
def test_whatever_is_heard_utterances_are_well_formed(probabilities):
    endpointer = Endpointer()
    speaking, last_end = False, 0
    for number, probability in enumerate(probabilities, 1):
        signal = endpointer.step(probability)
        if signal is Signal.STARTED:
            assert not speaking
            assert last_end <= endpointer.first < endpointer.last <= number
            speaking = True
        elif signal is not None:
            assert speaking
        if signal is Signal.ENDED:
            assert endpointer.first < endpointer.last < number
            speaking, last_end = False, endpointer.last
        assert endpointer.speaking == speaking
