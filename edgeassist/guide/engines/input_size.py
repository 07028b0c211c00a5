"""A detector's picture size: what its ONNX file declares, and the same network at another size.

Exporters write the size of their example picture into the file, also where the network is made of
convolutions alone and takes any. The declared numbers can be changed; whether the network then
computes is found by running it once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgeassist.errors import ModelError
from edgeassist.guide.detector import open_session
from edgeassist.locale import t

NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}


def declared_size(path: Path) -> int | None:
    """The longer side of the only picture the file declares, or None where it takes any.

    Raises `ModelError` for a file that is no ONNX model.
    """
    sides = [side.dim_value for side in _sides(_picture(_graph(path).graph)) if side.dim_value > 4]
    return max(sides) if len(sides) >= 2 else None


def takes(path: Path, size: int) -> bool:
    """Whether the network computes at `size` x `size` pixels, whatever it declares."""
    try:
        session_at(path, 1, size)
    except ModelError:
        return False
    return True


def session_at(path: Path, threads: int, size: int) -> Any:
    """An ONNX Runtime session of the model for pictures of `size` x `size` pixels.

    Raises `ModelError` where something in the network holds for the declared size only.
    """
    model = _graph(path)
    picture = _picture(model.graph)
    del model.graph.value_info[:]  # what was declared of results follows from the picture's size
    for result in model.graph.output:
        result.type.tensor_type.ClearField("shape")
    for side in _sides(picture):
        side.dim_value = size
    try:
        session = open_session(path, threads, model.SerializeToString())
        given = session.get_inputs()[0]
        session.run(None, {given.name: np.zeros(given.shape, NUMBERS[given.type])})
    except Exception as error:  # at opening or at running, by what the network holds
        raise ModelError(
            str(path),
            t("was made for its own picture size and does not compute at {size}", size=size),
            fix=t("It looks at its own size; export it with a free one"),
        ) from error
    return session


def _graph(path: Path) -> Any:
    import onnx

    try:
        return onnx.load(str(path), load_external_data=False)
    except Exception as error:  # protobuf's own, and none of one kind
        raise ModelError(
            str(path), t("is not an ONNX file: {why}", why=str(error).split("\n")[0][:120])
        ) from None


def _picture(graph: Any) -> Any:
    """The input that is no weight: 1 x 3 x h x w or 1 x h x w x 3."""
    weights = {weight.name for weight in graph.initializer}
    return next(one for one in graph.input if one.name not in weights)


def _sides(picture: Any) -> list[Any]:
    """The dimensions that are height and width."""
    dimensions = list(picture.type.tensor_type.shape.dim)
    if len(dimensions) != 4:
        return []
    channels_last = dimensions[1].dim_value != 3 and dimensions[3].dim_value == 3
    return dimensions[1:3] if channels_last else dimensions[2:]
