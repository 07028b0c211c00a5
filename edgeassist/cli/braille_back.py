"""`edgeassist braille from`: cells of files, standard input or the command line to text or JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.braille.backward import Reading
    from edgeassist.braille.cell_lines import CellPart
    from edgeassist.chinese.files import Piece

LONGEST = 100_000  # cells of a line given as one record
_ALTERNATIVES = 5


def run_from(args: argparse.Namespace) -> int:
    """Read braille as text."""
    from edgeassist.braille import Scheme
    from edgeassist.braille.backward import Document
    from edgeassist.braille.report import reading_explanations, reading_record
    from edgeassist.chinese.userwords import user_words

    whole = args.json or args.explain
    document = Document(
        Scheme(args.scheme),
        alternatives=_ALTERNATIVES if whole else 0,
        user=user_words(Path(args.dictionary)) if args.dictionary else None,
        learns=args.memory,
        keep_marks=args.keep_marks,
    )
    for part in _checked(_whole(_parts(args.text), args.text) if whole else _parts(args.text),
                         args.text):  # fmt: skip
        found = document.read(part.cells, ends=part.ends)
        _warn(part, found)
        if args.json:
            emit(reading_record(found))
        elif part.ends:
            show(found.text)
        else:
            sys.stdout.write(found.text)
            sys.stdout.flush()
        for explained in reading_explanations(found) if args.explain and not args.json else ():
            show(explained)
    return 0


def _parts(argument: str) -> Iterator[CellPart]:
    """The lines of standard input, a file (of BRF its paragraphs), or the text itself."""
    from edgeassist.braille.cell_lines import line_parts, paragraph_parts
    from edgeassist.chinese.files import pieces_of, pieces_of_file
    from edgeassist.cli.braille import is_file

    if argument == "-":
        yield from line_parts(pieces_of(sys.stdin.buffer, t("standard input")))
    elif is_file(argument):
        parts = paragraph_parts if argument.lower().endswith(".brf") else line_parts
        yield from parts(pieces_of_file(Path(argument)))
    else:
        yield from line_parts(_pieces_of_text(argument))


def _pieces_of_text(text: str) -> Iterator[Piece]:
    from edgeassist.chinese.files import Piece
    from edgeassist.cli.braille import refuse_folder

    if not text:
        raise InputError("", t("the text is empty"), fix=t("Give a text, a file, or -."))
    refuse_folder(text)
    if text.isascii() and Path(text).suffix.lower() in (".brf", ".txt"):
        raise InputError(text, t("there is no such file"), fix=t("Check its name."))
    for number, line in enumerate(text.splitlines(), 1):
        yield Piece(number, line, True, 0)


def _name(argument: str) -> str:
    return t("standard input") if argument == "-" else argument[:80]


def _checked(parts: Iterator[CellPart], argument: str) -> Iterator[CellPart]:
    """The parts; `InputError` where the first that is not blank holds no braille at all."""
    first = True
    for part in parts:
        if first and part.cells.strip("\u2800\t\f "):
            first = False
            if not any("\u2800" <= cell <= "\u28ff" for cell in part.cells):
                raise InputError(
                    _name(argument),
                    t("line {line} holds no braille: {text}",
                      line=part.number, text=part.cells[:20]),
                    fix=t("Text is written in braille with: edgeassist braille to"),
                )  # fmt: skip
        yield part


def _whole(parts: Iterator[CellPart], argument: str) -> Iterator[CellPart]:
    """Lines in one part each, as records need them."""
    from edgeassist.braille.cell_lines import CellPart

    held: list[str] = []
    length = 0
    for part in parts:
        held.append(part.cells)
        length += len(part.cells)
        if length > LONGEST:
            raise InputError(
                _name(argument),
                t("line {line} is longer than the {most} cells of one record",
                  line=part.number, most=LONGEST),
                fix=t("Break the line, or leave out --json and --explain."),
            )  # fmt: skip
        if part.ends:
            yield CellPart(part.number, 0, "".join(held), True)
            held, length = [], 0


def _warn(part: CellPart, found: Reading) -> None:
    for place, cells in found.unreadable:
        say(t("Line {line}, cell {cell}: {cells} cannot be read.",
              line=part.number, cell=part.start + place + 1, cells=printable(cells)))  # fmt: skip


def printable(cells: str) -> str:
    """Cells for a message: at most 20, control characters and half surrogate pairs shown."""
    shown = "".join(c if c.isprintable() else f"U+{ord(c):04X} " for c in cells[:20]).strip()
    return shown + "…" * (len(cells) > 20)
