"""What a listener hears of a voice: its sound on a PulseAudio sink, ours and what people use today.

Used by `speech_latency.py`. Each case says when it was asked (and does it); the sink is recorded
all the time, in blocks stamped with when they sounded. A reading is soft and a danger loud, so that
the danger is known by its loudness.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
import pulse

from edgeassist.devices.microphone import Microphone, MicrophoneOptions
from edgeassist.devices.speaker import Speaker, SpeakerOptions
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import AudioBlock, Priority, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.pinyin import spoken_pinyin
from edgeassist.speech.player import Player
from edgeassist.speech.session import SpeechOptions, open_voice

READING = "春天来了，桃花开了，小河里的水慢慢地流着，孩子们在草地上跑来跑去，" * 3
DANGER = "前方一米，行人"
SOFT = 0.05  # loudness of a reading: even the consonant a danger begins with is louder
_LOUD = 300  # of 32767
_PATIENCE_S = 12.0


class Case(Protocol):
    """One way to speak; a text is said at once, "" is the soft reading."""

    def ready(self) -> None:
        """Load all that can be loaded before there is anything to say."""

    def say(self, text: str) -> None:
        """Begin to say it."""

    def warn(self) -> None:
        """Say the danger instead, as soon as this way can."""

    def close(self) -> None:
        """Be silent."""


def world() -> Context:
    """A context for voices, players and devices."""
    clock = RealClock()
    return Context(name="measure", clock=clock, stopping=Stopping(clock), profile=Profile())


def utterance(text: str, priority: Priority, **more: Any) -> Utterance:
    """Chinese, as of now."""
    return Utterance(
        captured_ns=time.monotonic_ns(), text=text, language="zh", priority=priority, **more
    )


class Ear:
    """Listens to the sink all the time."""

    def __init__(self) -> None:
        os.environ["PULSE_SOURCE"] = f"{pulse.OUT}.monitor"
        self._context = world()
        self._microphone = Microphone(MicrophoneOptions(), self._context)
        self._microphone.open()
        self._changed = threading.Condition()
        self._heard: list[tuple[int, int]] = []  # when, and the peak
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        for event in self._microphone.events():
            if isinstance(event, AudioBlock):
                peak = int(np.abs(event.samples.astype(int)).max())
                with self._changed:
                    self._heard.append((event.captured_ns, peak))
                    self._changed.notify_all()

    def loud_ns(self, after_ns: int, peak: int = _LOUD) -> int | None:
        """When something as loud as that first sounded after that; None if nothing does."""

        def found() -> int | None:
            return next((at for at, high in self._heard if at > after_ns and high > peak), None)

        with self._changed:
            self._changed.wait_for(lambda: found() is not None, _PATIENCE_S)
            return found()

    def loudest(self, until_ns: int) -> int:
        """The highest peak until then."""
        with self._changed:
            return max((peak for at, peak in self._heard if at < until_ns), default=0)

    def wait_for_quiet(self) -> None:
        """Until 0.4 s of it."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._heard) > 20 and max(p for _, p in self._heard[-20:]) < _LOUD,
                _PATIENCE_S,
            )

    def close(self) -> None:
        """Stop listening."""
        self._context.stopping.tell(1.0)
        self._thread.join()
        self._microphone.close()


def first_sound_ms(case: Case, texts: list[str]) -> list[float]:
    """From the request of each text to its first sound."""
    ear = Ear()
    times = []
    for text in texts:
        case.ready()
        ear.wait_for_quiet()
        asked_ns = time.monotonic_ns()
        case.say(text)
        at_ns = ear.loud_ns(asked_ns)
        if at_ns is not None:
            times.append((at_ns - asked_ns) / 1e6)
    case.close()
    ear.close()
    return times


