"""The running version's side of its trial: it says itself that it has stayed up."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edgeassist.locale import t
from edgeassist.update.tree import here

log = logging.getLogger("edgeassist.update")

STAYS_UP_S = 300.0
_AGAIN_S = 60.0


@contextmanager
def on_trial(well: Callable[[], bool], after_s: float = STAYS_UP_S) -> Iterator[None]:
    """While it lasts, note that this version is good once it has been up for `after_s`.

    Where not all is well then (`well` says), it is asked again every minute. Where this version
    is not on trial, nothing is done but to tell of one that did not stay up.
    """
    over = threading.Event()
    tree = here()
    if tree is not None and (failed := tree.failed()):
        log.warning("%s", t("Version {new} did not stay up.", new=failed))
    trial = tree.trial() if tree is not None else None
    if tree is None or trial is None:
        yield
        return
    good, version = _place(tree.root), trial.new

    def watch() -> None:
        wait_s = after_s
        while not over.wait(wait_s):
            if well():
                mark_good(good, version)
                return
            wait_s = _AGAIN_S

    threading.Thread(target=watch, name="trial", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def mark_good(folder: Path, version: str) -> None:
    """Tell the guard that `version` has stayed up."""
    new = folder / f".update-good.{os.getpid()}"
    with suppress(OSError):
        new.write_text(version, "utf-8")
        new.replace(folder / "update-good")


def _place(root: Path) -> Path:
    """Where the guard looks: the service's own state, for it may not write where programs are."""
    state = os.environ.get("STATE_DIRECTORY", "")
    return Path(state.split(":")[0]) if state else root
