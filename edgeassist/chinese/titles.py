"""Titles of the Chinese Wikipedia, as names and terms: read from a dictionary of libime's format.

The format, as libime's datrie.cpp writes it: two numbers (what it is, its version, here 2), then
compressed by zstandard a double-array trie: the length of its tail, the count of its nodes, the
tail, the nodes as pairs (base, check), all numbers big-endian. A key is two bytes of pinyin for
each syllable, "!", and the word; a node of negative base goes on in the tail up to a NUL.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edgeassist.chinese.normal import is_hanzi
from edgeassist.errors import ModelError
from edgeassist.locale import t

_MAGIC = struct.pack(">II", 0x000FC613, 2)
_MOST = 6  # characters of a title; longer ones are rarely one word
_DEEPEST = 80  # bytes of a key
_AT_ONCE = 100_000  # nodes looked at at once


def titles(path: Path) -> Iterator[str]:
    """Words of two to six Chinese characters, some more than once.

    Raises `ModelError` where the file is of another format.
    """
    base, check, tail = _trie(path)
    for start in range(0, len(check), _AT_ONCE):
        nodes = start + np.flatnonzero(check[start : start + _AT_ONCE] >= 0)
        ends = nodes[((base[check[nodes]] ^ nodes) == 0) | (base[nodes] < 0)]
        yield from _words(base, check, tail, ends)


def _words(base: Any, check: Any, tail: bytes, ends: Any) -> Iterator[str]:
    labels = []
    at = ends
    for _ in range(_DEEPEST):
        parents = np.maximum(check[at], 0)
        labels.append(np.where(at > 0, base[parents] ^ at, 0).astype(np.uint8))
        at = np.where(at > 0, parents, 0)
        if not at.any():
            break
    rows = np.stack(labels[::-1], axis=1)
    for end, row in zip(ends.tolist(), rows, strict=True):
        key = row.tobytes().strip(b"\0")
        if row[-1] and base[end] < 0:
            key += tail[-base[end] : tail.index(b"\0", -base[end])]
        word = key.rpartition(b"!")[2].decode("utf-8", "replace")
        if 2 <= len(word) <= _MOST and all(map(is_hanzi, word)):
            yield word


def _trie(path: Path) -> tuple[Any, Any, bytes]:
    import zstandard

    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ModelError(
                str(path),
                t("this is not the dictionary that was expected"),
                fix=t("Run: {command}", command="edgeassist models install zh-titles"),
            )
        with zstandard.ZstdDecompressor().stream_reader(file) as reader:
            length, count = struct.unpack(">II", _read(reader, 8))
            tail = _read(reader, length)
            base = np.empty(count, np.int32)
            check = np.empty(count, np.int32)
            for start in range(0, count, 1 << 18):
                size = min(1 << 18, count - start)
                pairs = np.frombuffer(_read(reader, 8 * size), ">i4").reshape(-1, 2)
                base[start : start + size] = pairs[:, 0]
                check[start : start + size] = pairs[:, 1]
    return base, check, tail


def _read(reader: Any, length: int) -> bytes:
    data = bytearray(length)
    filled = 0
    while filled < length:
        more = reader.readinto(memoryview(data)[filled:])
        if not more:
            raise ModelError("zh-titles", t("the file ends too early"))
        filled += more
    return bytes(data)
