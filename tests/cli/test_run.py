"""`edgeassist run`: all modules in one loop on real speech and a real video, from outside."""

import json
import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from edgeassist.devices.videofile import open_video
from edgeassist.modelstore import installed

COMMAND = [sys.executable, "-m", "edgeassist.cli.main", "run"]
ENVIRONMENT = {**os.environ, "EDGEASSIST_LANG": "en"}

TOGETHER = """
language = "zh"
pace = "{pace}"
[modules.wav]
paths = ["model:demo-speech/zh/nihao_shijie.wav", "model:demo-speech/en/quick_brown_fox.wav"]
gap_s = 1.0
[modules.video]
path = "model:demo-street/bikes.mp4"
seconds = 6
[modules.captions]
language = "auto"
transcript = "transcript.jsonl"
[modules.braille]
[modules.brf]
path = "captions.brf"
[modules.guide]
[modules.annotate]
path = "annotated.mp4"
[modules.speech]
output = "file"
path = "warnings.wav"
[modules.terminal]
"""


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One run of all four modules as fast as they can."""
    for card in ("whisper-base", "centernet", "demo-speech", "demo-street"):
        installed(card)
    folder = tmp_path_factory.mktemp("together")
    (folder / "my.toml").write_text(TOGETHER.format(pace="fast"), "utf-8")
    result = subprocess.run(
        [*COMMAND, "my.toml", "--json", "events.jsonl", "--report", "report.html"],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    return folder, result


def records(folder: Path) -> list[dict]:
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_speech_becomes_captions_and_braille_and_a_street_becomes_spoken_warnings(together):
    _, result = together
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    shown = result.stdout.splitlines()
    assert any(line.startswith("caption") and "你好世界" in line for line in shown), shown
    assert any(line.startswith("caption") and "brown fox" in line for line in shown), shown
    assert any(line.startswith("braille") and "⠝⠓⠖⠄" in line for line in shown), shown
    assert any("行人" in line or "汽车" in line for line in shown), shown
    assert "Heard: 1 zh, 1 en" in shown
    assert any(line.startswith("Seen: ") and "person" in line for line in shown), shown
    assert any(line.startswith("Spoken: ") and "said" in line for line in shown), shown


def test_every_event_is_on_record_with_its_module_and_the_summary_comes_last(together):
    events = records(together[0])
    of = {event["type"]: event["module"] for event in events if "module" in event}
    assert of["AudioBlock"] == "wav"
    assert of["VideoFrame"] == "video"
    assert of["Caption"] == "captions"
    assert of["BrailleLine"] == "braille"
    assert of["Obstacle"] == "guide"
    assert of["Spoken"] == "speech"
    assert all(event["latency_ms"] >= 0 for event in events if event["type"] == "Caption")
    summary = events[-1]
    assert summary["type"] == "summary"
    assert set(summary["modules"].values()) == {"ended"}
    assert summary["peak_memory_mb"] < 900
    stages = {(stage["module"], stage["event"]): stage for stage in summary["stages"]}
    assert stages["captions", "Caption final"]["count"] == 2
    assert all(stage["p50_ms"] <= stage["p99_ms"] for stage in summary["stages"])


def test_at_full_speed_no_picture_and_no_sound_is_dropped(together):
    summary = records(together[0])[-1]
    assert all(
        channel["drops"] == 0 for channel in summary["channels"] if channel["event"] != "Status"
    )


def test_what_was_asked_for_is_on_disk_and_can_be_used(together):
    folder = together[0]
    kept = [json.loads(line) for line in (folder / "transcript.jsonl").read_text().splitlines()]
    assert any("你好" in line.get("text", "") for line in kept)
    assert "-->" in (folder / "transcript.srt").read_text("utf-8")
    assert b"NH6'" in (folder / "captions.brf").read_bytes()
    with wave.open(str(folder / "warnings.wav")) as sound:
        assert sound.getnframes() > 0
    with open_video(folder / "annotated.mp4") as film:
        assert sum(1 for _ in film.frames()) == 150
    page = (folder / "report.html").read_text("utf-8")
    assert "你好世界" in page
    assert "data:image/jpeg;base64," in page


def test_ctrl_c_ends_within_its_time_and_keeps_what_was_said(tmp_path):
    text = TOGETHER.format(pace="real").replace("gap_s = 1.0", "gap_s = 30.0\nrepeat = true")
    (tmp_path / "my.toml").write_text(text.replace("seconds = 6", "loop = true"), "utf-8")
    running = subprocess.Popen(
        [*COMMAND, "my.toml", "--json", "events.jsonl"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("caption"):
            break
    running.send_signal(signal.SIGINT)
    rest, complaints = running.communicate(timeout=30)
    assert running.returncode == 0, complaints
    assert "Latency since capture" in rest
    events = records(tmp_path)
    assert events[-1]["type"] == "summary"
    finals = [e["text"] for e in events if e["type"] == "Caption" and e["final"]]
    kept = (tmp_path / "transcript.jsonl").read_text("utf-8")
    assert finals
    assert all(text in kept for text in finals)
    brailled = [e["text"] for e in events if e["type"] == "BrailleLine"]
    assert all(text in brailled for text in finals)


def test_events_can_be_piped_to_another_program(tmp_path):
    (tmp_path / "my.toml").write_text(
        '[modules.video]\npath = "model:demo-street/bikes.mp4"\nseconds = 1\n'
        "[modules.guide]\n[modules.terminal]\n",
        "utf-8",
    )
    result = subprocess.run(
        [*COMMAND, "my.toml", "--json", "-"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    types = [json.loads(line)["type"] for line in result.stdout.splitlines()]
    assert types[-1] == "summary"
    assert "VideoFrame" in types


TALK = """
pace = "fast"
[modules.wav]
path = "model:demo-speech/zh/nihao_shijie.wav"
[modules.captions]
transcript = "talk.jsonl"
"""


def test_a_disk_full_of_the_record_stops_no_module(tmp_path):
    (tmp_path / "my.toml").write_text(TALK, "utf-8")
    result = subprocess.run(
        [*COMMAND, "my.toml", "--json", "/dev/full"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert "你好世界" in (tmp_path / "talk.jsonl").read_text("utf-8")
    told = [line for line in result.stderr.splitlines() if "/dev/full" in line]
    assert len(told) == 1
    assert "Traceback" not in result.stderr


def test_a_reader_of_the_record_that_has_gone_ends_the_run_quietly(tmp_path):
    (tmp_path / "my.toml").write_text(TALK, "utf-8")
    program = subprocess.Popen(
        [*COMMAND, "my.toml", "--json", "-"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline()
    program.stdout.close()
    assert program.wait(60) == 1
    assert program.stderr is not None
    assert len(program.stderr.read().splitlines()) == 1  # that it runs
    program.stderr.close()


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    result = subprocess.run(
        [*COMMAND, "demo", "--json", str(tmp_path)],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 2
    assert f"{tmp_path}: cannot be written: Is a directory" in result.stderr
