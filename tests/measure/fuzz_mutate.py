"""Damages bytes as disks, networks and mischief do; the same damage for the same number."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

_EDGES = (0, 1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 32767, 32768, 65535, 0x7FFFFFFF, 0xFFFFFFFF)
_MOST = 1 << 16  # bytes of a case
_TEXTS = (
    *(b"", b"\x00", b"\n", b"\r\n", b"\t", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"=", b":"),
    *(b"-1", b"0", b"1e999", b"nan", b"inf", b"9" * 30, b"true", b"null", b"../", b"/", b"%00"),
    *(
        "中文".encode(),
        "⠁⠃".encode(),
        "\u202e".encode(),
        "𝟘²".encode(),
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ),
    *(b"[" * 2000, b"{" * 400, b"a" * 5000, b"<" * 200),
)


def damaged(seeds: Sequence[bytes], number: int, words: Sequence[bytes] = ()) -> bytes:
    """Case `number`: one of the seeds with one to four damages; number 0 and on are fixed."""
    chance = random.Random(number)
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        _ONE[chance.randrange(len(_ONE))](data, chance, seeds, (*_TEXTS, *words))
    return bytes(data[:_MOST])


def _flip(data: bytearray, chance: random.Random, *_: object) -> None:
    for _time in range(chance.choice((1, 1, 4, 16)) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _byte(data: bytearray, chance: random.Random, *_: object) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice(_EDGES) & 0xFF


def _cut(data: bytearray, chance: random.Random, *_: object) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _number(data: bytearray, chance: random.Random, *_: object) -> None:
    form = chance.choice(("<H", ">H", "<I", ">I", "<I", ">I"))
    size = struct.calcsize(form)
    if len(data) >= size:
        value = chance.choice(_EDGES) & (256**size - 1)
        struct.pack_into(form, data, chance.randrange(len(data) - size + 1), value)


def _slice(data: bytearray, chance: random.Random) -> slice:
    begin = chance.randrange(len(data) + 1)
    return slice(begin, begin + chance.choice((1, 2, 4, 8, 32, 256)))


def _drop(data: bytearray, chance: random.Random, *_: object) -> None:
    del data[_slice(data, chance)]


def _again(data: bytearray, chance: random.Random, *_: object) -> None:
    piece = data[_slice(data, chance)] * chance.choice((1, 1, 2, 20))
    at = chance.randrange(len(data) + 1)
    data[at:at] = piece[:_MOST]


def _noise(data: bytearray, chance: random.Random, *_: object) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.choice((1, 4, 64)))


def _spliced(
    data: bytearray, chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]
) -> None:
    other = chance.choice(seeds)
    data[chance.randrange(len(data) + 1) :] = other[chance.randrange(len(other) + 1) :]


def _word(
    data: bytearray, chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]
) -> None:
    at = chance.randrange(len(data) + 1)
    data[at : at + chance.choice((0, 1, 4, 12))] = chance.choice(words)


def _value(
    data: bytearray, chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]
) -> None:
    """What stands after a sign that comes before values, in the formats people write."""
    places = [at + 1 for at, sign in enumerate(data) if sign in b"=:, \t"]
    if not places:
        return
    begin = chance.choice(places)
    end = next((at for at in range(begin, len(data)) if data[at] in b",\n}] "), len(data))
    data[begin : max(begin, end)] = chance.choice(words)


_ONE = (_flip, _byte, _cut, _number, _drop, _again, _noise, _spliced, _word, _word, _value)
