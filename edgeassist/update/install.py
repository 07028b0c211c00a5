"""Puts a new version together beside the one in use, from a bundle, without a network.

What has not changed is shared with the version in use by hard links (pip replaces files, it never
writes into them), so a new version takes little more room and time than what is new in it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from importlib import resources
from importlib.metadata import distributions
from pathlib import Path

from edgeassist.errors import InputError, WorkError
from edgeassist.locale import t
from edgeassist.modelstore import STAMP, own_models
from edgeassist.update.bundle import Bundle

_MARGIN = 100_000_000
_SYSTEM = re.compile(r"^include-system-site-packages\s*=\s*true", re.MULTILINE | re.IGNORECASE)


def prepare(bundle: Bundle, stage: Path, base: Path) -> None:
    """Make `stage` the environment that `base` is, with what the bundle brings laid over it.

    Raises `InputError` where the bundle does not fit this machine, `WorkError` where the disk
    does not take it.
    """
    shutil.rmtree(stage, ignore_errors=True)
    files = stage.with_name(".bundle")
    shutil.rmtree(files, ignore_errors=True)
    try:
        _demand_room(bundle.manifest.size, stage.parent)
        bundle.extract(files)
        wheels = sorted((files / "wheels").glob("*.whl"))
        _demand_room(sum(map(_unpacked, wheels)), stage.parent)
        _environment(stage, base)
        _install(wheels, stage, base)
        for model in sorted((files / "models").glob("*")):
            target = own_models(stage) / model.name
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            model.rename(target)
            _give_back_times(target)
        start = stage / "bin" / "edgeassist"
        start.unlink(missing_ok=True)  # pip's own knows only the folder it was made in
        start.write_bytes((resources.files("edgeassist.update") / "start.sh").read_bytes())
        start.chmod(0o755)
        os.sync()  # all of it, before anything can point to it
    except OSError as error:
        raise WorkError(
            str(error.filename or stage),
            t("cannot be written: {why}", why=error.strerror or error),
            fix=t("Make room on the disk"),
        ) from None
    finally:
        shutil.rmtree(files, ignore_errors=True)


def _environment(stage: Path, base: Path) -> None:
    settings = (base / "pyvenv.cfg").read_text("utf-8") if (base / "pyvenv.cfg").exists() else ""
    builder = venv.EnvBuilder(
        symlinks=True, with_pip=False, system_site_packages=bool(_SYSTEM.search(settings))
    )
    builder.create(stage)
    _share(_packages(base), _packages(stage))
    if own_models(base).is_dir():
        _share(own_models(base), own_models(stage))


def _packages(environment: Path) -> Path:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / name / "site-packages"


def _share(source: Path, target: Path) -> None:
    """The same files again: hard links, or copies where the disk has no such thing."""
    link = True
    for folder, _, names in os.walk(source):
        to = target / Path(folder).relative_to(source)
        to.mkdir(parents=True, exist_ok=True)
        for name in names:
            one, other = Path(folder, name), to / name
            if link:
                try:
                    os.link(one, other, follow_symlinks=False)
                    continue
                except OSError as error:
                    if error.errno not in (errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                        raise
                    link = error.errno == errno.EMLINK
            shutil.copy2(one, other, follow_symlinks=False)


def _install(wheels: Sequence[Path], stage: Path, base: Path) -> None:
    done = _pip(
        stage, "install", "--no-index", "--no-deps", "--no-compile", "--force-reinstall", *wheels
    )
    if done.returncode:
        raise _unfit(done.stderr)
    complaints = _complaints(stage)
    if missing := complaints and complaints - _complaints(base):
        raise _unfit("\n".join(sorted(missing)))


def _complaints(environment: Path) -> set[str]:
    """What the packages of an environment ask for that is not there, or is too old or too new."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    packages = list(distributions(path=[str(_packages(environment))]))
    versions = {canonicalize_name(one.metadata["Name"]): one.version for one in packages}
    found = set()
    for package in packages:
        for text in package.requires or ():
            try:
                wanted = Requirement(text)
            except InvalidRequirement:
                continue
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            there = versions.get(canonicalize_name(wanted.name))
            if there is None or not wanted.specifier.contains(there, prereleases=True):
                found.add(f"{package.metadata['Name']}: {wanted} ({there})")
    return found


def _pip(environment: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "pip", "--isolated", "--disable-pip-version-check"]
    python = environment / "bin" / "python"
    return subprocess.run(
        [*command, "--no-input", "--python", str(python), *map(str, words)],
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _give_back_times(model: Path) -> None:
    """Give files the times that the model's stamp knows, or each start would hash them again."""
    try:
        stamp = json.loads((model / STAMP).read_text("utf-8"))
        for name, entry in stamp["files"].items():
            os.utime(model / name, ns=(entry["mtime_ns"], entry["mtime_ns"]))
    except (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError):
        return  # the new version says what it thinks of such a model


def _unfit(said: str) -> InputError:
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if not line.lower().startswith("warning")]
    return InputError(
        t("the update"),
        t("does not fit this machine: {why}", why=errors[0] if errors else "?"),
        fix=t("Ask for a bundle for this computer and Python, with all that it needs"),
    )


def _unpacked(wheel: Path) -> int:
    try:
        with zipfile.ZipFile(wheel) as opened:
            return sum(entry.file_size for entry in opened.infolist())
    except zipfile.BadZipFile as error:
        raise _unfit(f"{wheel.name}: {error}") from None


def _demand_room(needed: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _MARGIN:
        raise InputError(
            str(folder),
            t(
                "the update needs {needed} MB of disk, there are {free} MB free",
                needed=-(-(needed + _MARGIN) // 1_000_000),
                free=free // 1_000_000,
            ),
            fix=t("Make room on the disk"),
        )
