"""Sounds that are hard to caption: talk without a pause, two voices, music, hours of nothing."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from recordings import noise, quiet, spoken

from edgeassist.captions.endpointing import Rules
from edgeassist.captions.engines.worker import ReplayWorker
from edgeassist.captions.listener import Listener
from edgeassist.captions.recognizer import Language
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import RATE_HZ, Caption
from edgeassist.loop.node import Pace
from edgeassist.testing import audio_blocks, context

NOTES = (262, 294, 330, 392, 440, 523, 587, 659)


def seconds(length: float) -> np.ndarray:
    return np.arange(round(length * RATE_HZ)) / RATE_HZ


def as_sound(wave: np.ndarray, peak: float = 12_000) -> np.ndarray:
    return (wave / np.abs(wave).max() * peak).astype(np.int16)


def music(length: float) -> np.ndarray:
    """Chords on something like a piano."""
    random = np.random.default_rng(3)
    note_s, out = 0.9, np.zeros(round((length + 1) * RATE_HZ))
    for start_s in np.arange(0, length, 0.35):
        at = round(start_s * RATE_HZ)
        for hertz in random.choice(NOTES, 3):
            t = seconds(note_s)
            note = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 6)) * np.exp(-2 * t)
            out[at : at + len(t)] += note[: len(out) - at]
    return as_sound(out[: round(length * RATE_HZ)])


def applause(length: float) -> np.ndarray:
    random = np.random.default_rng(3)
    out = np.zeros(round(length * RATE_HZ))
    for at in random.integers(0, len(out) - 800, round(length * 120)):
        out[at : at + 800] += random.normal(size=800) * np.exp(-np.arange(800) / 120)
    return as_sound(out)


def fiddle(length: float) -> np.ndarray:
    """One voice with vibrato, in the range of a human one."""
    t = seconds(length)
    hertz = 300 + 12 * np.sin(2 * np.pi * 5.5 * t) + 60 * np.sin(2 * np.pi * 0.3 * t)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE_HZ
    return as_sound(sum(np.sin(k * phase) / k for k in range(1, 9)))


def live(whisper, sound) -> list[Caption]:
    """What viewers of live captions see, partials too, every decode taking 0.2 s."""
    clock = ManualClock()
    world = context(clock=clock, pace=Pace.REAL)
    engine = whisper(Language.AUTO, world, ReplayWorker(clock, lambda used_s: 0.2))
    captions = []
    for block in audio_blocks(np.concatenate((sound, quiet(2)))):
        clock.advance(block.seconds)
        captions += engine.feed(replace(block, captured_ns=clock.now_ns()))
    return captions


def finals(captions) -> str:
    return " ".join(caption.text for caption in captions if caption.final)


@pytest.mark.parametrize("kind", [music, applause, fiddle, noise])
def test_what_is_no_speech_shows_nothing_not_even_for_a_moment(whisper, kind):
    assert live(whisper, kind(8.0)) == []


def test_a_voice_over_music_is_captioned(whisper):
    voice = np.pad(spoken("en/quick_brown_fox"), 8_000)
    sound = voice * 0.9 + music(10.0)[: len(voice)] * 0.12
    assert "quick brown fox jumps over the lazy dog" in finals(live(whisper, as_sound(sound)))


def test_of_two_people_speaking_at_once_the_louder_one_is_captioned(whisper):
    one, other = spoken("en/quick_brown_fox"), spoken("zh/pangrama")
    both = other * 0.25
    both[: len(one)] += one
    captions = live(whisper, both.astype(np.int16))
    assert "brown fox jumps over the lazy dog" in finals(captions)
    numbers = [caption.utterance for caption in captions]
    assert numbers == sorted(numbers)


def without_pauses(sound: np.ndarray) -> np.ndarray:
    """Speech whose every silence is cut down to a tenth of a second."""
    loudness = np.convolve(np.abs(sound.astype(float)), np.ones(800) / 800, "same")
    keep, silent = np.ones(len(sound), bool), 0
    for at in range(0, len(sound), 160):
        silent = 0 if loudness[at] > 150 else silent + 160
        keep[at : at + 160] = silent <= 1600
    return sound[keep]


def test_half_a_minute_without_a_pause_is_captioned_in_parts_that_miss_nothing(whisper):
    fox = without_pauses(spoken("en/quick_brown_fox"))
    counting = without_pauses(spoken("en/counting"))
    engine = whisper(Language.EN)
    talk = np.concatenate(3 * [fox, counting, fox])
    captions = [c for block in audio_blocks(talk) for c in engine.feed(block)]
    captions += engine.finish()
    assert len(captions) >= 2
    assert all(c.end_s - c.start_s <= Rules().longest_s + 0.5 for c in captions)
    assert [c.start_s for c in captions[1:]] == pytest.approx(
        [c.end_s for c in captions[:-1]], abs=1.0
    )
    assert finals(captions).lower().count("lazy dog") >= 5


def test_minutes_of_silence_take_no_memory():
    listener = Listener()
    blocks = audio_blocks(noise(2.0, 5))
    step_s = len(blocks) * blocks[0].seconds

    def listen(rounds: int, since_s: float) -> None:
        for n in range(rounds):
            for block in blocks:
                listener.feed(replace(block, start_s=since_s + n * step_s + block.start_s))

    listen(5, 0.0)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    listen(30, 5 * step_s)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 20_000, "a second of sound is 32,000 bytes"
    assert listener.speaking is None
