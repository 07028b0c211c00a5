"""Sound and pictures that come at their own pace, out of memory: what a real device would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from edgeassist.bench.data import Clip
from edgeassist.loop.clock import NS
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ, AudioBlock, Event, VideoFrame
from edgeassist.loop.node import Context

PAUSE_S = 2.0  # between recordings


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """Pictures, shown to and fro `rate` times a second, `count` of them (None: no end)."""

    images: Sequence[NDArray[np.uint8]]
    rate: float
    count: int | None = None


class Film:
    """A camera."""

    Options = FilmOptions
    consumes: ClassVar[tuple[type[Event], ...]] = ()
    produces: ClassVar[tuple[type[Event], ...]] = (VideoFrame,)
    lost = ""

    def __init__(self, options: FilmOptions, context: Context) -> None:
        self._options = options
        self._context = context

    def open(self) -> None:
        """Nothing to get."""

    def events(self) -> Iterator[Event]:
        """A picture at each due time, captured then."""
        began_ns = self._context.clock.now_ns()
        number = 0
        while self._options.count is None or number < self._options.count:
            due_ns = began_ns + round(number * NS / self._options.rate)
            if self._context.stopping.wait_until(due_ns):
                return
            yield VideoFrame(
                captured_ns=due_ns,
                image=self._options.images[to_and_fro(number, len(self._options.images))],
                number=number,
                at_s=number / self._options.rate,
            )
            number += 1

    def close(self) -> None:
        """Nothing to release."""


def to_and_fro(number: int, count: int) -> int:
    """Place of the picture: 0 1 2 3 2 1 0 1 …; a jump would look like a moving camera."""
    place = number % max(1, 2 * count - 2)
    return min(place, 2 * count - 2 - place) if count > 1 else 0


@dataclass(frozen=True, slots=True)
class TalkOptions:
    """Recordings with pauses between them; `places` says how many recordings are played."""

    clips: Sequence[Clip]
    places: Sequence[int]  # in this order; with `repeat`, over and over
    repeat: bool = False


class Talk:
    """A microphone before which somebody speaks; a recording begins every `starts` seconds."""

    Options = TalkOptions
    consumes: ClassVar[tuple[type[Event], ...]] = ()
    produces: ClassVar[tuple[type[Event], ...]] = (AudioBlock,)
    lost = ""

    def __init__(self, options: TalkOptions, context: Context) -> None:
        self._options = options
        self._context = context

    def open(self) -> None:
        """Nothing to get."""

    def events(self) -> Iterator[Event]:
        """Blocks of 20 ms, each when its last sample has been captured."""
        began_ns = self._context.clock.now_ns()
        at = 0
        while True:
            for place in self._options.places:
                sound = with_pause(self._options.clips[place].sound)
                for start in range(0, len(sound), BLOCK_SAMPLES):
                    samples = sound[start : start + BLOCK_SAMPLES]
                    due_ns = began_ns + (at + len(samples)) * NS // RATE_HZ
                    if self._context.stopping.wait_until(due_ns):
                        return
                    yield AudioBlock(
                        captured_ns=began_ns + at * NS // RATE_HZ,
                        samples=samples,
                        start_s=at / RATE_HZ,
                    )
                    at += len(samples)
            if not self._options.repeat:
                return

    def close(self) -> None:
        """Nothing to release."""


def with_pause(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """A recording and the silence after it, in whole blocks."""
    length = len(sound) + round(PAUSE_S * RATE_HZ)
    return np.pad(sound, (0, -(-length // BLOCK_SAMPLES) * BLOCK_SAMPLES - len(sound)))
