"""Reads what a TensorFlow.js graph model is written in: weights, inputs, attributes, padding."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Node = dict[str, Any]

_TYPES = {"float32": np.float32, "float16": np.float16, "int32": np.int32, "bool": np.bool_}


def constants(manifest: list[dict[str, Any]], weights: bytes) -> dict[str, Array]:
    """All weights by name; those stored as float16 widened to float32."""
    constants: dict[str, Array] = {}
    start = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        stored = np.dtype(_TYPES[entry.get("quantization", entry)["dtype"]])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        values = np.frombuffer(weights, stored, count, start)
        constants[entry["name"]] = values.astype(_TYPES[entry["dtype"]]).reshape(entry["shape"])
        start += values.nbytes
    if start != len(weights):
        raise ValueError(f"{len(weights)} bytes of weights, {start} described")
    return constants


def padding(node: Node, kernel: Any, strides: list[int], dilations: list[int]) -> list[int]:
    """ONNX pads (top, left, bottom, right) of TensorFlow's SAME or VALID.

    SAME depends on the size; for sizes the stride divides, which `convert` asks for, it is fixed.
    """
    if text(node["attr"]["padding"]["s"]) == "VALID":
        return [0, 0, 0, 0]
    totals = [
        max((size - 1) * dilation + 1 - stride, 0)
        for size, stride, dilation in zip(kernel, strides, dilations, strict=True)
    ]
    before = [total // 2 for total in totals]
    return before + [total - start for total, start in zip(totals, before, strict=True)]


def inputs_of(node: Node) -> list[str]:
    """The data inputs of a node."""
    names = [name for name in node.get("input", []) if not name.startswith("^")]
    if any(":" in name and not name.endswith(":0") for name in names):
        raise ValueError(f"{node['name']} reads a second output")
    return [name.removesuffix(":0") for name in names]


def items(node: Node, key: str, kind: str) -> list[str]:
    """The list of an attribute, of kind "i" (whole numbers) or "s" (texts); maybe empty."""
    items: list[str] = node.get("attr", {}).get(key, {}).get("list", {}).get(kind, [])
    return items


def numbers(node: Node, key: str) -> list[int]:
    """The whole numbers of an attribute, maybe none."""
    return [int(item) for item in items(node, key, "i")]


def text(encoded: str) -> str:
    """A text, which stands in base64."""
    return base64.b64decode(encoded).decode("ascii")
