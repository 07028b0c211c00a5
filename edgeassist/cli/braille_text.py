"""`edgeassist braille to`: texts, files and standard input to cells, JSON or pages."""

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
    from edgeassist.braille.book import Piece
    from edgeassist.braille.forward import Translation
    from edgeassist.braille.pages import Form
    from edgeassist.chinese.readings import Reader

LONGEST = 100_000  # characters of a line given as one record


def check(args: argparse.Namespace) -> None:
    """Raise `InputError` for texts that do not go together."""
    from edgeassist.cli.braille import is_file, refuse_folder

    for text in args.text:
        refuse_folder(text)
    if len(args.text) > 1:
        for text in args.text:
            if not is_file(text):
                raise InputError(
                    text,
                    t("is no file; of several texts each must be one"),
                    fix=t("Put a text with blanks in quotation marks."),
                )
    if not args.text[0]:
        raise InputError("", t("the text is empty"), fix=t("Give a text, a file, or -."))


def print_text(args: argparse.Namespace) -> int:
    """Print cells, or records with --json."""
    from edgeassist.braille.pages import blank_after
    from edgeassist.braille.report import explanations, translation_record

    for found, ends in _translations(args, whole=args.json or args.explain):
        if args.json:
            emit(translation_record(found, explain=args.explain))
        elif ends:
            show(found.cells)
        else:  # a part of a line too long to be held
            sys.stdout.write(found.cells + blank_after(found.text))
        for explained in explanations(found) if args.explain and not args.json else ():
            show(explained)
    return 0


def write_pages(args: argparse.Namespace, form: str, out: str) -> int:
    """Write pages as the text comes: of standard input, or to standard output."""
    if out == "-":
        return _write_pages(args, form, None)
    try:
        with Path(out).open("wb"):
            pass
        return _write_pages(args, form, Path(out))
    except OSError as error:
        raise InputError(
            out,
            t("cannot be written: {why}", why=error.strerror or error),
            fix=t("Choose another file."),
        ) from error


def _write_pages(args: argparse.Namespace, form: str, out: Path | None) -> int:
    from edgeassist.braille.brf import BrfForm
    from edgeassist.braille.layout import Page
    from edgeassist.braille.pages import Pages
    from edgeassist.braille.pef import PefForm
    from edgeassist.braille.report import translation_record

    page = Page(columns=args.columns, rows=args.rows)
    made: Form = PefForm(out.stem if out else "") if form == "pef" else BrfForm()
    stream = out.open("wb") if out else sys.stdout.buffer

    def write(text: str) -> None:
        stream.write(text.encode("utf-8"))

    try:
        write(made.opening(page))
        pages = Pages(write, made, page)
        for found, ends in _translations(args, whole=args.json):
            pages.add(found.cells, found.source, found.text, ends=ends)
            stream.flush()
            if args.json and out:
                emit(translation_record(found))
        pages.finish()
        write(made.closing)
        stream.flush()
    finally:
        if out:
            stream.close()
    return 0


def _translations(args: argparse.Namespace, *, whole: bool) -> Iterator[tuple[Translation, bool]]:
    """Each line in braille and whether it ends; long lines in parts unless wanted `whole`."""
    from edgeassist.braille import Idioms, Scheme, translate

    scheme, idioms = Scheme(args.scheme), Idioms(args.idioms)
    reads = _reader(args)
    for text in args.text:
        found_pieces = _pieces(text)
        for number, line, ends in _whole(found_pieces, text) if whole else found_pieces:
            found = translate(line, scheme, full_tones=args.full_tones, idioms=idioms, reads=reads)
            _warn(number, found)
            yield found, ends


def _reader(args: argparse.Namespace) -> Reader | None:
    from edgeassist.chinese import reader_with

    return reader_with(Path(args.dictionary)) if args.dictionary else None


def _pieces(argument: str) -> Iterator[tuple[int, str, bool]]:
    """(line, text, whether the line ends) of standard input, a file, or the text itself."""
    from edgeassist.braille.book import pieces
    from edgeassist.chinese.files import pieces_of
    from edgeassist.cli.braille import is_file

    if argument == "-":
        for piece in pieces_of(sys.stdin.buffer, t("standard input")):
            yield piece.number, piece.text, piece.ends
    elif is_file(argument):
        for paragraph in pieces(Path(argument)):
            if paragraph.number:
                yield _numbered(paragraph)
    else:
        for number, line in enumerate(argument.splitlines(), 1):
            yield number, line, True


def _numbered(piece: Piece) -> tuple[int, str, bool]:
    return piece.number, piece.text, piece.ends


def _whole(parts: Iterator[tuple[int, str, bool]], name: str) -> Iterator[tuple[int, str, bool]]:
    held: list[str] = []
    for number, text, ends in parts:
        held.append(text)
        if sum(map(len, held)) > LONGEST:
            raise InputError(
                t("standard input") if name == "-" else name[:80],
                t("line {line} is longer than the {most} characters of one record",
                  line=number, most=LONGEST),
                fix=t("Break the line, or leave out --json and --explain."),
            )  # fmt: skip
        if ends:
            yield number, "".join(held), True
            held = []


def _warn(line: int, found: Translation) -> None:
    for place, character in found.unknown:
        say(
            t(
                "Line {line}, character {place}: U+{code} has no braille sign, written ⠨⠿.",
                line=line,
                place=place + 1,
                code=f"{ord(character):04X}",
            )
        )
