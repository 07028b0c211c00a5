"""`edgeassist caption`: what is said in recordings or before the microphone, as text."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import add_pace, add_profile, check_apart, positive
from edgeassist.cli.caption_viewer import MICROPHONE, Output, Viewer
from edgeassist.cli.output import say
from edgeassist.errors import InputError
from edgeassist.locale import language, t

if TYPE_CHECKING:
    from edgeassist.loop.events import Event
    from edgeassist.loop.graph import Module
    from edgeassist.progress import Progress

FORMATS = ("srt", "vtt", "txt")
_WORTH_A_BAR_S = 20.0  # shorter recordings are done before a bar is read


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "caption",
        help=t("caption recordings, or what is said before the microphone"),
        description=t(
            "Writes down what is said. FILE is any sound or video file, or mic for the "
            "microphone (stop with Ctrl-C). Recordings are worked through as fast as this machine "
            "can and give finished lines; --pace real plays them as if they were spoken now, with "
            "the partial lines a viewer of live captions would see."
        ),
        epilog=t(
            "Examples:\n  edgeassist caption talk.mp3 --srt talk.srt\n  edgeassist caption mic "
            "--language zh --transcript today.jsonl\n  edgeassist caption mic --meter\n"
            "  edgeassist caption a.wav b.wav --json\n"
            "  edgeassist caption call.wav --engine vosk --model ~/models/vosk-model-small-cn-0.22"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        metavar="FILE|mic",
        nargs="+",
        help=t("a sound or video file, model:CARD/FILE, or the microphone"),
    )
    parser.add_argument(
        "--language",
        choices=("zh", "en", "auto"),
        default="auto",
        help=t("what is spoken; auto tells Mandarin and English apart (default auto)"),
    )
    add_pace(parser, t("with finished lines alone"), t("as it was spoken, growing lines too"))
    parser.add_argument(
        "--engine",
        metavar="NAME",
        help=t(
            "recognition engine: whisper, vosk, sherpa or another plug-in; see edgeassist plugins"
        ),
    )
    parser.add_argument(
        "--model", metavar="NAME|PATH", help=t("the engine's model: a name, or its folder")
    )
    for kind in FORMATS:
        parser.add_argument(
            f"--{kind}",
            type=Path,
            metavar="PATH",
            help=t("also write them as {kind}; a folder for several recordings", kind=kind.upper()),
        )
    parser.add_argument(
        "--transcript",
        type=Path,
        metavar="PATH",
        help=t("keep every line on the disk before it is shown (.jsonl, with a .srt at the end)"),
    )
    parser.add_argument(
        "--json", action="store_true", help=t("one JSON object a caption on standard output")
    )
    parser.add_argument(
        "--meter",
        action="store_true",
        help=t("show how loud the sound is, at the microphone and at --pace real"),
    )
    parser.add_argument(
        "--seconds",
        type=positive,
        metavar="N",
        help=t("stop after that much of the sound"),
    )
    add_profile(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Caption every file; exit code 1 if the engine was given up on, 2 if sound was missing."""
    names = [str(name) for name in args.files]
    lengths = [_length_s(name) for name in names]  # every unusable file is told of before work
    outputs = [_outputs(args, name, len(names) > 1) for name in names]
    _check_outputs(names, [path for paths in outputs for path in paths.values()])
    return max(
        _caption(args, name, length_s, paths)
        for name, length_s, paths in zip(names, lengths, outputs, strict=True)
    )


def _length_s(name: str) -> float | None:
    from edgeassist.devices.wav import open_audio

    if name == MICROPHONE:
        return None
    with open_audio(name) as audio:
        return audio.seconds


def _outputs(args: argparse.Namespace, name: str, several: bool) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for kind in FORMATS:
        path = getattr(args, kind)
        if path is None:
            continue
        if path.is_dir():
            path = path / f"{Path(name).stem}.{kind}"
        elif several:
            raise InputError(
                str(path),
                t("is one file for several recordings"),
                fix=t("Make a folder and name that: every recording gets a file in it"),
            )
        paths[kind] = path
    return paths


def _check_outputs(names: list[str], paths: list[Path]) -> None:
    """Raise `InputError` where a file would be written twice, or over a recording."""
    for place, path in enumerate(paths):
        if path in paths[:place]:
            raise InputError(
                str(path),
                t("would be written twice"),
                fix=t("Name a file for each format, and caption recordings of one name one by one"),
            )
        for name in names:
            check_apart(path, name)


def _caption(
    args: argparse.Namespace, name: str, length_s: float | None, paths: dict[str, Path]
) -> int:
    from edgeassist.captions.formats import CaptionFile, Format
    from edgeassist.cli.stoppable import run_stoppable
    from edgeassist.config import load_profile
    from edgeassist.loop.clock import RealClock
    from edgeassist.loop.graph import Graph
    from edgeassist.loop.node import Pace

    live = name == MICROPHONE
    pace = Pace.REAL if live else Pace(args.pace)
    with ExitStack() as open_files:
        viewer = Viewer(
            RealClock(),
            Output(
                json=args.json,
                named=name if len(args.files) > 1 else "",
                live=not args.json and pace is Pace.REAL and sys.stdout.isatty(),
                meter=args.meter,
            ),
            [open_files.enter_context(CaptionFile(paths[kind], Format(kind))) for kind in paths],
            _progress(open_files, name, length_s, args.seconds) if pace is Pace.FAST else None,
        )
        graph = Graph(
            [_source(name, args.seconds), _captions(args)],
            profile=load_profile(args.profile),
            language=language(),
            pace=pace,
            clock=viewer.clock,
            taps=[viewer],
        )
        viewer.graph = graph
        well = run_stoppable(graph)
        viewer.end()
    if viewer.trouble is not None:
        raise viewer.trouble
    if well and not viewer.finals:
        say(t("{name}: no speech was heard", name=name))
    if not well:
        return 1
    return 2 if viewer.sound_missing else 0


def _source(name: str, seconds: float | None) -> Module:
    from edgeassist.loop.graph import Module
    from edgeassist.plugins import ready

    if name == MICROPHONE:
        plugin = ready("nodes", "microphone")
        return Module(name=name, plugin=_shortened(plugin, seconds), options=plugin.Options())
    plugin = ready("nodes", "wav")
    options = plugin.Options(path=Path(name))
    return Module(name="wav", plugin=_shortened(plugin, seconds), options=options)


def _shortened(plugin: type[Any], seconds: float | None) -> type[Any]:
    """The same source, ending after the first `seconds` of its sound."""
    if seconds is None:
        return plugin

    class Shortened(plugin):  # type: ignore[misc]  # a class known only now
        """See `_shortened`."""

        def events(self) -> Iterator[Event]:
            for event in super().events():
                if event.start_s >= seconds:
                    return
                yield event

    return Shortened


def _captions(args: argparse.Namespace) -> Module:
    from edgeassist.captions.node import Captions
    from edgeassist.captions.recognizer import Language
    from edgeassist.loop.graph import Module

    options = Captions.Options(
        engine=args.engine,
        language=Language(args.language),
        transcript=args.transcript,
        engine_options={"model": args.model} if args.model else {},
    )
    return Module(name="captions", plugin=Captions, options=options)


def _progress(
    open_files: ExitStack, name: str, length_s: float | None, seconds: float | None
) -> Progress | None:
    from edgeassist.progress import Progress

    length_s = min(length_s or 0.0, seconds or math.inf)
    if length_s < _WORTH_A_BAR_S:
        return None
    return open_files.enter_context(Progress(Path(name).name, length_s, "s"))
