"""The pyttsx3 engine: real espeak-ng in a child that may die, hang or be cancelled."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from edgeassist.errors import WorkError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.engines.pyttsx3 import Pyttsx3, Pyttsx3Options
from edgeassist.speech.voice import Voice, render

pytestmark = pytest.mark.skipif(
    Pyttsx3.check() is not None, reason="needs espeak-ng: sudo apt install espeak-ng"
)


def voice_with(**options: object) -> Pyttsx3:
    clock = RealClock()
    context = Context(name="test", clock=clock, stopping=Stopping(clock), profile=Profile())
    return Pyttsx3(Pyttsx3Options(**options), context)


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3]:
    voice = voice_with()
    yield voice
    voice.close()


def sound(voice: Pyttsx3, text: str, language: str = "zh") -> np.ndarray:
    pieces = list(render(voice, text, language))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def test_it_is_a_voice(voice):
    assert isinstance(voice, Voice)


def test_chinese_is_spoken_at_once_and_takes_as_long_as_its_syllables(voice):
    short, long = sound(voice, "前方一米"), sound(voice, "前方一米，有台阶，请你停下来")
    seconds = [len(samples) / voice.rate_hz for samples in (short, long)]
    assert 0.6 < seconds[0] < 2.0
    assert seconds[1] > 1.7 * seconds[0]
    assert np.abs(short[: voice.rate_hz // 10]).max() > 500, "speech begins with silence"


def test_a_mixture_has_both_its_parts(voice):
    mixed = len(sound(voice, "打开 bluetooth 再试"))
    assert mixed > len(sound(voice, "打开再试")) + 0.3 * voice.rate_hz


def test_louder_and_faster_are_louder_and_faster():
    quiet = voice_with(volume=0.2, rate=350)
    plain = voice_with()
    try:
        other = sound(plain, "请注意前方车辆")
        # espeak-ng now and then takes up a new rate a clause or two late on a busy machine.
        made = (sound(quiet, "请注意前方车辆") for _ in range(4))
        one = next((clause for clause in made if len(clause) < 0.8 * len(other)), None)
        assert one is not None
        assert np.abs(one).max() < 0.5 * np.abs(other).max()
    finally:
        quiet.close()
        plain.close()


def test_a_child_that_is_killed_is_replaced_and_the_text_said_all_the_same(voice):
    whole = sound(voice, "有台阶")
    killed = voice.child_pid
    os.kill(killed, signal.SIGKILL)
    # How a clause ends depends a little on what espeak said before it.
    assert len(sound(voice, "有台阶")) == pytest.approx(len(whole), rel=0.05)
    assert voice.child_pid != killed


def test_a_child_that_hangs_is_replaced_and_the_text_said_all_the_same():
    voice = voice_with(timeout_s=0.5)
    try:
        whole = sound(voice, "有台阶")
        os.kill(voice.child_pid, signal.SIGSTOP)
        assert len(sound(voice, "有台阶")) == pytest.approx(len(whole), rel=0.05)
    finally:
        voice.close()


def test_a_cancelled_render_ends_long_before_it_would_and_the_next_one_works():
    voice = voice_with(timeout_s=30.0)
    try:
        whole = sound(voice, "有台阶")
        os.kill(voice.child_pid, signal.SIGSTOP)  # a render that never ends
        got: list[np.ndarray] = []
        rendering = threading.Thread(target=lambda: got.append(sound(voice, "一段很长的文字")))
        rendering.start()
        while rendering.is_alive():
            voice.cancel()
            rendering.join(0.05)
        assert not len(got[0])
        assert len(sound(voice, "有台阶")) == pytest.approx(len(whole), rel=0.05)
    finally:
        voice.close()


def test_a_language_that_espeak_does_not_know_is_told_of(voice):
    with pytest.raises(WorkError, match="espeak-ng"):
        sound(voice, "abc", "no-such-language")
    assert len(sound(voice, "台阶"))


def test_a_text_that_looks_like_markup_or_a_command_is_just_read(voice):
    for text in ('<speak>&"\\n', "a\tb", "x" * 2000, "[[h@'loU]] hi"):
        assert len(sound(voice, text, "en"))


def test_nothing_is_left_behind_when_it_is_closed():
    voice = voice_with()
    child = psutil.Process(voice.child_pid)
    folder = Path(voice._folder.name)
    voice.close()
    assert not child.is_running()
    assert not folder.exists()
