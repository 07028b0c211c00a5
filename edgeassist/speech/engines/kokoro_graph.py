"""Makes Kokoro's exported graph cheaper to run, once, and parts it in two; the arithmetic stays.

The *plan* says of a text what sounds when, at which pitch and loudness, 40 frames a second; the
*sound* is made of that, in windows as long as one likes, and takes nine tenths of the time.

The export spells out, over whole sounds, what one operator does: 65 % of the time went into
element-wise passes over memory. So (see also `kokoro_convs`):

- mean, variance, scale and shift of an adaptive norm become one `InstanceNormalization`;
- `Pow(x, 2)` becomes `Mul(x, x)`;
- z + sin²(a·z)/a with z = scale·x + shift becomes (u + sin² u)/a, the norm giving u = a·z;
- the spectrum of the source is a convolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeassist.speech.engines.kokoro_convs import to_products
from edgeassist.speech.engines.onnx_graph import Graph, other

VERSION = 3  # raise it when graphs must be made anew
# What the plan gives and the sound takes: the text (1, 512, frames), pitch in Hz and loudness (log
# of the energy: speech has 0 to 11, breath -3, silence -9), both (1, 1, 2 x frames).
PLAN = (
    "/encoder/MatMul_1_output_0",
    "/decoder/decoder/Unsqueeze_output_0",
    "/decoder/decoder/Unsqueeze_1_output_0",
)


@dataclass(slots=True)
class _Norm:
    """An adaptive norm found in the graph: shift + scale·(x - mean)/√(variance + epsilon)."""

    x: str
    scale: str
    shift: str
    epsilon: float
    nodes: list[Any]  # that it consists of, the last gives the output
    times: str = ""  # name of a constant that its output is multiplied with


def plan(target: Path, source: str, products: str = "") -> None:
    """Write the half of `source` that plans (`PLAN`); with `products` if they are exact here.

    Raises `ValueError` if `source` is not the graph that the rules were made for.
    """
    _write(target, source, bool(products), sound=False)


def sound(target: Path, source: str, products: str = "") -> None:
    """Write the half that takes `PLAN` and a style, (1, 256), and gives samples; see `plan`."""
    _write(target, source, bool(products), sound=True)


def _write(target: Path, source: str, products: bool, *, sound: bool) -> None:
    import onnx

    model = onnx.load(source)
    graph = Graph(model.graph)
    norms = {norm.nodes[-1].output[0]: norm for norm in _norms(graph)}
    if len(norms) != 62 or _snakes(graph, norms) != 42:
        raise ValueError(f"{source} is another export of Kokoro")
    for norm in norms.values():
        _write_norm(graph, norm)
    for node in model.graph.node:
        squares = node.op_type == "Pow" and _is_two(graph.value(node.input[1]))
        if squares and not graph.is_replaced(node):
            squared = onnx.helper.make_node("Mul", [node.input[0]] * 2, node.output)
            graph.replace([node], [squared])
    _spectrum(graph)
    if products:
        to_products(graph)
    _part(model.graph, sound)
    graph.finish()
    onnx.save(model, target)


def _part(graph: Any, sound: bool) -> None:
    """Cut at `PLAN`; what neither half needs goes with `finish`."""
    from onnx import TensorProto, helper

    rows = ((512, "frames"), (1, "halves"), (1, "halves"))
    between = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *row])
        for name, row in zip(PLAN, rows, strict=True)
    ]
    if sound:
        style = [one for one in graph.input if one.name == "style"]
        graph.ClearField("input")
        graph.input.extend([*between, *style])
    else:
        graph.ClearField("output")
        graph.output.extend(between)


def _norms(graph: Graph) -> list[_Norm]:
    """Div(x - mean, √(mean((x - mean)²) + ε)), times a scale, plus a shift."""
    found = []
    for div in graph.graph.node:
        if div.op_type != "Div":
            continue
        less = graph.made_by(div.input[0], "Sub")
        root = graph.made_by(div.input[1], "Sqrt")
        more = graph.made_by(root.input[0], "Add") if root is not None else None
        spread = graph.made_by(more.input[0], "ReduceMean") if more is not None else None
        scaled = graph.only_user(div.output[0], "Mul")
        shifted = graph.only_user(scaled.output[0], "Add") if scaled is not None else None
        if less is None or spread is None or shifted is None:
            continue
        mean, square = graph.made_by(less.input[1], "ReduceMean"), graph.maker[spread.input[0]]
        if mean is None or root is None or more is None or mean.input[0] != less.input[0]:
            continue
        found.append(
            _Norm(
                x=less.input[0],
                scale=other(scaled, div.output[0]),
                shift=other(shifted, scaled.output[0]),
                epsilon=float(graph.value(more.input[1])),
                nodes=[mean, less, square, spread, more, root, div, scaled, shifted],
            )
        )
    return found


def _snakes(graph: Graph, norms: dict[str, _Norm]) -> int:
    """Rewrite z + sin²(a·z)/a after a norm; return how many there were."""
    from onnx.helper import make_node

    count = 0
    for sine in graph.graph.node:
        angle = graph.made_by(sine.input[0], "Mul") if sine.op_type == "Sin" else None
        factor = (
            next((name for name in angle.input if name in graph.constants), "") if angle else ""
        )
        z = other(angle, factor) if angle else ""
        square = graph.only_user(sine.output[0], "Pow")
        part = graph.only_user(square.output[0], "Mul") if square else None
        total = graph.only_user(part.output[0], "Add") if part else None
        if z not in norms or total is None or norms[z].times:
            continue
        flat = graph.constant(f"{factor}_flat", graph.value(factor).reshape(-1))
        norms[z].times = flat
        inner = f"{total.output[0]}_times"
        graph.replace(
            [angle, sine, square, part, total],
            [
                make_node("Sin", [z], sine.output),
                make_node("Mul", [sine.output[0]] * 2, square.output),
                make_node("Add", [z, square.output[0]], [inner]),
                make_node("Mul", [inner, other(part, square.output[0])], total.output),
            ],
        )
        count += 1
    return count


def _write_norm(graph: Graph, norm: _Norm) -> None:
    from onnx.helper import make_node

    (out,) = norm.nodes[-1].output
    names: list[str] = []
    by = []
    for part in (norm.scale, norm.shift):
        name = f"{out}_{len(names)}"
        by.append(make_node("Reshape", [part, graph.integers(-1)], [name]))
        if norm.times:
            by.append(make_node("Mul", [name, norm.times], [f"{name}_times"]))
            name += "_times"
        names.append(name)
    by.append(make_node("InstanceNormalization", [norm.x, *names], [out], epsilon=norm.epsilon))
    graph.replace(norm.nodes, by)


def _spectrum(graph: Graph) -> None:
    """The short-time spectrum of the source as a convolution: `STFT` is a slow loop."""
    import numpy as np
    from onnx.helper import make_node

    for stft in [node for node in graph.graph.node if node.op_type == "STFT"]:
        step, window = (graph.value(stft.input[place]) for place in (1, 2))
        turned = graph.only_user(stft.output[0], "Transpose")
        halves = graph.users[turned.output[0]]  # real, imaginary
        halves = sorted(halves, key=lambda node: int(graph.value(node.input[1])) % 2)
        size = len(window)
        angle = np.outer(np.arange(size // 2 + 1), np.arange(size)) % size * (2 * np.pi / size)
        sines = np.where(np.isclose(angle % np.pi, 0), 0, -np.sin(angle))
        waves = np.concatenate([np.cos(angle), sines]) * window
        kernel = graph.constant("waves", waves[:, np.newaxis].astype(np.float32))
        by = [
            make_node("Unsqueeze", [stft.input[0], graph.integers(1)], ["source"]),
            make_node("Conv", ["source", kernel], ["spectrum"], strides=[int(step)]),
            make_node(
                "Split", ["spectrum"], [half.output[0] for half in halves], axis=1, num_outputs=2
            ),
        ]
        graph.replace([stft, turned, *halves], by)


def _is_two(value: Any) -> bool:
    return value is not None and value.size == 1 and float(value.reshape(-1)[0]) == 2.0
