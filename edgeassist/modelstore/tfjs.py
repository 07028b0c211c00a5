"""Converts a TensorFlow.js graph model to ONNX: the operations of convolutional detectors only.

The TensorFlow.js graph has one fixed size, mostly channels-last. The ONNX graph is channels-first
inside (ONNX Runtime's convolutions want that), takes the image channels-last as cameras give
it, and leaves height and width free: a resize to a fixed size becomes a resize by a factor. A graph
that came from a channels-first framework turns its values about at every step; all of that goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore.tfjs_format import (
    Array,
    Node,
    constants,
    inputs_of,
    items,
    numbers,
    padding,
    text,
)
from edgeassist.parsing import json_value

OPSET = 17
IR_VERSION = 8  # read by every ONNX Runtime since 1.13

_SAME_IN_ONNX = {"Relu": "Relu", "Sigmoid": "Sigmoid", "Identity": "Identity"}
_ELEMENTWISE = {"Add": "Add", "AddV2": "Add", "Sub": "Sub", "Mul": "Mul"}
_CONVOLUTIONS = {
    "Conv2D",
    "_FusedConv2D",
    "DepthwiseConv2dNative",
    "FusedDepthwiseConv2dNative",
}


def convert(
    graph: bytes, weights: bytes, outputs: Mapping[str, str], *, input_name: str, subject: str
) -> bytes:
    """An ONNX model computing `outputs` (graph node -> name in the ONNX model).

    `graph` is the model's JSON, `weights` its one shard. The ONNX model's input `input_name` is
    float32 [1, height, width, channels] with height and width multiples of the graph's coarsest
    stride; its outputs are channels-first [1, channels, rows, columns]. Nodes that share one
    name become one output [1, channels, cells]: the cells of each, row by row, in their order.

    Raises `ModelError` about `subject` if the graph is damaged or holds an operation not known
    here.
    """
    try:
        description = json_value(graph)
        nodes = {node["name"]: node for node in description["modelTopology"]["node"]}
        values = constants(description["weightsManifest"], weights)
        return _Graph(nodes, values, input_name).model(outputs)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ModelError(
            subject,
            t("the graph cannot be converted: {why}", why=f"{type(error).__name__}: {error}"),
            fix=t("The package has changed: a newer EdgeAssist may know it"),
        ) from error


class _Graph:
    """One conversion: walks the graph from its outputs back and writes ONNX nodes."""

    def __init__(
        self, nodes: Mapping[str, Node], constants: dict[str, Array], input_name: str
    ) -> None:
        self._nodes = nodes
        self._constants = constants
        self._input_name = input_name
        self._channels = 0
        self._size = 0.0  # rows of the fixed-size input
        self._stride: dict[str, float] = {}  # input rows per row of a value
        self._values: dict[str, str] = {}  # graph node -> name of its ONNX value
        self._turned: set[str] = set()  # graph nodes whose values are channels-first there too
        self._onnx_nodes: list[Any] = []
        self._initializers: dict[str, Array] = {}

    def model(self, outputs: Mapping[str, str]) -> bytes:
        from onnx import TensorProto, checker, helper, numpy_helper, shape_inference

        for name in self._in_order(outputs):
            self._add(self._nodes[name])
        float32 = TensorProto.FLOAT
        image = helper.make_tensor_value_info(
            self._input_name, float32, [1, "height", "width", self._channels]
        )
        heads = [
            helper.make_tensor_value_info(name, float32, [1, None, *self._output(name, outputs)])
            for name in dict.fromkeys(outputs.values())
        ]
        graph = helper.make_graph(
            self._onnx_nodes,
            "edgeassist",
            [image],
            heads,
            [numpy_helper.from_array(array, name) for name, array in self._initializers.items()],
        )
        model = helper.make_model(
            graph,
            producer_name="edgeassist",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        try:
            checker.check_model(model, full_check=True)
        except (checker.ValidationError, shape_inference.InferenceError) as error:
            raise ValueError(str(error).splitlines()[0]) from error
        serialized: bytes = model.SerializeToString()
        return serialized

    def _in_order(self, outputs: Mapping[str, str]) -> Iterator[str]:
        """What the outputs need, each node after its inputs; constants are not among them."""
        done: set[str] = set()
        stack = [(name, False) for name in reversed(list(outputs))]
        while stack:
            name, inputs_done = stack.pop()
            if name in done or name in self._constants:
                continue
            if inputs_done:
                done.add(name)
                yield name
                continue
            stack.append((name, True))
            stack += [(source, False) for source in reversed(inputs_of(self._nodes[name]))]

    def _add(self, node: Node) -> None:
        """Write the ONNX nodes of one graph node and note the name of its value."""
        operation = node["op"]
        if operation in _CONVOLUTIONS:
            self._convolution(node)
        elif operation in _SAME_IN_ONNX:
            self._result(node, _SAME_IN_ONNX[operation], [self._value(node, 0)])
        elif operation in _ELEMENTWISE:
            self._result(
                node, _ELEMENTWISE[operation], [self._value(node, 0), self._value(node, 1)]
            )
        elif operation in _HANDLERS:
            _HANDLERS[operation](self, node)
        else:
            raise ValueError(f"unknown operation {operation} in {node['name']}")

    def _placeholder(self, node: Node) -> None:
        sizes = [int(size["size"]) for size in node["attr"]["shape"]["shape"]["dim"]]
        if sizes[1] <= 4 < sizes[3]:
            self._turned.add(node["name"])
            sizes = [sizes[0], *sizes[2:], sizes[1]]
        self._size, self._channels = float(sizes[1]), sizes[3]
        self._values[node["name"]] = self._emit(
            "Transpose", [self._input_name], f"{self._input_name}_channels_first", perm=[0, 3, 1, 2]
        )
        self._stride[node["name"]] = 1.0

    def _convolution(self, node: Node) -> None:
        kernel = self._constant(node, 1)
        if "Depthwise" in node["op"]:
            rows, columns, channels, each = kernel.shape
            groups = channels
            kernel = kernel.reshape(rows, columns, 1, channels * each)
        else:
            groups = 1
        kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        strides, dilations = numbers(node, "strides")[1:3], numbers(node, "dilations")[1:3]
        inputs = [self._value(node, 0), self._initializer(f"{node['name']}/kernel", kernel)]
        fused = [text(item) for item in items(node, "fused_ops", "s")]
        if "BiasAdd" in fused:
            inputs.append(self._initializer(f"{node['name']}/bias", self._constant(node, 2)))
        unknown = set(fused) - {"BiasAdd", "Relu"}
        if unknown:
            raise ValueError(f"unknown fused operation {unknown} in {node['name']}")
        attributes = {
            "kernel_shape": list(kernel.shape[2:]),
            "strides": strides,
            "dilations": dilations or [1, 1],
            "group": groups,
            "pads": padding(node, kernel.shape[2:], strides, dilations or [1, 1]),
        }
        if "Relu" in fused:
            activation_input = self._emit("Conv", inputs, f"{node['name']}/conv", **attributes)
            self._result(node, "Relu", [activation_input], stride=strides[0])
        else:
            self._result(node, "Conv", inputs, stride=strides[0], **attributes)

    def _max_pool(self, node: Node) -> None:
        size, strides = numbers(node, "ksize")[1:3], numbers(node, "strides")[1:3]
        pads = padding(node, size, strides, [1, 1])
        self._result(
            node,
            "MaxPool",
            [self._value(node, 0)],
            stride=strides[0],
            kernel_shape=size,
            strides=strides,
            pads=pads,
        )

    def _relu6(self, node: Node) -> None:
        low = self._initializer("zero", np.float32(0))
        high = self._initializer("six", np.float32(6))
        self._result(node, "Clip", [self._value(node, 0), low, high])

    def _mean(self, node: Node) -> None:
        axes = sorted(int(axis) for axis in self._constant(node, 1))
        if axes != [1, 2] or not node["attr"]["keep_dims"]["b"]:
            raise ValueError(f"a mean over other axes than rows and columns in {node['name']}")
        self._result(node, "GlobalAveragePool", [self._value(node, 0)])

    def _concat(self, node: Node) -> None:
        axis = int(self._constant(node, -1))
        if axis not in ((1,) if self._is_turned(node) else (3, -1)):
            raise ValueError(f"joins along axis {axis}, not channels, in {node['name']}")
        count = len(inputs_of(node)) - 1
        self._result(node, "Concat", [self._value(node, k) for k in range(count)], axis=1)

    def _transpose(self, node: Node) -> None:
        """Values are channels-first here wherever the graph has its channels: nothing to do."""
        turned = self._is_turned(node)
        if self._constant(node, 1).tolist() != ([0, 2, 3, 1] if turned else [0, 3, 1, 2]):
            raise ValueError(f"axes in another order than channels first or last in {node['name']}")
        name, (source, _) = node["name"], inputs_of(node)
        self._values[name], self._stride[name] = self._values[source], self._stride[source]
        if not turned:
            self._turned.add(name)

    def _pad(self, node: Node) -> None:
        pads = self._constant(node, 1).astype(np.int64)
        if not self._is_turned(node):
            pads = pads[[0, 3, 1, 2]]
        inputs = [
            self._value(node, 0),
            self._initializer(f"{node['name']}/pads", pads.T.reshape(-1)),
        ]
        if len(inputs_of(node)) > 2:
            filled = np.float32(self._constant(node, 2))
            inputs.append(self._initializer(f"{node['name']}/filled", filled))
        self._result(node, "Pad", inputs)

    def _leaky_relu(self, node: Node) -> None:
        slope = float(node["attr"]["alpha"]["f"])
        self._result(node, "LeakyRelu", [self._value(node, 0)], alpha=slope)

    def _output(self, name: str, outputs: Mapping[str, str]) -> list[str]:
        """Write what gives an output its name; return what its axes behind the channels are."""
        values = [self._values[node] for node, given in outputs.items() if given == name]
        if len(values) == 1:
            self._emit("Identity", values, name)
            return ["rows", "columns"]
        shape = self._initializer(f"{name}/shape", np.array([1, 0, -1], np.int64))
        flat = [self._emit("Reshape", [value, shape], f"{value}/cells") for value in values]
        self._emit("Concat", flat, name, axis=2)
        return ["cells"]

    def _is_turned(self, node: Node) -> bool:
        return inputs_of(node)[0] in self._turned

    def _resize(self, node: Node) -> None:
        before = self._size / self._stride[inputs_of(node)[0]]
        factor = float(self._constant(node, 1)[0]) / before
        centres = node["attr"].get("half_pixel_centers", {}).get("b", False)
        corners = node["attr"].get("align_corners", {}).get("b", False)
        if corners:
            raise ValueError(f"align_corners in {node['name']}")
        scales = np.array([1, 1, factor, factor], np.float32)
        self._result(
            node,
            "Resize",
            [self._value(node, 0), "", self._initializer(f"{node['name']}/scales", scales)],
            stride=1 / factor,
            mode="linear",
            coordinate_transformation_mode="half_pixel" if centres else "asymmetric",
        )

    def _equal(self, node: Node) -> None:
        self._result(node, "Equal", [self._value(node, 0), self._value(node, 1)])

    def _cast(self, node: Node) -> None:
        from onnx import TensorProto

        if node["attr"]["DstT"]["type"] != "DT_FLOAT":
            raise ValueError(f"a cast to another type than float in {node['name']}")
        self._result(node, "Cast", [self._value(node, 0)], to=TensorProto.FLOAT)

    def _result(
        self,
        node: Node,
        operation: str,
        inputs: list[str],
        *,
        stride: float = 1,
        **attributes: Any,
    ) -> None:
        """The last ONNX node of a graph node; `stride` is how much coarser its value is."""
        name = node["name"]
        self._values[name] = self._emit(operation, inputs, name, **attributes)
        strides = [self._stride[source] for source in inputs_of(node) if source in self._stride]
        self._stride[name] = min(strides) * stride
        if self._is_turned(node):
            self._turned.add(name)

    def _emit(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self._onnx_nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def _initializer(self, name: str, array: Array | np.floating[Any]) -> str:
        self._initializers[name] = np.asarray(array)
        return name

    def _constant(self, node: Node, index: int) -> Array:
        return self._constants[inputs_of(node)[index]]

    def _value(self, node: Node, index: int) -> str:
        """The ONNX name of an input; a constant is laid out for channels-first arithmetic."""
        name = inputs_of(node)[index]
        if name not in self._constants:
            return self._values[name]
        array = self._constants[name]
        if array.ndim == 1 and array.size > 1 and not self._is_turned(node):
            array = array.reshape(-1, 1, 1)
        elif array.ndim > 1:
            raise ValueError(f"a constant of {array.ndim} axes in {node['name']}")
        return self._initializer(name, array)


_HANDLERS: Mapping[str, Callable[[_Graph, Node], None]] = {
    "Placeholder": _Graph._placeholder,
    "Relu6": _Graph._relu6,
    "Mean": _Graph._mean,
    "ConcatV2": _Graph._concat,
    "ResizeBilinear": _Graph._resize,
    "MaxPool": _Graph._max_pool,
    "Transpose": _Graph._transpose,
    "Pad": _Graph._pad,
    "PadV2": _Graph._pad,
    "LeakyRelu": _Graph._leaky_relu,
    "Equal": _Graph._equal,
    "Cast": _Graph._cast,
}
