"""The microphone, by PortAudio."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from edgeassist.devices import portaudio
from edgeassist.devices.portaudio import find, sounddevice
from edgeassist.devices.sampleclock import SampleClock
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ, AudioBlock, Event, Gap
from edgeassist.loop.node import Context

_HELD = 100  # blocks (2 s) between the callback and the loop
_GONE_S = 5.0  # a microphone that gives nothing for so long is no longer there
_LOOK_S = 0.2  # how often a wait is broken to see whether to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneOptions:
    """Which microphone: a part of its name, or its number; the default one if not given."""

    device: str | int | None = None


class Microphone:
    """What is heard, in blocks of 20 ms stamped with when the converter took their first sample.

    A card that cannot record at 16 kHz records at its own rate, and the sound is resampled.
    """

    Options = MicrophoneOptions
    requires: ClassVar[dict[str, str]] = {"sounddevice": "pip install sounddevice"}
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (AudioBlock, Gap)
    lost = "the microphone is off"
    called = "microphone"

    def __init__(self, options: MicrophoneOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._changed = threading.Condition()
        self._raw: deque[tuple[int, bytes]] = deque()  # when its first sample was taken; samples
        self._overflows = 0  # blocks nobody took in time
        self._stream: Any = None
        self._lost = False
        self._name = ""
        self._rate_hz = RATE_HZ
        self._stamps = SampleClock(RATE_HZ)

    def open(self) -> None:
        """Begin to listen; raises `DeviceError` if there is no such microphone."""
        sd = sounddevice()
        device = find("input", self._options.device)
        self._name = device["name"]
        refused: Exception | None = None
        for rate_hz in (RATE_HZ, int(device["default_samplerate"])):
            try:
                self._stream = sd.RawInputStream(
                    samplerate=rate_hz,
                    channels=1,
                    dtype="int16",
                    blocksize=rate_hz // 50,
                    device=device["index"],
                    latency="low",
                    callback=self._take,
                )
                self._rate_hz = rate_hz
                portaudio.opened()
                self._stamps = SampleClock(rate_hz)
                self._stream.start()
                break
            except sd.PortAudioError as error:
                refused = error
                self.close()
        else:
            raise DeviceError(
                self._name,
                t("cannot be opened: {why}", why=refused),
                fix=t("Is it in use? See: edgeassist devices"),
            )
        # A sound server may take a second to begin: who is told that we listen may speak.
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self._raw), _GONE_S):
                raise self._silent()

    def events(self) -> Iterator[Event]:
        """Every block until told to stop; a `Gap` where sound was lost before it got here.

        Raises `DeviceError` if the microphone is gone.
        """
        at = 0  # samples at 16 kHz since the source began
        with self._changed:  # what was heard while the other modules started
            self._raw.clear()
            self._overflows = 0
        resampler = _Resampler(self._rate_hz)
        while (got := self._next()) is not None:
            captured_ns, raw, lost = got
            if lost:
                seconds = lost * BLOCK_SAMPLES / RATE_HZ
                yield Gap(
                    captured_ns=captured_ns - round(seconds * NS),
                    start_s=at / RATE_HZ,
                    seconds=seconds,
                )
                at += lost * BLOCK_SAMPLES
            for late, samples in resampler.feed(np.frombuffer(raw, np.int16)):
                yield AudioBlock(
                    captured_ns=captured_ns - late * NS // RATE_HZ,
                    samples=samples,
                    start_s=at / RATE_HZ,
                )
                at += len(samples)

    def close(self) -> None:
        """Let the microphone go."""
        if self._stream is not None:
            portaudio.close(self._stream, lost=self._lost)
            self._stream = None

    def _next(self) -> tuple[int, bytes, int] | None:
        """The next raw block with the count of those lost before it; None when told to stop."""
        waited_s = 0.0
        with self._changed:
            # Real time, whatever the loop's clock: the converter runs on its own.
            while not self._changed.wait_for(lambda: bool(self._raw), _LOOK_S):
                waited_s += _LOOK_S
                self._context.alive()
                if self._context.stopping:
                    return None
                if waited_s >= _GONE_S or not self._stream.active:
                    raise self._silent()
            if self._context.stopping:
                return None
            captured_ns, raw = self._raw.popleft()
            lost, self._overflows = self._overflows, 0
            return captured_ns, raw, lost

    def _silent(self) -> DeviceError:
        self._lost = True
        return DeviceError(
            self._name,
            t("gives no sound"),
            fix=t("Is it still connected? See: edgeassist devices"),
        )

    def _take(self, raw: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio has a block: copy, stamp, enqueue."""
        captured_ns = self._stamps.stamp(self._context.clock.now_ns(), frames)
        with self._changed:
            if len(self._raw) == _HELD:
                self._raw.popleft()
                self._overflows += 1
            if status.input_overflow:
                self._overflows += 1  # at least one; PortAudio does not say how many
            self._raw.append((captured_ns, bytes(raw)))
            self._changed.notify()


class _Resampler:
    """Blocks at the card's rate to blocks of 320 samples at 16 kHz."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._held = np.zeros(0, np.int16)
        self._av: Any = None
        if rate_hz != RATE_HZ:
            import av

            self._av = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)

    def feed(self, samples: np.ndarray[Any, Any]) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
        """Whole blocks, each with how many samples before `samples` its first one was taken."""
        if self._av is None:
            yield 0, samples
            return
        import av

        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._rate_hz
        late = len(self._held)
        for result in self._av.resample(frame):
            self._held = np.concatenate((self._held, result.to_ndarray()[0]))
        while len(self._held) >= BLOCK_SAMPLES:
            yield late, self._held[:BLOCK_SAMPLES]
            self._held = self._held[BLOCK_SAMPLES:]
            late -= BLOCK_SAMPLES
