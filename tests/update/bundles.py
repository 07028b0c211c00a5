"""What the tests of updates stand on: bundles of small files, wheels of this very project."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from edgeassist import __version__
from edgeassist.update.bundle import write_bundle
from edgeassist.update.keys import generate
from edgeassist.update.manifest import Manifest

ROOT = Path(__file__).parents[2]
NAME = "centre"


class Signer:
    """Somebody with a key, who makes bundles in a folder."""

    def __init__(self, folder: Path, name: str = NAME, *, days: int = 30) -> None:
        self.folder = folder
        self.private, self.public = generate(name, folder, days=days)

    def bundle(self, files: Mapping[str, bytes], version: str = "2.0", minimum: str = "0") -> Path:
        """A bundle of files with that content."""
        sources = {}
        for number, (place, content) in enumerate(files.items()):
            sources[place] = self.folder / f"file-{number}"
            sources[place].write_bytes(content)
        return self.sealed(sources, version, minimum)[0]

    def sealed(
        self, files: Mapping[str, Path], version: str = "2.0", minimum: str = "0"
    ) -> tuple[Path, Manifest]:
        """A bundle of files, and what it says of itself."""
        path = self.folder / f"{version}.update"
        made = write_bundle(
            path, files, self.private, version=version, minimum=minimum, created="2026-11-30"
        )
        return path, made


def built(folder: Path) -> Path:
    """This project's wheel, built here."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("*.whl")
    return found


def as_version(wheel: Path, version: str, change: tuple[str, str, str] | None = None) -> Path:
    """The same wheel as of another version; `change` is (file, old text, new text) in it."""
    path = wheel.with_name(f"edgeassist-{version}-py3-none-any.whl")
    changes = [
        (".dist-info/METADATA", f"Version: {__version__}", f"Version: {version}"),
        (".dist-info/RECORD", f"-{__version__}.dist-info", f"-{version}.dist-info"),
        ("edgeassist/__init__.py", f'"{__version__}"', f'"{version}"'),
        *([change] if change else []),
    ]
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            for file, before, after in changes:
                if entry.filename.endswith(file):
                    assert before.encode() in content, (file, before)
                    content = content.replace(before.encode(), after.encode())
            named = entry.filename.replace(f"-{__version__}.dist-info", f"-{version}.dist-info")
            new.writestr(named, content)
    return path
