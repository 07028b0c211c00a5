"""Persons cut out of photographs and of films taken with a camera that stands still.

A photograph needs a labels file beside it (YOLO's format, as COCO's) or is searched with the
detector; what is cut out by GrabCut must fill its box. A film shows the empty room at some time:
what differs from it is the person. A cut-out the detector does not know again is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import InputError
from edgeassist.guide.classes import labels
from edgeassist.guide.detector import Detector
from edgeassist.guide.simulator.canvas import Pixels, Texture
from edgeassist.guide.simulator.textures import premultiplied
from edgeassist.guide.tracker import iou
from edgeassist.locale import t
from edgeassist.loop.events import Box

PERSON = "person"
PICTURES = frozenset([".jpg", ".jpeg", ".png", ".webp", ".bmp"])
FILMS = frozenset([".mp4", ".avi", ".mkv", ".mov", ".webm"])

LEAST_HEIGHT = 110  # pixels: smaller, it would be a blur near by
UPRIGHT = (1.9, 4.2)  # height by width of somebody who stands or walks, seen whole
KNOWN = 0.45  # the detector's score of it in the photograph
KNOWN_AGAIN = 0.4  # and cut out, before plain grey
SAME = 0.6  # IoU for the detector to mean the same
COVERED = 0.1  # of its box, by other persons' boxes
FILLS = 0.85  # IoU of the cut-out's own box with the labelled one
AROUND = 0.18  # of its box: what GrabCut may learn the background from
PER_FILM_S = 1.2  # somebody is cut out again after that
MOST_OF_FILM = 40
DIFFERENT = 26  # grey levels from the empty room
FEET = 0.14  # of the box's height: around them is the floor, which shines
SHADE, SHADE_SPREAD = (0.35, 1.0), 0.22  # of the room's brightness, in a shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """A person: a texture as high as she is, and where it is from."""

    texture: Texture
    width_by_height: float
    source: str


def cutouts(folder: Path, detector: Detector) -> list[Cutout]:
    """The persons in a folder's photographs and films that `detector` recognises.

    Raises `InputError` where the folder is missing or shows nobody whole.
    """
    if not folder.is_dir():
        raise InputError(
            str(folder), t("there is no such folder"), fix=t("Name a folder with photographs")
        )
    found: list[Cutout] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in PICTURES:
            found += _of_photo(path, detector)
        elif path.suffix.lower() in FILMS:
            found += _of_film(path, detector)
    if not found:
        raise InputError(
            str(folder),
            t("shows no person whole and upright that the detector recognises"),
            fix=t("Add photographs of people standing, 200 pixels high or more"),
        )
    return found


def _of_photo(path: Path, detector: Detector) -> Iterator[Cutout]:
    import cv2

    image = cv2.imread(str(path))
    if image is None:
        return
    named = _labelled(path, image.shape[1], image.shape[0])
    if named is not None and not any(_usable(box, image) for box in named):
        return
    seen = [box for box in detector.detect(image) if box.label == PERSON]
    boxes = seen if named is None else [box for box in named if box.label == PERSON]
    for box in boxes:
        if not _usable(box, image) or _covered(box, boxes) > COVERED:
            continue
        if not any(other.score >= KNOWN and iou(box, other) >= SAME for other in seen):
            continue
        cover = _grabbed(image, box)
        if cover is not None:
            yield from _checked(image, cover, detector, path.name)


def _labelled(path: Path, width: int, height: int) -> list[Box] | None:
    """The boxes of labels/…/NAME.txt for images/…/NAME.jpg, or of NAME.txt; None without."""
    parts = list(path.with_suffix(".txt").parts)
    places = [path.with_suffix(".txt")]
    if "images" in parts:
        last = len(parts) - 1 - parts[::-1].index("images")
        places.append(Path(*parts[:last], "labels", *parts[last + 1 :]))
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return None
    boxes = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            kind, x, y, w, h = (float(word) for word in line.split()[:5])
            label = labels()[int(kind)]
        except (ValueError, IndexError) as error:
            raise InputError(
                f"{file}:{number}",
                t("is no label: expected a class number and four shares of the picture"),
                fix=t("Mend the line or remove the file"),
            ) from error
        x1, y1 = (x - w / 2) * width, (y - h / 2) * height
        boxes.append(
            Box(label=label, score=1.0, x1=x1, y1=y1, x2=x1 + w * width, y2=y1 + h * height)
        )
    return boxes


def _usable(box: Box, image: Pixels) -> bool:
    height, width = box.y2 - box.y1, box.x2 - box.x1
    inside = box.x1 > 2 and box.y1 > 2 and box.x2 < image.shape[1] - 2
    return (
        box.label == PERSON
        and inside
        and box.y2 < image.shape[0] - 2
        and height >= LEAST_HEIGHT
        and UPRIGHT[0] < height / width < UPRIGHT[1]
    )


def _covered(box: Box, boxes: Sequence[Box]) -> float:
    area = (box.x2 - box.x1) * (box.y2 - box.y1)
    common = 0.0
    for other in boxes:
        wide = min(box.x2, other.x2) - max(box.x1, other.x1)
        high = min(box.y2, other.y2) - max(box.y1, other.y1)
        if other is not box and wide > 0 and high > 0:
            common += wide * high
    return common / area


def _grabbed(image: Pixels, box: Box) -> NDArray[np.uint8] | None:
    """The person's cover (0 or 255) by GrabCut; None where it does not fill her box."""
    import cv2

    wide, high = box.x2 - box.x1, box.y2 - box.y1
    x1, y1 = max(0, int(box.x1 - AROUND * wide)), max(0, int(box.y1 - AROUND * high))
    x2, y2 = int(box.x2 + AROUND * wide), int(box.y2 + AROUND * high)
    part = image[y1:y2, x1:x2]
    left, top = round(box.x1) - x1, round(box.y1) - y1
    right, bottom = round(box.x2) - x1, round(box.y2) - y1
    mask = np.full(part.shape[:2], cv2.GC_BGD, np.uint8)
    mask[top:bottom, left:right] = cv2.GC_PR_FGD
    y, x = np.mgrid[: part.shape[0], : part.shape[1]]
    off_x = np.abs(x - (left + right) / 2) / (wide / 2)
    off_y = np.abs(y - (top + bottom) / 2) / (high / 2)
    # The corners of the box are hardly ever the person, its spine nearly always.
    mask[(mask == cv2.GC_PR_FGD) & (off_x**2.2 + off_y**2.2 > 1.1)] = cv2.GC_PR_BGD
    mask[(off_x < 0.18) & (off_y < 0.55)] = cv2.GC_PR_FGD
    try:
        cv2.grabCut(
            part, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK
        )
    except cv2.error:  # everything has one colour
        return None
    cover = _largest((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))
    own = _bounds(cover)
    if own is None or iou(own, _box(left, top, right, bottom)) < FILLS:
        return None
    whole = np.zeros(image.shape[:2], np.uint8)
    whole[y1 : y1 + cover.shape[0], x1 : x1 + cover.shape[1]] = cover
    return whole


