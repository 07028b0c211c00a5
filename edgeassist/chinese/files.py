"""Lines of text files and streams: UTF-8, or GB 18030 where that is what the bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from edgeassist.chinese.normal import is_hanzi
from edgeassist.errors import InputError
from edgeassist.locale import t

_BOM = "\ufeff"
_LONG = 32_768  # bytes of a line held at once
_STOPS = ("。！？", "；，、", " ")


def lines_of_file(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file, numbered from 1, without their ends.

    Raises `InputError` where it cannot be read or is no text.
    """
    with _opened(path) as file:
        yield from lines_of(file, str(path))


def pieces_of_file(path: Path) -> Iterator[Piece]:
    """The pieces of a file. Raises `InputError` where it cannot be read or is no text."""
    with _opened(path) as file:
        yield from pieces_of(file, str(path))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(
            str(path),
            t("cannot be read: {why}", why=error.strerror or error),
            fix=t("Check the file's name and permissions."),
        ) from error


def lines_of(stream: IO[bytes], name: str) -> Iterator[tuple[int, str]]:
    """The lines of a byte stream, numbered from 1, each given as soon as it has come.

    Raises `InputError` naming `name` and the line whose bytes are no text.
    """
    for number, raw in enumerate(stream, 1):
        line = _decode(raw.rstrip(b"\r\n"), name, number)
        if number == 1:
            line = line.removeprefix(_BOM)
        yield number, line


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or part of one that is longer than 32 KiB; its text has no line end.

    `offset` is the place of the first byte after it, `ends` whether its line ends with it.
    """

    number: int
    text: str
    ends: bool
    offset: int


def pieces_of(stream: IO[bytes], name: str, number: int = 1, offset: int = 0) -> Iterator[Piece]:
    """The lines of a stream, long ones in pieces cut at sentence ends; memory is bounded.

    `number` and `offset` tell where the stream stands. Raises `InputError` as `lines_of` does.
    """
    held = b""
    while True:
        limit = _LONG - len(held)
        raw = stream.readline(limit)
        data = held + raw
        if not data:
            return
        ends = len(raw) < limit or raw.endswith(b"\n")
        if ends:
            text, used = _decode(data.rstrip(b"\r\n"), name, number), len(data)
        else:
            text, used = _decode_part(data, name, number)
        if not offset:
            text = text.removeprefix(_BOM)
        offset += used
        held = data[used:]
        yield Piece(number, text, ends, offset)
        number += ends


def cut(text: str) -> int:
    """Where to part a long text: after its last sentence, clause or word; at its end if none."""
    for marks in _STOPS:
        place = max(text.rfind(mark) for mark in marks) + 1
        while 0 < place < len(text) and text[place] in "”’）》」』〉":
            place += 1
        if place > 0:
            return place
    return len(text)


def _decode_part(data: bytes, name: str, number: int) -> tuple[str, int]:
    """Text from the beginning of a long line, and how many bytes of `data` it takes."""
    code, text = "utf-8", None
    for short in range(4):
        try:
            text = data[: len(data) - short].decode(code)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        code = "gb18030"
        found = (_gb18030(data[: len(data) - short]) for short in range(4))
        text = next((line for line in found if line is not None), None)
    if text is None:
        text = _decode(data, name, number)  # says what is wrong
    text = text[: cut(text)]
    return text, len(text.encode(code))


def _decode(raw: bytes, name: str, number: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _gb18030(raw)
        if line is not None:
            return line
        raise InputError(
            name,
            t(
                "line {line}, byte {byte}: neither UTF-8 nor GB 18030 text",
                line=number,
                byte=error.start + 1,
            ),
            fix=t("Save the file as UTF-8."),
        ) from error


def _gb18030(raw: bytes) -> str | None:
    """`raw` as GB 18030, if what comes out is Chinese text; nearly any bytes decode somehow."""
    try:
        line = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in line if not character.isascii()]
    good = sum(
        (is_hanzi(c) and c <= "\u9fff") or c in "，。！？；：“”‘’（）《》、…—·" for c in foreign
    )
    return line if foreign and good >= 0.9 * len(foreign) and _common(line) else None


def _common(line: str) -> bool:
    """Whether at least half of its Chinese characters are of the 6763 of GB 2312."""
    hanzi = [character for character in line if is_hanzi(character)]
    known = 0
    for character in hanzi:
        try:
            character.encode("gb2312")
            known += 1
        except UnicodeEncodeError:
            continue
    return bool(hanzi) and 2 * known >= len(hanzi)
