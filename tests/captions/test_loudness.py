"""How loud the sound is, and what is told about it: once, not again and again."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import noise, quiet, spoken

from edgeassist.captions.loudness import LevelMeter, LoudnessHints, level_of
from edgeassist.loop.events import AudioLevel
from edgeassist.testing import audio_blocks


def levels(sound) -> list[AudioLevel]:
    meter = LevelMeter()
    return [level for block in audio_blocks(sound) if (level := meter.feed(block))]


def told(*sounds) -> list[str]:
    hints = LoudnessHints()
    said = (hints.update(level) for level in levels(np.concatenate(sounds)))
    return [text.split(":")[0] for text in said if text]


NOTHING = "the microphone hears nothing"
AGAIN = "the microphone hears sound again"
LOUD = "the sound is too loud and is cut off"


def test_a_meter_gets_ten_levels_a_second():
    given = levels(noise(3))
    assert len(given) == 30
    times = [level.captured_ns for level in given]
    assert {b - a for a, b in pairwise(times)} == {100_000_000}


def test_levels_are_decibels_below_full_scale():
    at = np.arange(1600)
    tone = np.round(16384 * np.sin(2 * np.pi * 100 * at / 16000)).astype(np.int16)
    level = level_of(tone, 0)
    assert level.peak_dbfs == pytest.approx(-6.0, abs=0.1)
    assert level.rms_dbfs == pytest.approx(-9.0, abs=0.1)
    assert not level.clipped
    assert level_of(np.full(1600, -32768, np.int16), 0).peak_dbfs == 0.0
    assert level_of(quiet(0.1), 0).peak_dbfs == -100.0


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=400))
def test_every_sound_has_a_level_between_silence_and_full_scale(samples):
    level = level_of(np.array(samples, np.int16), 0)
    assert -100.0 <= level.rms_dbfs <= level.peak_dbfs <= 0.0


def test_a_muted_microphone_is_told_of_once_and_so_is_that_it_works_again():
    assert told(quiet(60)) == [NOTHING]
    assert told(quiet(20), noise(2, 300), quiet(2)) == [NOTHING, AGAIN]


def test_a_microphone_that_is_silent_between_sentences_is_no_reason_to_say_so_each_time():
    assert told(*5 * [quiet(20), noise(2, 300)]) == [NOTHING, AGAIN]
    assert told(quiet(20), noise(2, 300), quiet(70)) == [NOTHING, AGAIN, NOTHING]


def test_the_noise_of_a_quiet_room_and_speech_are_nothing_to_tell():
    assert told(noise(20, 8), spoken("zh/pangrama"), noise(20, 8)) == []


def test_a_converter_that_only_wavers_in_its_last_bit_hears_nothing():
    waver = np.tile(np.array([0, 1, -1, 0], np.int16), 40_000)
    assert told(waver) == [NOTHING]


def test_sound_that_is_cut_off_is_told_of_once_not_in_every_sentence():
    loud = np.clip(spoken("zh/pangrama").astype(np.int32) * 30, -32768, 32767).astype(np.int16)
    assert told(loud, noise(10, 50), loud, noise(10, 50), loud) == [LOUD]
    assert told(loud, noise(90, 50), loud) == [LOUD, LOUD]


def test_one_loud_knock_is_no_reason_to_warn():
    knock = noise(20, 50)
    knock[160_000:160_100] = 32767
    assert told(knock) == []


def test_hints_follow_the_sounds_own_time():
    hints = LoudnessHints()
    silent = AudioLevel(captured_ns=0, peak_dbfs=-100, rms_dbfs=-100, clipped=False)
    assert hints.update(silent) == ""
    assert hints.update(replace(silent, captured_ns=6_000_000_000)).startswith(NOTHING)
