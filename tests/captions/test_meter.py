"""The level meter in the terminal."""

import wave

import numpy as np
import pytest
from recordings import caption, noise, quiet

from edgeassist.cli.meter import LevelLines, bar
from edgeassist.loop.events import RATE_HZ, AudioLevel


def level(peak: float, at_s: float = 0.0, clipped: bool = False) -> AudioLevel:
    return AudioLevel(
        captured_ns=round(at_s * 1e9), peak_dbfs=peak, rms_dbfs=peak - 10, clipped=clipped
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (level(-100.0), "[............]-100 dB "),
        (level(-60.0), "[............] -60 dB "),
        (level(-30.0), "[######......] -30 dB "),
        (level(0.0, clipped=True), "[############]   0 dB!"),
    ],
)
def test_the_louder_the_sound_the_longer_the_bar(one, expected):
    assert bar(one) == expected


def test_where_no_line_can_be_rewritten_there_is_one_every_two_seconds(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    lines = LevelLines()
    said = [lines.add(level(-20.0 if n == 7 else -40.0, n / 10)) for n in range(45)]
    assert [n for n, line in enumerate(said) if line] == [20, 41]
    assert said[20] == "level: peak -20 dB, mean -49 dB"


def test_the_meter_and_hints_are_shown_beside_the_captions(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    with wave.open(str(tmp_path / "night.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.concatenate((noise(2.5, 300), quiet(5.5))).tobytes())
    done = caption("night.wav", "--meter", "--pace", "real", "--json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert sum(line.startswith("level: peak ") for line in lines) == 3
    hints = [line for line in lines if "hears nothing" in line]
    assert hints == ["captions: the microphone hears nothing: is it muted or unplugged?"]
