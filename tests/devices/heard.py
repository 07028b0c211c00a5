"""What was said in a recording, by the captions of this very product."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np


def recognised(samples: np.ndarray, language: str) -> str:
    """The words in 16 kHz mono sound, by Whisper."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(samples.astype("<i2").tobytes())
        done = subprocess.run(
            [
                *(sys.executable, "-m", "edgeassist.cli.main", "caption", str(path)),
                *("--language", language, "--json"),
            ],
            env={**os.environ, "EDGEASSIST_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return "".join(record["text"] for record in records if record["type"] == "final")
