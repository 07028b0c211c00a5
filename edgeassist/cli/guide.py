"""`edgeassist guide`: obstacle warnings for a film or the camera."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import add_device, add_pace, add_profile
from edgeassist.cli.detect import add_detector, detector_name
from edgeassist.cli.output import emit, say, show
from edgeassist.cli.stoppable import run_stoppable
from edgeassist.errors import InputError
from edgeassist.locale import LANGUAGES, language, t

if TYPE_CHECKING:
    from edgeassist.guide.report_alerts import AlertFile
    from edgeassist.guide.report_record import Walk
    from edgeassist.loop.events import Event
    from edgeassist.loop.graph import Module
    from edgeassist.progress import Progress

CAMERA = "camera"
REPORTS = (".html", ".htm")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "guide",
        help=t("warn of obstacles in a film or before the camera"),
        description=t(
            "Finds what is in the walker's way and says so once: where, how far, what. Of a film "
            "everything near is told, of the camera what needs telling; --verbosity changes that. "
            "The distances rest on the camera's height, tilt and field of view in the profile."
        ),
        epilog=t(
            "Examples:\n  edgeassist guide walk.mp4 --annotate seen.mp4 --report walk.html\n"
            "  edgeassist guide walk.mp4 --alerts warnings.csv\n  edgeassist guide camera "
            "--profile pi5 --language zh\n  edgeassist guide --describe street.jpg --say"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "video",
        metavar="VIDEO|camera",
        nargs="?",
        help=t("a video file, model:CARD/FILE, or the camera"),
    )
    what.add_argument(
        "--describe",
        type=Path,
        metavar="IMAGE",
        help=t("say in one sentence what is around in this picture, and end"),
    )
    parser.add_argument("--say", action="store_true", help=t("with --describe: speak it too"))
    parser.add_argument(
        "--json", action="store_true", help=t("one JSON object an alert on standard output")
    )
    add_device(parser)
    add_profile(parser)
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="FILE",
        help=t("write the film with boxes, distances and times to collision (.mp4)"),
    )
    parser.add_argument(
        "--alerts",
        type=Path,
        metavar="FILE",
        help=t("write the warnings as a file (.json, .jsonl or .csv)"),
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help=t("write a page with a timeline and small pictures of the warnings (.html)"),
    )
    add_pace(parser, t("every picture is looked at"), t("as it would be on the way"))
    parser.add_argument(
        "--language", choices=LANGUAGES, default=language(), help=t("language of the warnings")
    )
    parser.add_argument(
        "--verbosity",
        choices=("quiet", "normal", "full"),
        help=t("quiet: dangers; normal: and what is in the way; full: and what is near"),
    )
    add_detector(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch until the film ends or Ctrl-C; exit code 1 if the guide was given up on."""
    if args.describe is not None:
        from edgeassist.cli.guide_describe import run as describe

        return describe(args)
    if args.say:
        raise InputError(
            "--say",
            t("speaks of one picture only"),
            fix=t("Give it with --describe; live warnings are spoken by: edgeassist run guide"),
        )
    from edgeassist.config import load_profile
    from edgeassist.loop.graph import Graph
    from edgeassist.loop.node import Pace

    _check_outputs(args)
    profile = load_profile(args.profile)
    modules = [_source(args), _guide(args, profile.guide.detector)]
    if args.annotate:
        modules.append(_annotate(args))
    live = args.video == CAMERA
    pace = Pace.REAL if live else Pace(args.pace)
    progress = _progress(args)
    with ExitStack() as files:
        watch = Watch(args.json, _alert_file(args, files), progress)
        walk = _walk(args)
        graph = Graph(
            modules,
            profile=profile,
            language=args.language,
            pace=pace,
            taps=[watch, walk] if walk else [watch],
        )
        if live:
            say(t("Watching. Stop with Ctrl-C."))
        with watch:
            well = run_stoppable(graph)
    if not watch.pictures:
        raise InputError(args.video, t("has no picture in it"), fix=t("Record or export it again"))
    if walk:
        from edgeassist.guide.report import About, write_report

        name = CAMERA if live else Path(args.video).name
        about = About(
            name=name,
            language=args.language,
            camera=profile.camera,
            real_pace=pace is Pace.REAL,
        )
        write_report(args.report, walk, about)
    say(t("{alerts} warnings, {pictures} pictures", alerts=watch.alerts, pictures=watch.pictures))
    return 0 if well else 1


