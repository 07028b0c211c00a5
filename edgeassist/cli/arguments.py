"""Values and options that several commands take on their command line."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import t


def positive(text: str) -> float:
    """A finite number above 0, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(t("expected a number above 0"))
    return value


def check_apart(output: Path | None, read: Path | str | None) -> None:
    """Raise `InputError` if `output` is the very file that is read: it would be lost."""
    if output is None or read is None:
        return
    if output.expanduser().resolve() == Path(read).expanduser().resolve():
        raise InputError(
            str(output),
            t("is the file that is read, and is left as it is"),
            fix=t("Name another file"),
        )


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add `--profile`, the board the work is done for."""
    parser.add_argument(
        "--profile",
        default="desktop",
        metavar="NAME",
        help=t("board and camera: desktop, pi5, pi4 or a file (default desktop)"),
    )


def add_pace(parser: argparse.ArgumentParser, fast: str, real: str) -> None:
    """Add `--pace`; `fast` and `real` say in the user's language what each means here."""
    parser.add_argument(
        "--pace",
        choices=("fast", "real"),
        default="fast",
        help=t("of a recording: fast, {fast}; real, {real} (default fast)", fast=fast, real=real),
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add `--device`, which camera "camera" means."""
    parser.add_argument(
        "--device",
        metavar="CAMERA",
        help=t(
            "which camera: a number, /dev/video2, http://… or rtsp://… of a network camera, "
            "picamera2 (default: the first one)"
        ),
    )
