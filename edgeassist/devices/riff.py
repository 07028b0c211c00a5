"""The layout of a plain 16-bit PCM wav file: where its samples are, and how many are missing."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PCM, _EXTENSIBLE = 1, 0xFFFE
_PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
_UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFF000)  # a writer that could not seek back


@dataclass(frozen=True, slots=True, kw_only=True)
class Pcm:
    """16-bit samples of `channels` at `rate_hz`, from byte `offset` on."""

    rate_hz: int
    channels: int
    offset: int
    frames: int  # that are there
    missing_frames: int  # that the header promises beyond them


def plain_pcm(stream: BinaryIO) -> Pcm | None:
    """The layout of an open wav file; None if it is anything but 16-bit PCM in RIFF."""
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    shape: tuple[int, int] | None = None
    while len(chunk := stream.read(8)) == 8:
        name, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        here = stream.tell()
        if name == b"fmt ":
            shape = _shape(stream.read(min(length, 40)))
            if shape is None:
                return None
        elif name == b"data":
            return None if shape is None else _samples(shape, here, length, size)
        stream.seek(here + length + length % 2)
    return None


def _shape(fmt: bytes) -> tuple[int, int] | None:
    if len(fmt) < 16:
        return None
    kind, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", fmt[:16])
    if kind == _EXTENSIBLE and fmt[24:40] == _PCM_GUID:
        kind = _PCM
    # Rates no sound card has are left to the decoder to judge.
    if kind != _PCM or bits != 16 or not 1 <= channels <= 8 or not 4_000 <= rate_hz <= 384_000:
        return None
    return rate_hz, channels


def _samples(shape: tuple[int, int], offset: int, length: int, size: int) -> Pcm:
    rate_hz, channels = shape
    width = 2 * channels
    there = (size - offset) // width
    if length in _UNKNOWN_SIZES:
        return Pcm(
            rate_hz=rate_hz, channels=channels, offset=offset, frames=there, missing_frames=0
        )
    promised = length // width
    return Pcm(
        rate_hz=rate_hz,
        channels=channels,
        offset=offset,
        frames=min(there, promised),
        missing_frames=max(0, promised - there),
    )
