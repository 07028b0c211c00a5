"""`edgeassist braille`: Chinese and English text to braille and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

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
  edgeassist braille from book.brf --dictionary names.tsv
  edgeassist braille from page.txt --scheme current --explain
  edgeassist braille from book.brf --keep-marks > book.txt
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
    to.add_argument(
        "--idioms",
        choices=("parted", "whole"),
        default="parted",
        help=t(
            "idioms of four syllables: parted, two and two (the default), as in printed books; "
            "or whole"
        ),
    )
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
    back.add_argument(
        "--dictionary",
        metavar="FILE",
        help=t("own words and names that win: word, tab, pinyin on each line, or TOML"),
    )
    back.add_argument(
        "--keep-marks",
        action="store_true",
        help=t(
            "put invisible marks into the text where braille to would write other blanks, tones "
            "or short forms, so that it writes the same cells again"
        ),
    )
    back.add_argument(
        "--no-memory",
        dest="memory",
        action="store_false",
        help=t("read every line by itself; what the lines before have settled does not count"),
    )
    back.add_argument(
        "--explain",
        action="store_true",
        help=t("show for each word how sure its reading is; ? before it: what else it could be"),
    )
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
    from edgeassist.cli.braille_back import run_from as run

    return run(args)


def is_file(argument: str) -> bool:
    """Whether an argument names a file; if not, it is the text itself or -."""
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):
        return False  # too long or not a possible file name: the text itself


def refuse_folder(argument: str) -> None:
    """Raise `InputError` where an argument names a folder."""
    try:
        folder = Path(argument).is_dir()
    except (OSError, ValueError):
        return
    if folder:
        raise InputError(argument, t("is a folder"), fix=t("Give a text, a file, or -."))
