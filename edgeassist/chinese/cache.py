"""Tables compiled once from installed packages and kept in the user's cache folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def cache_dir() -> Path:
    """$XDG_CACHE_HOME/edgeassist or ~/.cache/edgeassist; nothing is created."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "edgeassist"


def edition(*packages: str) -> str:
    """Names and versions of those `packages` that are installed, as part of a file's name."""
    parts = []
    for package in packages:
        try:
            parts.append(f"{package}-{version(package)}")
        except PackageNotFoundError:
            continue
    return "+".join(parts)


def compiled(name: str, build: Callable[[Path], None]) -> Path:
    """The file `name` in the cache, built by `build(path)` if it is not there yet.

    The file appears whole or not at all, also when two processes build it at once. Where the
    cache cannot be written it is built into a temporary folder that lasts until the
    machine cleans up.
    """
    path = cache_dir() / name
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = path.parent
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".writable-"):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="edgeassist-"))
        path = folder / name
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".building-", delete=False) as file:
        unfinished = Path(file.name)
    try:
        build(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