def danger_ms(case: Case, trials: int) -> list[float]:
    """From a danger in the middle of a reading to something louder than the reading.

    Those of which nothing is heard in 12 s are left out.
    """
    times = []
    for _ in range(trials):
        ear = Ear()
        case.ready()
        ear.wait_for_quiet()
        began_ns = time.monotonic_ns()
        case.say("")
        if ear.loud_ns(began_ns) is not None:
            time.sleep(0.8)
            asked_ns = time.monotonic_ns()
            case.warn()
            at_ns = ear.loud_ns(asked_ns, round(1.6 * ear.loudest(asked_ns)))
            times += [] if at_ns is None else [(at_ns - asked_ns) / 1e6]
        case.close()
        ear.close()
    return times


class Ours:
    """Our player with a voice."""

    def __init__(self, voice_name: str, *, tones: bool = False) -> None:
        self._voice_name = voice_name
        self._tones = tones
        self._player: Player | None = None

    def ready(self) -> None:
        """Open voice and loudspeaker."""
        if self._player is not None:
            return
        context = world()
        voice = open_voice(self._voice_name, SpeechOptions(), context)

        def output() -> Speaker:
            speaker = Speaker(SpeakerOptions(), context)
            speaker.open(voice.rate_hz)
            return speaker

        self._player = Player(
            voice,
            output(),
            context.clock,
            lambda _: None,
            output,
            wants_tone=lambda _: self._tones,
        )

    def say(self, text: str) -> None:
        """As text."""
        assert self._player is not None
        self._player.loudness(1.0 if text else SOFT)
        self._player.say(utterance(text or READING.replace("，", ""), Priority.TEXT))

    def warn(self) -> None:
        """As danger, ahead."""
        assert self._player is not None
        self._player.loudness(1.0)
        self._player.say(utterance(DANGER, Priority.DANGER, details={"side": "ahead"}))

    def close(self) -> None:
        """Close both."""
        if self._player is not None:
            self._player.close()
            self._player = None


class Espeak:
    """Stock espeak-ng: a process for each text, killed for a danger."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def ready(self) -> None:
        """There is nothing to load."""

    def say(self, text: str) -> None:
        """Start a process."""
        self._start(text or READING.replace("，", ""), 1.0 if text else SOFT)

    def warn(self) -> None:
        """Kill it and start another."""
        self.close()
        self._start(DANGER, 1.0)

    def close(self) -> None:
        """Kill it."""
        for process in self._running:
            process.kill()
            process.wait()
        self._running.clear()

    def _start(self, text: str, loudness: float) -> None:
        command = [
            "espeak-ng",
            f"-a{round(100 * loudness)}",
            "-v",
            "cmn-latn-pinyin+f3",
            spoken_pinyin(text),
        ]
        self._running.append(subprocess.Popen(command))


# As its documentation says: `say`, `runAndWait`; `stop` from another thread. One text for each
# process: the second `runAndWait` of 2.99 may hang.
_STOCK = """
import sys, threading, pyttsx3
engine = pyttsx3.init("espeak")
engine.setProperty("voice", "cmn-latn-pinyin")
print("ready", flush=True)
def warn():
    danger = sys.stdin.readline().strip()
    engine.stop()
    engine.setProperty("volume", 1.0)
    engine.say(danger)
volume, text = sys.stdin.readline().strip().split("|")
threading.Thread(target=warn, daemon=True).start()
engine.setProperty("volume", float(volume))
engine.say(text)
engine.runAndWait()
engine.runAndWait()
"""


class StockPyttsx3:
    """Stock pyttsx3, the engine loaded before it is asked."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def ready(self) -> None:
        """Start a process with the engine in it."""
        self.close()
        process = subprocess.Popen(
            [sys.executable, "-c", _STOCK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        self._running.append(process)

    def say(self, text: str) -> None:
        """`say` and `runAndWait`."""
        said = spoken_pinyin(text or READING.replace("，", "")[:30])
        self._tell(f"{1.0 if text else SOFT}|{said}")

    def warn(self) -> None:
        """`stop` and `say`."""
        self._tell(spoken_pinyin(DANGER))

    def close(self) -> None:
        """End the process, and its aplay."""
        for process in self._running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _tell(self, line: str) -> None:
        order = self._running[-1].stdin
        assert order is not None
        order.write(line + "\n")
        order.flush()
