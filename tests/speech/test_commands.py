"""What a person asks of the voice while it speaks, and what is kept of it."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeassist.errors import InputError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Command, Priority, Spoken, SpokenHow, Tone, Utterance
from edgeassist.loop.node import Context, Pace, Stopping
from edgeassist.profile import Profile
from edgeassist.speech import settings as kept
from edgeassist.speech.control import Control, folder, tell
from edgeassist.speech.node import Speech
from edgeassist.speech.session import Session, SpeechOptions
from edgeassist.speech.settings import Settings, Tones, Verbosity
from edgeassist.speech.spelling import spelled


class Room:
    """A session that speaks into a file, and waiting for what becomes of its utterances."""

    def __init__(self, path: Path, pace: Pace = Pace.REAL, **options: object) -> None:
        clock = RealClock()
        self.context = Context(
            name="speech", clock=clock, stopping=Stopping(clock), profile=Profile(), pace=pace
        )
        self.told: list[Spoken] = []
        self._changed = threading.Condition()
        self.path = path
        self.session = Session(
            SpeechOptions(voice="silence", output="file", path=path, **options),
            self.context,
            self._tell,
        )

    def _tell(self, spoken: Spoken) -> None:
        with self._changed:
            self.told.append(spoken)
            self._changed.notify_all()

    def say(self, text: str, priority: Priority = Priority.TEXT, **more: object) -> None:
        self.session.say(
            Utterance(
                captured_ns=self.context.clock.now_ns(),
                text=text,
                language="zh",
                priority=priority,
                **more,
            )
        )

    def wait_for(self, text: str) -> Spoken:
        with self._changed:
            assert self._changed.wait_for(lambda: any(s.text == text for s in self.told), 20)
        return next(spoken for spoken in self.told if spoken.text == text)


@pytest.fixture
def room(tmp_path) -> Iterator[Room]:
    room = Room(tmp_path / "a.wav")
    yield room
    room.session.close()


def test_stop_silences_what_is_said_and_what_waits_and_later_things_are_said(room):
    room.say("很长的一段话，很长的一段话。" * 5)
    room.say("还有。")
    room.session.obey("stop")
    assert room.wait_for("还有。").how is SpokenHow.INTERRUPTED
    room.say("好。")
    assert room.wait_for("好。").how is SpokenHow.SAID


def test_while_it_is_paused_a_danger_is_said_all_the_same(room):
    room.session.obey("pause")
    room.say("一段话。")
    room.say("停。", Priority.DANGER)
    room.wait_for("停。")
    assert [spoken.text for spoken in room.told] == ["停。"]
    room.session.obey("toggle")
    assert room.wait_for("一段话。").how is SpokenHow.SAID


def test_repeat_says_the_last_thing_again_and_spell_says_it_sign_by_sign(room):
    room.say("台阶")
    room.wait_for("台阶")
    room.session.obey("repeat")
    room.session.obey("spell")
    spelt = room.wait_for("台，台阶的台，阶，台阶的阶")
    assert spelt.priority is Priority.MESSAGE
    assert [spoken.text for spoken in room.told].count("台阶") == 2


def test_nothing_to_repeat_is_told_and_history_can_be_forgotten(room):
    with pytest.raises(InputError):
        room.session.obey("repeat")
    room.say("一。")
    room.say("二。")
    room.wait_for("二。")
    assert room.session.obey("history") == ["一。", "二。"]
    room.session.obey("repeat", "2")
    with pytest.raises(InputError):
        room.session.obey("repeat", "9")
    room.session.obey("forget")
    assert room.session.obey("history") == []


def test_history_keeps_as_much_as_was_asked_for(tmp_path):
    room = Room(tmp_path / "a.wav", Pace.FAST, history=2)
    for text in ("一。", "二。", "三。"):
        room.say(text)
    room.wait_for("三。")
    assert room.session.obey("history") == ["二。", "三。"]
    room.session.close()


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("rate 300", "rate", 300),
        ("faster", "rate", 230),
        ("slower", "rate", 174),
        ("volume 0.5", "volume", 0.5),
        ("softer", "volume", 0.9),
        ("verbosity brief", "verbosity", Verbosity.BRIEF),
        ("language en", "language", "en"),
        ("tones all", "tones", Tones.ALL),
        ("voice silence", "voice", "silence"),
    ],
)
def test_a_setting_holds_at_once_is_confirmed_and_is_there_the_next_time(
    tmp_path, line, field, value
):
    room = Room(tmp_path / "a.wav", Pace.FAST)
    (confirmed,) = room.session.obey(*line.split(maxsplit=1))
    assert getattr(room.session.options, field) == value
    assert room.wait_for(confirmed).how is SpokenHow.SAID
    room.session.close()
    again = Room(tmp_path / "b.wav", Pace.FAST)
    assert getattr(again.session.options, field) == value
    again.session.close()


@pytest.mark.parametrize(
    "line",
    ["rate 5", "rate fast", "volume 0", "volume 7", "verbosity loud", "language fr", "dance", ""],
)
def test_what_cannot_be_set_is_refused_and_nothing_changes(room, line):
    before = room.session.options
    with pytest.raises(InputError) as raised:
        room.session.obey(*(line.split(maxsplit=1) or [""]))
    assert raised.value.fix
    assert room.session.options == before


def test_brief_leaves_notifications_out_and_says_so_but_never_a_message(room):
    room.session.obey("verbosity", "brief")
    room.say("网络已连接。", Priority.NOTIFICATION)
    room.say("电量不足。", Priority.MESSAGE)
    assert room.wait_for("网络已连接。").how is SpokenHow.MUTED
    assert room.wait_for("电量不足。").how is SpokenHow.SAID


def test_a_slip_in_the_settings_file_costs_that_setting_alone(caplog):
    path = kept.default_path()
    path.parent.mkdir(parents=True)
    path.write_text("rate = 9000\nvolume = 0.5\nloudness = 3\n", "utf-8")
    assert kept.load(path) == Settings(volume=0.5)
    assert "rate" in caplog.text
    assert "loudness" in caplog.text
    path.write_text("rate = = 3", "utf-8")
    assert kept.load(path) == Settings()


def test_commands_come_through_the_loop_as_events(tmp_path):
    told: list[object] = []
    clock = RealClock()
    context = Context(
        name="speech",
        clock=clock,
        stopping=Stopping(clock),
        profile=Profile(),
        pace=Pace.FAST,
        emit=told.append,
    )
    speech = Speech(SpeechOptions(voice="silence", output="file", path=tmp_path / "a"), context)
    speech.open()
    list(speech.handle(Command(captured_ns=0, name="pause")))
    said = Utterance(captured_ns=0, text="好。", language="zh", priority=Priority.TEXT)
    list(speech.handle(said))
    list(speech.handle(Command(captured_ns=0, name="no such thing")))
    list(speech.handle(Command(captured_ns=0, name="resume")))
    list(speech.finish())
    speech.close()
    assert [spoken.how for spoken in told] == [SpokenHow.SAID]


def edgeassist(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        env={**os.environ, "EDGEASSIST_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_another_terminal_can_tell_the_voice_what_to_do(room):
    room.say("台阶")
    room.wait_for("台阶")
    done = edgeassist("tell", "history")
    assert (done.returncode, done.stdout) == (0, "台阶\n")
    refused = edgeassist("tell", "rate", "5", "--json")
    assert refused.returncode == 2
    assert not json.loads(refused.stdout)["done"]


def test_what_one_user_has_told_the_voice_holds_at_once_and_the_next_time_and_for_nobody_else(
    room, tmp_path, monkeypatch
):
    told = {
        "rate": ("rate 300", 300),
        "volume": ("softer", 0.9),
        "voice": ("voice silence", "silence"),
        "verbosity": ("verbosity brief", Verbosity.BRIEF),
        "language": ("language en", "en"),
        "tones": ("tones off", Tones.OFF),
    }
    for line, _ in told.values():
        done = edgeassist("tell", *line.split())
        assert done.returncode == 0, done.stderr
    wanted = {name: value for name, (_, value) in told.items()}
    assert {name: getattr(room.session.options, name) for name in wanted} == wanted
    assert kept.load(kept.default_path()) == Settings(**wanted)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "somebody else"))
    other = Room(tmp_path / "b.wav", Pace.FAST)
    assert other.session.options.rate == 200
    assert other.session.options.language is None
    other.session.close()


def test_what_was_told_to_one_voice_is_not_undone_by_what_is_told_to_another(tmp_path):
    reading, guiding = Room(tmp_path / "a.wav", Pace.FAST), Room(tmp_path / "b.wav", Pace.FAST)
    reading.session.obey("rate", "300")
    guiding.session.obey("volume", "0.5")
    assert kept.load(kept.default_path()) == Settings(rate=300, volume=0.5)
    for room in (reading, guiding):
        room.session.close()


def test_another_terminal_can_have_said_again_what_was_said_before(room):
    for text in ("一句。", "两句。"):
        room.say(text)
        room.wait_for(text)
    assert edgeassist("tell", "history").stdout.split() == ["一句。", "两句。"]
    assert edgeassist("tell", "repeat", "2").returncode == 0
    room.session.finish(20)
    assert [spoken.text for spoken in room.told] == ["一句。", "两句。", "一句。"]
    assert edgeassist("tell", "spell", "9").returncode == 2
    assert edgeassist("tell", "forget").returncode == 0
    assert edgeassist("tell", "history").stdout == ""


def test_where_nothing_speaks_one_is_told_so():
    done = edgeassist("tell", "pause")
    assert done.returncode == 2
    assert "nothing speaks" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_who_asks_what_is_around_where_no_guide_runs_is_told_so(room, tmp_path):
    speech = Speech(
        SpeechOptions(voice="silence", output="file", path=tmp_path / "b.wav", remember=False),
        room.context,  # of a loop without a guide; the room itself is no loop
    )
    speech.open()
    for what in (["describe"], ["warnings", "off"]):
        done = edgeassist("tell", *what)
        assert done.returncode == 2
        assert set(done.stderr.splitlines()) == {
            "edgeassist: obstacle warnings: do not run here. Start them: edgeassist run guide"
        }
    speech.close()


def test_of_several_voices_one_that_has_a_guide_is_enough(room):
    control = Control(lambda line: {"done": True, "lines": []})
    done = edgeassist("tell", "describe")
    control.close()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_socket_of_a_process_that_is_gone_is_cleared_away():
    control = Control(lambda line: {"done": True, "lines": [line.strip()]})
    stale = folder() / "1-1.sock"
    stale.touch()
    assert tell("hello") == [{"done": True, "lines": ["hello"]}]
    assert not stale.exists()
    control.close()
    assert not control.path.exists()
    assert tell("hello") == []


def test_a_voice_that_hangs_is_told_of(room):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hanging:
        hanging.bind(str(folder() / "1-1.sock"))
        hanging.listen(1)
        answers = tell("pause")
    assert [answer["done"] for answer in answers] == [False, True]
    assert answers[0]["why"]


def test_others_cannot_reach_the_voice():
    folder().mkdir(mode=0o700, parents=True)
    control = Control(lambda line: {"done": True})
    assert folder().stat().st_mode & 0o077 == 0
    control.close()
    folder().chmod(0o755)
    open_to_all = Control(lambda line: {"done": True})
    assert not open_to_all.path.exists()
    open_to_all.close()


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("台阶", "zh", "台，台阶的台，阶，台阶的阶"),
        ("我，", "zh", "我，逗号"),
        ("A1!", "en", "A, 1, exclamation mark"),
        ("前方 B2", "zh", "前，前方的前，方，前方的方，空格，B，2"),
    ],
)
def test_spelling_tells_characters_apart_that_sound_alike(text, language, said):
    assert spelled(text, language) == said


def sides(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 2
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


@pytest.mark.parametrize(("bearing_deg", "louder"), [(-25.0, 0), (25.0, 1), (0.0, None)])
def test_a_danger_is_heard_on_the_side_it_is_on(tmp_path, bearing_deg, louder):
    room = Room(tmp_path / "a.wav", Pace.FAST, stereo=True)
    room.say("停。", Priority.DANGER, details={"bearing_deg": bearing_deg})
    room.wait_for("停。")
    room.session.close()
    energy = (sides(room.path).astype(float) ** 2).sum(axis=0)
    assert energy.max() > 0
    if louder is None:
        assert energy[0] == pytest.approx(energy[1], rel=0.05)
    else:
        assert energy[louder] > 10 * energy[1 - louder]


def test_tones_can_be_left_out_and_nothing_without_a_direction_has_one(tmp_path):
    for options, details in (({"tones": Tones.OFF}, {"side": "left"}), ({}, {})):
        room = Room(tmp_path / "a.wav", Pace.FAST, stereo=True, **options)
        room.say("停。", Priority.DANGER, details=details)
        room.wait_for("停。")
        room.session.close()
        assert not sides(room.path).any()


def test_a_tone_alone_sounds_over_the_voice_on_its_side_unless_tones_are_left_out(tmp_path):
    for options, sounds in (({}, True), ({"tones": Tones.OFF}, False)):
        room = Room(tmp_path / "a.wav", Pace.FAST, stereo=True, **options)
        tone = Tone(captured_ns=0, bearing_deg=-25.0, priority=Priority.DANGER)
        room.session.sound(tone)
        room.session.sound(replace(tone, bearing_deg=math.nan))
        assert room.session.finish(5.0)
        room.session.close()
        left, right = (sides(room.path).astype(float) ** 2).sum(axis=0)
        assert (left > 10 * right) if sounds else left == right == 0
