"""How soon what no class covers is told, and how right times to collision are.

    python -m tests.measure.guide_motion --seeds 1000-1009
    python -m tests.measure.guide_motion --kinds street --seeds 1000-1029 --photos PICTURES
    python -m tests.measure.guide_motion --kinds walls --seeds 8000-8200 --night

Without the detector: the simulator's own boxes stand for a perfect one, so the figures are of the
geometry alone. The whole pipeline is scored by `python -m edgeassist.guide.simulator`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edgeassist.guide.classless import Watch
from edgeassist.guide.simulator.judge import match
from edgeassist.guide.simulator.kinds import NEED_PEOPLE, make_scene
from edgeassist.guide.simulator.photos import Cutout
from edgeassist.guide.simulator.render import Renderer
from edgeassist.guide.simulator.scene import CLEAR_M, Scene
from edgeassist.guide.simulator.truth import Truth, drop_contact_s, truth
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Box, Obstacle, VideoFrame
from edgeassist.profile import CameraProfile

IN_TIME_S = 1.0
SAME_TIME = 0.4  # relative: an obstacle told is that thing, if its time to collision is


@dataclass
class Tally:
    """What one kind of walk came to."""

    things: int = 0
    leads_s: list[float] = field(default_factory=list)
    false: int = 0
    seconds: float = 0.0
    errors: list[float] = field(default_factory=list)
    steps_s: list[float] = field(default_factory=list)


def main() -> None:
    """Walk, and print a line a kind."""
    import cv2

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default="walls,boards,branches,poles,stairs,kerbs")
    parser.add_argument("--seeds", default="1000-1009")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--night", action="store_true", help="only the walks by night")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    first, last = (int(number) for number in chosen.seeds.split("-"))
    for kind in chosen.kinds.split(","):
        people = _people(chosen.photos) if kind in NEED_PEOPLE else []
        tally = Tally()
        for seed in range(first, last + 1):
            scene = make_scene(kind, seed, CameraProfile(), people)
            if scene.light.lamp or not chosen.night:
                walk(scene, tally)
        if tally.steps_s:
            print(line(kind, tally), flush=True)


def walk(scene: Scene, tally: Tally) -> None:
    """One walk, added to the tally."""
    renderer, watch = Renderer(scene), Watch(scene.camera)
    told: dict[int, float] = {}
    wrong: set[int] = set()
    drop_s = drop_contact_s(scene, scene.drop) if scene.drop else None
    for number in range(int(scene.seconds * scene.camera.fps) + 1):
        at_s = number / scene.camera.fps
        image = renderer.picture(at_s)
        eye = renderer.eye(at_s)
        truths = [truth(scene, which, at_s, eye) for which in range(len(scene.things))]
        frame = VideoFrame(captured_ns=round(at_s * NS), image=image, number=number, at_s=at_s)
        before = time.process_time()
        step = watch.step(frame, [_box(real) for real in truths if real.label and real.box])
        tally.steps_s.append(time.process_time() - before)
        for obstacle, _ in step.obstacles:
            if drop_s is not None and obstacle.label == "drop":
                told.setdefault(-1, drop_s - at_s)
                continue
            real = _meant(obstacle, truths)
            if real is None or (not real.collides and real.gap_m >= CLEAR_M):
                wrong.add(obstacle.track)
                continue
            if real.ttc_s and obstacle.ttc_s and 0.5 <= real.ttc_s <= 6:
                tally.errors.append(obstacle.ttc_s / real.ttc_s - 1)
            if real.collides and real.contact_s is not None:
                told.setdefault(real.thing, real.contact_s - at_s)
    eye = renderer.eye(0.0)
    every = [truth(scene, which, 0.0, eye) for which in range(len(scene.things))]
    due = [real.thing for real in every if real.collides and (real.contact_s or 0) <= scene.seconds]
    due += [-1] if drop_s is not None else []
    tally.things += len(due)
    tally.leads_s += [told.get(which, -1.0) for which in due]
    tally.false += len(wrong)
    tally.seconds += scene.seconds


def line(kind: str, tally: Tally) -> str:
    """The figures of one kind."""
    leads, errors = np.array(tally.leads_s), np.abs(tally.errors)
    parts = [kind]
    if tally.things:
        share, right = 100 * float(np.mean(leads >= IN_TIME_S)), int((leads >= IN_TIME_S).sum())
        parts.append(f"{share:.0f} % told {IN_TIME_S:.0f} s ahead ({right} of {tally.things})")
    if (leads > 0).any():
        parts.append(f"lead p50 {np.median(leads[leads > 0]):.1f} s")
    parts.append(f"told in vain {tally.false} in {tally.seconds / 60:.1f} min")
    if len(errors):
        parts.append(
            f"time to collision: median error {100 * np.median(errors):.1f} %, "
            f"within 30 %: {100 * np.mean(errors < 0.3):.1f} %"
        )
    parts.append(f"{1000 * np.mean(tally.steps_s):.1f} ms a picture")
    return "; ".join(parts)


def _meant(obstacle: Obstacle, truths: Sequence[Truth]) -> Truth | None:
    """The thing that an obstacle is: by its box, else by when it will be reached."""
    which = None if obstacle.label == "drop" else match(obstacle.box, truths)
    if which is not None:
        return truths[which]
    for real in truths:
        if not real.collides or real.ttc_s is None or obstacle.ttc_s is None:
            continue
        if abs(obstacle.ttc_s - real.ttc_s) < SAME_TIME * real.ttc_s + 0.3:
            return real
    return None


def _box(real: Truth) -> Box:
    assert real.box is not None
    x1, y1, x2, y2 = real.box
    return Box(label=real.label or "", score=1.0, x1=x1, y1=y1, x2=x2, y2=y2)


def _people(photos: Path | None) -> Sequence[Cutout]:
    from edgeassist.guide.node import make_detector
    from edgeassist.guide.simulator.photos import cutouts

    if photos is None:
        raise SystemExit("street, persons and still need --photos")
    return cutouts(photos, make_detector("centernet", size=512))


if __name__ == "__main__":
    main()
