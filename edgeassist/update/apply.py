"""Installing a bundle, from the file to the switch; whatever fails, the version in use stays."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edgeassist import __version__
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.update.bundle import Bundle, open_bundle
from edgeassist.update.health import examine
from edgeassist.update.install import prepare
from edgeassist.update.keys import need_libraries, trusted
from edgeassist.update.tree import Tree

_CONFIGS = "tried-configs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an update has come to."""

    new: str
    old: str  # "" where nothing was here before
    changed: bool


def checked(tree: Tree, path: Path) -> Bundle:
    """The bundle in a file, if somebody this device trusts has signed it; else `InputError`."""
    return open_bundle(path, trusted(tree.keys), when=datetime.now(UTC).date())


def apply(
    tree: Tree,
    path: Path,
    *,
    configs: Sequence[str] | None = None,
    older: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Applied:
    """Install the bundle in `path`, try it, and use it from the next start on.

    `configs` are tried for a moment; None: those of the last update. Raises `InputError` where
    the bundle cannot be used here, `WorkError` where the new version does not work; nothing has
    changed then.
    """
    with tree.alone():
        progress(t("Checking the bundle…"))
        bundle = checked(tree, path)
        new, old = bundle.manifest.version, tree.current()
        if new == old:
            return Applied(new=new, old=tree.previous(), changed=False)
        _demand_order(bundle, old or __version__, older)
        base = tree.versions / old if old else Path(sys.prefix)
        if configs is None:
            configs = _remembered(tree)
        try:
            progress(t("Putting version {new} together…", new=new))
            prepare(bundle, tree.stage, base)
            progress(t("Trying version {new}…", new=new))
            examine(tree.stage, new, base, configs)
            tree.remember(_CONFIGS, "".join(f"{config}\n" for config in configs))
            tree.switch(new)
        finally:
            shutil.rmtree(tree.stage, ignore_errors=True)
        return Applied(new=new, old=old, changed=True)


def _demand_order(bundle: Bundle, old: str, older: bool) -> None:
    """Raise `InputError` where the bundle is older than what is here, or too new for it."""
    need_libraries()
    from packaging.version import InvalidVersion, Version

    made = bundle.manifest
    try:
        new, minimum, now = Version(made.version), Version(made.minimum), Version(old)
    except InvalidVersion as error:
        raise InputError(
            str(bundle.path), t("its table of contents cannot be used") + f" ({error})"
        ) from None
    if new < now and not older:
        raise InputError(
            str(bundle.path),
            t("is version {new}, older than {old}, which is in use", new=new, old=old),
            fix=t("If you mean it: --older"),
        )
    if now < minimum:
        raise InputError(
            str(bundle.path),
            t("needs version {minimum} here; {old} is in use", minimum=minimum, old=old),
            fix=t("Go to a version in between first"),
        )


def _remembered(tree: Tree) -> list[str]:
    try:
        return (tree.root / _CONFIGS).read_text("utf-8").splitlines()
    except OSError:
        return []
