"""Tables compiled once from installed packages and kept in the user's cache folder."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edgeassist.errors import WorkError
from edgeassist.locale import t

_OTHERS_KEPT = 2  # editions of a table beside the newest: two installations share the folder
_BUILD = "import sys; from edgeassist.chinese.cache import build; build(*sys.argv[1:])"


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


def kept(kind: str, edition: str) -> Path | None:
    """The file that `compiled` made of this, if it is in the cache."""
    path = cache_dir() / _name(kind, edition)
    return path if path.is_file() else None


def compiled(kind: str, edition: str, notice: str, builder: str, *given: str) -> Path:
    """The file `kind`-`edition`.marisa in the cache, built if it is not there yet.

    `builder` is "module:function"; it is called with the path to write and with what is `given`,
    in a process of its own: building takes several times the memory that the table takes. Before
    that `notice` goes to standard error. The file appears whole or not at all, also when two
    processes build it at once; its older editions go. Where the cache cannot be written it is built
    into a temporary folder that lasts until the machine cleans up.
    Raises `WorkError` where it cannot be built.
    """
    path = kept(kind, edition)
    if path is not None:
        return path
    name = _name(kind, edition)
    path = cache_dir() / name
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
    print(notice, file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _BUILD, builder, str(unfinished), *given],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            why = (done.stderr.strip().splitlines() or [f"{done.returncode}"])[-1]
            raise WorkError(
                str(path),
                t("could not be prepared: {why}", why=why),
                fix=t("See that the disk and the memory have room, and try again"),
            )
        unfinished.replace(path)
        _forget_older(kind, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _name(kind: str, edition: str) -> str:
    return f"{kind}-{edition}.marisa"


def mapped(trie: Any, table: Callable[[], Path]) -> Any:
    """`trie` with the file of `table` (as `compiled` gives it) mapped into it.

    A power cut can leave a file that has its name and not its contents: a damaged one is built
    anew, once. Raises as `compiled` does.
    """
    path = table()
    try:
        return trie.mmap(str(path))
    except (RuntimeError, OSError, ValueError):
        path.unlink(missing_ok=True)
    return trie.mmap(str(table()))


def _forget_older(kind: str, path: Path) -> None:
    others = [other for other in path.parent.glob(f"{kind}-*.marisa") if other != path]
    others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[_OTHERS_KEPT:]:
        other.unlink(missing_ok=True)


def build(builder: str, path: str, *given: str) -> None:
    """Call the "module:function" `builder`: what a process of `compiled` does."""
    module, _, function = builder.partition(":")
    getattr(importlib.import_module(module), function)(Path(path), *given)
