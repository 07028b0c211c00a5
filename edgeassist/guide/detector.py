"""What an object detector is, and what all of them share: sessions, resizing, boxes, overlaps.

A detector plugs in under the kind "detectors". It is used from one thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from edgeassist.errors import EdgeAssistError, InputError, ModelError
from edgeassist.guide.classes import labels
from edgeassist.inference import session
from edgeassist.locale import t
from edgeassist.loop.events import Box
from edgeassist.plugins import Missing

Image = NDArray[np.uint8]  # height x width x 3, BGR
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

STRIDE = 32  # the networks halve the picture five times
MOST_BOXES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorOptions:
    """What every detector lets one choose; one with needs of its own has its own."""

    size: Annotated[int, Ge(64), Le(2048)] = 384  # the picture is shrunk to about size² pixels
    threads: Annotated[int, Ge(1)] = 1
    min_score: Annotated[float, Ge(0), Le(1)] = 0.3
    model: Path | None = None  # an ONNX file of one's own


class Found(NamedTuple):
    """Boxes as a network tells them: many at once, classes by number."""

    corners: Floats  # n x 4: x1, y1, x2, y2 in pixels
    scores: Floats  # n, 0 to 1
    kinds: Ints  # n

    def only(self, chosen: NDArray[Any]) -> Found:
        """Those boxes, chosen by number or by True."""
        return Found(self.corners[chosen], self.scores[chosen], self.kinds[chosen])


class Detector(Protocol):
    """Finds things in one picture. The constructor loads the model; `edgeassist.plugins` rules.

    One that can look smaller has two methods besides: `sizes()`, its sizes with their pixels (or
    what else they cost), the present one first and ever smaller, None for the one it has by
    itself; and `resize(size)`. A machine that is too slow for one is given the next.
    """

    Options: ClassVar[type[Any]]

    def __init__(self, options: Any) -> None:
        """Raises `ModelError` where the model is missing or of the wrong make."""

    def detect(self, image: Image) -> list[Box]:
        """What is in `image` (uint8, height x width x 3, BGR), surest first, in its pixels."""

    def close(self) -> None:
        """Release the model."""


def open_session(path: Path, threads: int, content: bytes | None = None) -> Any:
    """An ONNX Runtime session on the processor; raises `ModelError` for a file that is no model.

    `content` is the model where it is not run as the file has it.
    """
    if not path.is_file():
        raise ModelError(str(path), t("there is no such file"), fix=t("Check the path"))
    try:
        return session(content or path, threads)
    except Exception as error:  # onnxruntime's own exceptions share no base class
        raise ModelError(
            str(path),
            t("is not a model ONNX Runtime can run: {why}", why=str(error).splitlines()[0][:120]),
            fix=t("Give an ONNX file"),
        ) from error


def wrong_make(path: Path, wanted: str) -> ModelError:
    """The error for a model whose inputs or outputs are not those of this detector."""
    return ModelError(
        str(path),
        t("is not such a model: {wanted}", wanted=wanted),
        fix=t("Choose another --detector, or another file"),
    )


def card_missing(card: str) -> Missing | None:
    """What a detector's `check` returns: None once the model `card` is installed."""
    from edgeassist.modelstore import installed

    try:
        installed(card)
    except EdgeAssistError as error:
        return Missing(what=str(error.problem), fix=error.fix)
    return None


def check_image(image: Image) -> None:
    """Raises `InputError` for anything but a uint8 BGR picture with at least one pixel."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise InputError(
            t("picture"),
            t(
                "expected uint8 height x width x 3, got {dtype} {shape}",
                dtype=image.dtype,
                shape=image.shape,
            ),
            fix=t("Convert it first"),
        )


def canvas(height: int, width: int, size: int) -> tuple[int, int, int, int]:
    """How a picture is fitted in about size² pixels: its new height and width, the canvas's.

    The aspect is kept, for squeezing a picture to a square costs CenterNet 3 to 4 points of AP50
    and 5 to 12 of recall of near obstacles; the canvas is the next multiple of the stride.
    """
    scale = size / math.sqrt(height * width)
    limit = 4 * size  # of a picture's longer side: a strip of 10000 x 1 is bent, not refused
    new_h, new_w = (min(limit, max(STRIDE, round(side * scale))) for side in (height, width))
    return new_h, new_w, -(-new_h // STRIDE) * STRIDE, -(-new_w // STRIDE) * STRIDE


def shrink(image: Image, height: int, width: int) -> Image:
    """`image` at another size, averaged where much is thrown away, so that nothing thin aliases."""
    import cv2

    much = image.shape[0] > 2 * height or image.shape[1] > 2 * width
    method = cv2.INTER_AREA if much else cv2.INTER_LINEAR
    resized: Image = cv2.resize(image, (width, height), interpolation=method)
    return resized


def inside(found: Found, image: Image) -> Found:
    """What of `found` (in pixels of `image`) lies in the picture, cut at its edges."""
    height, width = image.shape[:2]
    corners = np.clip(found.corners, 0, np.array([width, height, width, height], np.float32))
    keep = ((corners[:, 2:] > corners[:, :2]).all(axis=1)) & np.isfinite(found.scores)
    return Found(corners, found.scores, found.kinds).only(keep)


def without_doubles(found: Found, overlap: float) -> Found:
    """The surest of boxes of one class that overlap by more than `overlap` (IoU), surest first."""
    import cv2

    if not len(found.scores):
        return found
    rects = np.hstack([found.corners[:, :2], found.corners[:, 2:] - found.corners[:, :2]])
    kept = cv2.dnn.NMSBoxesBatched(
        rects.tolist(), found.scores.tolist(), found.kinds.tolist(), 0.0, overlap
    )
    chosen = np.asarray(kept, np.int64).reshape(-1)
    return found.only(chosen[np.argsort(-found.scores[chosen], kind="stable")])


def boxes(found: Found, names: Sequence[str] | None = None) -> list[Box]:
    """The first `MOST_BOXES` as boxes; `names` by class number, COCO's where not given."""
    names = labels() if names is None else names
    corners, scores, kinds = (values[:MOST_BOXES].tolist() for values in found)
    return [
        Box(label=names[kind], score=score, x1=x1, y1=y1, x2=x2, y2=y2)
        for kind, score, (x1, y1, x2, y2) in zip(kinds, scores, corners, strict=True)
    ]
