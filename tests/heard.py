"""What was said in a recording, by the captions of this very product."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
import wave
from pathlib import Path

import numpy as np


def recognised(samples: np.ndarray, language: str, rate_hz: int = 16_000) -> str:
    """The words in mono sound, by Whisper."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(np.pad(samples, rate_hz // 2).astype("<i2").tobytes())
        done = subprocess.run(
            [
                *(sys.executable, "-m", "edgeassist.cli.main", "caption", str(path)),
                *("--language", language, "--json"),
            ],
            env={**os.environ, "EDGEASSIST_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return " ".join(record["text"] for record in records if record["type"] == "final")


def share_understood(spoken: str, heard: str) -> float:
    """How much of what was spoken was heard in that order: of English words, of hanzi.

    A single word that Whisper takes for another one says nothing about the voice: ask for most of
    a text that is long enough.
    """
    said, understood = _words(spoken), _words(heard)
    longest = [0] * (len(understood) + 1)  # common subsequence with the first n words heard
    for word in said:
        before = 0
        for place, other in enumerate(understood, 1):
            above = longest[place]
            longest[place] = before + 1 if word == other else max(above, longest[place - 1])
            before = above
    return longest[-1] / len(said)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.findall(r"[a-z']+|[0-9]+|[\u4e00-\u9fff]", plain)
