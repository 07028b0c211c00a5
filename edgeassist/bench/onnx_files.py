"""What an ONNX file says of itself: where a detector's is, and which sizes it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def fixed_size(path: Path) -> int | None:
    """The longer side of the only picture a model takes, or None where it takes any.

    Raises `ModelError` for a file that is no ONNX model.
    """
    import onnx

    try:
        graph: Any = onnx.load(str(path), load_external_data=False).graph
        weights = {weight.name for weight in graph.initializer}
        given = next(one for one in graph.input if one.name not in weights)
    except Exception as error:  # protobuf's own, and none of one kind
        raise ModelError(
            str(path), t("is not an ONNX file: {why}", why=str(error).split("\n")[0][:120])
        ) from None
    sides = [
        side.dim_value
        for side in given.type.tensor_type.shape.dim
        if side.HasField("dim_value") and side.dim_value > 4
    ]
    return max(sides) if len(sides) >= 2 else None
