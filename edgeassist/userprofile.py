"""The user's own figures of a board's profile, kept apart from the shipped ones and put over them.

``~/.config/edgeassist/devices/pi5.toml`` holds what was measured on this user, such as where the
camera sits; all else comes from the shipped ``devices/pi5.toml``, today's and tomorrow's.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.parsing import toml

HEAD = "# Measured on this user; goes before the shipped profile of that name.\n"


def own_path(name: str) -> Path:
    """~/.config/edgeassist/devices/<name>.toml, or below XDG_CONFIG_HOME; it need not exist."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "edgeassist" / "devices" / f"{name}.toml"


def laid_over(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped profile with the user's own figures in their places, table by table."""
    both = dict(shipped)
    for key, value in own.items():
        under = both.get(key)
        inner = isinstance(value, Mapping) and isinstance(under, Mapping)
        both[key] = laid_over(under, value) if inner else value  # type: ignore[arg-type]
    return both


def with_values(text: str, table: str, values: Mapping[str, float]) -> str:
    """A TOML text with these numbers in that table; comments and everything else stay.

    Raises `ValueError` where the table is written in a way this cannot change safely.
    """
    lines = text.splitlines()
    begin = next((n for n, line in enumerate(lines) if _heads(line, table)), None)
    if begin is None:
        lines += [*([""] if lines else []), f"[{table}]"]
        begin = len(lines) - 1
    for key, value in values.items():
        end = next(
            (n for n in range(begin + 1, len(lines)) if lines[n].lstrip().startswith("[")),
            len(lines),
        )
        for number in range(begin + 1, end):
            found = re.match(rf"(\s*{key}\s*=\s*)[^#]*?(\s*(?:#.*)?)$", lines[number])
            if found:
                lines[number] = f"{found[1]}{value!r}{found[2]}"
                break
        else:
            lines.insert(begin + 1, f"{key} = {value!r}")
    new = "\n".join(lines) + "\n"
    try:
        right = toml(new) == laid_over(toml(text), {table: dict(values)})
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise ValueError(f"[{table}] cannot be changed safely")
    return new


def save_values(path: Path, table: str, values: Mapping[str, float]) -> Path | None:
    """Write numbers into a profile, whole or not at all; returns where the file before is kept.

    Raises `InputError` where that cannot be done; the file is then as it was.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    backup: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else HEAD
        new.write_text(with_values(before, table, values), "utf-8")
        if path.exists():
            backup = path.with_name(f"{path.name}.bak")
            backup.write_text(before, "utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise InputError(
            str(path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Name a file in a folder you may write to"),
        ) from None
    except ValueError:
        lines = ", ".join(f"{key} = {value!r}" for key, value in values.items())
        raise InputError(
            str(path),
            t("cannot be changed by a program"),
            fix=t("Write it yourself, under [{table}]: {lines}", table=table, lines=lines),
        ) from None
    return backup


def _heads(line: str, table: str) -> bool:
    return re.fullmatch(rf"\s*\[\s*{table}\s*\]\s*(#.*)?", line) is not None