class Watch:
    """A tap of the loop: prints the alerts, moves the progress bar, counts."""

    def __init__(
        self, json: bool, file: AlertFile | None = None, progress: Progress | None = None
    ) -> None:
        self._json = json
        self._file = file
        self._progress = progress
        self._at_s = 0.0
        self.alerts = 0
        self.pictures = 0

    def __enter__(self) -> None:
        """Show the progress bar."""
        if self._progress is not None:
            self._progress.__enter__()

    def __exit__(self, *error: Any) -> None:
        """Take it away."""
        if self._progress is not None:
            self._progress.__exit__(*error)

    def __call__(self, module: str, event: Event) -> None:
        """Take any event of the loop."""
        from edgeassist.loop.events import Utterance, VideoFrame

        if isinstance(event, VideoFrame):
            self.pictures += 1
            if self._progress is not None:
                self._progress.advance(event.at_s - self._at_s)
            self._at_s = event.at_s
        elif isinstance(event, Utterance):
            self._tell(event)

    def _tell(self, utterance: Any) -> None:
        alert = utterance.details
        if "label" not in alert:  # about the camera or the guide itself, no obstacle
            say(utterance.text)
            return
        self.alerts += 1
        if self._file is not None:
            self._file.write(alert)
        if self._json:
            emit(alert)
        else:
            show(f"{alert['t_s']:7.1f} s  {utterance.text}")


def _source(args: argparse.Namespace) -> Module:
    from edgeassist.devices.camera import Camera
    from edgeassist.devices.video import VideoSource
    from edgeassist.loop.graph import Module

    if args.video == CAMERA:
        return Module(name="camera", plugin=Camera, options=Camera.Options(device=args.device))
    options = VideoSource.Options(path=Path(args.video))
    return Module(name="video", plugin=VideoSource, options=options)


def _guide(args: argparse.Namespace, usual: str) -> Module:
    from edgeassist.guide.alerts import Verbosity
    from edgeassist.guide.node import Guide
    from edgeassist.loop.graph import Module

    options = Guide.Options(
        detector=detector_name(args, usual),
        size=args.size,
        model=args.model,
        decode=args.decode,
        verbosity=Verbosity(args.verbosity or ("normal" if args.video == CAMERA else "full")),
        while_standing=args.video != CAMERA,
    )
    return Module(name="guide", plugin=Guide, options=options)


def _annotate(args: argparse.Namespace) -> Module:
    from edgeassist.guide.annotate import AnnotatedVideo
    from edgeassist.loop.graph import Module

    options = AnnotatedVideo.Options(path=args.annotate)
    return Module(name="annotate", plugin=AnnotatedVideo, options=options)


def _check_outputs(args: argparse.Namespace) -> None:
    """Tell of an output that cannot be before the work; raises `InputError`."""
    from edgeassist.devices.paths import resolve

    if args.report and args.report.suffix.lower() not in REPORTS:
        raise InputError(
            str(args.report),
            t("is no kind of report we write"),
            fix=t("Kinds we write: {kinds}", kinds=" ".join(REPORTS)),
        )
    film = None if args.video == CAMERA else resolve(args.video).resolve()
    for path in (args.annotate, args.alerts, args.report):
        if path is not None and path.resolve() == film:
            raise InputError(
                str(path), t("is the film itself"), fix=t("Give the result another name")
            )
        if path is not None and (path.is_dir() or not _may_be_written_into(path.parent)):
            raise InputError(
                str(path),
                t("cannot be written"),
                fix=t("Name a file in a folder you may write to"),
            )


def _may_be_written_into(folder: Path) -> bool:
    """Whether the folder, or the nearest above it that exists, lets us write."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def _alert_file(args: argparse.Namespace, files: ExitStack) -> AlertFile | None:
    if not args.alerts:
        return None
    from edgeassist.guide.report_alerts import AlertFile

    return files.enter_context(AlertFile(args.alerts))


def _walk(args: argparse.Namespace) -> Walk | None:
    """Nothing is kept of what the camera sees unless a report is asked for."""
    if not args.report:
        return None
    from edgeassist.guide.report_record import Walk

    return Walk()


def _progress(args: argparse.Namespace) -> Progress | None:
    """A bar for a film whose length is known."""
    from edgeassist.devices.videofile import open_video
    from edgeassist.progress import Progress

    if args.video == CAMERA:
        return None
    with open_video(Path(args.video)) as video:
        seconds = video.seconds
    return Progress(Path(args.video).name, seconds, "s") if seconds else None
