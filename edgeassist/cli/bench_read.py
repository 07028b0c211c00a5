"""`edgeassist bench compare`, `recommend` and `show`: what results of the bench say."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from edgeassist.cli.output import emit, show
from edgeassist.errors import InputError
from edgeassist.locale import t


def compare(args: argparse.Namespace) -> int:
    """Exit code 1 on a regression."""
    from edgeassist.bench.compare import Verdict, changed
    from edgeassist.bench.compare import compare as compared
    from edgeassist.bench.results import load
    from edgeassist.bench.table import aligned, short

    before, after = load(args.before), load(args.after)
    changes = compared(before, after, fail_over=args.fail_over)
    worse = [one for one in changes if one.verdict is Verdict.WORSE]
    if args.json:
        for one in changes:
            emit(one.record())
        return 1 if worse else 0
    for what in changed(before, after):
        show(t("changed: {what}", what=what))
    for title, verdict in (
        (t("Better:"), Verdict.BETTER),
        (t("Worse:"), Verdict.WORSE),
        (t("Unsure, for something disturbed a run; measure again:"), Verdict.UNSURE),
    ):
        those = [one for one in changes if one.verdict is verdict]
        if those:
            show(title)
            for line in aligned(
                [
                    (one.point, one.name, short(one.before), "→", short(one.after), one.unit)
                    for one in those
                ]
            ):
                show(line)
    same = sum(one.verdict is Verdict.SAME for one in changes)
    show(t("{same} of {all} figures are the same within noise", same=same, all=len(changes)))
    return 1 if worse else 0


def recommend(args: argparse.Namespace) -> int:
    """Exit code 1 if nothing that was measured fits the budget."""
    from edgeassist.bench.recommend import recommend as advise
    from edgeassist.bench.results import load

    result = load(args.result or latest())
    advice = advise(
        result,
        args.module,
        most_ms=args.max_latency,
        most_mb=args.max_memory,
        most_threads=args.max_threads,
        language=args.language,
    )
    if args.json:
        emit(advice.record())
    else:
        for line in advice.lines():
            show(line)
    return 0 if advice.best else 1


def display(args: argparse.Namespace) -> int:
    """Show a run again."""
    from edgeassist.bench.results import load
    from edgeassist.bench.table import lines

    result = load(args.result or latest())
    if args.json:
        emit(result)
    else:
        for line in lines(result):
            show(line)
    return 0


def results_folder() -> Path:
    """Where results are kept that no folder was named for."""
    home = os.environ.get("XDG_STATE_HOME", "") or "~/.local/state"
    return Path(home).expanduser() / "edgeassist" / "bench"


def latest() -> Path:
    """The result measured last without --report."""
    found = sorted(results_folder().glob("*/result.json"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise InputError(
            str(results_folder()),
            t("nothing was measured yet"),
            fix=t("Run: edgeassist bench run all --quick, or name a result"),
        )
    return found[-1]
