"""`edgeassist tell`: what a voice that speaks on this device shall do: stop, pause, faster, …"""

from __future__ import annotations

import argparse
from typing import Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import DeviceError
from edgeassist.locale import t


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tell",
        help=t("tell the voice to stop, pause, repeat, spell, speak faster, …"),
        description=t(
            "Tells every voice of this user on this device what to do: stop, pause, resume, toggle "
            "(pause or resume), repeat [N], spell [N], history, forget, faster, slower, louder, "
            "softer, rate N, volume N, voice NAME, verbosity brief|normal|full, language zh|en, "
            "tones off|dangers|all. Settings are kept for the next time. Dangers are said even "
            "while it is paused. Of the obstacle warnings: describe (what is around), warnings "
            "off|on|quiet|normal|full. Made for keys and buttons: bind these commands to them."
        ),
        epilog=t(
            "Examples:\n"
            "  edgeassist tell pause\n"
            "  edgeassist tell faster\n"
            "  edgeassist tell rate 250\n"
            "  edgeassist tell repeat 2\n"
            "  edgeassist tell verbosity brief\n"
            "  edgeassist tell describe\n"
            "  edgeassist tell warnings quiet"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", metavar=t("COMMAND"), help=t("what to do"))
    parser.add_argument("value", nargs="?", default="", help=t("how much, or which"))
    parser.add_argument("--json", action="store_true", help=t("print one JSON object per voice"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 2 where nobody speaks, or a voice refuses."""
    from edgeassist.speech.commands import OF_THE_GUIDE
    from edgeassist.speech.control import tell

    answers = tell(f"{args.what} {args.value}".replace("\n", " "))
    if not answers:
        raise DeviceError(
            t("speech"),
            t("nothing speaks on this device now"),
            fix=t("Start it first: edgeassist run, or edgeassist read"),
        )
    if args.what in OF_THE_GUIDE and any(answer["done"] for answer in answers):
        answers = [answer for answer in answers if answer["done"]]  # other voices have no guide
    for answer in answers:
        if args.json:
            emit(answer)
            continue
        for line in answer.get("lines", []):
            show(line)
        if not answer["done"]:
            say(f"edgeassist: {answer['why']}")
    return 0 if all(answer["done"] for answer in answers) else 2