def _of_film(path: Path, detector: Detector) -> Iterator[Cutout]:
    """Persons before a background that is seen empty at some time."""
    import cv2

    film = cv2.VideoCapture(str(path))
    every = max(1, round((film.get(cv2.CAP_PROP_FPS) or 10.0) * PER_FILM_S))
    empty: list[Pixels] = []
    alone: list[tuple[Pixels, Box]] = []
    number = 0
    while film.grab():
        if number % every == 0:
            image = film.retrieve()[1]
            persons = [box for box in detector.detect(image) if box.label == PERSON]
            if not persons:
                empty.append(image)
            elif len(persons) == 1 and persons[0].score >= KNOWN and _usable(persons[0], image):
                alone.append((image, persons[0]))
        number += 1
    film.release()
    if len(empty) < 3:
        return
    room = np.median(np.stack(empty[:: max(1, len(empty) // 15)]), axis=0).astype(np.uint8)
    step = max(1, -(-len(alone) // MOST_OF_FILM))
    for image, box in alone[::step]:
        cover = _unlike(image, room, box)
        if cover is not None:
            yield from _checked(image, cover, detector, path.name)


def _unlike(image: Pixels, room: Pixels, box: Box) -> NDArray[np.uint8] | None:
    """The person's cover: what is not as in the empty room."""
    import cv2

    now, before = cv2.GaussianBlur(image, (5, 5), 0), cv2.GaussianBlur(room, (5, 5), 0)
    other = (cv2.absdiff(now, before).max(axis=2) > DIFFERENT).astype(np.uint8)
    feet = int(box.y2 - FEET * (box.y2 - box.y1))
    other[feet:][_shaded(now, before)[feet:]] = 0
    wide, high = 0.15 * (box.x2 - box.x1), 0.06 * (box.y2 - box.y1)
    inside = np.zeros_like(other)
    inside[
        max(0, int(box.y1 - high)) : int(box.y2 + high),
        max(0, int(box.x1 - wide)) : int(box.x2 + wide),
    ] = 1
    other = cv2.morphologyEx(other & inside, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    other = cv2.morphologyEx(other, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    cover = _largest(other.astype(bool))
    own = _bounds(cover)
    return cover if own is not None and iou(own, box) >= SAME + 0.1 else None


def _shaded(now: Pixels, before: Pixels) -> NDArray[np.bool_]:
    """Where the room is darker in all colours alike: the person's shadow, her mirror image."""
    ratio = (now.astype(np.float32) + 4) / (before.astype(np.float32) + 4)
    least, most = SHADE
    alike = ratio.max(axis=2) - ratio.min(axis=2) < SHADE_SPREAD
    return np.asarray(alike & (ratio.min(axis=2) > least) & (ratio.max(axis=2) < most))


def _checked(
    image: Pixels, cover: NDArray[np.uint8], detector: Detector, source: str
) -> Iterator[Cutout]:
    """The cut-out, if the detector still finds a person before plain grey."""
    import cv2

    bounds = _bounds(cover)
    assert bounds is not None
    x1, y1, x2, y2 = (int(v) for v in (bounds.x1, bounds.y1, bounds.x2, bounds.y2))
    soft = cv2.GaussianBlur(cv2.erode(cover, np.ones((3, 3), np.uint8)), (3, 3), 0)
    cut = premultiplied(image[y1:y2, x1:x2], soft[y1:y2, x1:x2])
    high, wide = cut.shape[:2]
    plain = np.full((2 * high, 3 * high, 3), 150, np.uint8)
    top, left = high // 2, 3 * high // 2 - wide // 2
    under = plain[top : top + high, left : left + wide]
    under[:] = (under * (1 - cut[:, :, 3:] / 255)).astype(np.uint8) + cut[:, :, :3]
    place = _box(left, top, left + wide, top + high)
    for box in detector.detect(plain):
        if box.label == PERSON and box.score >= KNOWN_AGAIN and iou(box, place) >= SAME:
            yield Cutout(texture=Texture.of(cut, 1.0), width_by_height=wide / high, source=source)
            return


def _largest(cover: NDArray[Any]) -> NDArray[np.uint8]:
    """The largest connected part, 255 on 0."""
    import cv2

    count, numbers, facts, _ = cv2.connectedComponentsWithStats(cover.astype(np.uint8))
    if count < 2:
        return np.zeros(cover.shape, np.uint8)
    largest = 1 + int(facts[1:, cv2.CC_STAT_AREA].argmax())
    return np.where(numbers == largest, 255, 0).astype(np.uint8)


def _bounds(cover: NDArray[np.uint8]) -> Box | None:
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if not len(rows):
        return None
    return _box(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def _box(x1: float, y1: float, x2: float, y2: float) -> Box:
    return Box(label=PERSON, score=1.0, x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))
