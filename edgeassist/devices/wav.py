"""Sound files as a source of audio blocks: the file twin of the microphone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from edgeassist.devices.audiofile import AudioFile, Samples, cut, open_audio
from edgeassist.errors import ConfigError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import RATE_HZ, AudioBlock, Event, Gap
from edgeassist.loop.node import Context, Pace

__all__ = ["AudioFile", "WavSource", "open_audio"]

log = logging.getLogger("edgeassist.devices")


@dataclass(frozen=True, slots=True, kw_only=True)
class WavOptions:
    """Which files, one after the other, with `gap_s` of silence between them."""

    path: Path | None = None  # a file, or model:CARD/inner/path
    paths: tuple[Path, ...] = ()
    gap_s: Annotated[float, Ge(0), Le(3600)] = 1.0
    repeat: bool = False


class WavSource:
    """Plays sound files into the loop: at real pace, or as fast as the slowest reader."""

    Options = WavOptions
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (AudioBlock, Gap)
    lost = "the sound file is no longer heard"

    def __init__(self, options: WavOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._paths = (*((options.path,) if options.path is not None else ()), *options.paths)
        self._files = ExitStack()

    def open(self) -> None:
        """See that every file can be opened.

        Raises `InputError` for one that cannot, `ConfigError` if none is named.
        """
        if not self._paths:
            raise ConfigError(
                self._context.name, t("no sound file is given"), fix=t('Add: path = "FILE"')
            )
        for path in self._paths:
            with open_audio(path):
                pass

    def events(self) -> Iterator[Event]:
        """Every block, stamped with when its first sample would have been captured."""
        clock, stopping = self._context.clock, self._context.stopping
        real = self._context.pace is Pace.REAL
        began_ns = clock.now_ns()
        at = 0  # samples since the source began
        for samples in self._sound():
            length = 0 if isinstance(samples, float) else len(samples)
            if stopping or (real and stopping.wait_until(began_ns + (at + length) * NS // RATE_HZ)):
                return
            captured_ns = began_ns + at * NS // RATE_HZ if real else clock.now_ns()
            if isinstance(samples, float):
                yield Gap(captured_ns=captured_ns, start_s=at / RATE_HZ, seconds=samples)
            else:
                yield AudioBlock(captured_ns=captured_ns, samples=samples, start_s=at / RATE_HZ)
            at += length

    def close(self) -> None:
        """Let go of the file being read."""
        self._files.close()

    def _sound(self) -> Iterator[Samples | float]:
        """All files' samples, whole blocks across their joints; a float is that many s lost."""
        pause = np.zeros(round(self._options.gap_s * RATE_HZ), np.int16)
        while True:
            for number, path in enumerate(self._paths):
                if number:
                    yield from cut([pause])
                yield from self._file(path)
            if not self._options.repeat:
                return
            yield from cut([pause])

    def _file(self, path: Path) -> Iterator[Samples | float]:
        with self._files:
            audio = self._files.enter_context(open_audio(path))
            yield from audio.blocks()
            if audio.missing_s:
                log.warning(
                    t(
                        "{path}: {seconds:.1f} s of its sound are missing or damaged",
                        path=audio.path,
                        seconds=audio.missing_s,
                    )
                )
                yield audio.missing_s
