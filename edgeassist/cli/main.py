"""The `edgeassist` command: finds the command, turns every known error into one clear line."""

from __future__ import annotations

import argparse
import atexit
import importlib
import logging
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from edgeassist import __version__
from edgeassist.cli.output import let_go, say
from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t

# One module of this package each, in the order of --help; every one has `add(commands)`.
GROUPS = (
    "run",
    "install_service",
    "caption",
    "transcript",
    "say",
    "voices",
    "read",
    "tell",
    "braille",
    "detect",
    "guide",
    "calibrate",
    "bench",
    "models",
    "devices",
    "plugins",
    "doctor",
    "config",
    "privacy",
    "update",
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one line and where help is, exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Print the mistake and leave."""
        say(f"{self.prog}: {message}. " + t("Help: {prog} --help", prog=self.prog))
        raise SystemExit(2)


def build() -> Parser:
    """The whole command line; imports no engine."""
    # argparse's own words ("usage:", "unrecognized arguments: %s") in the user's language too.
    vars(argparse)["_"] = t
    parser = Parser(
        prog="edgeassist",
        description=t(
            "Live captions, obstacle warnings, Chinese braille and speech, all on this device."
        ),
        epilog=t(
            "Start with: edgeassist doctor. Exit codes: 0 done, 1 the work failed, "
            "2 the input or the set-up is wrong. EDGEASSIST_LANG=zh or en chooses the language."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"edgeassist {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar=t("COMMAND"), parser_class=Parser
    )
    for group in GROUPS:
        importlib.import_module(f"edgeassist.cli.{group}").add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = build().parse_args(argv)
    # EDGEASSIST_DEBUG=1: what went wrong underneath, with the place in the program.
    debug = bool(os.environ.get("EDGEASSIST_DEBUG"))
    logging.basicConfig(format="edgeassist: %(message)s")
    logging.getLogger("edgeassist").setLevel(logging.DEBUG if debug else logging.WARNING)
    try:
        return int(args.run(args))
    except EdgeAssistError as error:
        for line in str(error).splitlines():
            say(f"edgeassist: {line}")
        return error.exit_code
    except KeyboardInterrupt:
        say(t("Stopped."))
        return 130
    except BrokenPipeError:
        let_go()  # the reader of our output has gone (`| head`)
        return 1


def entry() -> NoReturn:
    """Run one command and end the process with its exit code.

    A thread may still be inside a native library then (a model that is being loaded when there
    turns out to be no microphone). Coming back to a Python that is no more it would abort the
    process, so where there is such a thread the process ends without taking Python apart.
    """
    code: list[int] = [1]
    atexit.register(_leave, code)  # registered first, it runs last
    try:
        code[0] = main()
    except SystemExit as end:
        code[0] = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise
    sys.exit(code[0])


def _leave(code: list[int]) -> None:
    if threading.active_count() > 1:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code[0])


if __name__ == "__main__":
    entry()
