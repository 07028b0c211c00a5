"""CenterNet on MobileNetV3, COCO-80: a thing is a peak in a heat map, with a size beside it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np

from edgeassist.guide.classes import labels
from edgeassist.guide.detector import (
    DetectorOptions,
    Image,
    canvas,
    card_missing,
    check_image,
    open_session,
    peaks,
    shrink,
    to_boxes,
    wrong_make,
)
from edgeassist.locale import t
from edgeassist.loop.events import Box
from edgeassist.plugins import Missing

CARD = "centernet"
OUTPUTS = ["heatmap", "size"]
CELL = 4  # pixels of the input in one cell of the heat map
GREY = 114  # what fills the canvas beside the picture
OVERLAP = 0.6  # above this IoU two boxes of a class are one thing


class CenterNet:
    """Runs the store's `centernet` (cut at its heads: any input size), or a file cut the same way.

    Input: 1 x h x w x 3 RGB, 0 to 255. Outputs: "heatmap" 1 x 80 x h/4 x w/4, scores 0 to 1, and
    "size" 1 x 4 x h/4 x w/4, pixels from a cell to the left, top, right and bottom of its thing.
    """

    Options = DetectorOptions
    requires: ClassVar[dict[str, str]] = {}

    def __init__(self, options: DetectorOptions) -> None:
        self._options = options
        path = options.model or _installed()
        self._session = open_session(path, options.threads)
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
        import cv2

        check_image(image)
        height, width = image.shape[:2]
        new_h, new_w, canvas_h, canvas_w = canvas(height, width, self._options.size)
        feed = np.full((1, canvas_h, canvas_w, 3), GREY, np.float32)
        left, top = (canvas_w - new_w) // 2, (canvas_h - new_h) // 2
        inside = feed[0, top : top + new_h, left : left + new_w]
        inside[:] = cv2.cvtColor(shrink(image, new_h, new_w), cv2.COLOR_BGR2RGB)
        heat, reach = self._session.run(OUTPUTS, {self._input: feed})
        kinds, row, column, scores = peaks(heat[0], self._options.min_score)
        centre = np.stack([column, row, column, row], axis=1).astype(np.float32) * CELL
        corners = centre + reach[0, :, row, column] * np.array([-1, -1, 1, 1], np.float32)
        corners -= np.array([left, top, left, top], np.float32)
        corners *= np.tile(np.array([width / new_w, height / new_h], np.float32), 2)
        return to_boxes(corners, scores, kinds, image, OVERLAP)

    def close(self) -> None:
        """Let the model go."""
        del self._session


def _installed() -> Path:
    from edgeassist.modelstore import installed

    return installed(CARD) / "centernet.onnx"
