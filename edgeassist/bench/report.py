"""A report of results: one HTML page for everybody's eyes and ears, or Markdown.

Ratios come first, where the figures come from comes last. Every picture is followed by a table
with the same numbers; a figure that may be wrong is marked so in words.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgeassist.bench import report_html, report_markdown
from edgeassist.bench.report_blocks import Block, Section
from edgeassist.bench.report_names import module_name
from edgeassist.bench.report_origin import origin, trouble
from edgeassist.bench.report_short import advice, beside, difference, in_short
from edgeassist.bench.report_tables import cost, memory, rightness, trade, waiting
from edgeassist.bench.report_time import minute_blocks, sensor_blocks
from edgeassist.bench.results import done
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.pages.parts import write

KINDS = (".html", ".htm", ".md")


def write_reports(path: Path, results: Sequence[dict[str, Any]]) -> None:
    """Write a report of at least one result; how the file is named says which kind.

    Each result after the first is compared with the one before, if they are alike. Raises
    `InputError` for another kind of file, and where it cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(
            str(path),
            t("is no kind of report we write"),
            fix=t("Name a file that ends in .html or .md"),
        )
    parts = [(_name(result), list(sections(result))) for result in results]
    for number in range(1, len(results)):
        parts[number][1].insert(1, _compared(results[number - 1], results[number]))
    title = t("Benchmarks: {where}", where=_name(results[0]))
    if kind == ".md":
        write(path, report_markdown.document(title, parts, list(_again(results, path))))
    else:
        write(path, report_html.document(title, parts))


def sections(result: dict[str, Any]) -> Iterator[Section]:
    """All of one result, in the order in which one wants to know it."""
    points = done(result)
    for title, blocks in (
        (t("In short"), in_short(result)),
        (t("Ours beside plain calls"), beside(points)),
        (t("What to take"), advice(result, points)),
        *_modules(result, points),
        (t("Heat, clock and power"), sensor_blocks(result, points)),
        (t("What may be wrong"), trouble(result, points)),
        (t("Where these figures come from"), origin(result)),
    ):
        found = tuple(blocks)
        if found:
            yield Section(title, found)


def _modules(
    result: dict[str, Any], points: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, Iterator[Block]]]:
    for module in dict.fromkeys(point["module"] for point in points):
        those = [point for point in points if point["module"] == module]
        name = module_name(module)
        yield name[:1].upper() + name[1:], _module(result, module, those)


def _module(
    result: dict[str, Any], module: str, points: Sequence[dict[str, Any]]
) -> Iterator[Block]:
    yield from trade(result, module)
    yield from waiting(module, points)
    yield from minute_blocks(points)
    yield from memory(module, points)
    yield from cost(module, points)
    yield from rightness(module, points)


def _compared(old: dict[str, Any], new: dict[str, Any]) -> Section:
    from edgeassist.bench.report_blocks import Words

    title = t("Since the run before")
    try:
        return Section(title, tuple(difference(old, new)))
    except InputError as error:
        return Section(title, (Words(str(error)),))


def _again(results: Sequence[dict[str, Any]], path: Path) -> Iterator[str]:
    """The commands that measure and write the same again, with DIR1, DIR2 … for folders."""
    folders = [f"DIR{number}" for number in range(1, len(results) + 1)]
    for result, folder in zip(results, folders, strict=True):
        words = [
            word for word in shlex.split(result["command"]) if not word.startswith("--report=")
        ]
        if "--report" in words:
            place = words.index("--report")
            del words[place : place + 2]
        kept = [word for word in words if word not in ("--json", "--fresh")]
        yield shlex.join([*kept, "--report", folder])
    yield f"edgeassist bench report {' '.join(folders)} -o {shlex.quote(str(path))}"


def _name(result: dict[str, Any]) -> str:
    """The board, and that it was not really one."""
    if result["emulation"]:
        return t("estimates for {board}", board=result["emulation"]["board"])
    return f"{result['machine']['board']}, {result['machine']['cpu']}"
