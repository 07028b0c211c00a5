"""`edgeassist bench`: which model fits this device, from speed, memory, heat and rightness."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from edgeassist.cli.bench_read import compare, display, recommend
from edgeassist.cli.bench_report import report
from edgeassist.cli.bench_run import run
from edgeassist.cli.detect import side
from edgeassist.locale import t

MODULES = ("captions", "speech", "braille", "guide")
_UNITS = {"ms": 1.0, "s": 1000.0, "mb": 1.0, "gb": 1000.0, "%": 0.01}


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its own commands."""
    parser = commands.add_parser(
        "bench",
        help=t("measure models on this device, and find the one that fits"),
        description=t(
            "Measures captions, speech, braille and obstacle detection with every model that is "
            "installed, on this device: how long they take, how much memory, how warm it gets and "
            "how right they are. Each point is measured in a process of its own."
        ),
        epilog=t(
            "Examples:\n"
            "  edgeassist bench run all --quick\n"
            "  edgeassist bench run guide --onnx my.onnx --decode yolox --report bench/\n"
            "  edgeassist bench run captions --data recordings/ --threads 1,2,4\n"
            "  edgeassist bench compare bench-before/ bench-after/ --fail-over 10%\n"
            "  edgeassist bench recommend --module guide --max-latency 100ms --max-memory 300MB"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inner = parser.add_subparsers(dest="bench", required=True, metavar=t("COMMAND"))
    _add_run(inner)
    _add_compare(inner)
    _add_recommend(inner)
    _add_show(inner)
    _add_report(inner)


def _add_run(inner: argparse._SubParsersAction[Any]) -> None:
    parser = inner.add_parser(
        "run",
        help=t("measure"),
        description=t(
            "Measures, and shows a table. What is measured is kept at once: the same command goes "
            "on after a stop. A quick run takes less than three minutes on two cores and shows an "
            "order; a full one takes some twenty minutes, with at least 100 queries and 10 seconds "
            "a point. Let nothing else run meanwhile; where something did, the table says so."
        ),
        epilog=t(
            "--data DIR may hold: speech/manifest.tsv (columns file, lang, text) or sound files "
            "with a .txt each; speech/sentences.txt; vision/…/images with labels (YOLO); a video; "
            "braille/sentences.tsv (sentence, tab, syllables) or braille/cpp_dev.tsv. What is not "
            "there is taken from a small set that comes with the bench."
        ),
    )
    parser.add_argument("what", choices=("all", *MODULES), help=t("which modules"))
    parser.add_argument("--quick", action="store_true", help=t("less than three minutes"))
    parser.add_argument(
        "--report",
        type=Path,
        metavar="DIR",
        help=t("keep the result in this folder, with reports as HTML and Markdown"),
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help=t("measure on data of one's own"))
    parser.add_argument(
        "--threads", type=counts, default=(), metavar="N,…", help=t("thread counts to try")
    )
    parser.add_argument(
        "--onnx",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=t("measure this detector too; may be given several times"),
    )
    parser.add_argument(
        "--decode",
        action="append",
        default=[],
        metavar="NAME",
        help=t("what the output of that file means: yolox (the usual), yolov8, … or a TOML file"),
    )
    parser.add_argument(
        "--size",
        type=side,
        action="append",
        default=[],
        metavar="N",
        help=t("picture sizes for detectors that take any (default 320, 384 and 512)"),
    )
    parser.add_argument("--engine", metavar="NAME", help=t("only this caption engine"))
    parser.add_argument("--model", metavar="NAME|PATH", help=t("with this model"))
    parser.add_argument("--only", default="", metavar="TEXT", help=t("only points named like this"))
    parser.add_argument(
        "--soak", type=minutes, metavar="MINUTES", help=t("all modules together for so long")
    )
    parser.add_argument(
        "--emulate",
        choices=("pi4", "pi5"),
        help=t("estimate another board: fewer cores, and a quota of their time"),
    )
    parser.add_argument("--fresh", action="store_true", help=t("begin anew, do not go on"))
    parser.add_argument("--list", action="store_true", help=t("only say what would be measured"))
    parser.add_argument("--json", action="store_true", help=t("one JSON object a point"))
    parser.set_defaults(run=run)


def _add_compare(inner: argparse._SubParsersAction[Any]) -> None:
    parser = inner.add_parser(
        "compare",
        help=t("what got better and what got worse between two runs"),
        description=t(
            "Compares two runs. Exit code 1 if a figure got worse by more than --fail-over and "
            "more than the measured noise; 2 if the runs are unlike: another machine, mode or data."
        ),
    )
    parser.add_argument("before", type=Path, metavar="A", help=t("folder or file of the old run"))
    parser.add_argument("after", type=Path, metavar="B", help=t("of the new one"))
    parser.add_argument(
        "--fail-over",
        type=share,
        default=0.10,
        metavar="X%",
        help=t("let smaller changes pass (default 10%%)"),
    )
    parser.add_argument("--json", action="store_true", help=t("one JSON object a figure"))
    parser.set_defaults(run=compare)


def _add_recommend(inner: argparse._SubParsersAction[Any]) -> None:
    parser = inner.add_parser(
        "recommend",
        help=t("the most right model within a budget"),
        description=t(
            "Names the most right model of a module that stays within the budget, and what the "
            "next better one would cost. Latency is what nine of ten wait at most: for a picture, "
            "a line of braille, the first sound, or a final caption after speech ends."
        ),
    )
    parser.add_argument(
        "result", type=Path, nargs="?", metavar="RESULT", help=t("a run (default: the latest)")
    )
    parser.add_argument("--module", choices=MODULES, required=True, help=t("of which module"))
    parser.add_argument(
        "--max-latency", type=quantity("ms", "s"), metavar="X", help=t("such as 100ms or 2s")
    )
    parser.add_argument(
        "--max-memory", type=quantity("mb", "gb"), metavar="X", help=t("such as 300MB")
    )
    parser.add_argument(
        "--language",
        choices=("zh", "en"),
        default="zh",
        help=t("of which language, for speech and captions (default zh)"),
    )
    parser.add_argument("--max-threads", type=int, metavar="N", help=t("use at most so many"))
    parser.add_argument("--json", action="store_true", help=t("print one JSON object"))
    parser.set_defaults(run=recommend)


def _add_show(inner: argparse._SubParsersAction[Any]) -> None:
    parser = inner.add_parser(
        "show", help=t("the table of a run"), description=t("Shows the table of a run again.")
    )
    parser.add_argument(
        "result", type=Path, nargs="?", metavar="RESULT", help=t("a run (default: the latest)")
    )
    parser.add_argument("--json", action="store_true", help=t("the whole result as JSON"))
    parser.set_defaults(run=display)


def _add_report(inner: argparse._SubParsersAction[Any]) -> None:
    parser = inner.add_parser(
        "report",
        help=t("a page or Markdown from runs"),
        description=t(
            "Writes runs as one HTML page with plots, or as Markdown: what was measured, how long "
            "it takes, how right it is, memory, heat, and where the figures come from. Of several "
            "runs, each is compared with the one before, if they are alike."
        ),
        epilog=t(
            "Examples:\n"
            "  edgeassist bench report bench/ -o bench.html\n"
            "  edgeassist bench report before/ after/ -o change.html\n"
            "  edgeassist bench report bench/ -o docs/benchmarks.md"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "results", type=Path, nargs="*", metavar="RESULT", help=t("runs (default: the latest)")
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help=t("an .html or .md file; may be given several times"),
    )
    parser.add_argument("--json", action="store_true", help=t("print one JSON object a file"))
    parser.set_defaults(run=report)


def quantity(*units: str) -> Any:
    """An argparse type: a number above 0 with one of `units`, in the first of them."""

    def read(text: str) -> float:
        found = re.fullmatch(r"([0-9.]+)\s*([a-z%]*)", text.strip().lower())
        unit = (found[2] or units[0]) if found else ""
        try:
            value = float(found[1]) * _UNITS[unit] if found and unit in units else 0.0
        except ValueError:
            value = 0.0
        if value <= 0:
            raise argparse.ArgumentTypeError(
                t("expected a number with a unit: {units}", units=", ".join(units))
            )
        return value

    return read


def share(text: str) -> float:
    """ "10%" or "0.1" as 0.1, for argparse."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1000:
        raise argparse.ArgumentTypeError(t("expected a share such as 10%"))
    return value


def minutes(text: str) -> float:
    """Minutes, for argparse."""
    from edgeassist.cli.arguments import positive

    return positive(text)


def counts(text: str) -> tuple[int, ...]:
    """ "1,2,4" as numbers, for argparse."""
    try:
        found = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        found = (0,)
    if found[0] < 1:
        raise argparse.ArgumentTypeError(t("expected numbers of threads such as 1,2,4"))
    return found
