"""`edgeassist bench report`: a page, or Markdown, from results of the bench."""

from __future__ import annotations

import argparse
from pathlib import Path

from edgeassist.cli.bench_read import latest
from edgeassist.cli.output import emit, say
from edgeassist.locale import t


def report(args: argparse.Namespace) -> int:
    """Write it."""
    from edgeassist.bench.report import write_reports
    from edgeassist.bench.results import load

    results = [load(path) for path in args.results or [latest()]]
    for path in args.output:
        write_reports(path, results)
        if args.json:
            emit({"type": "report", "path": str(path)})
        else:
            say(t("The report is in {path}", path=path))
    return 0


def write_beside(folder: Path) -> None:
    """Both kinds of report, into the folder of a run."""
    from edgeassist.bench.report import write_reports
    from edgeassist.bench.results import load

    for name in ("report.md", "report.html"):
        write_reports(folder / name, [load(folder)])
