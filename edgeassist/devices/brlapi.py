"""Braille displays by brltty, which drives nearly all that exist: a client of its BrlAPI.

It speaks BrlAPI's documented protocol over the socket rather than through libbrlapi: the library's
calls wait without limit for an answer, its default handler aborts the whole process when brltty
complains of a packet (as it does of one written in the moment a display is unplugged), and
Debian's Python binding serves one Python version only.

Tried with a real brltty 6.5, headless, and its `vr` driver. Not tried: a display of metal, USB or
Bluetooth ones coming and going, displays with several rows (the first is used), brltty's polkit
authorization, IPv6.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from edgeassist.devices import brlapi_wire as wire
from edgeassist.devices.braille_display import Heard, Lost, Resized
from edgeassist.errors import ConfigError, DeviceError
from edgeassist.locale import t

log = logging.getLogger("edgeassist.devices")

_SOCKETS = "/var/lib/BrlAPI"
_KEY_FILE = "/etc/brlapi.key"
_FIRST_PORT = 4101
_ANSWER_WITHIN_S = 2.0

Address = str | tuple[str, int]


class _Packets:
    """Packets as they come, until brltty ends the connection; `answer` takes one out of turn."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = bytearray()
        self._waiting: deque[tuple[int, bytes]] = deque()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while self._waiting or self._receive():
            while self._waiting:
                yield self._waiting.popleft()

    def answer(self, wanted: int) -> bytes:
        """The content of the next packet of that type; others keep waiting.

        Raises `PermissionError` where brltty refuses the key, `OSError` for any other refusal.
        """
        while True:
            for packet in self._waiting:
                kind, content = packet
                if kind in (wanted, wire.ERROR):
                    self._waiting.remove(packet)
                    break
            else:
                if self._receive():
                    continue
                raise ConnectionResetError(t("brltty has ended the connection"))
            if kind == wanted:
                return content
            (code,) = struct.unpack_from("!I", content)
            if code == wire.NOT_AUTHORIZED:
                raise PermissionError(code)
            raise OSError(t("error {code}", code=code))

    def _receive(self) -> bool:
        more = self._connection.recv(4096)
        self._received += more
        self._waiting += wire.split(self._received)
        return bool(more)


