"""What a person hears of the speech module, recorded from the loudspeaker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pulse
import pytest
import speechd
from heard import recognised, share_understood

BOOK = "今天天气很好，我们去公园看花，桃花开了，很红。" * 10


def start(sound: pulse.Pulse, tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    (tmp_path / "run").mkdir(mode=0o700, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        env={
            **sound.env,
            "EDGEASSIST_LANG": "en",
            "XDG_STATE_HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs, these tests among them, begin with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def loud(samples: np.ndarray) -> bool:
    return bool(np.abs(samples).max(initial=0) > 500)


def until_loud(recorder: speechd.Recorder, most_s: float = 30.0) -> None:
    assert any(loud(recorder.read(0.1)) for _ in range(round(most_s * 10)))


def until_quiet(recorder: speechd.Recorder, most_s: float = 10.0) -> float:
    """Seconds until nothing is heard for half a second."""
    quiet = 0
    for step in range(round(most_s * 20)):
        quiet = 0 if loud(recorder.read(0.05)) else quiet + 1
        if quiet == 10:
            return (step + 1) * 0.05 - 0.5
    raise AssertionError("it does not fall silent")


@pytest.mark.parametrize("command", [["read"], ["say", "--file"]])
def test_ctrl_c_silences_a_text_in_the_middle_of_a_clause(sound, tmp_path, command):
    book = tmp_path / "book.txt"
    book.write_text(BOOK.replace("，", ""), "utf-8")
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    reading = start(sound, tmp_path, *command, str(book), "--voice", "pyttsx3")
    until_loud(recorder)
    recorder.read(0.3)
    os.kill(reading.pid, signal.SIGINT)
    assert until_quiet(recorder) < 1.0  # a busy machine; an idle one takes 0.2 s
    _, messages = reading.communicate(timeout=5)
    recorder.stop()
    assert reading.returncode == 130, messages
    assert ("goes on here" in messages) is (command == ["read"])


@pytest.mark.parametrize("command", [["read"], ["say", "--file"]])
def test_a_paused_text_is_silent_and_goes_on_when_told(sound, tmp_path, command):
    book = tmp_path / "book.txt"
    book.write_text(BOOK, "utf-8")
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    reading = start(sound, tmp_path, *command, str(book), "--voice", "pyttsx3")
    until_loud(recorder)
    told = start(sound, tmp_path, "tell", "pause")
    until_quiet(recorder)
    assert told.wait(20) == 0
    told = start(sound, tmp_path, "tell", "resume")
    until_loud(recorder)
    assert told.wait(20) == 0
    inputs = subprocess.run(
        ["pactl", "list", "sink-inputs"],
        env=sound.env,
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    assert 'media.role = "a11y"' in inputs.stdout, "the sound server can lower music meanwhile"
    told = start(sound, tmp_path, "tell", "stop")
    until_quiet(recorder)
    recorder.stop()
    assert told.wait(20) == 0
    reading.communicate(timeout=20)
    assert reading.returncode == 130


def test_what_is_said_is_understood_whole_while_the_machine_is_busy(sound, tmp_path):
    text = "Please turn left and walk to the station where my sister waits for the train."
    busy = subprocess.Popen(
        [sys.executable, "-c", "while True: sum(range(10_000))"], stdout=subprocess.DEVNULL
    )
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    try:
        saying = start(sound, tmp_path, "say", text, "--voice", "pyttsx3")
        _, messages = saying.communicate(timeout=60)
    finally:
        busy.kill()
        busy.wait()
    assert saying.returncode == 0, messages
    samples = recorder.stop()
    at = np.flatnonzero(np.abs(samples.astype(int)) > 500)
    speech = samples[at[0] : at[-1]]
    # No hole that an under-run would leave: exact zeros for a block or more inside a word.
    zeros = np.flatnonzero(np.diff(np.concatenate([[1], (speech != 0).astype(int), [1]])))
    holes = np.diff(zeros)[::2]
    assert holes.max(initial=0) < 16_000 * 0.25
    heard = recognised(samples, "en")
    assert share_understood(text, heard) >= 0.7, heard
