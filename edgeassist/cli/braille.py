"""`edgeassist braille`: Chinese and English text to braille and back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

_TO_EXAMPLES = """\
  edgeassist braille to 银行里的人长大了
  edgeassist braille to book.epub --brf book.brf
  edgeassist braille to books/*.txt --brf finished/ --jobs 2
  edgeassist braille to book.txt --dictionary names.tsv
  cat captions.txt | edgeassist braille to - --json"""
_FROM_EXAMPLES = """\
  edgeassist braille from ⠌⠲⠁⠛⠕⠂
  edgeassist braille from book.brf
  cat cells.txt | edgeassist braille from - --json"""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `braille to` and `braille from`."""
    parser = commands.add_parser(
        "braille",
        help=t("Chinese and English text to braille cells, and back"),
        description=t("Writes text in braille, and reads braille cells back as text."),
    )
    ways = parser.add_subparsers(dest="way", required=True, metavar="to|from")
    to = ways.add_parser(
        "to",
        help=t("text to braille"),
        description=t(
            "Writes each line of text in braille: Mandarin in National Common Braille "
            "(GF 0019-2018), Current Braille or Two-cell Braille (GB/T 15720-2008), lines of "
            "English in Unified English Braille. "
            "A book that was interrupted goes on where it stopped when the same command is given "
            "again."
        ),
        epilog=t("Examples:") + "\n" + _TO_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    to.add_argument(
        "text",
        nargs="+",
        help=t("the text itself, - for standard input (one text a line), or files (TXT, EPUB)"),
    )
    _common(to)
    to.add_argument(
        "--dictionary",
        metavar="FILE",
        help=t("own words that win over all others: word, tab, pinyin on each line, or TOML"),
    )
    to.add_argument("--full-tones", action="store_true", help=t("write every tone, for learners"))
    form = to.add_mutually_exclusive_group()
    form.add_argument(
        "--brf",
        metavar="FILE",
        help=t("write pages of ASCII braille (BRF) to FILE; - is standard output"),
    )
    form.add_argument(
        "--pef",
        metavar="FILE",
        help=t("write pages of Unicode braille in XML (PEF) to FILE; - is standard output"),
    )
    to.add_argument(
        "--jobs", type=_at_least(1), help=t("books written at once (one for each processor core)")
    )
    to.add_argument("--columns", type=_at_least(10), default=30, help=t("cells in a line (30)"))
    to.add_argument("--rows", type=_at_least(5), default=25, help=t("lines on a page (25)"))
    to.add_argument(
        "--explain",
        action="store_true",
        help=t("show for each word its reading, what joins it, and by which clause it is written"),
    )
    to.set_defaults(run=run_to)
    back = ways.add_parser(
        "from",
        help=t("braille to text"),
        description=t("Reads lines of cells (Unicode braille or BRF) as text."),
        epilog=t("Examples:") + "\n" + _FROM_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    back.add_argument(
        "text", help=t("the text itself, a file, or - for standard input (one text a line)")
    )
    _common(back)
    back.set_defaults(run=run_from)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scheme",
        choices=("gf0019", "current", "shuangpin"),
        default="gf0019",
        help=t(
            "gf0019: National Common Braille (the default); current: Current Braille; "
            "shuangpin: Two-cell Braille"
        ),
    )
    parser.add_argument("--json", action="store_true", help=t("print one JSON object a line"))


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        if not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(
                t("must be a whole number of at least {least}", least=least)
            )
        return int(text)

    return number


def run_to(args: argparse.Namespace) -> int:
    """Write text in braille."""
    from edgeassist.cli.braille_text import check, print_text, write_pages

    check(args)
    form, out = ("pef", args.pef) if args.pef else ("brf", args.brf)
    if not out:
        return print_text(args)
    if args.json or out == "-" or not all(map(is_file, args.text)) or _is_device(out):
        return write_pages(args, form, out)
    from edgeassist.cli.braille_book import write_books

    return write_books(args, form, out)


def _is_device(out: str) -> bool:
    path = Path(out)
    return path.exists() and not path.is_file() and not path.is_dir()


def run_from(args: argparse.Namespace) -> int:
    """Read braille as text."""
    from edgeassist.braille import Scheme
    from edgeassist.braille.backward import from_braille
    from edgeassist.braille.report import reading_record

    scheme = Scheme(args.scheme)
    for number, line in _cells(args.text):
        found = from_braille(line, scheme, alternatives=5 if args.json else 0)
        for place, cells in found.unreadable:
            say(t("Line {line}, cell {cell}: {cells} cannot be read.",
                  line=number, cell=place + 1, cells=cells))  # fmt: skip
        if args.json:
            emit(reading_record(found))
        else:
            show(found.text)
    return 0


def _texts(argument: str) -> Iterator[tuple[int, str]]:
    """The lines to work on, numbered from 1: of standard input, a file, or the text itself."""
    from edgeassist.chinese.files import lines_of, lines_of_file

    if argument == "-":
        source: IO[bytes] = sys.stdin.buffer
        return lines_of(source, t("standard input"))
    if is_file(argument):
        return lines_of_file(Path(argument))
    if not argument:
        raise InputError("", t("the text is empty"), fix=t("Give a text, a file, or -."))
    return enumerate(argument.splitlines(), 1)


def _cells(argument: str) -> Iterator[tuple[int, str]]:
    """Lines of cells; of a BRF file its paragraphs."""
    from edgeassist.braille.brf_code import cells_of
    from edgeassist.braille.layout import paragraphs

    rows = ((number, cells_of(line)) for number, line in _texts(argument))
    if argument.lower().endswith(".brf") and is_file(argument):
        return enumerate(paragraphs(line for _, line in rows), 1)
    return rows


def is_file(argument: str) -> bool:
    """Whether an argument names a file; if not, it is the text itself or -."""
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):
        return False  # too long or not a possible file name: the text itself
