"""Speech through a real speech-dispatcher, for users who have chosen their voice in Orca."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pulse
import pytest
import speechd
from heard import recognised, share_understood
from needs import lacking

from edgeassist.errors import DeviceError, InputError
from edgeassist.loop.clock import Clock, ManualClock, RealClock
from edgeassist.loop.events import Priority, Spoken, SpokenHow, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.session import Session, SpeechOptions

OPTIONS = SpeechOptions(output="speech-dispatcher", control=False, remember=False)


@pytest.fixture(scope="module")
def dispatcher(sound: pulse.Pulse) -> Iterator[Path]:
    if speechd.missing():
        lacking(speechd.missing(), "speech-dispatcher speech-dispatcher-espeak-ng")
    with (
        TemporaryDirectory(prefix="ea-speechd-") as folder,
        speechd.running(Path(folder), sound.env) as socket,
    ):
        yield socket


class Room:
    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or RealClock()
        context = Context(
            name="speech", clock=self.clock, stopping=Stopping(self.clock), profile=Profile()
        )
        self.told: list[Spoken] = []
        self._changed = threading.Condition()
        self.session = Session(OPTIONS, context, self._tell)

    def _tell(self, spoken: Spoken) -> None:
        with self._changed:
            self.told.append(spoken)
            self._changed.notify_all()

    def say(self, text: str, priority: Priority = Priority.TEXT, language: str = "zh") -> None:
        now_ns = self.clock.now_ns()
        self.session.say(
            Utterance(captured_ns=now_ns, text=text, language=language, priority=priority)
        )

    def wait_for(self, text: str, until: Callable[[], None] = lambda: None) -> Spoken:
        """What became of a text; `until` it is known something is done now and then."""
        by_s = time.monotonic() + 20
        with self._changed:
            while not any(spoken.text == text for spoken in self.told):
                assert time.monotonic() < by_s
                until()
                self._changed.wait(0.2)
        return next(spoken for spoken in self.told if spoken.text == text)


@pytest.fixture
def room(dispatcher, monkeypatch) -> Iterator[Room]:
    monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{dispatcher}")
    room = Room()
    yield room
    room.session.close()


def test_english_is_said_and_understood(room, sound):
    text = "Please turn left and walk to the station where my sister waits for the train."
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    room.say(text, language="en")
    assert room.session.finish(30)
    heard = recognised(recorder.stop(), "en")
    assert share_understood(text, heard) >= 0.7, heard
    assert room.wait_for(text).how is SpokenHow.SAID


def test_chinese_is_said_in_the_time_that_its_syllables_take(room, sound):
    """Whisper hardly understands espeak-ng's Mandarin; spelled letters take far longer."""
    text = "今天天气很好，我们去公园。"
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    room.say(text, language="zh")
    assert room.session.finish(30)
    loud = np.flatnonzero(np.abs(recorder.stop()) > 500)
    assert 1.5 < (loud[-1] - loud[0]) / 16_000 < 6
    assert room.wait_for(text).how is SpokenHow.SAID


def test_a_danger_silences_a_reading_which_resumes_at_its_clause(room, sound):
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    reading = "一段非常非常长的话，说也说不完。"
    room.say(reading)
    while not np.any(np.abs(recorder.read(0.2)) > 500):
        pass
    asked_ns = room.clock.now_ns()
    room.say("停。", Priority.DANGER)
    danger = room.wait_for("停。")
    assert danger.how is SpokenHow.SAID
    assert (danger.started_ns - asked_ns) / 1e6 < 1000
    assert room.wait_for(reading).how is SpokenHow.SAID
    assert [spoken.text for spoken in room.told] == ["停。", reading]
    recorder.stop()


def test_stop_is_heard_as_silence(room, sound):
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    room.say("一段非常非常长的话说也说不完还要再说下去一直说到天黑了为止")
    while not np.any(np.abs(recorder.read(0.2)) > 500):
        pass
    room.session.obey("stop")
    recorder.read(1.0)
    assert np.abs(recorder.read(0.5)).max() < 100
    recorder.stop()


def test_rate_and_volume_are_sent_when_asked_for_and_the_voice_stays_the_users(room):
    room.session.obey("rate", "300")
    room.session.obey("volume", "0.5")
    with pytest.raises(InputError, match="speech-dispatcher"):
        room.session.obey("voice", "kokoro")


def command(dispatcher: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        env={
            **os.environ,
            "SPEECHD_ADDRESS": f"unix_socket:{dispatcher}",
            "EDGEASSIST_LANG": "en",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_say_speaks_through_it_and_tells_when_it_was_heard(dispatcher, sound, tmp_path):
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    through = ("--through", "speech-dispatcher", "--json")
    done = command(dispatcher, tmp_path, "say", "Good morning.", *through)
    heard = np.flatnonzero(np.abs(recorder.stop()) > 500)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["engine"], record["text"]) == ("speech-dispatcher", "Good morning.")
    assert "espeak" in record["voice"]
    assert 0 < record["first_audio_ms"] < 5000
    assert (heard[-1] - heard[0]) / 16_000 == pytest.approx(record["seconds"], abs=0.7)


def test_read_reads_a_book_through_it_to_its_end(dispatcher, sound, tmp_path):
    book = tmp_path / "book.txt"
    book.write_text("It rains. The sun is out.", "utf-8")
    recorder = speechd.Recorder(sound.env, pulse.OUT)
    done = command(
        dispatcher, tmp_path, "read", str(book), "--through", "speech-dispatcher", "--json"
    )
    assert np.any(np.abs(recorder.stop()) > 500)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["text"] for record in records] == ["It rains. ", "The sun is out."]


@pytest.mark.parametrize("option", [["--voice", "kokoro"], ["-o", "a.wav"]])
def test_what_speech_dispatcher_decides_itself_is_refused_in_one_line(tmp_path, option):
    done = command(
        tmp_path / "none", tmp_path, "say", "hi", "--through", "speech-dispatcher", *option
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_without_it_one_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{tmp_path}/none")
    with pytest.raises(DeviceError) as raised:
        Room()
    assert "apt install speech-dispatcher" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_server_that_dies_fails_what_waits_and_is_told_of(sound, monkeypatch):
    if speechd.missing():
        lacking(speechd.missing(), "speech-dispatcher speech-dispatcher-espeak-ng")
    with TemporaryDirectory(prefix="ea-speechd-") as folder:
        with speechd.running(Path(folder), sound.env) as socket:
            monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{socket}")
            room = Room()
            room.say("一段很长的话，说也说不完。")
        assert room.wait_for("一段很长的话，说也说不完。").how is SpokenHow.FAILED
        with pytest.raises(DeviceError):
            room.say("还有。")
        room.session.close()


def test_a_server_without_sound_does_not_keep_one_waiting_for_ever(tmp_path, sound, monkeypatch):
    if speechd.missing():
        lacking(speechd.missing(), "speech-dispatcher speech-dispatcher-espeak-ng")
    deaf = {**sound.env, "PULSE_SERVER": f"unix:{tmp_path}/none"}
    with (
        TemporaryDirectory(prefix="ea-speechd-") as folder,
        speechd.running(Path(folder), deaf) as socket,
    ):
        monkeypatch.setenv("SPEECHD_ADDRESS", f"unix_socket:{socket}")
        clock = ManualClock()
        room = Room(clock)
        room.say("有台阶。", Priority.DANGER)
        room.wait_for("有台阶。", until=lambda: clock.advance(60))
        assert room.told[0].how is SpokenHow.FAILED
        with pytest.raises(DeviceError, match="spd-say"):
            room.say("还有。")
        room.session.close()
