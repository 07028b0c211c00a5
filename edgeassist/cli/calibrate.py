"""`edgeassist calibrate`: where the worn camera sits and looks, from a person or from walking."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import add_device, add_profile, positive
from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.guide.calibration import Calibration
    from edgeassist.guide.detector import Detector
    from edgeassist.loop.events import Box, VideoFrame
    from edgeassist.profile import CameraProfile, Profile

CAMERA = "camera"
EVERY_S = 0.5  # between two pictures of the person; neighbours tell the same
ALONE = 0.6  # of the person's height: another as high leaves open who is meant
SIZE = 512  # the detector's: a box's edges are what is measured


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "calibrate",
        help=t("measure how the worn camera sits: height, tilt, field of view"),
        description=t(
            "Distances rest on where the camera sits and looks. person: somebody whose height you "
            "know stands upright on level ground, all in view, best at several distances from 2 "
            "to 6 m. walk: walk straight ahead on level ground for ten seconds. The figures are "
            "kept for this user and put over the profile's own."
        ),
        epilog=t(
            "Examples:\n  edgeassist calibrate person near.jpg far.jpg --height 1.70\n"
            "  edgeassist calibrate person camera --height 1.65 --profile pi5\n"
            "  edgeassist calibrate person friend.jpg --height 1.70 --distance 3.0\n"
            "  edgeassist calibrate walk walk.mp4 --dry-run"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ways = parser.add_subparsers(dest="way", required=True, metavar="person|walk")
    person = ways.add_parser("person", help=t("from a person of known height"))
    person.add_argument(
        "seen",
        metavar="PICTURE|camera",
        nargs="+",
        help=t("pictures or a film of the person, or the camera"),
    )
    person.add_argument(
        "--height",
        type=positive,
        required=True,
        metavar="M",
        help=t("how tall the person is, with shoes, in metres"),
    )
    person.add_argument(
        "--distance",
        type=positive,
        metavar="M",
        help=t("how far off the person stands, in metres along the ground: tells the lens too"),
    )
    walk = ways.add_parser("walk", help=t("from walking straight ahead"))
    walk.add_argument(
        "seen", metavar="VIDEO|camera", nargs=1, help=t("a film of walking, or the camera")
    )
    for way, seconds in ((person, 20.0), (walk, 12.0)):
        way.add_argument(
            "--seconds",
            type=positive,
            default=seconds,
            metavar="N",
            help=t(
                "how long to watch, of a film or the camera (default {seconds:g})", seconds=seconds
            ),
        )
        add_device(way)
        add_profile(way)
        way.add_argument(
            "--dry-run", action="store_true", help=t("say what was found and keep nothing")
        )
        way.add_argument(
            "--force", action="store_true", help=t("keep the figures even where they look wrong")
        )
        way.add_argument("--json", action="store_true", help=t("print one JSON object"))
        way.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, say old and new, keep it; exit code 1 where the figures cannot be true."""
    from edgeassist.config import load_profile
    from edgeassist.guide.calibration_doubts import doubts

    profile = load_profile(args.profile)
    found = (_by_person if args.way == "person" else _by_walk)(args, profile)
    told = doubts(found)
    keeps = not args.dry_run and bool(found.learnt) and (args.force or not told)
    target = _target(args.profile)
    backup = _keep(target, found) if keeps else None
    if args.json:
        emit(record(target, profile.camera, found, told, keeps))
    else:
        for line in _lines(profile.camera, found):
            show(line)
        if backup is not None:
            say(t("The file before: {path}", path=backup))
    for one in told:
        say(one)
    if keeps:
        say(t("Kept in {path}.", path=target))
    elif not args.dry_run:
        say(t("Nothing was changed. Try again, or keep it all the same with --force."))
    return 0 if keeps or args.dry_run else 1


def record(
    target: Path, old: CameraProfile, found: Calibration, told: list[str], kept: bool
) -> dict[str, Any]:
    """The line of JSON."""
    keys = ("height_m", "tilt_deg", "fov_deg")
    sds = (found.height_sd_m, found.tilt_sd_deg, found.fov_sd_deg)
    return {
        "profile": str(target),
        "kept": kept,
        "old": {key: getattr(old, key) for key in keys},
        "new": {key: getattr(found.camera, key) for key in keys},
        "unsure_by": {key: round(sd, 3) for key, sd in zip(keys, sds, strict=True)},
        "learnt": list(found.learnt),
        "used": found.used,
        "doubts": told,
    }


