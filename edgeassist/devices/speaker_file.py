"""A wav file in place of a loudspeaker: what is said stands in it at the time it was said."""

from __future__ import annotations

import errno
import threading
import wave
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.node import Context, Pace

Samples = NDArray[np.int16]

_QUEUED = 2  # blocks that may wait


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpeakerOptions:
    """Which file."""

    path: Path
    stereo: bool = False


class FileSpeaker:
    """Writes a wav that begins when it is opened, with silence where nothing is said.

    At real pace it takes as long as a loudspeaker would. At fast pace it takes blocks at once, so
    speech may stand later in the file than it was asked for, never earlier.
    """

    Options = FileSpeakerOptions

    def __init__(self, options: FileSpeakerOptions, context: Context) -> None:
        self._path = Path(options.path).expanduser()
        self._clock = context.clock
        self._real = context.pace is Pace.REAL
        self._channels = 2 if options.stereo else 1
        self._file = ExitStack()
        self._changed = threading.Condition()
        self._queued: deque[tuple[int, Samples]] = deque()  # with the sample each begins at
        self._written = 0  # samples in the file
        self._began_ns = 0
        self._rate_hz = 0

    def open(self, rate_hz: int) -> None:
        """Begin the file; raises `DeviceError` if it cannot be written."""
        with self._written_or_told():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            raw = self._file.enter_context(self._path.open("wb"))
        self._wav = self._file.enter_context(wave.Wave_write(raw))
        self._wav.setnchannels(self._channels)
        self._wav.setsampwidth(2)
        self._wav.setframerate(rate_hz)
        self._rate_hz = rate_hz
        self._began_ns = self._clock.now_ns()

    def write(self, block: Samples) -> None:
        """Queue one block, mono or (samples, 2); at real pace waits while two are queued.

        Raises `DeviceError` if the file cannot be written on.
        """
        if block.ndim == 2 and self._channels == 1:
            block = np.asarray(block.astype(np.int32).sum(axis=1).clip(-32768, 32767), np.int16)
        elif block.ndim == 1 and self._channels == 2:
            block = np.repeat(block[:, None], 2, axis=1)
        now = self._now()
        last = self._queued[-1] if self._queued else None
        free = self._written if last is None else last[0] + len(last[1])
        self._queued.append((max(free, now), block))
        if self._real:
            self._wait_for(self._queued[-1][0] - (_QUEUED - 1) * len(block))
            self._commit(self._now())
        else:
            self._commit(None)

    def stop(self) -> None:
        """Drop the blocks that have not begun."""
        self._commit(self._now())
        self._queued.clear()

    def drain(self) -> None:
        """Wait until the file's time has come to the end of what is queued."""
        if self._queued and self._real:
            begin, block = self._queued[-1]
            self._wait_for(begin + len(block))
        self._commit(None)

    def close(self) -> None:
        """Finish the file: silence up to now, and its header.

        Raises `DeviceError` if that cannot be written.
        """
        with self._written_or_told(), self._file:
            if self._rate_hz:
                self._commit(self._now())
                if self._real:
                    self._pad(self._now())
                self._rate_hz = 0

    def _now(self) -> int:
        """The sample the clock stands at."""
        return (self._clock.now_ns() - self._began_ns) * self._rate_hz // NS

    def _wait_for(self, sample: int) -> None:
        due_ns = self._began_ns + sample * NS // self._rate_hz
        with self._changed:
            while (left_ns := due_ns - self._clock.now_ns()) > 0:
                self._clock.wait_for(self._changed, lambda: False, left_ns / NS)

    def _commit(self, now: int | None) -> None:
        """Put what has begun by `now` into the file (everything, if None)."""
        while self._queued and (now is None or self._queued[0][0] <= now):
            begin, block = self._queued.popleft()
            self._pad(begin)
            with self._written_or_told():
                self._wav.writeframesraw(block.astype("<i2").tobytes())
            self._written += len(block)

    def _pad(self, until: int) -> None:
        """Silence in the file up to a sample."""
        step = self._rate_hz
        while self._written < until:
            size = min(step, until - self._written)
            with self._written_or_told():
                self._wav.writeframesraw(bytes(2 * size * self._channels))
            self._written += size

    @contextmanager
    def _written_or_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise DeviceError(
                str(self._path),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Make room on the disk") if full else t("Choose another file for the speech"),
            ) from None
