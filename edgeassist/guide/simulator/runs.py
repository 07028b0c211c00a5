"""Many walks, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError
from edgeassist.guide.detector import Detector
from edgeassist.guide.simulator.kinds import KINDS, NEED_PEOPLE, make_scene
from edgeassist.guide.simulator.photos import Cutout, cutouts
from edgeassist.guide.simulator.records import Walked
from edgeassist.guide.simulator.scores import Scores, score
from edgeassist.guide.simulator.walk import Device, Walk
from edgeassist.locale import t
from edgeassist.profile import CameraProfile


def run(
    kinds: Iterable[str],
    seeds: Iterable[int],
    *,
    detector: Detector,
    camera: CameraProfile | None = None,
    photos: Path | None = None,
    progress: Callable[[Walked], None] | None = None,
    **device: Any,
) -> Scores:
    """Walk every seed of every kind with `detector` and score it.

    `camera` is what the device believes of its camera before each seed varies it (default: the
    profile's defaults); `photos` a folder to cut persons out of, needed by persons, street and
    still; `progress` is called after each walk; `device` are further fields of `Device`.
    Raises `InputError` for an unknown kind, a kind that needs photos without them, or photos in
    which `detector` recognises nobody.
    """
    kinds = check_kinds(kinds, photos)
    people = cutouts(photos, detector) if photos is not None and needs_people(kinds) else []
    done = []
    for walked in walks(
        ((kind, seed) for seed in seeds for kind in kinds),
        Device(detector=detector, **device),
        camera or CameraProfile(),
        people,
    ):
        done.append(walked)
        if progress is not None:
            progress(walked)
    return score(done)


def walks(
    wanted: Iterable[tuple[str, int]],
    device: Device,
    camera: CameraProfile,
    people: Sequence[Cutout],
) -> Iterator[Walked]:
    """The results of those kinds and seeds, one after another; OpenCV keeps to one thread."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # or the processor's time would not be what a step takes
    try:
        for kind, seed in wanted:
            walk = Walk(make_scene(kind, seed, camera, people), device)
            for _ in walk:
                pass
            yield walk.result()
    finally:
        cv2.setNumThreads(threads)


def needs_people(kinds: Iterable[str]) -> bool:
    """Whether one of them shows persons."""
    return any(kind in NEED_PEOPLE for kind in kinds)


def check_kinds(kinds: Iterable[str], photos: Path | None) -> tuple[str, ...]:
    """The kinds, each once; raises `InputError` for one that is unknown or lacks photos."""
    chosen = tuple(dict.fromkeys(kinds))
    for kind in chosen:
        if kind not in KINDS:
            raise InputError(
                kind,
                t("is no kind of walk"),
                fix=t("Kinds: {kinds}", kinds=", ".join(KINDS)),
            )
        if kind in NEED_PEOPLE and photos is None:
            raise InputError(
                kind,
                t("needs photographs of people to cut out"),
                fix=t("Name a folder with --photos, or leave this kind out"),
            )
    return chosen
