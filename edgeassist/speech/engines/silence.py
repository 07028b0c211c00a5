"""A voice that is silent for as long as speech would take: for tests, and without espeak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from edgeassist.loop.node import Context
from edgeassist.speech.voice import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOptions:
    """How fast it would speak."""

    signs_per_s: Annotated[float, Ge(0.1), Le(1000)] = 5.0


class Silence:
    """Always there; its sound is zeros."""

    Options = SilenceOptions
    rate_hz = 16_000
    name = "silence"

    def __init__(self, options: SilenceOptions, context: Context) -> None:
        self._options = options

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """Zeros, 0.1 s at a time."""
        left = round(len(text) / self._options.signs_per_s * self.rate_hz)
        while left > 0:
            size = min(left, self.rate_hz // 10)
            left -= size
            yield np.zeros(size, np.int16)

    def cancel(self) -> None:
        """Nothing takes long enough."""

    def close(self) -> None:
        """Nothing is held."""
