"""What is kept now: the places that hold something, with size and age; and deleting it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edgeassist.privacy.places import Kind, Place, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One place that holds something."""

    kind: Kind
    path: Path
    files: tuple[Path, ...]
    bytes: int
    oldest_s: float  # since the oldest of its files was written
    newest_s: float
    whole: bool = True  # whether the folder is ours alone

    def delete(self) -> list[str]:
        """Delete its files and what folders are empty then; returns what could not be deleted.

        A link is deleted, never followed. A flash card may still hold the bytes for a while.
        """
        left = []
        for file in self.files:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                left.append(f"{file}: {error.strerror}")
        for folder in self._folders():
            with suppress(OSError):  # it is not empty: somebody has written meanwhile
                folder.rmdir()
        return left

    def _folders(self) -> list[Path]:
        """Those the files are in, the innermost first; what we share with others stays."""
        found = {
            parent
            for file in self.files
            for parent in file.parents
            if parent.is_relative_to(self.path) and (self.whole or parent != self.path)
        }
        return sorted(found, key=lambda one: -len(one.parts))


def kept(configs: Sequence[Path] = ()) -> list[Kept]:
    """All that is kept on this machine; what is in two places is told once."""
    seen: set[Path] = set()
    found = []
    for place in places(configs):
        files = [file for file in _files(place) if file not in seen]
        seen.update(files)
        if files:
            found.append(_measured(place, files))
    return sorted(found, key=lambda one: list(Kind).index(one.kind))


def running() -> list[int]:
    """Processes of this machine that may have one of these files open."""
    import psutil

    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        names = [Path(word).name for word in words[:4]]
        ours = "edgeassist" in names or "edgeassist.cli.main" in words
        if ours and process.info["pid"] != os.getpid() and {"run", "caption"} & set(words):
            found.append(int(process.info["pid"]))
    return found


def _files(place: Place) -> Iterator[Path]:
    """The files of a place, links as files; folders of others below it are left alone."""
    if not place.inside:
        if os.path.lexists(place.path) and (place.path.is_symlink() or not place.path.is_dir()):
            yield place.path
        return
    for pattern in place.inside if not place.path.is_symlink() else ():
        with suppress(OSError):
            for entry in sorted(place.path.glob(pattern)):
                if _is_ours(entry):
                    yield from _below(entry)


def _below(entry: Path) -> Iterable[Path]:
    if entry.is_symlink() or not entry.is_dir():
        return [entry]
    return [
        Path(folder, name)
        for folder, folders, names in os.walk(entry)
        for name in sorted(
            [*names, *(one for one in folders if os.path.islink(os.path.join(folder, one)))]
        )
    ]


def _is_ours(entry: Path) -> bool:
    """In a folder that everybody may write, a file of another user is none of ours."""
    with suppress(OSError):
        return os.lstat(entry).st_uid == os.getuid() or os.getuid() == 0
    return False


def _measured(place: Place, files: list[Path]) -> Kept:
    states = []
    for file in files:
        with suppress(OSError):
            states.append(os.lstat(file))
    now = time.time()
    ages = [max(0.0, now - state.st_mtime) for state in states] or [0.0]
    return Kept(
        kind=place.kind,
        path=place.path,
        files=tuple(files),
        bytes=sum(state.st_size for state in states if stat.S_ISREG(state.st_mode)),
        oldest_s=max(ages),
        newest_s=min(ages),
        whole=place.inside == ("*",),
    )
