"""The last config a service ran with, kept so that a damaged one does not silence the device."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edgeassist.config import Config, load_config
from edgeassist.durable import sync_folder
from edgeassist.errors import EdgeAssistError, InputError
from edgeassist.locale import t


def default_path() -> Path:
    """In the state folder: ~/.local/state/edgeassist, or below XDG_STATE_HOME."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "edgeassist" / "last-good.json"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config to run, and what is wrong with the one that should have been; "" where nothing."""

    config: Config
    wrong: str


def load(name: str, path: Path) -> Loaded:
    """The config of that name; where it is wrong, as it was when it was last right.

    Raises its own error where no right one was kept.
    """
    try:
        return Loaded(load_config(name), "")
    except EdgeAssistError as error:
        texts = _kept(name, path)
        if texts is None:
            raise
        try:
            return Loaded(load_config(name, kept=texts), str(error))
        except EdgeAssistError:
            raise error from None


def keep(name: str, config: Config, path: Path) -> None:
    """Keep what this config was read from, whole or not at all, through a power cut too.

    Raises `InputError` where the state folder cannot be written.
    """
    texts = dict(config.texts)
    if _kept(name, path) == texts:
        return
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # It may hold passwords and tokens: for this user alone.
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"name": name, "texts": texts}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise InputError(
            str(path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("The config is not kept for the next start"),
        ) from None


def _kept(name: str, path: Path) -> dict[str, str] | None:
    try:
        kept = json.loads(path.read_text("utf-8"))
        texts = {str(file): str(text) for file, text in kept["texts"].items()}
        return texts if kept["name"] == name else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
