"""Kokoro's quantised convolutions as matrix products: the same whole numbers, two to three times
as fast.

ONNX Runtime multiplies unsigned activations with unsigned weights in `ConvInteger`; processors have
an instruction for unsigned with signed ones, which `MatMulIntegerToFloat` uses. So the windows of a
sound are laid side by side, (time, taps x channels), and the weights less 128 are signed. On x86-64
without that instruction (VNNI) the products of pairs would be cut off at 16 bits:
`products_are_exact`.
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from edgeassist.speech.engines.onnx_graph import Graph, other

_FEWEST = 64  # channels in: a product with less is no faster
_TO_THE_END = 2**62


def products_are_exact() -> bool:
    """Whether this processor multiplies bytes without cutting off: ARM does, x86-64 with VNNI."""
    if platform.machine() not in ("x86_64", "AMD64", "i686"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return "avx512_vnni" in flags or "avx_vnni" in flags


def to_products(graph: Graph) -> int:
    """Rewrite each convolution that is no faster as it is; return how many there were."""
    found = 0
    for conv in graph.graph.node:
        if conv.op_type == "ConvInteger" and _rewrite(graph, conv):
            found += 1
    return found


def _rewrite(graph: Graph, conv: Any) -> bool:
    """ConvInteger, plus a quantised bias if it has one, cast to float, times both scales."""
    import numpy as np
    from onnx.helper import make_node

    given, weights_name, zero, weights_zero_name = conv.input
    weights, weights_zero = graph.value(weights_name), graph.value(weights_zero_name)
    shape = _attributes(conv)
    quantised = graph.made_by(given, "DynamicQuantizeLinear")
    if weights.shape[1] < _FEWEST or shape["strides"] != [1] or quantised is None:
        return False
    biased = graph.only_user(conv.output[0], "Add")
    cast = graph.only_user((biased or conv).output[0], "Cast")
    scaled = graph.only_user(cast.output[0], "Mul")
    scales = graph.maker[other(scaled, cast.output[0])].input  # of activations and weights
    scale = next(name for name in scales if name in graph.constants)
    made, taps = conv.output[0], weights.shape[2]
    names = [
        graph.constant(f"{made}_weights", _signed(weights.transpose(2, 1, 0), (-1, len(weights)))),
        quantised.output[1],
        graph.constant(f"{made}_scale", graph.value(scale).reshape(())),
        zero,
        graph.constant(f"{made}_zero", _signed(weights_zero, ())),
    ]
    if biased is not None:
        bias = graph.value(_bias(graph, other(biased, conv.output[0])))
        names.append(graph.constant(f"{made}_bias", bias.reshape(-1).astype(np.float32)))
    first = graph.integers(0)
    by = [
        make_node("Squeeze", [given, first], [f"{made}_sound"]),
        make_node("Transpose", [f"{made}_sound"], [f"{made}_1"], perm=[1, 0]),
    ]
    if taps > 1:
        before, after = shape["pads"]
        pads = graph.integers(before, 0, after, 0)
        by.append(make_node("Pad", [f"{made}_1", pads, zero], [f"{made}_padded"]))
        step = shape["dilations"][0]
        for tap in range(taps):
            past = (tap + 1 - taps) * step
            ends = (graph.integers(tap * step), graph.integers(past or _TO_THE_END))
            by.append(make_node("Slice", [f"{made}_padded", *ends, first], [f"{made}_tap{tap}"]))
        windows = [f"{made}_tap{tap}" for tap in range(taps)]
        by.append(make_node("Concat", windows, [f"{made}_{taps}"], axis=1))
    microsoft = {"domain": "com.microsoft"}
    by += [
        make_node("MatMulIntegerToFloat", [f"{made}_{taps}", *names], [f"{made}_out"], **microsoft),
        make_node("Transpose", [f"{made}_out"], [f"{made}_turned"], perm=[1, 0]),
        make_node("Unsqueeze", [f"{made}_turned", first], scaled.output),
    ]
    graph.replace([conv, *([biased] if biased is not None else []), cast, scaled], by)
    return True


def _signed(values: Any, shape: tuple[int, ...]) -> Any:
    """uint8 less 128, as int8."""
    import numpy as np

    return np.ascontiguousarray((values.astype(np.int16) - 128).astype(np.int8).reshape(shape))


def _bias(graph: Graph, quantised: str) -> str:
    """The bias itself, of which the graph makes Reshape(Cast(Floor(bias / scale)))."""
    name = quantised
    for kind in ("Reshape", "Cast", "Floor", "Div"):
        node = graph.made_by(name, kind)
        if node is None:
            raise ValueError(f"no quantised bias: {quantised}")
        name = node.input[0]
    return name


def _attributes(conv: Any) -> dict[str, list[int]]:
    from onnx.helper import get_attribute_value

    given = {one.name: get_attribute_value(one) for one in conv.attribute}
    return {"strides": [1], "dilations": [1], "pads": [0, 0], **given}
