"""YOLOX, COCO-80: any ONNX export with undecoded outputs, as Megvii's own script makes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Le

from edgeassist.guide.classes import labels
from edgeassist.guide.detector import (
    STRIDE,
    Floats,
    Image,
    card_missing,
    check_image,
    open_session,
    shrink,
    to_boxes,
    wrong_make,
)
from edgeassist.locale import t
from edgeassist.loop.events import Box
from edgeassist.plugins import Missing

CARD = "yolox-nano"
STRIDES = (8, 16, 32)
GREY = 114
OVERLAP = 0.6
MOST_CANDIDATES = 1000  # looked at for overlaps


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloXOptions:
    """As `DetectorOptions`; `size` counts only for a model exported with a free input size."""

    size: Annotated[int, Ge(64), Le(2048)] = 416
    threads: Annotated[int, Ge(1)] = 1
    min_score: Annotated[float, Ge(0), Le(1)] = 0.3
    model: Path | None = None


class YoloX:
    """Runs the card `yolox-nano`, or any YOLOX given as `model`.

    Input: 1 x 3 x h x w BGR, 0 to 255, the picture in the top left corner on grey. Output:
    1 x cells x 85: offset x, y, log width, height (in strides), objectness, 80 class scores.
    """

    Options = YoloXOptions
    requires: ClassVar[dict[str, str]] = {}

    def __init__(self, options: YoloXOptions) -> None:
        self._options = options
        path = options.model or _installed()
        self._session = open_session(path, options.threads)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        channels = len(labels()) + 5
        if len(outputs) != 1 or outputs[0].shape[-1] != channels or len(inputs[0].shape) != 4:
            raise wrong_make(path, t("YOLOX, with one output of 85 channels"))
        self._input = inputs[0].name
        free = -(-options.size // STRIDE) * STRIDE
        self._height, self._width = (
            side if isinstance(side, int) else free for side in inputs[0].shape[2:]
        )
        self._offsets, self._strides = _grid(self._height, self._width)

    @classmethod
    def check(cls) -> Missing | None:
        """Whether its model is installed."""
        return card_missing(CARD)

    def detect(self, image: Image) -> list[Box]:
        """What is in the picture, surest first."""
        check_image(image)
        height, width = image.shape[:2]
        scale = min(self._height / height, self._width / width)
        new_h, new_w = max(1, round(height * scale)), max(1, round(width * scale))
        feed = np.full((1, 3, self._height, self._width), GREY, np.float32)
        feed[0, :, :new_h, :new_w] = shrink(image, new_h, new_w).transpose(2, 0, 1)
        raw = self._session.run(None, {self._input: feed})[0][0]
        if len(raw) != len(self._strides):
            path = self._options.model or Path(CARD)
            raise wrong_make(path, t("YOLOX, with strides 8, 16 and 32"))
        # The product is below either factor, so most cells are settled by one comparison.
        likely = np.flatnonzero(raw[:, 4] > self._options.min_score)
        scores = raw[likely, 4:5] * raw[likely, 5:]
        which, kinds = np.nonzero(scores > self._options.min_score)
        order = np.argsort(-scores[which, kinds], kind="stable")[:MOST_CANDIDATES]
        which, kinds = which[order], kinds[order]
        cell = likely[which]
        centre = (raw[cell, :2] + self._offsets[cell]) * self._strides[cell]
        half = np.exp(raw[cell, 2:4]) * self._strides[cell] / 2
        corners = np.hstack([centre - half, centre + half]).astype(np.float32)
        corners *= np.tile(np.array([width / new_w, height / new_h], np.float32), 2)
        return to_boxes(corners, scores[which, kinds], kinds, image, OVERLAP)

    def close(self) -> None:
        """Let the model go."""
        del self._session


def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    """Column and row of every output cell (n x 2), and its stride in pixels (n x 1)."""
    offsets, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        offsets.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(offsets).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _installed() -> Path:
    from edgeassist.modelstore import installed

    folder: Path = installed(CARD)
    return next(iter(sorted(folder.glob("*.onnx"))), folder / "yolox_nano.onnx")
