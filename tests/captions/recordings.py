"""Speech with known text, and silence and noise without any."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgeassist.devices.wav import open_audio
from edgeassist.loop.events import RATE_HZ
from edgeassist.modelstore import installed

Sound = NDArray[np.int16]


def spoken(name: str) -> Sound:
    """A recording of the model store, such as zh/pangrama."""
    with open_audio(installed("demo-speech") / f"{name}.wav") as audio:
        return np.concatenate(list(audio.blocks()))


def text_of(name: str) -> str:
    return (installed("demo-speech") / f"{name}.txt").read_text("utf-8").strip()


def quiet(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def noise(seconds: float, loudness: float = 2000.0) -> Sound:
    return np.random.default_rng(1).normal(0, loudness, round(seconds * RATE_HZ)).astype(np.int16)


def caption(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """`edgeassist caption` as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", "caption", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def character_errors(reference: str, text: str) -> float:
    """Edit distance over the reference's length, letters and digits alone."""
    from edgeassist.captions.policy import distances_to_beginnings

    old, new = ([c for c in one.lower() if c.isalnum()] for one in (reference, text))
    return distances_to_beginnings(old, new)[-1] / len(old)
