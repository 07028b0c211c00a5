"""Keys that sign bundles: Ed25519; the private one is a PEM file, the public one a small TOML file.

The library is `cryptography`: it has wheels for both processors and every Python we support, is
kept by the people who keep Python's own TLS tooling, and writes private keys as every other tool
reads them (PKCS #8), so that a centre may keep its key in what it already has.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from edgeassist.errors import InputError, PluginError
from edgeassist.locale import t

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_CONTEXT = b"EdgeAssist update bundle 1\n"  # a signature made for something else is none here
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_RAW_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Whose signatures count, and until when."""

    name: str
    raw: bytes
    expires: date

    @property
    def identity(self) -> str:
        """A short name that cannot be chosen: 16 digits of the key's SHA-256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]


def need_libraries() -> None:
    """Raise `PluginError` where what signatures and version numbers need is not installed."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
        import packaging.version  # noqa: F401
    except ImportError as error:
        raise PluginError(
            t("updates"),
            t("the libraries for signatures and version numbers are not installed"),
            fix=t("Run: {command}", command="pip install 'edgeassist[update]'"),
        ) from error


def generate(name: str, folder: Path, *, days: int) -> tuple[Path, Path]:
    """Make a pair of keys, `name`.key and `name`.pub; returns their paths.

    Raises `InputError` for a name that is none, or where such files are there already.
    """
    need_libraries()
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not _NAME.fullmatch(name):
        raise InputError(name, t("may hold letters, digits, '.', '_' and '-' alone"))
    private, public = folder / f"{name}.key", folder / f"{name}.pub"
    for path in (private, public):
        if path.exists():
            raise InputError(
                str(path), t("is there already"), fix=t("Choose another name or folder")
            )
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    raw = key.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    expires = datetime.now(UTC).date() + timedelta(days=days)
    text = (
        "# Copy this file to a device with: edgeassist update trust FILE\n"
        f'name = "{name}"\nkey = "{base64.b64encode(raw).decode()}"\nexpires = {expires}\n'
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
        public.write_text(text, "utf-8")
    except OSError as error:
        raise _not_written(folder, error) from None
    return private, public


def public_key(path: Path) -> PublicKey:
    """A public key file; raises `InputError` for anything else."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        name, expires = values["name"], values["expires"]
        raw = base64.b64decode(values["key"], validate=True)
        well = isinstance(name, str) and _NAME.fullmatch(name) and type(expires) is date
        if not well or len(raw) != _RAW_BYTES:
            raise ValueError
    except OSError as error:
        raise InputError(str(path), t("cannot be read: {why}", why=error.strerror)) from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise InputError(
            str(path),
            t("is not a public key of EdgeAssist"),
            fix=t("Name the .pub file that edgeassist update keygen has made"),
        ) from None
    return PublicKey(name=name, raw=raw, expires=expires)


def trusted(folder: Path) -> dict[str, PublicKey]:
    """The keys in a folder by their identity; raises `InputError` for a file that is none."""
    keys = map(public_key, sorted(folder.glob("*.pub")))
    return {key.identity: key for key in keys}


def trust(path: Path, folder: Path) -> PublicKey:
    """Count on a key from now on; raises `InputError` where that cannot be."""
    key = public_key(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / f".{key.name}.{os.getpid()}"
        new.write_text(path.read_text("utf-8"), "utf-8")
        new.chmod(0o644)
        new.replace(folder / f"{key.name}.pub")
    except OSError as error:
        raise _not_written(folder, error) from None
    return key


def sign(private: Path, message: bytes) -> str:
    """A signature of `message` as one line: which key, and the signature itself.

    Raises `InputError` where the file holds no Ed25519 key.
    """
    need_libraries()
    from cryptography.hazmat.primitives import serialization as form

    key = _private_key(private)
    raw = key.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    identity = hashlib.sha256(raw).hexdigest()[:16]
    return f"{identity} {base64.b64encode(key.sign(_CONTEXT + message)).decode()}\n"


def verify(
    signature: str, message: bytes, keys: dict[str, PublicKey], subject: str, *, when: date
) -> PublicKey:
    """Whose signature it is; raises `InputError` if it is nobody's who is trusted on that day."""
    need_libraries()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    identity, _, encoded = signature.strip().partition(" ")
    key = keys.get(identity)
    if key is None:
        names = ", ".join(sorted(one.name for one in keys.values())) or t("none")
        raise InputError(
            subject,
            t("is signed by a key that is not trusted here (trusted: {names})", names=names),
            fix=t("Get a bundle from who looks after this device, or: edgeassist update trust"),
        )
    try:
        raw = base64.b64decode(encoded, validate=True)
        Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, _CONTEXT + message)
    except (InvalidSignature, ValueError):
        raise InputError(
            subject,
            t("its signature is wrong: it was damaged, or somebody has changed it"),
            fix=t("Copy it again; if that does not help, do not trust it"),
        ) from None
    if when > key.expires:
        raise InputError(
            subject,
            t(
                "the key {name} has expired on {date} (today is {today})",
                name=key.name,
                date=key.expires,
                today=when,
            ),
            fix=t("See that the clock is right, or ask for a bundle with a newer key"),
        )
    return key


def _private_key(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise InputError(str(path), t("cannot be read: {why}", why=error.strerror)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(
            str(path),
            t("is not an Ed25519 private key without a password (PEM)"),
            fix=t("Make one with: edgeassist update keygen NAME"),
        )
    return key


def _not_written(folder: Path, error: OSError) -> InputError:
    return InputError(
        str(error.filename or folder), t("cannot be written: {why}", why=error.strerror)
    )