def _lines(old: CameraProfile, found: Calibration) -> Iterator[str]:
    for key, name, unit, sd in (
        ("height_m", t("height above the ground"), " m", found.height_sd_m),
        ("tilt_deg", t("looks down by"), "°", found.tilt_sd_deg),
        ("fov_deg", t("sees wide"), "°", found.fov_sd_deg),
    ):
        before, now = getattr(old, key), getattr(found.camera, key)
        if key in found.learnt:
            yield f"{name}: {before:g}{unit} → {now:g}{unit} (± {sd:.2g}{unit})"
        else:
            yield f"{name}: {before:g}{unit} ({t('not measured, stays')})"


def _target(profile: str) -> Path:
    """Which file the figures go into: the user's own, or the profile file that was named."""
    from edgeassist.userprofile import own_path

    path = Path(profile).expanduser()
    return path if path.suffix == ".toml" or len(path.parts) > 1 else own_path(profile)


def _keep(target: Path, found: Calibration) -> Path | None:
    from edgeassist.userprofile import save_values

    values = {key: getattr(found.camera, key) for key in found.learnt}
    return save_values(target, "camera", values)


def _by_walk(args: argparse.Namespace, profile: Profile) -> Calibration:
    from edgeassist.guide.calibration import from_walking

    frames = _frames(args, args.seen[0], profile)
    return _named(args, lambda: from_walking(frames, camera=profile.camera))


def _by_person(args: argparse.Namespace, profile: Profile) -> Calibration:
    from edgeassist.guide.calibration import from_person
    from edgeassist.guide.node import make_detector

    detector = make_detector(profile.guide.detector, size=SIZE, threads=profile.guide.threads)
    size: tuple[int, int] | None = None
    boxes: list[Box] = []
    try:
        for name in args.seen:
            for frame in _pictures(args, name, profile):
                here = (frame.image.shape[1], frame.image.shape[0])
                if here != (size or here):
                    raise InputError(
                        name,
                        t("is not of the size of the pictures before"),
                        fix=t("Take all with the camera that is to be worn, in one setting"),
                    )
                size = here
                boxes += _one_person(name, frame, detector)
    finally:
        detector.close()
    if size is None:
        raise InputError(args.seen[0], t("has no picture in it"))
    return _named(
        args,
        lambda: from_person(
            boxes, size, person_m=args.height, distance_m=args.distance, camera=profile.camera
        ),
    )


def _named(args: argparse.Namespace, measure: Any) -> Calibration:
    """The measurement; its errors name what was looked at."""
    try:
        found: Calibration = measure()
        return found
    except InputError as error:
        if error.subject:
            raise
        raise InputError(", ".join(args.seen), error.problem, fix=error.fix) from None


def _one_person(name: str, frame: VideoFrame, detector: Detector) -> list[Box]:
    """The person in the picture, if it is clear who is meant."""
    persons = [box for box in detector.detect(frame.image) if box.label == "person"]
    persons.sort(key=lambda box: box.y1 - box.y2)
    if len(persons) > 1 and persons[1].y2 - persons[1].y1 > ALONE * (persons[0].y2 - persons[0].y1):
        say(t("{name}: more than one person, left out", name=name))
        return []
    return persons[:1]


def _pictures(args: argparse.Namespace, name: str, profile: Profile) -> Iterator[VideoFrame]:
    """The picture, or some of a film or of what the camera sees."""
    from edgeassist.devices.images import SUFFIXES, read_image
    from edgeassist.loop.events import VideoFrame

    if Path(name).suffix.lower() in SUFFIXES:
        yield VideoFrame(captured_ns=0, image=read_image(name), number=0, at_s=0.0)
        return
    due_s = 0.0
    for frame in _frames(args, name, profile):
        if frame.at_s >= due_s:
            due_s = frame.at_s + EVERY_S
            yield frame


def _frames(args: argparse.Namespace, name: str, profile: Profile) -> Iterator[VideoFrame]:
    """What is seen for that long, with a bar."""
    from contextlib import closing

    from edgeassist.progress import Progress

    seconds: float = args.seconds
    source = _source(name, args.device, profile)
    with closing(source):
        source.open()
        if name == CAMERA:
            say(t("Watching for {seconds:g} seconds.", seconds=seconds))
        with Progress(Path(name).name, seconds, "s") as bar:
            at_s = 0.0
            events = itertools.takewhile(lambda event: event.at_s <= seconds, source.events())
            for frame in events:
                bar.advance(frame.at_s - at_s)
                at_s = frame.at_s
                yield frame


def _source(name: str, device: str | None, profile: Profile) -> Any:
    from edgeassist.devices.camera import Camera
    from edgeassist.devices.video import VideoSource
    from edgeassist.loop.clock import RealClock
    from edgeassist.loop.node import Context, Pace, Stopping

    clock = RealClock()
    context = Context(
        name=CAMERA, clock=clock, stopping=Stopping(clock), profile=profile, pace=Pace.FAST
    )
    if name == CAMERA:
        return Camera(Camera.Options(device=device), context)
    return VideoSource(VideoSource.Options(path=Path(name)), context)
