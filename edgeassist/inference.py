"""Networks through ONNX Runtime, set up so that the modules of one loop share the processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def session(model: Path | bytes, threads: int, *, shapes_vary: bool = False) -> Any:
    """An ONNX Runtime session on the processor.

    Where the shapes of its inputs vary, memory is not laid out ahead for each shape that comes:
    Kokoro takes 50 MB less, and no longer.
    Raises whatever ONNX Runtime raises for a file it cannot load: its exceptions share no base.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = not shapes_vary
    # Waiting threads must not spin: the other modules share these cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    content = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
