"""Makes an ONNX file of a model's inputs and checks what it answers before anybody uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore.cards import Card, Check, Conversion
from edgeassist.modelstore.tfjs import convert

TOLERANCE = 1e-3  # relative; another float32 runtime differs by about 3e-6

_CELL = 8  # pixels


def make(card: Card, conversion: Conversion, inputs: Path, target: Path) -> None:
    """Write the model made of the files in `inputs` to `target`, once it has passed its checks."""
    model = convert(
        (inputs / conversion.graph).read_bytes(),
        (inputs / conversion.weights).read_bytes(),
        conversion.outputs,
        input_name=conversion.input,
        subject=card.name,
    )
    examine(card.name, conversion, model)
    target.write_bytes(model)


def examine(name: str, conversion: Conversion, model: bytes) -> None:
    """Raise `ModelError` unless the model answers each test picture as the card says."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    for check in conversion.checks:
        (answer,) = session.run([check.output], {conversion.input: test_picture(check.size)})
        wrong = _difference(check, answer)
        if wrong:
            raise ModelError(
                name,
                t("the converted model answers wrongly: {why}", why=wrong),
                fix=t("Report this with the versions of onnx and onnxruntime"),
            )


def _difference(check: Check, answer: npt.NDArray[Any]) -> str:
    """What differs most between an answer and the card, or nothing; joined cells are one row."""
    answer = answer.reshape(*answer.shape[:2], -1, answer.shape[-1])
    expected = [("mean", check.mean, float(answer.mean(dtype=np.float64)))]
    for channel, row, column, value in check.samples:
        place = f"[{channel}, {row}, {column}]"
        expected.append((place, value, float(answer[0, channel, row, column])))
    for place, wanted, found in expected:
        if not abs(found - wanted) <= TOLERANCE * abs(wanted):
            return f"{check.output} {check.size} {place} = {found:.6g}, expected {wanted:.6g}"
    return ""


def test_picture(size: int) -> npt.NDArray[np.float32]:
    """Coloured squares of 8 pixels from integer hashing, float32 [1, size, size, 3], 0 to 255.

    The same in any language, so that other runtimes can say what the model should answer.
    """
    cells = size // _CELL
    noise = np.arange(2, 2 + cells * cells * 3, dtype=np.uint32)
    noise *= np.uint32(2654435761)
    noise ^= noise >> np.uint32(15)
    noise *= np.uint32(2246822519)
    squares = (noise >> np.uint32(24)).reshape(cells, cells, 3).astype(np.float32)
    return squares.repeat(_CELL, axis=0).repeat(_CELL, axis=1)[None]
