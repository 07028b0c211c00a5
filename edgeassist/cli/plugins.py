"""`edgeassist plugins`: what is installed, and whether it can be used here."""

from __future__ import annotations

import argparse
from typing import Any

from edgeassist.cli.output import emit, show
from edgeassist.locale import t


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "plugins",
        help=t("list plug-ins and whether each can be used here"),
        description=t(
            "Lists every plug-in by kind: available, missing (and the command that installs what "
            "it lacks) or broken (and why). Plug-ins of other packages are found by their entry "
            "points, edgeassist.<kind>."
        ),
        epilog=t("Examples:\n  edgeassist plugins\n  edgeassist plugins --kind voices --json"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kind", help=t("only this kind"), choices=_kinds())
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.set_defaults(run=run)


def _kinds() -> list[str]:
    from edgeassist.plugins import KINDS

    return list(KINDS)


def run(args: argparse.Namespace) -> int:
    """Report on each plug-in."""
    from dataclasses import asdict

    from edgeassist.plugins import KINDS, Readiness, found, report

    for kind, purpose in KINDS.items():
        if args.kind not in (None, kind):
            continue
        if not args.json:
            show(f"{kind}: {t(purpose)}")
        for _, entry in sorted(found(kind).items()):
            known = report(kind, entry)
            if args.json:
                emit(asdict(known))
                continue
            line = f"  {known.name}: {t(known.readiness.value)}"
            if known.package != "edgeassist":
                line += t(" (from {package})", package=known.package)
            if known.readiness is not Readiness.AVAILABLE:
                line += f". {known.why}. {known.fix}".rstrip(". ")
            show(line)
    return 0
