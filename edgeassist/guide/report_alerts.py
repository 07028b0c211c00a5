"""Warnings in a file for programs and spreadsheets: JSON, JSON lines or CSV, by its ending."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from edgeassist.errors import InputError
from edgeassist.locale import t

SUFFIXES = (".json", ".jsonl", ".csv")
# The columns of a table; every warning has them.
COLUMNS = (
    "t_s",
    "priority",
    "label",
    "side",
    "bearing_deg",
    "distance_m",
    "ttc_s",
    "text",
    "latency_ms",
    "count",
    "track",
    "distance_low_m",
    "distance_high_m",
)


class AlertFile:
    """Writes warnings as they come; use as a context manager.

    Lines and tables are on the disk after each warning; a .json is one list, and takes its
    place when all is over. What a table has no column for is left out of it.
    """

    def __init__(self, path: Path) -> None:
        """Raises `InputError` for another ending, or where the file cannot be written."""
        self.path = path
        self._kind = path.suffix.lower()
        if self._kind not in SUFFIXES:
            raise InputError(
                str(path),
                t("is no kind of list of warnings we write"),
                fix=t("Kinds we write: {kinds}", kinds=" ".join(SUFFIXES)),
            )
        self._list: list[dict[str, Any]] = []
        self._table: csv.DictWriter[str] | None = None
        self._part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            where = self._part if self._kind == ".json" else path
            # A byte-order mark is what makes spreadsheets read Chinese as Chinese.
            code = "utf-8-sig" if self._kind == ".csv" else "utf-8"
            self._file: IO[str] = where.open("w", encoding=code, newline="")
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Name a file in a folder you may write to"),
            ) from None
        if self._kind == ".csv":
            self._table = csv.DictWriter(self._file, COLUMNS, extrasaction="ignore")
            self._table.writeheader()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file; a .json after an error is written too, with what there was."""
        with self._file:
            if self._kind == ".json":
                json.dump(self._list, self._file, ensure_ascii=False, indent=1, allow_nan=False)
                self._file.write("\n")
        if self._kind == ".json":
            self._part.replace(self.path)

    def write(self, alert: dict[str, Any]) -> None:
        """Add one warning."""
        match self._kind:
            case ".json":
                self._list.append(alert)
                return
            case ".jsonl":
                line = json.dumps(alert, ensure_ascii=False, allow_nan=False)
                self._file.write(line + "\n")
            case _:
                assert self._table is not None
                self._table.writerow(alert)
        self._file.flush()
