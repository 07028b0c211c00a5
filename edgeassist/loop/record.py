"""Events as plain records, and the log of a run: one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
import math
import threading
from collections.abc import Callable
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.clock import NS, Clock
from edgeassist.loop.events import AudioBlock, Event, VideoFrame


def as_record(module: str, event: Event, now_ns: int, began_ns: int) -> dict[str, Any]:
    """One event as JSON-ready values.

    `type` is the event class, `t_s` the seconds since the run began, `latency_ms` the time since
    the cause was captured. Sound and pictures are named by size, never written out.
    """
    return {
        "type": type(event).__name__,
        "module": module,
        "t_s": round((now_ns - began_ns) / NS, 4),
        "latency_ms": round((now_ns - event.captured_ns) / 1e6, 3),
        **{field.name: plain(getattr(event, field.name)) for field in dataclasses.fields(event)},
    }


def plain(value: Any) -> Any:
    """`value` as JSON-ready values: arrays by shape, paths and enums as text, NaN as null."""
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "dtype": str(value.dtype)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), 4) if math.isfinite(value) else None
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, (Path, Enum)) else value


class EventLog:
    """Writes every event to a file; a tap for `Graph`. Media lines wait in the file's buffer.

    What it cannot write any more (a full disk, a reader that has gone) harms no module: `broken` is
    the error then, and nothing further is written.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        stream: TextIO | None = None,
        when_broken: Callable[[OSError], None] = lambda error: None,
    ) -> None:
        """To `path`, or to `stream` where that is given; `when_broken` is called once.

        Raises `InputError` where the file cannot be written.
        """
        self.broken: OSError | None = None
        self._when_broken = when_broken
        self._clock = clock
        self._began_ns = clock.now_ns()
        self._guard = threading.Lock()
        self._path = path
        if stream is not None:
            self._file = stream
            return
        assert path is not None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Name a file in a folder you may write to"),
            ) from None

    def __call__(self, module: str, event: Event) -> None:
        """Write one event."""
        record = as_record(module, event, self._clock.now_ns(), self._began_ns)
        self.write(record, flush=not isinstance(event, (AudioBlock, VideoFrame)))

    def write(self, record: dict[str, Any], *, flush: bool = True) -> None:
        """Write any record."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False)
        with self._guard:
            if self.broken is not None:
                return
            try:
                self._file.write(line + "\n")
                if flush:
                    self._file.flush()
                return
            except OSError as error:
                self.broken = error
        self._when_broken(self.broken)

    def close(self) -> None:
        """Finish the file."""
        if self._path is None:
            return
        try:
            self._file.close()
        except OSError as error:
            if self.broken is None:
                self.broken = error
                self._when_broken(error)
