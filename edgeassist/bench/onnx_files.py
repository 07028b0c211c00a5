"""Where a detector's ONNX file is."""

from __future__ import annotations

from pathlib import Path

from edgeassist.errors import ModelError
from edgeassist.locale import t

CARDS = {"centernet": "centernet", "yolox": "yolox-nano"}  # of the detectors that have one


def model_path(detector: str, given: str | None = None) -> Path:
    """The file a detector runs. Raises `ModelError` where it is not there."""
    from edgeassist.modelstore import installed

    if given:
        path = Path(given).expanduser()
        if not path.is_file():
            raise ModelError(given, t("there is no such file"), fix=t("Check the path"))
        return path
    folder = installed(CARDS.get(detector, detector))
    for file in sorted(folder.glob("*.onnx")):
        return file
    raise ModelError(detector, t("its card has no ONNX file"), fix=t("Give one with --onnx"))
