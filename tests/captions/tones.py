"""A tiny streaming network made here, which hears three tones as three words.

It has the inputs, outputs and notes of a streaming Zipformer with CTC, so that sherpa-onnx runs it
as it runs one that was trained; it understands no speech.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgeassist.loop.events import RATE_HZ

WORDS = {"你": 300.0, "好": 1200.0, "吗": 4000.0}  # word: tone in Hz
_BANDS = ((0, 20), (25, 45), (50, 70))  # of 80 Mel bands, one a word
_CHUNK = 32  # frames of 10 ms
_QUIET = -2.0  # logarithm of a band's energy: louder than this is a tone
_STATES = {
    "cached_key_0": (2, "N", 4),
    "cached_nonlin_attn_0": (1, "N", 2, 3),
    "cached_val1_0": (2, "N", 4),
    "cached_val2_0": (2, "N", 4),
    "cached_conv1_0": ("N", 4, 1),
    "cached_conv2_0": ("N", 4, 1),
    "embed_states": ("N", 128, 3, 19),
}
_NOTES = {
    "model_type": "zipformer2",
    "encoder_dims": "4",
    "query_head_dims": "4",
    "value_head_dims": "4",
    "num_heads": "1",
    "num_encoder_layers": "1",
    "cnn_module_kernels": "3",
    "left_context_len": "2",
    "T": str(_CHUNK),
    "decode_chunk_len": str(_CHUNK),
}


def tone(word: str, seconds: float = 0.4) -> NDArray[np.int16]:
    """The sound of a word."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * WORDS[word] * at)).astype(np.int16)


def write_network(folder: Path, words: tuple[str, ...] = tuple(WORDS)) -> Path:
    """Write model.onnx and tokens.txt; the tones' words may be named otherwise."""
    import onnx
    from onnx import TensorProto, helper

    numbers = {
        "shape": np.array([0, _CHUNK // 4, 4, 80], np.int64),
        "bands": np.array([2], np.int64),
        "nothing": np.zeros(1, np.float32),
        "quiet": np.full(1, _QUIET, np.float32),
        **{f"from{n}": np.array([band[0]], np.int64) for n, band in enumerate(_BANDS)},
        **{f"to{n}": np.array([band[1]], np.int64) for n, band in enumerate(_BANDS)},
    }
    nodes = [
        helper.make_node("Reshape", ["x", "shape"], ["fours"]),
        helper.make_node("ReduceMean", ["fours"], ["frames"], axes=[2], keepdims=0),
    ]
    for n in range(len(_BANDS)):
        nodes += [
            helper.make_node("Slice", ["frames", f"from{n}", f"to{n}", "bands"], [f"band{n}"]),
            helper.make_node("ReduceMax", [f"band{n}"], [f"word{n}"], axes=[2], keepdims=1),
        ]
    nodes += [
        helper.make_node("Mul", ["word0", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "quiet"], ["blank"]),
        helper.make_node("Concat", ["blank", "word0", "word1", "word2"], ["logits"], axis=2),
        helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=2),
    ]
    value = helper.make_tensor_value_info
    inputs = [value("x", TensorProto.FLOAT, ["N", _CHUNK, 80])]
    outputs = [value("log_probs", TensorProto.FLOAT, ["N", _CHUNK // 4, len(_BANDS) + 1])]
    kinds = {name: (TensorProto.FLOAT, shape) for name, shape in _STATES.items()}
    kinds["processed_lens"] = (TensorProto.INT64, ("N",))
    for name, (kind, shape) in kinds.items():
        nodes.append(helper.make_node("Identity", [name], [f"new_{name}"]))
        inputs.append(value(name, kind, shape))
        outputs.append(value(f"new_{name}", kind, shape))
    initial = [onnx.numpy_helper.from_array(number, name) for name, number in numbers.items()]
    graph = helper.make_graph(nodes, "tones", inputs, outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    helper.set_model_props(model, _NOTES)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    lines = [f"{word} {number}" for number, word in enumerate(("<blk>", *words))]
    (folder / "tokens.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
