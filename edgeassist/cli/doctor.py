"""`edgeassist doctor`: what is missing on this machine, and the exact command that mends it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, show
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.doctor import Finding


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help=t("say what is missing here, and the command that mends it"),
        description=t(
            "Looks at this machine: Python, system libraries, models, plug-ins, microphone, "
            "speaker, camera. Each line says ok, or what is missing and the command that mends it. "
            "Exit code 2 if something that is needed is missing."
        ),
        epilog=t(
            "Examples:\n  edgeassist doctor\n  edgeassist doctor --json\n"
            "  edgeassist doctor --self-test"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.add_argument(
        "--self-test",
        action="store_true",
        help=t("only whether camera, microphone, speaker and braille display are there"),
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each finding as it is made."""
    from dataclasses import asdict

    if args.self_test:
        return _self_test(args)
    worst = 0
    for finding in _findings():
        worst = max(worst, finding.needed and not finding.ok)
        if args.json:
            emit(asdict(finding))
        else:
            show(_line(finding))
    if not args.json:
        show(
            t("Something that is needed is missing.") if worst else t("All that is needed is here.")
        )
    return 2 if worst else 0


def _self_test(args: argparse.Namespace) -> int:
    """One sentence, as a service says it after its start; exit code 0 whatever is there."""
    from edgeassist.doctor import examine_devices
    from edgeassist.locale import language
    from edgeassist.service.self_test import sentence

    found = {one.what: "" if one.ok else t("not connected") for one in examine_devices()}
    text = sentence(found, language())
    if args.json:
        emit({"text": text, "parts": found})
    else:
        show(text)
    return 0


def _findings() -> Iterator[Finding]:
    from edgeassist.doctor import examine

    yield from examine()


def _line(finding: Finding) -> str:
    if finding.ok:
        return t("ok") + f"  {finding.what}  {finding.why}".rstrip()
    kind = t("MISSING") if finding.needed else t("optional, missing")
    return f"{kind}  {finding.what}: {finding.why}. {finding.fix}".rstrip(". ")
