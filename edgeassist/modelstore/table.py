"""Reads a TOML table key by key; every mistake is one error naming the file and the key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from edgeassist.errors import ModelError
from edgeassist.locale import t

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MISSING = object()


class Table:
    """One table of a file; `done` refuses the keys nobody asked for."""

    def __init__(self, file: Path, prefix: str, values: dict[str, Any]) -> None:
        self._file = file
        self._prefix = prefix
        self._values = values
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A text; an empty one is refused."""
        if default is not None and key not in self._values:
            return default
        value: str = self._get(key, str, t("a text"))
        if not value.strip():
            raise self.wrong(key, t("must not be empty"))
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts, at least one."""
        value: list[Any] = self._get(key, list, t("a list of texts"))
        if not value or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, t("must be {what}", what=t("a list of texts")))
        return value

    def number(self, key: str) -> int:
        """A whole number above zero."""
        value: int = self._get(key, int, t("a whole number above zero"))
        if isinstance(value, bool) or value <= 0:
            raise self.wrong(key, t("must be {what}", what=t("a whole number above zero")))
        return value

    def real(self, key: str) -> float:
        """A number."""
        value = self._get(key, (int, float), t("a number"))
        if isinstance(value, bool):
            raise self.wrong(key, t("must be {what}", what=t("a number")))
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false where it is not given."""
        return bool(self._get(key, bool, t("true or false"), default=False))

    def sha256(self, *, required: bool = True) -> str:
        """The key `sha256`: 64 hexadecimal digits, or empty where not required and not given."""
        if not required and "sha256" not in self._values:
            return ""
        value = self.text("sha256")
        if not _SHA256.fullmatch(value):
            raise self.wrong("sha256", t("must be {what}", what=t("64 digits of 0-9 a-f")))
        return value

    def table(self, key: str) -> Table:
        """A table inside this one."""
        value: dict[str, Any] = self._get(key, dict, t("a table"))
        return Table(self._file, f"{self._prefix}{key}.", value)

    def tables(self, key: str) -> list[Table]:
        """A list of tables; empty where it is not given."""
        values: list[Any] = self._get(key, list, t("a list of tables"), default=[])
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, t("must be {what}", what=t("a list of tables")))
        return [
            Table(self._file, f"{self._prefix}{key}[{index}].", value)
            for index, value in enumerate(values)
        ]

    def names(self) -> list[str]:
        """All keys, for a table whose keys are names."""
        self._asked |= set(self._values)
        return list(self._values)

    def values(self) -> dict[str, Any]:
        """Everything, for a table that somebody else reads."""
        self._asked |= set(self._values)
        return dict(self._values)

    def samples(self, key: str) -> tuple[tuple[int, int, int, float], ...]:
        """Rows of three whole numbers and a number."""
        rows: list[Any] = self._get(key, list, t("rows of four numbers"))
        for row in rows:
            numbers = isinstance(row, list) and len(row) == 4
            if not numbers or not all(isinstance(item, int) for item in row[:3]):
                raise self.wrong(key, t("must be {what}", what=t("rows of four numbers")))
            if not isinstance(row[3], int | float):
                raise self.wrong(key, t("must be {what}", what=t("rows of four numbers")))
        return tuple((row[0], row[1], row[2], float(row[3])) for row in rows)

    def done(self) -> None:
        """Raise `ModelError` if there is a key that means nothing."""
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, t("means nothing here"))

    def wrong(self, key: str, problem: str) -> ModelError:
        """The error that says what is wrong with a key."""
        return ModelError(
            f"{self._file}: {self._prefix}{key}",
            problem,
            fix=t("Mend the card, or install EdgeAssist again"),
        )

    def _get(self, key: str, kind: Any, what: str, default: Any = _MISSING) -> Any:
        self._asked.add(key)
        value = self._values.get(key, default)
        if value is _MISSING:
            raise self.wrong(key, t("is missing"))
        if not isinstance(value, kind):
            raise self.wrong(key, t("must be {what}", what=what))
        return value
