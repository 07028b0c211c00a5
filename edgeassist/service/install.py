"""Puts the service's files into a system, this one or an image's folder; takes them out again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.service.unit import CONFIG, GROUPS, NAME, Plan, system_unit, udev_rules, user_unit

UNIT = f"etc/systemd/system/{NAME}.service"
WANTED = f"etc/systemd/system/multi-user.target.wants/{NAME}.service"
RULES = f"etc/udev/rules.d/60-{NAME}.rules"
USER_UNIT = f"systemd/user/{NAME}.service"
USER_WANTED = f"systemd/user/default.target.wants/{NAME}.service"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file to write (`text`) or a link to make (`target`); `own` ones are kept as they are."""

    path: Path
    text: str = ""
    target: str = ""
    own: bool = False  # the user's: written only where there is none


def groups_of(root: Path) -> tuple[str, ...]:
    """Those of GROUPS that the system in `root` has."""
    try:
        lines = (root / "etc/group").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    known = {line.partition(":")[0] for line in lines}
    return tuple(name for name in GROUPS if name in known)


def system_files(root: Path, plan: Plan, config: str) -> list[Placed]:
    """What a system gets; `config` is the text of the config it begins with."""
    return [
        Placed(root / UNIT, system_unit(plan)),
        Placed(root / RULES, udev_rules(plan.groups)),
        Placed(root / CONFIG.lstrip("/"), config, own=True),
        Placed(root / WANTED, target=f"../{NAME}.service"),
    ]


def user_files(home: Path, plan: Plan, config: str) -> list[Placed]:
    """What a user's own systemd gets, below XDG_CONFIG_HOME."""
    own = home / NAME / f"{NAME}.toml"
    return [
        Placed(home / USER_UNIT, user_unit(plan, str(own))),
        Placed(own, config, own=True),
        Placed(home / USER_WANTED, target=f"../{NAME}.service"),
    ]


def place(files: list[Placed]) -> Iterator[tuple[Path, bool]]:
    """Write them, each whole or not at all; for each, whether it was written.

    Raises `InputError` naming the one that cannot be written.
    """
    for file in files:
        if file.own and file.path.exists():
            yield file.path, False
            continue
        new = file.path.with_name(f".{file.path.name}.{os.getpid()}")
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            if file.target:
                new.symlink_to(file.target)
            else:
                new.write_text(file.text, "utf-8")
                new.chmod(0o644)
            new.replace(file.path)
        except OSError as error:
            raise _not_written(file.path, error) from None
        yield file.path, True


def remove(files: list[Placed]) -> Iterator[tuple[Path, bool]]:
    """Take them out, all but the user's own; for each that is there, whether it was removed."""
    for file in files:
        if not os.path.lexists(file.path):
            continue
        if file.own:
            yield file.path, False
            continue
        try:
            file.path.unlink()
        except OSError as error:
            raise _not_written(file.path, error) from None
        yield file.path, True


def _not_written(path: Path, error: OSError) -> InputError:
    return InputError(
        str(path),
        t("cannot be written: {why}", why=error.strerror),
        fix=t("Run it with sudo, or give an image's folder: --root DIR"),
    )
