"""Who may see the page: the token in its address, the names it may be called by, how often."""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
import socket
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from edgeassist.loop.clock import NS

# Letters and digits that nobody mistakes for another when typing them off a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 12  # 59 bits; with a few tries a minute that is never guessed
_MOST_PEERS = 1024


def kept_token() -> str:
    """The token of this device, made once and kept readable for its user alone.

    It lies in $XDG_STATE_HOME/edgeassist or ~/.local/state/edgeassist; where that cannot be
    written, it lasts for this run.
    """
    path = _state("web-token")
    with suppress(OSError, UnicodeDecodeError):
        token = path.read_text("ascii").strip()
        if len(token) >= _LENGTH and token.isalnum():
            return token
    token = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    _keep(path, token)
    return token


def keep_addresses(urls: list[str]) -> Path | None:
    """Keep the page's addresses in a file for its user alone; None where that cannot be."""
    path = _state("web-address")
    return path if _keep(path, "\n".join(urls)) else None


def in_journal(stream: TextIO, journal: str | None) -> bool:
    """Whether what is written to a stream goes to the system's journal, for others to read.

    `journal` is what systemd says in JOURNAL_STREAM: "<device>:<inode>".
    """
    with suppress(OSError):
        state = os.fstat(stream.fileno())
        return journal == f"{state.st_dev}:{state.st_ino}"
    return False


def same_token(given: str, token: str) -> bool:
    """Compared in a time that tells nothing."""
    # Bytes that are no text come as surrogates, and are no token either.
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def may_be_called(host: str, more: tuple[str, ...]) -> bool:
    """Whether a Host header names this device: by address, or by a name that is surely its own.

    Any other name may be a stranger's web site whose name was made to point here (DNS rebinding).
    """
    name = _host_name(host)
    if name is None:
        return False
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    own = socket.gethostname().lower()
    return name in {"localhost", own, f"{own}.local", *(one.lower() for one in more)}


def same_origin(origin: str | None, host: str, scheme: str) -> bool:
    """Whether a request comes from the page itself; browsers name the origin of all others."""
    return origin is None or origin == f"{scheme}://{host}"


def is_local(address: str) -> bool:
    """Whether a peer is this machine or in the local network."""
    try:
        peer = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    return not (getattr(peer, "ipv4_mapped", None) or peer).is_global


class Allowance:
    """How many requests each peer still has: `burst` at once, `per_s` come back every second."""

    def __init__(self, burst: float, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def left(self, peer: str, now_ns: int) -> bool:
        """Whether this peer has one left."""
        return self._now(peer, now_ns) >= 1

    def take(self, peer: str, now_ns: int) -> bool:
        """Use one up, if there is one."""
        left = self._now(peer, now_ns)
        self._left[peer] = (max(left - 1, 0.0) if left >= 1 else left, now_ns)
        self._left.move_to_end(peer)
        if len(self._left) > _MOST_PEERS:
            self._left.popitem(last=False)
        return left >= 1

    def _now(self, peer: str, now_ns: int) -> float:
        left, at_ns = self._left.get(peer, (self._burst, now_ns))
        return min(self._burst, left + (now_ns - at_ns) / NS * self._per_s)


def _state(name: str) -> Path:
    base = os.environ.get("XDG_STATE_HOME", "") or "~/.local/state"
    return Path(base).expanduser() / "edgeassist" / name


def _keep(path: Path, text: str) -> bool:
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)  # one with other rights, or a link that somebody has laid
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
        os.replace(new, path)
    except OSError:
        return False
    return True


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
