"""What this machine has and lacks."""

from __future__ import annotations

import ctypes.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t
from edgeassist.plugins import KINDS, Readiness, found, report


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked for; `needed` is false for what one can do without."""

    what: str
    ok: bool
    needed: bool
    why: str = ""
    fix: str = ""


# Debian package by what is looked for; the same names are in the Makefile's list.
LIBRARIES = (
    ("PortAudio", "portaudio", "libportaudio2"),
    ("espeak-ng", "espeak-ng", "libespeak-ng1 espeak-ng"),
    ("liblouis", "louis", "liblouis20 liblouis-data python3-louis"),
)


def examine() -> Iterator[Finding]:
    """Look at everything, the quick things first."""
    yield _python()
    yield from _libraries()
    yield from _models()
    yield from _plugins()
    yield _voice()
    yield from examine_devices()
    yield _disk()


def examine_devices() -> Iterator[Finding]:
    """Look at what is plugged in."""
    yield from _sound()
    yield _camera()
    yield _braille_display()


def _python() -> Finding:
    version = platform.python_version()
    return Finding(
        what=f"Python {version}",
        ok=sys.version_info >= (3, 11),
        needed=True,
        why=f"{platform.system()} {platform.machine()}",
        fix=t("Install Python 3.11 or newer"),
    )


def _libraries() -> Iterator[Finding]:
    for title, library, packages in LIBRARIES:
        path = ctypes.util.find_library(library)
        yield Finding(
            what=title,
            ok=path is not None,
            needed=True,
            why=path or t("the library is not installed"),
            fix=t("Run: sudo apt install {packages}", packages=packages),
        )


def _models() -> Iterator[Finding]:
    from edgeassist.modelstore import cards, installed

    for card in cards().values():
        if not card.default:
            continue
        why, ok, fix = card.title, True, ""
        try:
            installed(card.name)
        except EdgeAssistError as error:
            why, ok, fix = error.problem, False, error.fix
        yield Finding(
            what=t("model {name}", name=card.name),
            ok=ok,
            needed=not card.optional,
            why=why,
            fix=fix,
        )


def _plugins() -> Iterator[Finding]:
    for kind in KINDS:
        for name, entry in sorted(found(kind).items()):
            known = report(kind, entry)
            if known.readiness is Readiness.AVAILABLE:
                continue
            yield Finding(
                what=t("plug-in {kind} {name}", kind=kind, name=name),
                ok=False,
                needed=False,
                why=known.why,
                fix=known.fix,
            )


def _voice() -> Finding:
    """Which voice speaks where the choice is left to this machine; measured when first needed."""
    from edgeassist.loop.clock import RealClock
    from edgeassist.loop.node import Context, Stopping
    from edgeassist.profile import Profile
    from edgeassist.speech.engines.auto import consider, measure_all

    found = consider()
    if any(choice.unknown for choice in found):
        clock = RealClock()
        measure_all(
            Context(name="doctor", clock=clock, stopping=Stopping(clock), profile=Profile())
        )
        found = consider()
    return Finding(
        what=t("voice") + "".join(f" {choice.name}" for choice in found if choice.taken),
        ok=any(choice.taken for choice in found),
        needed=False,
        why="; ".join(f"{choice.name}: {choice.why}" for choice in found),
        fix=t("Run: edgeassist voices measure"),
    )


def _sound() -> Iterator[Finding]:
    try:
        import sounddevice

        devices = sounddevice.query_devices()
    except OSError as error:  # PortAudio itself is missing
        yield Finding(what=t("sound"), ok=False, needed=False, why=str(error))
        return
    for title, channels, without in (
        (t("microphone"), "max_input_channels", t("Captions can still be made from files")),
        (t("speaker"), "max_output_channels", t("Speech then goes to a file: say -o FILE")),
    ):
        names = [str(device["name"]) for device in devices if device[channels] > 0]
        yield Finding(
            what=title,
            ok=bool(names),
            needed=False,
            why=", ".join(names[:3]) or t("none was found"),
            fix=without,
        )


def _camera() -> Finding:
    cameras = sorted(Path("/dev").glob("video*"))
    readable = [str(path) for path in cameras if os.access(path, os.R_OK | os.W_OK)]
    if cameras and not readable:
        why, fix = (
            t("{name} may not be opened", name=cameras[0]),
            t("Run: sudo usermod -aG video {user}", user=os.environ.get("USER", "$USER")),
        )
    else:
        why, fix = t("none was found"), t("Obstacle warnings can still be tried on a video file")
    return Finding(
        what=t("camera"),
        ok=bool(readable),
        needed=False,
        why=", ".join(readable[:3]) or why,
        fix=fix,
    )


def _braille_display() -> Finding:
    from edgeassist.devices.brlapi import BrlApi

    display = BrlApi()
    why, fix = "", t("Braille can still go to a file (brf)")
    try:
        cells = display.open(lambda heard: None)
        why = (
            t("{count} cells", count=cells) if cells else t("brltty runs but has found no display")
        )
    except EdgeAssistError as error:
        cells, why, fix = 0, error.problem, error.fix
    finally:
        display.close()
    return Finding(what=t("braille display"), ok=cells > 0, needed=False, why=why, fix=fix)


def _disk() -> Finding:
    free_mb = shutil.disk_usage(Path.home()).free / 1e6
    return Finding(
        what=t("free disk space"),
        ok=free_mb > 500,
        needed=False,
        why=t("{mb} MB", mb=round(free_mb)),
        fix=t("Transcripts need room: free some space"),
    )
