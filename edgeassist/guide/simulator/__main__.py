"""`python -m edgeassist.guide.simulator`: walk many seeds and print the scores."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from edgeassist.cli.main import Parser
from edgeassist.cli.output import say, show
from edgeassist.errors import EdgeAssistError, InputError
from edgeassist.guide.simulator.table import table
from edgeassist.locale import LANGUAGES, language, t

EVALUATION = "EDGEASSIST_EVAL"  # names a folder with vision/, photographs to cut persons out of


def build() -> Parser:
    """The command line."""
    vars(argparse)["_"] = t
    parser = Parser(
        prog="python -m edgeassist.guide.simulator",
        description=t(
            "Walks a simulated walker with a camera on the chest through streets with people, "
            "walls, poles, hanging boards and steps, runs the real detector and warnings on what "
            "the camera sees, and scores who was warned in time and what was said in vain. The "
            "same seed gives the same walk."
        ),
        epilog=t(
            "Examples:\n  python -m edgeassist.guide.simulator --kinds walls,poles --seeds 10\n  "
            "python -m edgeassist.guide.simulator --photos pictures/ --seeds 100 --json run.jsonl\n"
            "  python -m edgeassist.guide.simulator --kinds persons --seeds 7-7 --photos pictures/ "
            "--video walk.mp4\nPersons are cut out of photographs with people standing whole, or "
            "of films from a camera that stands still; EDGEASSIST_EVAL names a folder with "
            "vision/ in it. Needs the detector's model: edgeassist models install centernet. A run "
            "with --json that was broken off goes on where it was."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--kinds",
        metavar="A,B",
        help=t(
            "persons, crossers (from outside the picture, too), bicycles, walls, boards, "
            "branches, poles, stairs, kerbs, street (nothing in the way), still (the walker "
            "stands); default all"
        ),
    )
    parser.add_argument(
        "--seeds", default="10", metavar="N|A-B", help=t("how many, or from-to (default 10)")
    )
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help=t("folder to cut persons out of")
    )
    parser.add_argument(
        "--detector",
        metavar="NAME",
        help=t("centernet (the default), yolox, yolo or a plug-in's name"),
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help=t("an ONNX file of one's own"))
    parser.add_argument("--size", type=int, metavar="PIXELS", help=t("the detector's input size"))
    parser.add_argument(
        "--profile",
        default="desktop",
        metavar="NAME",
        help=t("board and camera: desktop, pi5, pi4 or a file (default desktop)"),
    )
    parser.add_argument(
        "--slowdown",
        type=float,
        default=1.0,
        metavar="X",
        help=t("a board that takes X times as long as this machine (default 1)"),
    )
    parser.add_argument(
        "--step-ms",
        type=float,
        metavar="MS",
        help=t("let every picture take that long, whatever it takes here: exactly repeatable"),
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, default=language(), help=t("language of the warnings")
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help=t("write a JSON line a walk and the scores")
    )
    parser.add_argument(
        "--show", type=Path, metavar="DIR", help=t("write a picture of every alert into DIR")
    )
    parser.add_argument(
        "--video", type=Path, metavar="FILE", help=t("write the walk of the first seed (.mp4)")
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 done, 2 for wrong input."""
    args = build().parse_args(arguments)
    try:
        return run(args)
    except EdgeAssistError as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        say(t("Stopped."))
        return 130


def run(args: argparse.Namespace) -> int:
    """Walk what is wanted and not yet done, then print the scores."""
    import cv2

    from edgeassist.config import load_profile
    from edgeassist.guide.node import CONTINUES_FROM, make_detector
    from edgeassist.guide.simulator.journal import Journal
    from edgeassist.guide.simulator.kinds import KINDS, NEED_PEOPLE
    from edgeassist.guide.simulator.photos import cutouts
    from edgeassist.guide.simulator.runs import check_kinds, needs_people
    from edgeassist.guide.simulator.scores import score
    from edgeassist.guide.simulator.walk import NEW_SCORE, Device
    from edgeassist.progress import Progress

    seeds = _seeds(args.seeds)
    photos = args.photos or _evaluation()
    if args.kinds is None and photos is None:
        say(
            t(
                "Without --photos there are no persons: left out {kinds}",
                kinds=", ".join(sorted(NEED_PEOPLE)),
            )
        )
        kinds = tuple(kind for kind in KINDS if kind not in NEED_PEOPLE)
    else:
        kinds = check_kinds(args.kinds.split(",") if args.kinds else KINDS, photos)
    profile = load_profile(args.profile)
    name = args.detector or profile.guide.detector
    size = args.size or profile.guide.size
    journal = Journal(args.json, _settings(args, name, size, photos))
    cv2.setNumThreads(1)  # or the processor's time would not be what a step takes
    detector = make_detector(
        name, model=args.model, size=size, threads=1, min_score=NEW_SCORE * CONTINUES_FROM
    )
    device = Device(
        detector=detector,
        language=args.language,
        slowdown=args.slowdown,
        step_s=None if args.step_ms is None else args.step_ms / 1000,
    )
    wanted = [(kind, seed) for seed in seeds for kind in kinds]
    left = [which for which in wanted if which not in journal.walks]
    people = cutouts(photos, detector) if photos and left and needs_people(kinds) else []
    with ExitStack() as stack:
        stack.callback(detector.close)
        progress = stack.enter_context(Progress(t("walks"), len(left))) if left else None
        for kind, seed in left:
            film = args.video if (kind, seed) == left[0] else None
            journal.add(_walk(kind, seed, device, profile.camera, people, film, args.show))
            if progress is not None:
                progress.advance(1)
    scores = score(journal.walks[which] for which in wanted)
    journal.close(scores)
    for line in table(scores):
        show(line)
    return 0


def _walk(
    kind: str, seed: int, device: Any, camera: Any, people: Any, film: Path | None, folder: Any
) -> Any:
    from edgeassist.guide.simulator.kinds import make_scene
    from edgeassist.guide.simulator.show import Onlooker
    from edgeassist.guide.simulator.walk import Walk

    walk = Walk(make_scene(kind, seed, camera, people), device)
    with Onlooker(film, folder, f"{kind}-{seed}", camera.fps) as onlooker:
        for moment in walk:
            onlooker.look(moment)
    return walk.result()


def _seeds(text: str) -> range:
    """ "10" is 0 to 9, "3-7" is 3 to 7."""
    first, dash, last = text.partition("-")
    try:
        seeds = range(int(first), int(last) + 1) if dash else range(int(first))
    except ValueError:
        seeds = range(0)
    if not seeds:
        raise InputError(
            "--seeds", t("expected a number or a range"), fix=t("For example 10, or 3-7")
        )
    return seeds


def _evaluation() -> Path | None:
    folder = os.environ.get(EVALUATION)
    vision = Path(folder) / "vision" if folder else None
    return vision if vision is not None and vision.is_dir() else None


def _settings(
    args: argparse.Namespace, name: str, size: int | None, photos: Path | None
) -> dict[str, Any]:
    return {
        "detector": name,
        "size": size,
        "model": None if args.model is None else str(args.model),
        "profile": args.profile,
        "photos": None if photos is None else str(photos),
        "slowdown": args.slowdown,
        "step_ms": args.step_ms,
        "language": args.language,
    }


if __name__ == "__main__":
    sys.exit(main())
