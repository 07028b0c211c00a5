"""CenterNet as our converter makes it answers what TensorFlow.js answers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from edgeassist.errors import ModelError
from edgeassist.modelstore import card, installed
from edgeassist.modelstore.conversion import examine, test_picture
from edgeassist.modelstore.tfjs import convert

picture = test_picture
picture.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def centernet() -> Path:
    """The installed model."""
    return installed("centernet") / "centernet.onnx"


def test_the_installed_model_answers_as_tensorflow_js_does(centernet: Path) -> None:
    conversion = card("centernet").conversion
    assert conversion is not None
    assert {check.size for check in conversion.checks} == {320, 512}

    examine("centernet", conversion, centernet.read_bytes())


def test_a_model_that_answers_wrongly_is_refused(centernet: Path) -> None:
    conversion = card("centernet").conversion
    assert conversion is not None
    first = conversion.checks[0]
    channel, row, column, value = first.samples[0]
    other = dataclasses.replace(first, samples=((channel, row, column, value * 1.01),))

    with pytest.raises(ModelError, match="answers wrongly: heatmap 512"):
        examine(
            "centernet", dataclasses.replace(conversion, checks=(other,)), centernet.read_bytes()
        )


@pytest.mark.parametrize(("height", "width"), [(320, 320), (384, 512), (512, 512), (32, 64)])
def test_any_size_of_32_times_something_gives_a_quarter_of_it(
    centernet: Path, height: int, width: int
) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(centernet, providers=["CPUExecutionProvider"])

    image = np.zeros((1, height, width, 3), np.float32)
    heatmap, size = session.run(["heatmap", "size"], {"image": image})

    assert heatmap.shape == (1, 80, height // 4, width // 4)
    assert size.shape == (1, 4, height // 4, width // 4)


def test_the_test_picture_is_the_one_the_card_was_made_with() -> None:
    squares = picture(512)[0, ::8, ::8]
    assert squares.shape == (64, 64, 3)
    # The first squares by hand: i + 2, times 2654435761, folded, times 2246822519, top byte.
    for index, found in enumerate(squares.reshape(-1)[:50]):
        value = (index + 2) * 2654435761 % 2**32
        value = (value ^ value >> 15) * 2246822519 % 2**32
        assert found == value >> 24


def graph(*nodes: dict[str, object]) -> bytes:
    """A TensorFlow.js graph of these nodes on an 8×8 picture, without weights."""
    dim = [{"size": str(size)} for size in (1, 8, 8, 3)]
    image = {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dim}}}}
    topology = {"modelTopology": {"node": [image, *nodes]}, "weightsManifest": []}
    return json.dumps(topology).encode()


def converted(data: bytes, weights: bytes = b"") -> bytes:
    return convert(data, weights, {"y": "out"}, input_name="image", subject="toy")


def test_an_operation_we_do_not_know_is_named() -> None:
    with pytest.raises(ModelError, match=r"toy: .*unknown operation FFT in y"):
        converted(graph({"name": "y", "op": "FFT", "input": ["x"]}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"modelTopology": {"node": [3]}}'])
def test_a_damaged_graph_is_one_error(data: bytes) -> None:
    with pytest.raises(ModelError, match="toy: the graph cannot be converted"):
        converted(data)


def test_weights_that_do_not_fit_the_graph_are_one_error() -> None:
    with pytest.raises(ModelError, match="4 bytes of weights, 0 described"):
        converted(graph({"name": "y", "op": "Relu", "input": ["x"]}), b"1234")


def test_a_small_graph_computes_what_it_says() -> None:
    import onnxruntime

    relu = {"name": "r", "op": "Relu", "input": ["x"]}
    model = converted(graph({"name": "y", "op": "Add", "input": ["r", "x"]}, relu))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(1).normal(size=(1, 6, 4, 3)).astype(np.float32)

    (out,) = session.run(None, {"image": image})

    assert np.array_equal(out, (np.maximum(image, 0) + image).transpose(0, 3, 1, 2))


def test_a_graph_that_turns_its_axes_about_computes_what_it_says() -> None:
    """As networks come out of channels-first frameworks: padded, turned, joined cell by cell."""
    import onnxruntime

    dim = [{"size": str(size)} for size in (1, 3, 8, 8)]
    first, last = np.int32([0, 3, 1, 2]), np.int32([0, 2, 3, 1])
    arrays = {
        "first": first,
        "last": last,
        "axis": np.array(1, np.int32),
        "pads": np.int32([[0, 0], [0, 0], [1, 0], [0, 2]]),
        "shift": np.float32([1, 2, 3, 1, 2, 3]),
    }
    nodes = [
        {"name": "x", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": dim}}}},
        {"name": "p", "op": "Pad", "input": ["x", "pads"]},
        {"name": "l", "op": "LeakyRelu", "input": ["p"], "attr": {"alpha": {"f": 0.1}}},
        {"name": "c", "op": "ConcatV2", "input": ["l", "p", "axis"]},
        {"name": "t", "op": "Transpose", "input": ["c", "last"]},
        {"name": "a", "op": "AddV2", "input": ["t", "shift"]},
        {"name": "b", "op": "Transpose", "input": ["a", "first"]},
    ]
    weights = [
        {"name": name, "dtype": str(array.dtype), "shape": array.shape}
        for name, array in arrays.items()
    ]
    data = {"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]}
    model = convert(
        json.dumps(data).encode(),
        b"".join(array.tobytes() for array in arrays.values()),
        {"b": "out", "c": "out"},
        input_name="image",
        subject="toy",
    )
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(1).normal(size=(1, 6, 4, 3)).astype(np.float32)

    (out,) = session.run(None, {"image": image})

    padded = np.pad(image, ((0, 0), (1, 0), (0, 2), (0, 0)))
    both = np.concatenate([np.where(padded < 0, padded * np.float32(0.1), padded), padded], axis=3)
    cells = [(both + arrays["shift"]).reshape(-1, 6).T, both.reshape(-1, 6).T]
    assert np.allclose(out[0], np.concatenate(cells, axis=1), atol=1e-6)
