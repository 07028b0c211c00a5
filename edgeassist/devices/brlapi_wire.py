"""BrlAPI's packets as bytes: protocol version 8, as brlapi_protocol.h of brltty describes it.

A packet is its content's length, its type (both 32 bits, big-endian), then its content.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from edgeassist.devices.braille_display import Heard, Key, Touch

VERSION: Final = 8

# Types of packets.
HELLO: Final = ord("v")  # the protocol version, from both sides
AUTHORIZE: Final = ord("a")
ENTER_TTY: Final = ord("t")
IGNORE_KEYS: Final = ord("m")
ACCEPT_KEYS: Final = ord("u")
WRITE: Final = ord("w")
KEY: Final = ord("k")
ACK: Final = ord("A")
ERROR: Final = ord("e")
SUBSCRIBE: Final = (ord("P") << 8) + ord("R")
PARAMETER: Final = (ord("P") << 8) + ord("V")
CHANGED: Final = (ord("P") << 8) + ord("U")

NO_KEY_NEEDED: Final = ord("N")
KEY_FILE: Final = ord("K")
NOT_AUTHORIZED: Final = 17

_SIZE_PARAMETER = 6
_GLOBAL_GET_SUBSCRIBE = 0x301
_REGION, _AND, _OR, _CURSOR = 0x02, 0x08, 0x10, 0x20
_COMMAND = 0x2000_0000  # key codes that are commands of brltty
_ROUTE = _COMMAND | 0x1_0000
_ANY_FLAGS = 0xFFFF_FFFF << 32
_LONGEST = 4096

# Numbers of commands: brlapi_constants.h.
_KEYS: Final = {
    1: Key.LINE_BACK,  # LNUP
    2: Key.LINE_ON,  # LNDN
    3: Key.LINE_BACK,  # WINUP
    4: Key.LINE_ON,  # WINDN
    5: Key.LINE_BACK,  # PRDIFLN
    6: Key.LINE_ON,  # NXDIFLN
    9: Key.FIRST,  # TOP
    10: Key.LIVE,  # BOT
    11: Key.FIRST,  # TOP_LEFT
    12: Key.LIVE,  # BOT_LEFT
    23: Key.PAN_LEFT,  # FWINLT
    24: Key.PAN_RIGHT,  # FWINRT
    25: Key.PAN_LEFT,  # FWINLTSKIP
    26: Key.PAN_RIGHT,  # FWINRTSKIP
    27: Key.LINE_START,  # LNBEG
    28: Key.LINE_END,  # LNEND
    29: Key.LIVE,  # HOME
    30: Key.LIVE,  # BACK
    31: Key.LIVE,  # RETURN
}


def packet(kind: int, content: bytes = b"") -> bytes:
    """One packet."""
    return struct.pack("!II", len(content), kind) + content


def split(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the complete packets (type, content) out of `buffer`.

    Raises `ValueError` for a packet longer than the protocol allows: the peer is not brltty.
    """
    while len(buffer) >= 8:
        length, kind = struct.unpack_from("!II", buffer)
        if length > _LONGEST:
            raise ValueError(f"packet of {length} bytes")
        if len(buffer) < 8 + length:
            return
        content = bytes(buffer[8 : 8 + length])
        del buffer[: 8 + length]
        yield kind, content


def hello() -> bytes:
    """The version we speak."""
    return packet(HELLO, struct.pack("!I", VERSION))


def key_file(key: bytes) -> bytes:
    """The secret that lets us in."""
    return packet(AUTHORIZE, struct.pack("!I", KEY_FILE) + key)


def enter_tty(path: tuple[int, ...]) -> bytes:
    """Take the display where terminal `path` is in front; () is everywhere."""
    return packet(ENTER_TTY, struct.pack(f"!I{len(path)}IB", len(path), *path, 0))


def ignore_keys() -> bytes:
    """Leave all keys to brltty."""
    return packet(IGNORE_KEYS, struct.pack("!QQ", 0, 2**64 - 1))


def accept_keys() -> bytes:
    """Take the keys we know, whatever flags they carry."""
    codes = [(_COMMAND | number, _COMMAND | number) for number in _KEYS]
    codes.append((_ROUTE, _ROUTE | 0xFFFF))
    ranges = b"".join(struct.pack("!QQ", first, _ANY_FLAGS | last) for first, last in codes)
    return packet(ACCEPT_KEYS, ranges)


def subscribe_size() -> bytes:
    """Ask to be told when a display is unplugged or another one connected."""
    content = struct.pack("!IIII", _GLOBAL_GET_SUBSCRIBE, _SIZE_PARAMETER, 0, 0)
    return packet(SUBSCRIBE, content)


def size(content: bytes) -> int | None:
    """The columns of the display, 0 for none plugged in; None for another parameter.

    brltty 6.5 tells each change twice, once in either byte order: no display has 65536 columns.
    """
    _, parameter, _, _, columns, rows = struct.unpack("!6I", content)
    if parameter != _SIZE_PARAMETER:
        return None
    if columns > 0xFFFF:
        columns = int.from_bytes(columns.to_bytes(4, "little"), "big")
    return int(columns) if rows else 0


def write(dots: bytes, cursor: int | None) -> bytes:
    """Dots for the first `len(dots)` cells; never text, which brltty would translate itself."""
    place = 0 if cursor is None else cursor + 1
    content = struct.pack("!III", _REGION | _AND | _OR | _CURSOR, 1, len(dots))
    return packet(WRITE, content + bytes(len(dots)) + dots + struct.pack("!I", place))


def heard(content: bytes) -> Heard | None:
    """What a key packet means; None for a key we have no use for."""
    (code,) = struct.unpack("!Q", content)
    code &= 0xFFFF_FFFF
    if code & ~0xFFFF == _ROUTE:
        return Touch(code & 0xFFFF)
    return _KEYS.get(code ^ _COMMAND)
