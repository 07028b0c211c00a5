"""`edgeassist detect`: what is in a picture, and where."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import EdgeAssistError, InputError
from edgeassist.locale import language, t

if TYPE_CHECKING:
    from edgeassist.guide.detector import Detector, Image
    from edgeassist.loop.events import Box


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "detect",
        help=t("find persons, cars, chairs … in pictures"),
        description=t(
            "Finds things of the 80 COCO classes in pictures. A folder stands for all pictures in "
            "it. A picture that cannot be read is named on standard error and the rest goes on; "
            "the exit code is then 2."
        ),
        epilog=t(
            "Examples:\n  edgeassist detect street.jpg\n  edgeassist detect photos/ --json "
            "--min-score 0.5 > found.jsonl\n  edgeassist detect street.jpg --annotate out/\n"
            "  edgeassist detect street.jpg --model mine.onnx --decode yolov8"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "images", nargs="+", metavar="IMAGE", type=Path, help=t("picture, or folder of pictures")
    )
    parser.add_argument(
        "--min-score",
        type=share,
        default=0.3,
        metavar="X",
        help=t("leave out what is less sure, 0 to 1 (default 0.3)"),
    )
    add_detector(parser)
    parser.add_argument("--json", action="store_true", help=t("one JSON object a picture"))
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="DIR",
        help=t("write the pictures with their boxes into this folder"),
    )
    parser.set_defaults(run=run)


def add_detector(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the detector."""
    parser.add_argument(
        "--detector",
        metavar="NAME",
        help=t("centernet (the default), yolox, yolo or a plug-in's name"),
    )
    parser.add_argument(
        "--size",
        type=side,
        metavar="N",
        help=t(
            "look once, at N × N pixels' worth; without it the device's usual: on a desktop two "
            "looks, at 320 and 512, which find more than one"
        ),
    )
    parser.add_argument(
        "--model",
        "--onnx",
        dest="model",
        type=Path,
        metavar="FILE",
        help=t("an ONNX file of one's own; without --detector and --decode taken for a YOLOX"),
    )
    parser.add_argument(
        "--decode",
        metavar="NAME",
        help=t(
            "what that file's output means: yolox, yolov5, yolov8, yolov10, fastestdet, nanodet, "
            "or a TOML file that says it"
        ),
    )


def share(text: str) -> float:
    """A number from 0 to 1, for argparse."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(t("expected a number from 0 to 1, got {text}", text=text))
    return value


def side(text: str) -> int:
    """A picture side a detector takes, for argparse."""
    value = int(text)
    if not 64 <= value <= 2048:
        raise argparse.ArgumentTypeError(t("expected 64 to 2048 pixels, got {text}", text=text))
    return value


def detector_name(args: argparse.Namespace, usual: str) -> str:
    """The detector the options choose."""
    name: str | None = args.detector
    if name or not (args.model or args.decode):
        return name or usual
    return "yolo" if args.decode or not args.model.suffix else "yolox"


def run(args: argparse.Namespace) -> int:
    """Look at every picture; 2 if one could not be read."""
    from edgeassist.devices.images import read_image
    from edgeassist.guide.node import make_detector
    from edgeassist.profile import Profile

    profile = Profile()
    detector = make_detector(
        detector_name(args, profile.guide.detector),
        size=args.size,
        threads=max(1, profile.guide.threads),
        min_score=args.min_score,
        model=args.model,
        decode=args.decode,
    )
    failed = False
    drawn: set[Path] = set()
    for path in args.images:
        try:
            for file in files(path):
                try:
                    _look(file, read_image(file), detector, args, drawn)
                except EdgeAssistError as error:
                    say(f"edgeassist: {error}")
                    failed = True
        except EdgeAssistError as error:
            say(f"edgeassist: {error}")
            failed = True
    detector.close()
    return 2 if failed else 0


def files(path: Path) -> Iterator[Path]:
    """The picture itself, or those of a folder by name; raises `InputError` if it has none."""
    if not path.is_dir():
        yield path
        return
    from edgeassist.devices.images import SUFFIXES

    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not found:
        raise InputError(
            str(path),
            t("has no picture in it"),
            fix=t("Kinds that count: {kinds}", kinds=" ".join(sorted(SUFFIXES))),
        )
    yield from found


def _look(
    file: Path, image: Image, detector: Detector, args: argparse.Namespace, drawn: set[Path]
) -> None:
    boxes = detector.detect(image)
    if args.json:
        emit(record(file, image, boxes))
    else:
        show(t("{path}: {count} found", path=file, count=len(boxes)))
        for box in boxes:
            show(_line(box))
    if args.annotate:
        # Pictures of one name out of several folders must not overwrite each other.
        target, copy = args.annotate / f"{file.stem}.jpg", 1
        while target in drawn:
            copy += 1
            target = args.annotate / f"{file.stem}-{copy}.jpg"
        drawn.add(target)
        _annotate(target, image, boxes)


def record(file: Path, image: Image, boxes: list[Box]) -> dict[str, Any]:
    """One picture's line of JSON; corners in its pixels."""
    return {
        "image": str(file),
        "width": image.shape[1],
        "height": image.shape[0],
        "boxes": [
            {
                "label": box.label,
                "score": round(box.score, 4),
                "x1": round(box.x1, 2),
                "y1": round(box.y1, 2),
                "x2": round(box.x2, 2),
                "y2": round(box.y2, 2),
            }
            for box in boxes
        ],
    }


def _line(box: Box) -> str:
    from edgeassist.guide.classes import class_of

    name = class_of(box.label).zh if language() == "zh" else box.label
    corners = f"{box.x1:.0f},{box.y1:.0f} – {box.x2:.0f},{box.y2:.0f}"
    return f"  {box.score:.2f}  {name}  {corners}"


def _annotate(target: Path, image: Image, boxes: list[Box]) -> None:
    import cv2

    from edgeassist.guide.drawing import draw
    from edgeassist.loop.events import Priority

    drawn = image.copy()
    for box in reversed(boxes):
        draw(drawn, box, f"{box.label} {box.score:.2f}", Priority.MESSAGE)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cv2.imencode(".jpg", drawn)[1].tobytes())
    except OSError as error:
        raise InputError(
            str(target),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Name a folder you may write to"),
        ) from None
