"""YOLOX, COCO-80: the card `yolox-nano`, or any undecoded export of Megvii's own script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edgeassist.guide.detector import card_missing
from edgeassist.guide.engines.yolo import Yolo, YoloOptions
from edgeassist.plugins import Missing

CARD = "yolox-nano"


class YoloX(Yolo):
    """`Yolo` that needs no telling: its model is YOLOX-nano, its decoding that of YOLOX."""

    def __init__(self, options: YoloOptions) -> None:
        model = options.model or Path(CARD)
        own = model.suffix == ".onnx" and options.decode is None
        super().__init__(replace(options, model=model, decode="yolox" if own else options.decode))

    @classmethod
    def check(cls) -> Missing | None:
        """Whether its model is installed."""
        return card_missing(CARD)
