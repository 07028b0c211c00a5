"""Kokoro's rewritten graph computes what the original does."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgeassist.speech.engines.kokoro_convs import products_are_exact, to_products
from edgeassist.speech.engines.onnx_graph import Graph

CHANNELS, OUT = 64, 24


def convolution(taps: int, step: int, *, bias: bool) -> onnx.ModelProto:
    """A quantised convolution over time as ONNX Runtime's quantiser writes it."""
    rng = np.random.default_rng(taps)
    constants = {
        "weights": rng.integers(0, 256, (OUT, CHANNELS, taps)).astype(np.uint8),
        "weights_zero": np.uint8(131),
        "weights_scale": np.float32(0.01),
        "bias": rng.normal(0, 50, OUT).astype(np.float32),
        "shape": np.array([1, OUT, 1], np.int64),
    }
    node = helper.make_node
    around = step * (taps - 1) // 2
    conv = node(
        "ConvInteger",
        ["quantised", "weights", "zero", "weights_zero"],
        ["whole"],
        kernel_shape=[taps],
        dilations=[step],
        pads=[around, around],
    )
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["quantised", "scale", "zero"]),
        conv,
        node("Mul", ["scale", "weights_scale"], ["scales"]),
    ]
    if bias:
        nodes += [
            node("Div", ["bias", "scales"], ["bias_1"]),
            node("Floor", ["bias_1"], ["bias_2"]),
            node("Cast", ["bias_2"], ["bias_3"], to=TensorProto.INT32),
            node("Reshape", ["bias_3", "shape"], ["bias_4"]),
            node("Add", ["whole", "bias_4"], ["sum"]),
        ]
    nodes += [
        node("Cast", ["sum" if bias else "whole"], ["number"], to=TensorProto.FLOAT),
        node("Mul", ["number", "scales"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, CHANNELS, "time"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, OUT, "time"])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    domains = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=10)


def result(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    (y,) = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    ).run(None, {"x": x})
    return np.asarray(y)


@pytest.mark.skipif(not products_are_exact(), reason="this processor cuts off sums of products")
@pytest.mark.parametrize(
    ("taps", "step", "bias"), [(1, 1, False), (3, 1, True), (7, 3, True), (11, 5, False)]
)
def test_a_convolution_as_a_product_gives_the_same_numbers(taps, step, bias):
    model = convolution(taps, step, bias=bias)
    x = np.random.default_rng(1).normal(0, 3, (1, CHANNELS, 90)).astype(np.float32)
    wanted = result(model, x)
    graph = Graph(model.graph)
    assert to_products(graph) == 1
    graph.finish()
    assert "ConvInteger" not in {node.op_type for node in model.graph.node}
    got = result(model, x)
    # The quantiser rounds the bias down to whole steps; the product takes it as it is.
    step_size = np.abs(x).max() * 2 / 255 * 0.01
    assert np.allclose(got, wanted, atol=1.1 * step_size if bias else 1e-4)


def test_a_convolution_of_few_channels_stays_what_it_is():
    model = convolution(3, 1, bias=True)
    weights = next(one for one in model.graph.initializer if one.name == "weights")
    few = numpy_helper.from_array(numpy_helper.to_array(weights)[:, :8], "weights")
    weights.CopyFrom(few)
    assert to_products(Graph(model.graph)) == 0


def test_a_rewritten_graph_is_in_an_order_that_runs_and_without_what_nobody_needs():
    model = convolution(3, 1, bias=False)
    graph = Graph(model.graph)
    last = model.graph.node[-1]
    first = helper.make_node("Neg", ["z"], ["y"])
    last.output[0] = "z"
    graph.replace([last], [first, last])
    graph.finish()
    assert [node.op_type for node in model.graph.node][-2:] == ["Mul", "Neg"]
    assert {one.name for one in model.graph.initializer}.isdisjoint({"bias", "shape"})
