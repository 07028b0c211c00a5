"""Reads one named member of a wheel, tarball or Debian package; nothing else is ever unpacked.

Names inside an archive are only compared, never used as paths, so that no archive can write
outside the model's folder; links and devices are no regular files and are passed over. What an
archive makes us read and hold on the way to the member is bounded; the member itself is read by
its caller, who knows how long it may be.
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
from typing import IO, Self

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
_MOST_PASSED_OVER = 1 << 32  # bytes; eight times the largest package that is known
_MOST_HEADER = 1 << 20
_LONG_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class _Entry(tarfile.TarInfo):
    """An entry of a tar; tarfile holds long headers in memory, whatever length they claim."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The entry of a header block; raises `tarfile.ReadError` for a long one."""
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in _LONG_HEADERS and entry.size > _MOST_HEADER:
            raise tarfile.ReadError(f"a header of {entry.size} bytes")
        return entry


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
            with _opened_tar(archive) as tar:
                yield _found(tar, archive, pattern)
        else:
            with _unpacked_deb(archive) as tar:
                yield _found(tar, archive, pattern)
    except _DAMAGES as error:
        raise _damaged(archive, error) from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a full disk is not the archive's fault
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
        if entry.filename and not entry.is_dir() and fnmatchcase(entry.filename, pattern):
            return entry
    raise _without(str(archive.filename), pattern)


def _opened_tar(archive: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(archive, "r|*", tarinfo=_Entry)
    except TypeError as error:  # tarfile's own, where the file ends within the head of a gzip
        raise tarfile.ReadError(str(error)) from error


def _found(tar: tarfile.TarFile, archive: Path, pattern: str) -> IO[bytes]:
    passed_over = 0
    for entry in tar:
        if entry.isreg() and fnmatchcase(entry.name.removeprefix("./"), pattern):
            file = tar.extractfile(entry)
            if file is not None:
                return file
        passed_over += entry.size
        if passed_over > _MOST_PASSED_OVER:
            raise tarfile.ReadError(f"more than {_MOST_PASSED_OVER} bytes before it")
    raise _without(archive.name, pattern)


@contextmanager
def _unpacked_deb(archive: Path) -> Iterator[tarfile.TarFile]:
    """The files of a Debian package as one tar stream; needs no right to install anything."""
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacker:
        try:
            with tarfile.open(fileobj=unpacker.stdout, mode="r|", tarinfo=_Entry) as tar:
                yield tar
        finally:
            unpacker.kill()


def _without(archive: str, pattern: str) -> ModelError:
    return ModelError(
        Path(archive).name,
        t("there is no {member} in it", member=pattern),
        fix=t("The package has changed: a newer EdgeAssist may know it"),
    )
