"""`edgeassist caption` as users and scripts run it."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from recordings import caption, noise, quiet, spoken

from edgeassist.loop.events import RATE_HZ
from edgeassist.modelstore import installed


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")


def written(path: Path, samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return path


def test_a_recording_becomes_text_and_subtitles(tmp_path):
    talk = np.concatenate((spoken("zh/nihao_shijie"), quiet(1), spoken("en/hello_world")))
    written(tmp_path / "talk.wav", talk)
    done = caption(
        *("talk.wav", "--srt", "a.srt", "--vtt", "a.vtt", "--txt", "a.txt"), folder=tmp_path
    )
    assert done.returncode == 0
    assert done.stdout == "你好世界。\nHello world.\n"
    assert done.stderr == ""
    assert (tmp_path / "a.txt").read_text("utf-8") == done.stdout
    assert (tmp_path / "a.srt").read_text("utf-8").startswith("1\n00:00:00,")
    assert (tmp_path / "a.vtt").read_text("utf-8").startswith("WEBVTT\n\n1\n00:00:00.")


def test_scripts_get_one_json_object_a_line_and_true_latency_at_real_pace(tmp_path):
    talk = np.concatenate((quiet(0.5), spoken("zh/nihao_shijie"), quiet(1.5)))
    written(tmp_path / "talk.wav", talk)
    done = caption("talk.wav", "--json", "--pace", "real", folder=tmp_path)
    assert done.returncode == 0
    captions = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["type"] for one in captions].count("final") == 1
    assert captions[0]["type"] == "partial"
    assert captions[-1]["text"] == "你好世界。"
    shown = [one["shown_s"] for one in captions]
    assert shown == sorted(shown)
    for one in captions:
        assert set(one) >= {"type", "text", "start_s", "end_s", "shown_s", "stable_chars"}
        assert 0.4 < one["start_s"] <= one["end_s"] < one["shown_s"] < 5


def test_the_transcript_is_kept_and_has_its_subtitles_beside_it(tmp_path):
    recording = installed("demo-speech") / "zh" / "nihao_shijie.wav"
    done = caption(recording, "--transcript", "day.jsonl", folder=tmp_path)
    assert done.returncode == 0
    assert "你好世界。" in (tmp_path / "day.jsonl").read_text("utf-8")
    assert "你好世界。" in (tmp_path / "day.srt").read_text("utf-8")


def test_several_recordings_are_told_apart(tmp_path):
    folder = installed("demo-speech")
    (tmp_path / "out").mkdir()
    files = folder / "zh" / "nihao_shijie.wav", folder / "en" / "hello_world.wav"
    done = caption(*files, "--json", "--txt", "out", folder=tmp_path)
    assert done.returncode == 0
    named = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert named == [str(file) for file in files]
    assert (tmp_path / "out" / "hello_world.txt").read_text() == "Hello world.\n"
    done = caption(*files, "--txt", "one.txt", folder=tmp_path)
    assert done.returncode == 2
    assert "folder" in done.stderr


@pytest.mark.parametrize("sound", [quiet(3), noise(3)])
def test_a_recording_without_speech_is_told_of_and_no_error(tmp_path, sound):
    written(tmp_path / "night.wav", sound)
    done = caption("night.wav", "--json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "night.wav: no speech was heard\n"


def test_only_the_first_seconds_on_request(tmp_path):
    talk = np.concatenate((spoken("zh/nihao_shijie"), quiet(1), spoken("en/hello_world")))
    written(tmp_path / "talk.wav", talk)
    done = caption("talk.wav", "--seconds", "2", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "你好世界。\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("letter.wav", b"Dear all,\n"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"),
        ("none.wav", None),
    ],
)
def test_an_unusable_file_is_one_clear_line(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = caption(name, "--json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr


def test_a_recording_cut_short_is_captioned_as_far_as_it_goes_and_told_of(tmp_path):
    talk = written(tmp_path / "whole.wav", np.concatenate((spoken("zh/nihao_shijie"), quiet(3))))
    (tmp_path / "cut.wav").write_bytes(talk.read_bytes()[:-80_000])
    done = caption("cut.wav", folder=tmp_path)
    assert done.returncode == 2
    assert "你好世界" in done.stdout
    assert "cut.wav: 2.5 s" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--language", "fr"), "--language"),
        (("--seconds", "0"), "--seconds"),
        (("--pace", "slow"), "--pace"),
        (("--engine", "nobody"), "nobody"),
        (("--model", "nothing"), "nothing"),
        (("--profile", "nowhere"), "nowhere"),
        (("--srt", "no/such/folder/a.srt"), "no/such/folder/a.srt"),
        (("--srt", "a.wav"), "a.wav: is the file that is read"),
        (("--srt", "x", "--vtt", "x"), "x: would be written twice"),
        (("again/a.wav", "--srt", "again"), "again/a.srt: would be written twice"),
        (("--transcript", "a.srt"), "a.srt: is the name of the subtitles"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, arguments, told):
    recording = written(tmp_path / "a.wav", quiet(1)).read_bytes()
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "a.wav").write_bytes(recording)
    done = caption("a.wav", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "a.wav").read_bytes() == recording
