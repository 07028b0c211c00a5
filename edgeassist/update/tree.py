"""The root folder: which version is in use, which was before, which is on trial; and the switch.

Every change is one rename, in an order that leaves the old version or the new one in use wherever
the power fails.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from edgeassist.durable import sync_folder
from edgeassist.errors import InputError
from edgeassist.locale import t

STARTS = 3  # a new version may be started so often before it has stayed up
_USUAL = Path("/opt/edgeassist")


@dataclass(frozen=True, slots=True)
class Trial:
    """A new version that has not yet stayed up."""

    new: str
    old: str
    starts: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The root folder and what it says."""

    root: Path

    @property
    def versions(self) -> Path:
        """Where the versions are."""
        return self.root / "versions"

    @property
    def keys(self) -> Path:
        """Whose signatures count."""
        return self.root / "keys"

    @property
    def stage(self) -> Path:
        """Where a new version is put together."""
        return self.versions / ".new"

    def installed(self) -> list[str]:
        """Every version here, by name."""
        with suppress(OSError):
            return sorted(one.name for one in self.versions.iterdir() if one.name[0] != ".")
        return []

    def current(self) -> str:
        """The version in use; "" where there is none."""
        return self._named("current")

    def previous(self) -> str:
        """The version that was in use before; "" where there is none."""
        return self._named("previous")

    def trial(self) -> Trial | None:
        """The new version that is on trial."""
        try:
            new, old, _ = (self.root / "trial").read_text("utf-8").split()
        except (OSError, ValueError):
            return None
        starts = 0
        with suppress(OSError):
            starts = (self.root / "starts").stat().st_size
        return Trial(new, old, starts) if new == self.current() else None

    def failed(self) -> str:
        """The version that was gone back from last; "" where that never was needed."""
        with suppress(OSError):
            return (self.root / "failed").read_text("utf-8").strip()
        return ""

    def remember(self, name: str, text: str) -> None:
        """Write a small file whole or not at all."""
        new = self.root / f".{name}.{os.getpid()}"
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.root / name)

    def forget(self, *names: str) -> None:
        """Delete small files."""
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    def switch(self, version: str) -> None:
        """Take the staged folder into use as `version`; the one in use before stays as previous.

        The staged folder is on the disk already (`prepare` sees to it). Where there is a version
        before, the new one is on trial: the guard counts its starts.
        """
        old, place = self.current(), self.versions / version
        if place.exists():  # an earlier attempt that was gone back from
            self._throw_away(place)
        self.stage.rename(place)
        self._put_guard()
        self.forget("starts", "update-good", "failed")
        if old:
            self.remember("trial", f"{version} {old} {STARTS}\n")
            self._point("previous", old)
        self._point("current", version)
        for name in self.installed():
            if name not in (version, old):
                self._throw_away(self.versions / name)

    def back(self) -> tuple[str, str]:
        """Use the previous version again; returns the version left and the one in use now.

        Raises `InputError` where there is none.
        """
        left, old = self.current(), self.previous()
        if not old or old == left or not (self.versions / old).is_dir():
            raise InputError(
                str(self.root),
                t("there is no version to go back to"),
                fix=t("Run: {command}", command="edgeassist update list"),
            )
        self._point("current", old)
        self._point("previous", left)
        self.forget("trial", "starts")
        return left, old

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock; raises `InputError` if it may not be written or another process has it."""
        try:
            self.versions.mkdir(parents=True, exist_ok=True)
            lock = (self.root / ".lock").open("w")
        except OSError as error:
            raise InputError(
                str(self.root),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Run it with sudo, or name another folder: --root"),
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    str(self.root), t("another update is being installed"), fix=t("Wait for it")
                ) from None
            self._tidy()
            yield

    def _tidy(self) -> None:
        """Remove what a power cut has left."""
        for left in self.root.glob(".*.[0-9]*"):
            left.unlink(missing_ok=True)
        for left in (self.stage, *self.versions.glob(".gone-*")):
            shutil.rmtree(left, ignore_errors=True)

    def _named(self, link: str) -> str:
        with suppress(OSError):
            return Path(os.readlink(self.root / link)).name
        return ""

    def _point(self, link: str, version: str) -> None:
        new = self.root / f".{link}.{os.getpid()}"
        new.unlink(missing_ok=True)
        new.symlink_to(f"versions/{version}")
        sync_folder(self.versions)  # what it points to, before it does
        new.replace(self.root / link)
        sync_folder(self.root)

    def _put_guard(self) -> None:
        new = self.root / f".guard.{os.getpid()}"
        new.write_bytes((resources.files("edgeassist.update") / "guard.sh").read_bytes())
        new.chmod(0o755)
        new.replace(self.root / "guard")

    def _throw_away(self, folder: Path) -> None:
        gone = self.versions / f".gone-{os.getpid()}"
        folder.rename(gone)  # at once: a half deleted version is never listed
        shutil.rmtree(gone, ignore_errors=True)


def here() -> Tree | None:
    """The root folder that the running version lies in, if it lies in one."""
    folder = Path(sys.prefix).resolve()  # it may have been started through `current`
    if folder.parent.name != "versions" or folder.name.startswith("."):
        return None
    return Tree(folder.parent.parent)


def tree(root: Path | None) -> Tree:
    """The root folder that is meant: the given one, else the one we lie in, else the usual one."""
    return Tree(root.expanduser().absolute()) if root else here() or Tree(_USUAL)
