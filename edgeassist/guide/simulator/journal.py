"""The file a run writes: its settings, a line a walk, the scores; a run broken off goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError
from edgeassist.guide.simulator.records import Walked
from edgeassist.guide.simulator.scores import Scores
from edgeassist.locale import t


class Journal:
    """Walks done by kind and seed, kept in a file of JSON lines if there is one."""

    def __init__(self, file: Path | None, settings: dict[str, Any]) -> None:
        """Read what the file holds; raises `InputError` if it is of other settings, or no such."""
        self.walks: dict[tuple[str, int], Walked] = {}
        self._file = file
        if file is None:
            return
        if file.is_file() and file.stat().st_size:
            self._read(file, settings)
        else:
            self._append({"type": "settings", **settings})

    def add(self, walked: Walked) -> None:
        """One more walk is done."""
        self.walks[(walked.kind, walked.seed)] = walked
        self._append(walked.to_json())

    def close(self, scores: Scores) -> None:
        """Write the scores; a reader takes the last."""
        self._append(scores.to_json())

    def _read(self, file: Path, settings: dict[str, Any]) -> None:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                record = json.loads(line)
                if record["type"] == "walk":
                    walked = Walked.from_json(record)
                    self.walks[(walked.kind, walked.seed)] = walked
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{file}:{number}",
                    t("is no line of a simulator's run"),
                    fix=t("Name a new file, or remove this one"),
                ) from error
            if record["type"] == "settings":
                other = [key for key in settings if record.get(key) != settings[key]]
                if other:
                    raise InputError(
                        str(file),
                        t("holds walks with another {what}", what=", ".join(other)),
                        fix=t("Name a new file, or remove this one"),
                    )

    def _append(self, record: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
        except OSError as error:
            raise InputError(
                str(self._file),
                t("cannot be written"),
                fix=t("Name a file in a folder you may write to"),
            ) from error
