"""What a bundle says of itself: its version, and the size and SHA-256 of every file in it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from edgeassist.errors import InputError
from edgeassist.locale import t

FORMAT = 1
PRODUCT = "edgeassist"
_WHEEL = re.compile(r"wheels/[A-Za-z0-9_.+!-]+\.whl")
_MODEL = re.compile(r"models/[A-Za-z0-9_-]+(/[A-Za-z0-9_@+. -]+)+")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!]{0,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_MEMBERS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the bundle: "wheels/<name>.whl" or "models/<model>/<file>"."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A bundle's table of contents, in the order in which the files follow."""

    version: str
    minimum: str  # the oldest version that can go to this one
    created: str  # when, UTC
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(member.bytes for member in self.members)

    def encode(self) -> bytes:
        """As it stands in the bundle, and is signed."""
        head = {"format": FORMAT, "product": PRODUCT}
        return json.dumps({**head, **asdict(self)}, indent=1, sort_keys=True).encode()


def decode(data: bytes, subject: str) -> Manifest:
    """The manifest in `data`.

    A signature says who made it, not that it is well made: every path is held against what a
    bundle may contain. Raises `InputError`.
    """
    try:
        values: dict[str, Any] = json.loads(data)
        if values["product"] != PRODUCT or values["format"] != FORMAT:
            raise InputError(
                subject,
                t("is a bundle of another kind or of a newer format"),
                fix=t("Go to a version in between first"),
            )
        members = tuple(_member(value) for value in values["members"])
        paths = {member.path for member in members}
        versions = (values["version"], values["minimum"])
        if len(paths) != len(members) or not 0 < len(members) <= _MOST_MEMBERS:
            raise ValueError
        if not all(isinstance(one, str) and _VERSION.fullmatch(one) for one in versions):
            raise ValueError
        return Manifest(
            version=values["version"],
            minimum=values["minimum"],
            created=str(values["created"]),
            members=members,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            subject, t("its table of contents cannot be used"), fix=t("Ask for another bundle")
        ) from None


def _member(value: dict[str, Any]) -> Member:
    path, size, digest = value["path"], value["bytes"], value["sha256"]
    fits = _WHEEL.fullmatch(path) or _MODEL.fullmatch(path)
    if not fits or any(part in (".", "..") for part in path.split("/")):
        raise ValueError(path)
    if type(size) is not int or size < 0 or not _SHA256.fullmatch(digest):
        raise ValueError(path)
    return Member(path=path, bytes=size, sha256=digest)
