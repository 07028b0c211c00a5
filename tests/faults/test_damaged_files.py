"""What lies on the disk is damaged, torn or gone: the device starts, says so, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgeassist.captions.formats import Format
from edgeassist.captions.transcript import Journal, as_text, read_journal
from edgeassist.errors import InputError
from edgeassist.loop.events import Caption
from edgeassist.speech.reading import Places
from edgeassist.speech.settings import load
from edgeassist.web.access import kept_token
from edgeassist.web.history import History

COMMAND = [sys.executable, "-m", "edgeassist.cli.main"]


def final(text: str) -> Caption:
    return Caption(
        captured_ns=0,
        utterance=1,
        text=text,
        final=True,
        stable_chars=len(text),
        start_s=1.0,
        end_s=2.0,
    )


def written(folder: Path, *texts: str) -> Path:
    path = folder / "transcript.jsonl"
    journal = Journal(path)
    for text in texts:
        journal.add(final(text))
    journal.close()
    return path


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_transcript_torn_by_a_power_cut_goes_on_after_its_last_whole_line(tmp_path, cut):
    path = written(tmp_path, "第一句", "第二句")
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    written(tmp_path, "第三句")
    texts = [cue.text for session in read_journal(path) for cue in session.cues]
    assert texts == ["第一句", "第三句"]


def test_zeros_at_the_end_of_a_transcript_as_a_power_cut_leaves_them_cost_no_line(tmp_path):
    path = written(tmp_path, "第一句")
    with path.open("ab") as file:
        file.write(bytes(4096))
    written(tmp_path, "第二句")
    assert [cue.text for session in read_journal(path) for cue in session.cues] == [
        "第一句",
        "第二句",
    ]


def test_a_damaged_line_hides_no_other_from_the_page_and_is_named_for_export(tmp_path):
    path = written(tmp_path, "第一句", "第二句", "第三句")
    lines = path.read_bytes().split(b"\n")
    lines[2] = b'{"type": "final", "start_s": "\xff'
    path.write_bytes(b"\n".join(lines))
    assert [line.text for line in History(path).lines(0, 9)[0]] == ["第一句", "第三句"]
    with pytest.raises(InputError, match="3"):
        read_journal(path)


@pytest.mark.parametrize("leap_s", [-86_400.0, 1e9])
def test_a_clock_that_leaps_back_or_far_ahead_keeps_every_line_in_order(tmp_path, leap_s):
    path = written(tmp_path, "第一句")
    written(tmp_path, "第二句")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines[2]["zero"] += leap_s  # the clock was set while the device was off
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    text = as_text(read_journal(path), Format.SRT)
    assert text.index("第一句") < text.index("第二句")
    assert [line.text for line in History(path).lines(0, 9)[0]] == ["第一句", "第二句"]


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b'{"path": 1', b"\xff\xfe", b"[" * 9000])
def test_a_damaged_place_mark_begins_the_book_anew_and_can_be_set_again(tmp_path, damage):
    places, book = Places(tmp_path / "places"), tmp_path / "book.txt"
    places.put(book, 1, ["一。", "二。"])
    (mark,) = (tmp_path / "places").glob("*.json")
    mark.write_bytes(damage)
    assert places.get(book) is None
    places.put(book, 1, ["一。", "二。"])
    place = places.get(book)
    assert place is not None
    assert place.text == "二。"


@pytest.mark.parametrize(
    "damage", [b"rate = ", b"\0" * 64, b"\xff", b"rate = 1e999\n", b"a=" + b"[" * 9000]
)
def test_damaged_speech_settings_are_told_of_and_the_voice_speaks_as_configured(
    tmp_path, caplog, damage
):
    path = tmp_path / "speech.toml"
    path.write_bytes(damage)
    assert load(path).rate is None
    assert str(path) in caplog.text


@pytest.mark.parametrize("damage", [b"", b"\xff" * 20, b"short\n"])
def test_a_damaged_token_is_made_anew_and_the_page_opens(tmp_path, monkeypatch, damage):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first = kept_token()
    (tmp_path / "edgeassist" / "web-token").write_bytes(damage)
    second = kept_token()
    assert first != second
    assert kept_token() == second


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"\0" * 2000])
def test_a_damaged_phrase_is_spoken_by_the_voice_again(tmp_path, monkeypatch, damage):
    from edgeassist.speech.phrasebook import Phrasebook

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    class Tone:
        rate_hz = 16_000
        name = "tone"

        def synthesize(self, text: str, language: str):
            yield np.full(100, 9, np.int16)

    book = Phrasebook("tone", 16_000)
    list(book.prepare(Tone(), ["小心"], "zh"))
    (phrase,) = book.folder.glob("*.wav")
    phrase.write_bytes(damage)
    assert book.find("小心", "zh") is None


def run(
    folder: Path, config: str, *more: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (folder / "my.toml").write_text(config, "utf-8")
    return subprocess.run(
        [*COMMAND, "run", "my.toml", *more],
        cwd=folder,
        env={**os.environ, "EDGEASSIST_LANG": "en", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


TALK = """keep_going = true
pace = "fast"
[modules.wav]
path = "model:demo-speech/zh/nihao_shijie.wav"
"""


def test_a_damaged_dictionary_is_built_again(tmp_path):
    """The compiled tables of the cache, each cut short as a full disk or a power cut leaves it."""
    from edgeassist.chinese.cache import cache_dir

    whole = sorted(cache_dir().glob("*.marisa"))
    assert whole, "edgeassist braille from … has made them"
    cache = tmp_path / "cache" / "edgeassist"
    cache.mkdir(parents=True)
    for table in whole:
        data = table.read_bytes()
        (cache / table.name).write_bytes(data[: len(data) // 2])
    result = subprocess.run(
        [*COMMAND, "braille", "to", "银行"],
        env={**os.environ, "EDGEASSIST_LANG": "en", "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert "⠣⠂⠓⠦" in result.stdout


def test_a_run_whose_terminal_is_closed_keeps_what_was_said_and_ends_as_if_told_to(tmp_path):
    """A window that is closed, a connection that breaks: SIGHUP."""
    config = (
        '[modules.wav]\npath = "model:demo-speech/zh/nihao_shijie.wav"\nrepeat = true\n'
        "[modules.terminal]\n"
    )
    (tmp_path / "my.toml").write_text(config, "utf-8")
    running = subprocess.Popen(
        [*COMMAND, "run", "my.toml", "--json", "events.jsonl"],
        cwd=tmp_path,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    running.stderr.readline()  # that it runs
    events = tmp_path / "events.jsonl"
    while not (events.exists() and b"running" in events.read_bytes()):
        assert running.poll() is None
    running.send_signal(signal.SIGHUP)
    _, complaints = running.communicate(timeout=120)
    assert running.returncode == 0, complaints
    assert json.loads(events.read_text("utf-8").splitlines()[-1])["type"] == "summary"
