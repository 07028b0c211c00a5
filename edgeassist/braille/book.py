"""Whole books into pages of braille: in bounded memory, and going on where a killed run stopped.

The pages grow in FILE.part; FILE.place says, about once a second, how much of the text is in it.
A run that finds both, for the same text and options, cuts FILE.part back to that place and goes
on. FILE itself appears when the book is whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from edgeassist import __version__
from edgeassist.braille import translate
from edgeassist.braille.brf import BrfForm
from edgeassist.braille.encode import Scheme
from edgeassist.braille.epub import Epub
from edgeassist.braille.forward import Translation
from edgeassist.braille.joints import Idioms
from edgeassist.braille.layout import Page
from edgeassist.braille.pages import Form, PagePlace, Pages
from edgeassist.braille.pef import PefForm
from edgeassist.chinese import reader_with
from edgeassist.chinese.files import pieces_of
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.parsing import json_value

_KEEP_EVERY_S = 1.0


class Piece(NamedTuple):
    """A paragraph or a part of one (not `ends`); `level` is that of a heading, else 0.

    `place` is where reading goes on after it, `number` its line or paragraph, `done` how many
    bytes of the book are read with it.
    """

    text: str
    level: int
    ends: bool
    number: int
    place: tuple[int, int]
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a book is written; `form` is "brf" or "pef"."""

    form: str = "brf"
    scheme: Scheme = Scheme.GF0019
    full_tones: bool = False
    idioms: Idioms = Idioms.PARTED
    dictionary: str = ""
    columns: int = 30
    rows: int = 25


class _Saved(NamedTuple):
    read: tuple[int, int]
    done: int
    written: int
    pages: PagePlace


def is_epub(path: Path) -> bool:
    """Whether a file says by its name or first bytes that it is an EPUB."""
    if path.suffix.lower() == ".epub":
        return True
    try:
        with path.open("rb") as file:
            return b"mimetypeapplication/epub+zip" in file.read(100)
    except OSError:
        return False


def size(path: Path) -> int:
    """How many bytes `pieces` counts in all."""
    if is_epub(path):
        with Epub(path) as book:
            return sum(book.sizes)
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error


def pieces(path: Path, place: tuple[int, int] = (0, 0)) -> Iterator[Piece]:
    """The text of a TXT or EPUB file from `place` on. Raises `InputError`."""
    if is_epub(path):
        return _epub_pieces(path, *place)
    return _text_pieces(path, *place)


def _text_pieces(path: Path, lines: int, offset: int) -> Iterator[Piece]:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for piece in pieces_of(file, str(path), lines + 1, offset):
                place = (piece.number - (not piece.ends), piece.offset)
                yield Piece(piece.text, 0, piece.ends, piece.number, place, piece.offset)
    except OSError as error:
        raise _unreadable(path, error) from error


def _epub_pieces(path: Path, document: int, blocks: int) -> Iterator[Piece]:
    with Epub(path) as book:
        sizes = book.sizes
        for at in range(document, len(sizes)):
            skip = blocks if at == document else 0
            for number, block in enumerate(book.blocks(at), 1):
                if number > skip:
                    place = (at, number)
                    done = sum(sizes[:at])
                    yield Piece(block.text, block.level, block.ends, number, place, done)
            # An empty piece: this document is read.
            yield Piece("", 0, True, 0, (at + 1, 0), sum(sizes[: at + 1]))


def write_book(
    source: Path,
    out: Path,
    manner: Manner,
    progress: Callable[[int], None],
    warn: Callable[[Piece, Translation], None],
) -> bool:
    """Write `source` to `out`; returns whether it went on where an earlier run had stopped.

    `progress` is told how many bytes are read so far, `warn` of every piece with characters that
    have no sign. Raises `InputError` for files that cannot be read or written.
    """
    part, mark = _beside(out, ".part"), _beside(out, ".place")
    identity = _identity(source, manner)
    try:
        with part.open("ab") as locked:
            _lock(locked, out)
            with part.open("r+b") as file:
                saved = _saved(mark, identity, file)
                try:
                    _write(source, file, mark, identity, saved, manner, progress, warn)
                except InputError:
                    if not mark.exists():
                        part.unlink()
                    raise
            mark.unlink(missing_ok=True)
            part.replace(out)
    except OSError as error:
        raise InputError(
            str(out),
            t("cannot be written: {why}", why=error.strerror or error),
            fix=t("Choose another file."),
        ) from error
    return saved is not None


