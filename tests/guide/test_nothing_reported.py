"""Libraries below the product send and keep nothing of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnx

PROGRAM = """
import sys
from pathlib import Path
from edgeassist import inference
inference.session(Path(sys.argv[1]), 1)
"""


def a_network(path: Path) -> Path:
    """The smallest there is: what goes in comes out."""
    numbers = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"
    ]
    same = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([same], "same", numbers[:1], numbers[1:])
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=10), path)
    return path


def test_a_network_leaves_no_device_number_and_no_reports_at_home(tmp_path: Path) -> None:
    """ONNX Runtime's wheels begin a database of reports in ~/.cache as soon as imported."""
    home = tmp_path / "home"
    home.mkdir()
    mine = {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}
    env = {name: value for name, value in os.environ.items() if name not in mine}
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(a_network(tmp_path / "same.onnx"))],
        env={**env, "HOME": str(home)},
        check=True,
        timeout=60,
    )
    assert list(home.rglob("*")) == []
