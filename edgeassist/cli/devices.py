"""`edgeassist devices`: what this machine hears, sees and speaks with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t

_KINDS = {
    "microphone": "Microphones:",
    "speaker": "Loudspeakers:",
    "camera": "Cameras:",
    "braille-display": "Braille displays:",
    "profile": "Profiles of boards:",
}


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `devices` to the command line."""
    parser = commands.add_parser(
        "devices",
        help=t("list microphones, loudspeakers, cameras, braille displays and profiles"),
        description=t(
            "Lists what this machine has, with the names a config uses "
            "(device = NAME, profile = NAME)."
        ),
        epilog=t("Examples:\n  edgeassist devices\n  edgeassist devices --json"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help=t("print one JSON object per device"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List them; a machine without any is no mistake."""
    records = [*_sound(), *_cameras(), *_braille_display(), *_profiles()]
    if args.json:
        for record in records:
            emit(record)
        return 0
    for kind, title in _KINDS.items():
        show(t(title))
        found = [record for record in records if record["kind"] == kind]
        for record in found:
            show(f"  {record['name']}" + (f": {record['title']}" if record["title"] else ""))
        if not found:
            show("  " + t("none"))
    return 0


def _sound() -> list[dict[str, Any]]:
    from edgeassist.devices.portaudio import devices

    records: list[dict[str, Any]] = []
    for kind, direction in (("microphone", "input"), ("speaker", "output")):
        try:
            found = devices(direction)  # type: ignore[arg-type]
        except EdgeAssistError as error:
            say(str(error))
            return records
        records += [
            {
                "kind": kind,
                "name": device["name"],
                "title": t("used if none is named") if device["default"] else "",
                "rate_hz": int(device["default_samplerate"]),
                "default": device["default"],
            }
            for device in found
        ]
    return records


def _cameras() -> list[dict[str, Any]]:
    return [
        {"kind": "camera", "name": str(node), "title": _v4l_name(node)}
        for node in sorted(Path("/dev").glob("video*"), key=lambda node: (len(node.name), node))
    ]


def _v4l_name(node: Path) -> str:
    try:
        return Path(f"/sys/class/video4linux/{node.name}/name").read_text().strip()
    except OSError:
        return ""


def _braille_display() -> list[dict[str, Any]]:
    """The one brltty drives; no brltty is no mistake, one that does not let us in is said."""
    from edgeassist.devices.brlapi import BrlApi

    display = BrlApi()
    try:
        cells = display.open(lambda heard: None)
    except EdgeAssistError as error:
        say(str(error))
        return []
    finally:
        display.close()
    if not cells:
        return []
    title = t("{count} cells", count=cells)
    return [{"kind": "braille-display", "name": "brlapi", "title": title, "cells": cells}]


def _profiles() -> list[dict[str, Any]]:
    from edgeassist.config import load_profile
    from edgeassist.resources import data_dir

    return [
        {"kind": "profile", "name": file.stem, "title": load_profile(file).title}
        for file in sorted(data_dir("devices").glob("*.toml"))
    ]
