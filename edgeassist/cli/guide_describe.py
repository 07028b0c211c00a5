"""`edgeassist guide --describe`: what is around, of one picture, in one sentence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, show
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.guide.detector import Detector, Image
    from edgeassist.loop.events import Obstacle
    from edgeassist.profile import CameraProfile


def run(args: argparse.Namespace) -> int:
    """Print the sentence, or its record, and with --say speak it."""
    from edgeassist.cli.detect import detector_name
    from edgeassist.config import load_profile
    from edgeassist.devices.images import read_image
    from edgeassist.guide.describe import describe, grouped
    from edgeassist.guide.node import make_detector

    profile = load_profile(args.profile)
    image = read_image(args.describe)
    detector = make_detector(
        detector_name(args, profile.guide.detector),
        size=args.size or profile.guide.size,
        threads=profile.guide.threads,
        model=args.model,
        decode=args.decode,
    )
    try:
        obstacles = around(image, detector, profile.camera)
    finally:
        detector.close()
    if sees_nothing(image):
        text = t("The camera sees nothing: it is covered, or it is too dark", lang=args.language)
    else:
        text = describe(obstacles, args.language)
    if args.json:
        emit(record(args.describe, text, grouped(obstacles)))
    else:
        show(text)
    if args.say:
        _speak(text, args)
    return 0


def around(image: Image, detector: Detector, camera: CameraProfile) -> list[Obstacle]:
    """The things in one picture and where they are; without motion, so nothing has a TTC."""
    from edgeassist.guide.classes import class_of
    from edgeassist.guide.geometry import View, bearing_deg, distance
    from edgeassist.guide.pipeline import distinct
    from edgeassist.loop.events import Obstacle

    view = View.of(camera, image.shape[1], image.shape[0])
    obstacles = []
    for number, box in enumerate(distinct(detector.detect(image))):
        far = distance(box, class_of(box.label), view)
        obstacles.append(
            Obstacle(
                captured_ns=0,
                track=number,
                label=box.label,
                box=box,
                bearing_deg=bearing_deg(box, view),
                distance_m=far.m if far else None,
                distance_low_m=far.low_m if far else None,
                distance_high_m=far.high_m if far else None,
            )
        )
    return obstacles


def sees_nothing(image: Image) -> bool:
    """Whether the picture shows no more than a covered lens does."""
    from edgeassist.guide.sight import BLIND_AFTER_S, SightWatch

    watch = SightWatch()
    watch.step(0.0, image)
    return watch.step(BLIND_AFTER_S, image).blind


def record(file: Path, text: str, groups: Any) -> dict[str, Any]:
    """The line of JSON: the sentence and the groups it is made of, all of them."""
    return {
        "image": str(file),
        "text": text,
        "things": [
            {
                "label": group.label,
                "count": group.count,
                "side": group.side.value,
                "distance_m": None if group.distance_m is None else round(group.distance_m, 2),
            }
            for group in groups
        ],
    }


def _speak(text: str, args: argparse.Namespace) -> None:
    """As `edgeassist say` does it."""
    from edgeassist.cli.main import build

    words = ["say", "--language", args.language, "--profile", args.profile, "--", text]
    spoken = build().parse_args(words)
    spoken.run(spoken)
