"""Progress of long work: a bar on a terminal, a plain line every tenth where a bar cannot be read.

EDGEASSIST_PLAIN=1 asks for plain lines on a terminal too (screen readers, braille displays).
"""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Self


class Progress:
    """Counts `total` units of `what` on standard error; use as a context manager."""

    def __init__(self, what: str, total: float, unit: str = "") -> None:
        self._what = what
        self._total = total
        self._unit = unit
        self._done = 0.0
        self._said = 0
        self._bar = None
        if sys.stderr.isatty() and not os.environ.get("EDGEASSIST_PLAIN"):
            from tqdm import tqdm

            self._bar = tqdm(
                desc=what,
                total=total,
                unit=unit,
                unit_scale=unit == "B",
                leave=True,
                bar_format="{desc}: {percentage:3.0f}% |{bar:20}| {n_fmt}/{total_fmt} {remaining}",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, units: float) -> None:
        """`units` more are done."""
        self._done += units
        if self._bar is not None:
            self._bar.update(units)
            return
        tenth = int(10 * self._done / self._total) if self._total else 0
        if tenth > self._said:
            self._said = tenth
            print(f"{self._what}: {min(tenth, 10) * 10} %", file=sys.stderr, flush=True)