def _write(
    source: Path,
    file: IO[bytes],
    mark: Path,
    identity: dict[str, Any],
    saved: _Saved | None,
    manner: Manner,
    progress: Callable[[int], None],
    warn: Callable[[Piece, Translation], None],
) -> None:
    page = Page(columns=manner.columns, rows=manner.rows)
    form: Form = PefForm(source.stem) if manner.form == "pef" else BrfForm()
    reads = reader_with(Path(manner.dictionary)) if manner.dictionary else None

    def write(text: str) -> None:
        file.write(text.encode("utf-8"))

    file.truncate(saved.written if saved else 0)
    file.seek(0, os.SEEK_END)
    if saved:
        progress(saved.done)
    else:
        write(form.opening(page))
    pages = Pages(write, form, page, saved.pages if saved else None)
    kept, number = time.monotonic(), pages.place.number
    for piece in pieces(source, saved.read if saved else (0, 0)):
        found = translate(
            piece.text,
            manner.scheme,
            full_tones=manner.full_tones,
            idioms=manner.idioms,
            reads=reads,
        )
        if found.unknown:
            warn(piece, found)
        if piece.level and piece.ends and pages.place.held is None:
            pages.heading(found.cells, found.source, found.text, piece.level)
        else:
            pages.add(found.cells, found.source, found.text, ends=piece.ends)
        progress(piece.done)
        if pages.place.number != number and time.monotonic() - kept > _KEEP_EVERY_S:
            _keep(file, mark, identity, piece, pages.place)
            kept, number = time.monotonic(), pages.place.number
    pages.finish()
    write(form.closing)
    file.flush()
    os.fsync(file.fileno())


def _keep(
    file: IO[bytes], mark: Path, identity: dict[str, Any], piece: Piece, place: PagePlace
) -> None:
    """Write the place mark, whole or not at all, after the pages it speaks of."""
    file.flush()
    os.fsync(file.fileno())
    record = {
        **identity,
        "read": piece.place,
        "done": piece.done,
        "written": file.tell(),
        "pages": asdict(place),
    }
    fresh = _beside(mark, ".new")
    with fresh.open("w", encoding="utf-8") as made:
        json.dump(record, made)
        made.flush()
        os.fsync(made.fileno())
    fresh.replace(mark)


def _saved(mark: Path, identity: dict[str, Any], file: IO[bytes]) -> _Saved | None:
    """Where an earlier run of the same work stopped; None where there is nothing to go on with."""
    try:
        record = json_value(mark.read_text("utf-8"))
        found = _Saved(
            (int(record["read"][0]), int(record["read"][1])),
            int(record["done"]),
            int(record["written"]),
            PagePlace(**record["pages"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    same = all(record.get(key) == value for key, value in identity.items())
    return found if same and file.seek(0, os.SEEK_END) >= found.written else None


def _identity(source: Path, manner: Manner) -> dict[str, Any]:
    """What must be unchanged for a later run to go on."""
    try:
        about = source.stat()
        words = zlib.crc32(Path(manner.dictionary).read_bytes()) if manner.dictionary else 0
    except OSError as error:
        raise _unreadable(Path(error.filename), error) from error
    return {
        "edgeassist": __version__,
        "bytes": about.st_size,
        "changed_ns": about.st_mtime_ns,
        "words": words,
        "manner": asdict(manner),
    }


def _lock(file: IO[bytes], out: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(
            str(out),
            t("is being written by another command"),
            fix=t("Wait for it, or choose another file."),
        ) from None


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        str(path),
        t("cannot be read: {why}", why=error.strerror or error),
        fix=t("Check the file's name and permissions."),
    )
