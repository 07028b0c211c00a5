"""What an object detector is, and what all of them share: sessions, resizing, peaks, overlaps.

A detector plugs in under the kind "detectors". It is used from one thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol

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


class Detector(Protocol):
    """Finds things in one picture. The constructor loads the model; `edgeassist.plugins` rules."""

    Options: ClassVar[type[Any]]

    def __init__(self, options: Any) -> None:
        """Raises `ModelError` where the model is missing or of the wrong make."""

    def detect(self, image: Image) -> list[Box]:
        """What is in `image` (uint8, height x width x 3, BGR), surest first, in its pixels."""

    def close(self) -> None:
        """Release the model."""


def open_session(path: Path, threads: int) -> Any:
    """An ONNX Runtime session on the processor; raises `ModelError` for a file that is no model."""
    if not path.is_file():
        raise ModelError(str(path), t("there is no such file"), fix=t("Check the path"))
    try:
        return session(path, threads)
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


def peaks(heat: Floats, min_score: float) -> tuple[Ints, Ints, Ints, Floats]:
    """Classes, rows, columns and scores of the local maxima (3 x 3) of `heat` (classes x h x w).

    Surest first, at most `MOST_BOXES`. Only what passes `min_score` is compared with its
    neighbours: a handful of cells instead of all of them.
    """
    kinds, height, width = heat.shape
    flat = np.flatnonzero(heat.reshape(-1) > min_score)
    scores = heat.reshape(-1)[flat]
    kind, row, column = np.unravel_index(flat, (kinds, height, width))
    top = np.ones(len(flat), bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            beside = heat[
                kind, np.clip(row + down, 0, height - 1), np.clip(column + right, 0, width - 1)
            ]
            top &= beside <= scores
    keep = np.flatnonzero(top)
    keep = keep[np.argsort(-scores[keep], kind="stable")[:MOST_BOXES]]
    return kind[keep], row[keep], column[keep], scores[keep]


def to_boxes(
    corners: Floats, scores: Floats, kinds: Ints, image: Image, overlap: float
) -> list[Box]:
    """Boxes in the picture's pixels, surest first, without doubles of a class (IoU > `overlap`).

    `corners` is n x 4 (x1, y1, x2, y2), already in pixels of `image`; what reaches out of the
    picture is cut, what lies outside is left out.
    """
    import cv2

    height, width = image.shape[:2]
    corners = np.clip(corners, 0, np.array([width, height, width, height], np.float32))
    sizes = corners[:, 2:] - corners[:, :2]
    inside = np.flatnonzero((sizes > 0).all(axis=1) & np.isfinite(scores))
    if not len(inside):
        return []
    rects = np.hstack([corners[:, :2], sizes])[inside]
    kept = cv2.dnn.NMSBoxesBatched(
        rects.tolist(), scores[inside].tolist(), kinds[inside].tolist(), 0.0, overlap
    )
    chosen = inside[np.asarray(kept, np.int64).reshape(-1)]
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")][:MOST_BOXES]
    names = labels()
    return [
        Box(label=names[kind], score=score, x1=x1, y1=y1, x2=x2, y2=y2)
        for kind, score, (x1, y1, x2, y2) in zip(
            kinds[chosen].tolist(), scores[chosen].tolist(), corners[chosen].tolist(), strict=True
        )
    ]
