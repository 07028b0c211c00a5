"""Microphone and loudspeaker on real PortAudio streams, through PulseAudio's null sinks."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pulse
import pytest
from needs import lacking

PROGRAMS = Path(__file__).parent / "programs"


def chirp(seconds: float) -> np.ndarray:
    """A sound that is like no other, so that it can be found in a recording."""
    at = np.arange(round(seconds * 16_000)) / 16_000
    return (8_000 * np.sin(2 * np.pi * (300 + 700 * at) * at)).astype(np.int16)


def heard(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def test_the_microphone_hears_what_is_played_whole_and_at_its_loudness(sound, tmp_path):
    program = sound.start(PROGRAMS / "listen.py", "3", str(tmp_path / "heard.wav"))
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    played = chirp(1.0)
    sound.play(np.pad(played, (8_000, 1_600)))  # a null sink swallows the first moments
    output, _ = program.communicate(timeout=30)
    report = json.loads(output)
    assert program.returncode == 0
    assert not report["error"]
    assert not report["gaps"]
    assert report["sizes"] == [320]
    assert report["blocks"] * 0.02 == pytest.approx(3.0, abs=0.3)
    recording = heard(tmp_path / "heard.wav")
    wanted = played.astype(float)
    matches = np.correlate(recording, wanted, "valid")
    at = int(np.argmax(matches))
    found = recording[at : at + len(wanted)]
    assert matches[at] / np.linalg.norm(wanted) / np.linalg.norm(found) > 0.98
    assert np.abs(found).max() == pytest.approx(8_000, rel=0.1)


def test_every_block_is_stamped_with_about_when_it_was_heard(sound, tmp_path):
    report = sound.run(PROGRAMS / "listen.py", "1.5", str(tmp_path / "heard.wav"))
    assert 20 <= report["age_p50_ms"] < 150
    assert report["stamps_spread_ms"] < 250


def test_a_danger_is_heard_at_once_and_never_over_the_reading(sound):
    report = sound.run(PROGRAMS / "interrupt.py")
    # On a machine busy with other tests; an idle one takes 25 and 120 ms.
    assert report["both_ms"] <= 10  # one step of the analysis may hold the end of one and the next
    assert report["danger_handed_ms"] < 250
    assert report["danger_sounds_ms"] < 600
    assert report["reading_stops_ms"] <= report["danger_sounds_ms"]
    assert report["danger_ms"] == pytest.approx(400, abs=100)
    assert report["reading_resumes"]
    assert report["how"] == [["danger", "said"], ["reading aloud", "said"]]


def test_a_microphone_that_goes_away_is_an_error_the_loop_can_recover_from(tmp_path):
    missing = pulse.missing()
    if missing:
        lacking(str(missing), "pulseaudio pulseaudio-utils libasound2-plugins")
    with TemporaryDirectory(prefix="ea-pulse-") as folder:
        daemon = pulse.start(Path(folder))
        program = daemon.start(PROGRAMS / "listen.py", "60", str(tmp_path / "heard.wav"))
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        daemon.close()
        output, _ = program.communicate(timeout=30)
    assert program.returncode == 0
    assert "gives no sound" in json.loads(output)["error"]


def edgeassist(sound: pulse.Pulse, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        env={**sound.env, "EDGEASSIST_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_devices_lists_what_there_is_with_the_names_a_config_uses(sound):
    done = edgeassist(sound, "devices", "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = {record["kind"] for record in records}
    assert kinds >= {"microphone", "speaker", "profile"}
    assert [r["name"] for r in records if r["kind"] == "microphone" and r["default"]]
    assert {r["name"] for r in records if r["kind"] == "profile"} >= {"desktop", "pi4", "pi5"}


def without_sound(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        env={"PATH": "/usr/bin:/bin", "EDGEASSIST_LANG": "en", "PULSE_SERVER": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_devices_works_where_there_is_none():
    done = without_sound("devices")
    assert done.returncode == 0
    assert "Cameras:" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(Path("/dev/snd").exists(), reason="this machine has a sound card")
def test_captions_say_that_they_listen_only_when_they_do(sound):
    done = without_sound("caption", "mic")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Listening" not in done.stderr
    heard = edgeassist(sound, "caption", "mic", "--seconds", "1")
    assert heard.stderr.startswith("Listening.")


def test_say_is_heard_on_the_loudspeaker(sound, tmp_path):
    recording = tmp_path / "said.raw"
    with recording.open("wb") as file:
        recorder = subprocess.Popen(
            [
                *("parec", f"--device={pulse.OUT}.monitor", "--latency-msec=20"),
                *("--rate=16000", "--channels=1", "--format=s16le"),
            ],
            env=sound.env,
            stdout=file,
        )
        done = edgeassist(sound, "say", "前方一米，有台阶", "--json")
        recorder.terminate()
        recorder.wait(10)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    samples = np.frombuffer(recording.read_bytes()[: recording.stat().st_size // 2 * 2], "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 500)
    # The last quarter of a second is silence; a busy machine may stretch what is heard.
    seconds = (loud[-1] - loud[0]) / 16_000
    assert record["seconds"] - 0.4 < seconds < record["seconds"] + 2.0
