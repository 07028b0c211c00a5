"""The loudspeaker, by PortAudio (plug-in of kind "speakers")."""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from edgeassist.devices import portaudio
from edgeassist.devices.portaudio import find, sounddevice
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.node import Context

Samples = NDArray[np.int16]

_QUEUED = 2  # blocks that may wait
_GONE_S = 5.0  # a device that wants nothing for so long is no longer there


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerOptions:
    """Which loudspeaker: a part of its name, or its number; the default one if not given."""

    device: str | int | None = None
    stereo: bool = True  # where the device can


class Speaker:
    """Plays blocks on a sound card; between them it plays silence, so that beginning is quick."""

    Options = SpeakerOptions
    requires: ClassVar[dict[str, str]] = {"sounddevice": "pip install sounddevice"}

    def __init__(self, options: SpeakerOptions, context: Context) -> None:
        self._options = options
        self._changed = threading.Condition()
        self._queued: deque[bytes] = deque()
        self._stream: Any = None
        self._lost = False
        self._name = ""
        self._playing = False
        self._channels = 1
        self._factor: tuple[int, int] | None = None

    def open(self, rate_hz: int) -> None:
        """Begin to play silence; raises `DeviceError` if there is no such loudspeaker."""
        sd = sounddevice()
        device = find("output", self._options.device)
        self._name = device["name"]
        native_hz = int(device["default_samplerate"])
        refused: Exception | None = None
        first, other = (2, 1) if self._options.stereo else (1, 2)
        # A sound server tells a voice from music by this, and can lower the music meanwhile.
        os.environ.setdefault("PULSE_PROP", "media.role=a11y")
        ways = [(hz, channels) for hz in (rate_hz, native_hz) for channels in (first, other)]
        for play_hz, channels in ways:
            try:
                self._stream = sd.RawOutputStream(
                    samplerate=play_hz,
                    channels=channels,
                    dtype="int16",
                    blocksize=play_hz // 50,
                    device=device["index"],
                    latency="low",
                    callback=self._play,
                )
                portaudio.opened()
                self._channels = channels
                self._factor = None if play_hz == rate_hz else (rate_hz, play_hz)
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
        with self._changed:  # a sound server may take a second to begin: better now than later
            self._wait(lambda: self._playing)

    def write(self, block: Samples) -> None:
        """Queue one block, mono or (samples, 2); waits while two are queued."""
        if block.ndim == 1:
            block = np.repeat(block[:, None], self._channels, axis=1)
        elif self._channels == 1:
            block = _as_mono(block)
        if self._factor is not None:
            block = np.stack([_resampled(side, *self._factor) for side in block.T], axis=1)
        if self._stream.stopped:
            self._stream.start()
        with self._changed:
            self._wait(lambda: len(self._queued) < _QUEUED)
            self._queued.append(np.ascontiguousarray(block, np.int16).tobytes())

    def stop(self) -> None:
        """Drop what is queued."""
        with self._changed:
            self._queued.clear()
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until what is queued has been played."""
        if self._stream is None:
            return
        with self._changed:
            self._wait(lambda: not self._queued)
        self._stream.stop()  # plays what PortAudio holds, then ends; `write` begins anew

    def close(self) -> None:
        """Let the device go."""
        if self._stream is not None:
            portaudio.close(self._stream, lost=self._lost)
            self._stream = None

    def _wait(self, ready: Any) -> None:
        """Wait for the device, which is not on any clock of ours."""
        if not self._changed.wait_for(ready, _GONE_S) or not self._stream.active:
            self._lost = True
            raise DeviceError(
                self._name,
                t("stopped playing"),
                fix=t("Is it still connected? See: edgeassist devices"),
            )

    def _play(self, out: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio wants the next block: give it, or silence."""
        with self._changed:
            self._playing = True
            block = self._queued.popleft() if self._queued else b""
            self._changed.notify_all()
        size = min(len(block), len(out))
        out[:size] = block[:size]
        out[size:] = bytes(len(out) - size)


def _as_mono(block: Samples) -> Samples:
    return np.asarray(block.astype(np.int32).sum(axis=1).clip(-32768, 32767), np.int16).reshape(
        -1, 1
    )


def _resampled(block: Samples, from_hz: int, to_hz: int) -> Samples:
    """`block` at another rate, by straight lines: a fallback for cards without their own mixer."""
    size = round(len(block) * to_hz / from_hz)
    places = np.arange(size) * (from_hz / to_hz)
    return np.asarray(np.interp(places, np.arange(len(block)), block), np.int16)
