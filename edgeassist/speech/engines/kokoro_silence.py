"""Kokoro makes sound only where there is some: half of what a clause costs was silence.

Before each text the model plans 0.4 s of silence and after it 0.6 s. Its own plan of loudness says
where: the expensive half of the model, which makes sound of the plan, gets the part between the
first and the last loud moment and a little around it. (It was trained on pieces out of utterances.)
"""

from __future__ import annotations

from edgeassist.speech.engines.onnx_graph import Graph

# What the first half plans, 40 frames a second: the text (1, 512, frames); pitch and loudness
# (1, 1, 2 x frames), log of the energy: speech has 0 to 11, breath -3, silence -9.
_TEXT = "/encoder/MatMul_1_output_0"
_PITCH, _LOUDNESS = "/decoder/decoder/Unsqueeze_output_0", "/decoder/decoder/Unsqueeze_1_output_0"
_LOUD = -2.0
_BEFORE, _AFTER = 3, 5  # frames kept around it


def leave_out_silence(graph: Graph) -> bool:
    """Cut the plan before sound is made of it; return whether it was found."""
    import numpy as np
    from onnx.helper import make_node

    names = (_TEXT, _PITCH, _LOUDNESS)
    if not all(name in graph.maker for name in names):
        return False
    for name in names:
        graph.maker[name].output[0] += "_whole"
    level = graph.constant("loud", np.float32(_LOUD))
    two = graph.integers(2)
    whole = _LOUDNESS + "_whole"
    found = [
        make_node("Greater", [whole, level], ["is_loud"]),
        make_node("NonZero", ["is_loud"], ["loud_places"]),
        make_node("Gather", ["loud_places", two], ["loud_halves"], axis=0),
        # The middle always counts, so that there is something even if all were soft.
        make_node("Shape", [_TEXT + "_whole"], ["middle"], start=2),
        make_node("Unsqueeze", ["middle", graph.integers(0)], ["middle_row"]),
        make_node("Concat", ["loud_halves", "middle_row"], ["halves"], axis=1),
        make_node("Div", ["halves", two], ["frames"]),
        make_node("ReduceMin", ["frames", graph.integers(1)], ["first_loud"], keepdims=0),
        make_node("ReduceMax", ["frames", graph.integers(1)], ["last_loud"], keepdims=0),
        make_node("Sub", ["first_loud", graph.integers(_BEFORE)], ["first_or_less"]),
        make_node("Max", ["first_or_less", graph.integers(0)], ["first_frame"]),
        make_node("Add", ["last_loud", graph.integers(_AFTER)], ["end_frame"]),
        make_node("Mul", ["first_frame", two], ["first_half"]),
        make_node("Mul", ["end_frame", two], ["end_half"]),
    ]
    for name, ends in (
        (_TEXT, ("first_frame", "end_frame")),
        (_PITCH, ("first_half", "end_half")),
        (_LOUDNESS, ("first_half", "end_half")),
    ):
        found.append(make_node("Slice", [name + "_whole", *ends, two], [name]))
    loudness = graph.maker[_LOUDNESS]
    graph.replace([loudness], [loudness, *found])
    return True
