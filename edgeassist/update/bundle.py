"""A bundle file: written, checked before anything of it is used, copied out.

It is as plain as can be, because it is read before anybody is known to have made it: a line that
says what it is, the lengths of the table of contents and of its signature, these two, and then the
files one after the other with nothing between them. There is no compression that could swell, no
name outside the signed table, and no way to write down a link or a device.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.modelstore.hashing import sha256
from edgeassist.update.keys import PublicKey, sign, verify
from edgeassist.update.manifest import Manifest, Member, decode

_MAGIC = b"EdgeAssist update 1\n"
_LENGTHS = re.compile(rb"([0-9]{1,7}) ([0-9]{1,4})\n")
_MOST_MANIFEST = 1 << 22
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose signature and length were found right; its files are checked as they come."""

    path: Path
    manifest: Manifest
    signer: PublicKey
    files_at: int  # where the first file begins

    def extract(self, folder: Path) -> None:
        """Copy every file into `folder`; raises `InputError` for one that is not what it was."""
        with _explained(self.path), self.path.open("rb") as file:
            file.seek(self.files_at)
            for member in self.manifest.members:
                target = folder / member.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    digest = _copied(file, out, member.bytes)
                if digest != member.sha256:
                    raise InputError(
                        str(self.path),
                        t("{member} in it is damaged", member=member.path),
                        fix=t("Copy the bundle again"),
                    )


def open_bundle(path: Path, keys: dict[str, PublicKey], *, when: date) -> Bundle:
    """A bundle that somebody trusted has signed and that is there to its last byte.

    Raises `InputError`; nothing was written then.
    """
    subject = str(path)
    with _explained(path), path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(subject, t("is not an update bundle"), fix=t("Name a .update file"))
        lengths = _LENGTHS.fullmatch(file.readline(16))
        if lengths is None or int(lengths[1]) > _MOST_MANIFEST:
            raise _cut(subject)
        head, signature = file.read(int(lengths[1])), file.read(int(lengths[2]))
        files_at = file.tell()
    if len(head) + len(signature) != int(lengths[1]) + int(lengths[2]):
        raise _cut(subject)
    signer = verify(signature.decode("ascii", "replace"), head, keys, subject, when=when)
    manifest = decode(head, subject)
    if length != files_at + manifest.size:
        raise _cut(subject)
    return Bundle(path=path, manifest=manifest, signer=signer, files_at=files_at)


def write_bundle(
    path: Path, files: Mapping[str, Path], key: Path, *, version: str, minimum: str, created: str
) -> Manifest:
    """Make a bundle of `files` (its place in the bundle: the file); whole or not at all.

    Raises `InputError` for a file that cannot be read or has no place in a bundle.
    """
    with _explained(path):
        members = tuple(
            Member(path=place, bytes=file.stat().st_size, sha256=sha256(file))
            for place, file in files.items()
        )
    manifest = Manifest(version=version, minimum=minimum, created=created, members=members)
    head = manifest.encode()
    decode(head, str(path))  # what nobody could read is not written
    signature = sign(key, head).encode()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _explained(path), part.open("wb") as out:
            out.write(_MAGIC + b"%d %d\n" % (len(head), len(signature)) + head + signature)
            for member in members:
                with files[member.path].open("rb") as file:
                    if _copied(file, out, member.bytes) != member.sha256:
                        raise InputError(str(files[member.path]), t("has changed meanwhile"))
            out.flush()
            os.fsync(out.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _copied(file: IO[bytes], out: IO[bytes], length: int) -> str:
    """Copy `length` bytes, or what there is; their SHA-256."""
    digest = hashlib.sha256()
    while length > 0 and (block := file.read(min(_BLOCK, length))):
        digest.update(block)
        out.write(block)
        length -= len(block)
    return digest.hexdigest()


def _cut(subject: str) -> InputError:
    return InputError(
        subject, t("is cut short, or something was added to it"), fix=t("Copy the bundle again")
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            str(error.filename or path), t("cannot be used: {why}", why=error.strerror or error)
        ) from None