class BrlApi:
    """The display that a running brltty drives.

    `host` is written as in BrlAPI: ":0" for this machine (the default, else $BRLAPI_HOST), "name:0"
    for another one; the number counts TCP ports from 4101. `key_file` holds brltty's secret where
    it wants one. `tty` is the virtual terminal the display is taken on; None takes it everywhere.
    """

    def __init__(
        self, host: str | None = None, key_file: Path | None = None, tty: int | None = None
    ) -> None:
        self.addresses = tuple(addresses(host or os.environ.get("BRLAPI_HOST") or ":0"))
        self._key_file = key_file or _default_key_file()
        self._tty = () if tty is None else (tty,)
        self._socket: socket.socket | None = None
        self._cells = 0

    def open(self, hear: Callable[[Heard], None]) -> int:
        """Connect; return the number of cells, 0 if brltty has no display.

        Raises `DeviceError` within a few seconds where brltty does not answer or let us in.
        """
        self.close()
        connection = self._connect()
        packets = _Packets(connection)
        try:
            cells = self._introduce(connection, packets)
        except (OSError, ValueError, struct.error) as error:
            connection.close()
            raise DeviceError(
                _name(self.addresses[0]),
                t("does not answer as brltty does: {why}", why=error or type(error).__name__),
                fix=t("Run: sudo systemctl restart brltty"),
            ) from error
        except BaseException:
            connection.close()
            raise
        self._socket, self._cells = connection, cells
        threading.Thread(
            target=self._listen, args=(connection, packets, hear), name="brlapi", daemon=True
        ).start()
        return cells

    def show(self, dots: bytes, cursor: int | None) -> None:
        """Raise these dots; raises `DeviceError` if brltty is gone."""
        if self._socket is None:
            raise _gone()
        try:
            self._socket.sendall(wire.write(dots, cursor))
        except OSError as error:
            raise _gone() from error

    def close(self) -> None:
        """Give the display back to brltty."""
        connection, self._socket = self._socket, None
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("brltty had closed the connection")
            connection.close()

    def _connect(self) -> socket.socket:
        why: OSError | None = None
        for address in self.addresses:
            try:
                if isinstance(address, tuple):
                    return socket.create_connection(address, _ANSWER_WITHIN_S)
                return _local(address)
            except OSError as error:
                why = why or error
        installed = shutil.which("brltty", path=f"{os.environ.get('PATH', '')}:/bin:/usr/bin")
        raise DeviceError(
            t("braille display"),
            t("brltty does not answer at {address}", address=_name(self.addresses[0])),
            fix=t("Run: sudo systemctl start brltty")
            if installed
            else t("Run: {command}", command="sudo apt install brltty"),
        ) from why

    def _introduce(self, connection: socket.socket, packets: _Packets) -> int:
        """Agree on version and key, take the display and its keys; return its number of cells."""
        (version,) = struct.unpack("!I", packets.answer(wire.HELLO))
        if version != wire.VERSION:
            raise DeviceError(
                "brltty",
                t("speaks BrlAPI protocol {its}, not {ours}", its=version, ours=wire.VERSION),
                fix=t("Use the brltty of Debian 12, version 6.5"),
            )
        connection.sendall(wire.hello())
        content = packets.answer(wire.AUTHORIZE)
        ways = struct.unpack(f"!{len(content) // 4}I", content)
        if wire.NO_KEY_NEEDED not in ways:
            self._give_key(connection, packets, ways)
        connection.sendall(wire.subscribe_size())
        cells = wire.size(packets.answer(wire.PARAMETER)) or 0
        # brltty 6.5 may crash when a client holds a display whose size changes from nothing.
        for request in self._requests() if cells else ():
            connection.sendall(request)
            packets.answer(wire.ACK)
        return cells

    def _requests(self) -> tuple[bytes, ...]:
        """What takes the display, and its keys; brltty keeps the keys we do not know."""
        return wire.enter_tty(self._tty), wire.ignore_keys(), wire.accept_keys()

    def _give_key(
        self, connection: socket.socket, packets: _Packets, ways: tuple[int, ...]
    ) -> None:
        try:
            if wire.KEY_FILE not in ways:
                raise PermissionError
            connection.sendall(wire.key_file(self._key_file.read_bytes()))
            packets.answer(wire.ACK)
        except (PermissionError, FileNotFoundError, IsADirectoryError) as error:
            raise DeviceError(
                "brltty",
                t("does not let this user in"),
                fix=t(
                    "Let the user read its key. Run: sudo chgrp {user} {path}",
                    user=os.environ.get("USER", "$USER"),
                    path=self._key_file,
                ),
            ) from error

    def _listen(
        self, connection: socket.socket, packets: _Packets, hear: Callable[[Heard], None]
    ) -> None:
        """Hand on what brltty says, until the connection ends."""
        try:
            connection.settimeout(None)
            for kind, content in packets:
                self._take(kind, content, hear)
        except (OSError, ValueError, struct.error) as error:
            log.debug("brltty: %s", error)
        if self._socket is connection:
            hear(Lost(str(_gone())))

    def _take(self, kind: int, content: bytes, hear: Callable[[Heard], None]) -> None:
        if kind == wire.KEY:
            key = wire.heard(content)
            if key is not None:
                hear(key)
        elif kind == wire.CHANGED:
            cells = wire.size(content)
            if cells is not None and cells != self._cells:
                self._cells = cells
                hear(Resized(cells))
        else:
            log.debug("brltty: %s %s", kind, content[:8].hex())


def addresses(host: str) -> Iterator[Address]:
    """Where to look for a BrlAPI `host`: paths of local sockets and (name, port).

    Raises `ConfigError` if it is not written as BrlAPI writes hosts.
    """
    name, colon, number = host.rpartition(":")
    if not colon:
        name, number = host, "0"
    if not (number.isascii() and number.isdecimal() and _FIRST_PORT + int(number) < 65536):
        raise ConfigError(
            host, t("is not a BrlAPI host"), fix=t('Write ":0" for this machine or "name:0"')
        )
    port = _FIRST_PORT + int(number)
    if name:
        yield name, port
    else:
        yield f"{_SOCKETS}/{number}"
        yield "127.0.0.1", port


def _default_key_file() -> Path:
    """The key file in $BRLAPI_AUTH (as in keyfile:PATH+polkit), else the one Debian makes."""
    for way in os.environ.get("BRLAPI_AUTH", "").split("+"):
        if way.startswith(("keyfile:", "/")):
            return Path(way.removeprefix("keyfile:"))
    return Path(_KEY_FILE)


def _local(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_ANSWER_WITHIN_S)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _name(address: Address) -> str:
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def _gone() -> DeviceError:
    return DeviceError(t("braille display"), t("brltty has ended the connection"))
