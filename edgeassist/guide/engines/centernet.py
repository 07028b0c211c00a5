"""CenterNet on MobileNetV3, COCO-80: a thing is a peak in a heat map, with a size beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Le

from edgeassist.guide.classes import labels
from edgeassist.guide.detector import (
    MOST_BOXES,
    Floats,
    Found,
    Image,
    Ints,
    boxes,
    canvas,
    card_missing,
    check_image,
    inside,
    open_session,
    shrink,
    without_doubles,
    wrong_make,
)
from edgeassist.guide.fusion import fused, rivals_lowered
from edgeassist.locale import t
from edgeassist.loop.events import Box
from edgeassist.plugins import Missing

CARD = "centernet"
OUTPUTS = ["heatmap", "size"]
CELL = 4  # pixels of the input in one cell of the heat map
GREY = 114  # what fills the canvas beside the picture
OVERLAP = 0.6  # above this IoU two boxes of a class are one thing
# Far enough apart to err apart: one look at 384 finds fewer near things than these two.
LOOKS = (320, 512)
SMALLER = (384, 320, 256)  # single looks, for a machine that is too slow
DOWN, RIGHT = np.mgrid[-1:2, -1:2].reshape(2, 9)  # from a cell to itself and its neighbours
SEEN_BY_ONE = 0.25  # of the least score: how sure one of several looks must be to count


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterNetOptions:
    """As `DetectorOptions`; without a size it looks twice, at 320² and at 512² pixels' worth."""

    size: Annotated[int, Ge(64), Le(2048)] | None = None
    threads: Annotated[int, Ge(1)] = 1
    min_score: Annotated[float, Ge(0), Le(1)] = 0.3
    model: Path | None = None


class CenterNet:
    """Runs the store's `centernet` (cut at its heads: any input size), or a file cut the same way.

    Input: 1 x h x w x 3 RGB, 0 to 255. Outputs: "heatmap" 1 x 80 x h/4 x w/4, scores 0 to 1, and
    "size" 1 x 4 x h/4 x w/4, pixels from a cell to the left, top, right and bottom of its thing.
    """

    Options: ClassVar[type[CenterNetOptions]] = CenterNetOptions
    requires: ClassVar[dict[str, str]] = {}

    def __init__(self, options: CenterNetOptions) -> None:
        self._min_score = options.min_score
        self._sizes = LOOKS if options.size is None else (options.size,)
        path = options.model or _installed()
        self._session = open_session(path, options.threads)
        self._feeds: dict[int, Floats] = {}
        wanted = {"heatmap": len(labels()), "size": 4}
        outputs = {output.name: output.shape for output in self._session.get_outputs()}
        if any(outputs.get(name, [0, 0])[1:2] != [count] for name, count in wanted.items()):
            raise wrong_make(path, t("CenterNet, with the outputs heatmap and size"))
        self._input = self._session.get_inputs()[0].name

    @classmethod
    def check(cls) -> Missing | None:
        """Whether its model is installed."""
        return card_missing(CARD)

    def detect(self, image: Image) -> list[Box]:
        """What is in the picture, surest first."""
        check_image(image)
        if len(self._sizes) == 1:
            once = self._look(image, self._sizes[0], self._min_score)
            return boxes(without_doubles(once, OVERLAP))
        least = self._min_score * SEEN_BY_ONE
        looks = [self._look(image, size, least) for size in self._sizes]
        found = rivals_lowered(fused(looks, self._min_score))
        return boxes(found.only(found.scores > self._min_score))

    def sizes(self) -> dict[int | None, int]:
        """What `resize` takes, with its pixels: the size there is now and smaller ones."""
        now = self._sizes[0] if len(self._sizes) == 1 else None
        pixels = sum(size * size for size in self._sizes)
        return {now: pixels} | {size: size * size for size in SMALLER if size * size < pixels}

    def resize(self, size: int | None) -> None:
        """From the next picture on look at that size; None is the two looks."""
        self._sizes = LOOKS if size is None else (size,)
        self._feeds.clear()

    def close(self) -> None:
        """Let the model go."""
        del self._session

    def _feed(self, size: int, height: int, width: int) -> Floats:
        """A grey canvas; its memory is kept, for new memory costs more time than filling it."""
        feed = self._feeds.get(size)
        if feed is None or feed.shape[1:3] != (height, width):
            feed = np.empty((1, height, width, 3), np.float32)
            self._feeds[size] = feed
        feed.fill(GREY)
        return feed

    def _look(self, image: Image, size: int, least: float) -> Found:
        """What the network sees in the picture made about size² pixels large, in its pixels."""
        import cv2

        height, width = image.shape[:2]
        new_h, new_w, canvas_h, canvas_w = canvas(height, width, size)
        feed = self._feed(size, canvas_h, canvas_w)
        left, top = (canvas_w - new_w) // 2, (canvas_h - new_h) // 2
        small = cv2.cvtColor(shrink(image, new_h, new_w), cv2.COLOR_BGR2RGB)
        feed[0, top : top + new_h, left : left + new_w] = small
        heat, reach = self._session.run(OUTPUTS, {self._input: feed})
        kinds, row, column, scores = peaks(heat[0], least)
        centre = np.stack([column, row, column, row], axis=1).astype(np.float32) * CELL
        corners = centre + reach[0, :, row, column] * np.array([-1, -1, 1, 1], np.float32)
        corners -= np.array([left, top, left, top], np.float32)
        corners *= np.tile(np.array([width / new_w, height / new_h], np.float32), 2)
        return inside(Found(corners, scores, kinds), image)


def peaks(heat: Floats, min_score: float) -> tuple[Ints, Ints, Ints, Floats]:
    """Classes, rows, columns and scores of the local maxima (3 x 3) of `heat` (classes x h x w).

    Surest first, at most `MOST_BOXES`. Only what passes `min_score` is compared with its
    neighbours: a handful of cells instead of all of them.
    """
    kinds, height, width = heat.shape
    flat = np.flatnonzero(heat.reshape(-1) > min_score)
    scores = heat.reshape(-1)[flat]
    kind, row, column = np.unravel_index(flat, (kinds, height, width))
    rows = np.clip(row[:, None] + DOWN, 0, height - 1)
    columns = np.clip(column[:, None] + RIGHT, 0, width - 1)
    keep = np.flatnonzero((heat[kind[:, None], rows, columns] <= scores[:, None]).all(axis=1))
    keep = keep[np.argsort(-scores[keep], kind="stable")[:MOST_BOXES]]
    return kind[keep], row[keep], column[keep], scores[keep]


def _installed() -> Path:
    from edgeassist.modelstore import installed

    return installed(CARD) / "centernet.onnx"
