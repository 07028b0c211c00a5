"""`edgeassist say`, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from edgeassist.chinese.cache import cache_dir
from edgeassist.speech import settings, speed
from edgeassist.speech.settings import Settings


def say(*arguments: str, text: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", "say", *arguments],
        input=text,
        capture_output=True,
        env={**os.environ, "EDGEASSIST_LANG": "en", **env},
        check=False,
        timeout=60,
    )


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def test_a_text_is_written_to_a_file_and_its_figures_to_standard_output(tmp_path):
    wanted = ("--voice", "pyttsx3", "-o", str(tmp_path / "a.wav"), "--json")
    done = say("前方1.5米，有台阶", *wanted)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert set(record) == {"text", "engine", "voice", "seconds", "first_audio_ms", "rtf"}
    assert record["text"] == "前方1.5米，有台阶"
    assert record["engine"] == "pyttsx3"
    assert record["seconds"] == pytest.approx(seconds(tmp_path / "a.wav"), abs=0.05)
    assert 0 < record["first_audio_ms"] < 1000
    assert 0 < record["rtf"] < 1


def test_a_text_comes_from_standard_input_byte_order_mark_and_all(tmp_path):
    text = "\ufeff第一行。\nA second line.\n".encode()
    done = say("-", "--voice", "pyttsx3", "-o", str(tmp_path / "a.wav"), text=text)
    assert done.returncode == 0, done.stderr
    assert seconds(tmp_path / "a.wav") > 1


def test_without_a_name_the_voice_that_was_measured_fast_enough_here_speaks(tmp_path, monkeypatch):
    own = tmp_path / "cache" / "edgeassist"
    own.mkdir(parents=True)
    for table in cache_dir().glob("*.marisa"):  # they take long to make
        (own / table.name).symlink_to(table)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    speed.keep("kokoro", speed.Speed(rtf=3.0, first_ms=3000))
    speed.keep("pyttsx3", speed.Speed(rtf=0.1, first_ms=60))
    done = say("你好", "-o", str(tmp_path / "a.wav"), "--json", "--why")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == "pyttsx3"
    reasons = done.stderr.decode()
    assert "* pyttsx3" in reasons
    assert "kokoro" in reasons
    quiet = say("你好", "-o", str(tmp_path / "a.wav"), "--json")
    assert b"kokoro" not in quiet.stderr, "who speaks is told on request only"


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["  "], b"", "nothing to say"),
        (["。，！"], b"", "nothing to say"),
        (["-"], b"", "nothing to say"),
        (["-"], "你好".encode("gb18030"), "UTF-8"),
        (["hi", "--voice", "nobody"], b"", "nobody"),
        (["hi", "--language", "fr"], b"", "--language"),
        (["hi", "--profile", "no-such-board"], b"", "no-such-board"),
        (["hi", "--voice", "pyttsx3", "-o", "/proc/no/a.wav"], b"", "/proc/no/a.wav"),
        (["hi", "--voice", "pyttsx3", "-o", "/dev/full"], b"", "/dev/full"),  # a full disk
        (["hi", "--through", "speech-dispatcher"], b"", "--output"),
    ],
)
def test_what_cannot_be_said_is_one_line_and_exit_code_2(tmp_path, arguments, text, said):
    if "-o" not in arguments:
        arguments = [*arguments, "-o", str(tmp_path / "a.wav")]
    done = say(*arguments, text=text)
    lines = done.stderr.decode().strip().splitlines()
    assert done.returncode == 2
    assert len(lines) == 1
    assert said in lines[0]
    assert not done.stdout


def sound_cards() -> str:
    try:
        return Path("/proc/asound/pcm").read_text()
    except OSError:
        return ""


@pytest.mark.skipif(bool(sound_cards()), reason="this machine has a sound card and would speak")
def test_without_a_sound_card_one_is_told_to_write_a_file(tmp_path):
    config = tmp_path / "asound.conf"  # without a sound server as default
    config.write_text("</usr/share/alsa/alsa.conf>\n")
    done = say("你好", "--voice", "pyttsx3", ALSA_CONFIG_PATH=str(config))
    assert done.returncode == 2
    assert b"-o WAV" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_voice_named_here_goes_before_the_one_that_was_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings.save(Settings(voice="silence", language="en"), settings.default_path())
    wanted = ("10", "-o", str(tmp_path / "a.wav"), "--json")
    assert json.loads(say(*wanted).stdout)["engine"] == "silence"
    assert json.loads(say(*wanted, "--voice", "pyttsx3").stdout)["engine"] == "pyttsx3"


def test_the_text_that_is_said_is_not_written_over(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("你好。", "utf-8")
    done = say("--file", str(text), "-o", str(text), "--voice", "pyttsx3")
    assert done.returncode == 2
    assert b"notes.txt: is the file that is read" in done.stderr
    assert text.read_text("utf-8") == "你好。"
