"""The speech module in the loop: real voice, real player, a file in place of the loudspeaker."""

from __future__ import annotations

import logging
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from edgeassist.devices.speaker_file import FileSpeaker, FileSpeakerOptions
from edgeassist.errors import ConfigError, DeviceError, EdgeAssistError
from edgeassist.loop.clock import ManualClock, RealClock
from edgeassist.loop.events import Event, Priority, Spoken, SpokenHow, Utterance
from edgeassist.loop.node import Context, Node, Pace, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.engines.silence import Silence, SilenceOptions
from edgeassist.speech.node import Speech, SpeechOptions
from edgeassist.speech.output import Output
from edgeassist.speech.player import Player


class Loop:
    """The part of the loop that a node sees."""

    def __init__(self, pace: Pace = Pace.REAL, clock: RealClock | ManualClock | None = None):
        self.clock = clock or RealClock()
        self.events: list[Event] = []
        self.context = Context(
            name="speech",
            clock=self.clock,
            stopping=Stopping(self.clock),
            profile=Profile(),
            pace=pace,
            emit=self.events.append,
        )

    def utterance(self, text: str, priority: Priority = Priority.TEXT, **more: object) -> Utterance:
        return Utterance(
            captured_ns=self.clock.now_ns(), text=text, language="zh", priority=priority, **more
        )

    @property
    def spoken(self) -> dict[str, Spoken]:
        return {event.text: event for event in self.events if isinstance(event, Spoken)}


def heard(path: Path) -> tuple[np.ndarray, int]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


def test_what_waits_is_said_before_the_module_ends(tmp_path):
    loop = Loop(Pace.FAST)
    speech = Speech(SpeechOptions(output="file", path=tmp_path / "a.wav"), loop.context)
    assert isinstance(speech, Node)
    speech.open()
    for text in ("前方两米，有行人。", "请停下。"):
        assert list(speech.handle(loop.utterance(text))) == []
    list(speech.finish())
    speech.close()
    assert [spoken.how for spoken in loop.spoken.values()] == [SpokenHow.SAID] * 2
    assert all(
        spoken.captured_ns <= spoken.started_ns <= spoken.ended_ns
        for spoken in loop.spoken.values()
    )
    samples, rate_hz = heard(tmp_path / "a.wav")
    assert rate_hz == 22_050
    assert len(samples) / rate_hz > 2
    assert np.abs(samples).max() > 3_000


def test_a_danger_cuts_a_reading_off_in_the_file_too_and_the_reading_resumes(tmp_path):
    loop = Loop()
    speech = Speech(
        SpeechOptions(voice="silence", output="file", path=tmp_path / "a.wav"), loop.context
    )
    speech.open()
    reading = "一二三四五，六七八九十。"
    speech.handle(loop.utterance(reading))
    loop.context.stopping.wait(0.3)
    danger = loop.utterance("停", Priority.DANGER)
    speech.handle(danger)
    list(speech.finish())
    speech.close()
    said = loop.spoken
    assert [event.text for event in loop.events if isinstance(event, Spoken)] == ["停", reading]
    assert said["停"].started_ns - danger.captured_ns < 200e6
    # 6 and 6 signs at 5 a second, the first six begun twice
    assert 2.5e9 < said[reading].ended_ns - said[reading].started_ns < 5e9
    assert said[reading].how is SpokenHow.SAID


def test_an_order_to_stop_is_obeyed_in_time_and_what_was_not_said_is_told(tmp_path):
    loop = Loop()
    speech = Speech(
        SpeechOptions(voice="silence", output="file", path=tmp_path / "a.wav"), loop.context
    )
    speech.open()
    long = "很长很长的一段话" * 20 + "。"
    speech.handle(loop.utterance(long))
    speech.handle(loop.utterance("另一段。"))
    loop.context.stopping.tell(0.6)
    began_ns = loop.clock.now_ns()
    list(speech.finish())
    speech.close()
    assert loop.clock.now_ns() - began_ns < 0.8e9
    assert loop.spoken[long].how is SpokenHow.INTERRUPTED
    assert loop.spoken["另一段。"].how is SpokenHow.INTERRUPTED
    assert loop.spoken["另一段。"].started_ns is None


def test_without_a_sound_card_speech_goes_to_the_file_and_says_so(tmp_path, caplog):
    loop = Loop(Pace.FAST)
    options = SpeechOptions(voice="silence", device="no such card", path=tmp_path / "a.wav")
    speech = Speech(options, loop.context)
    with caplog.at_level(logging.WARNING):
        speech.open()
    speech.handle(loop.utterance("你好"))
    list(speech.finish())
    speech.close()
    assert "a.wav" in caplog.text
    assert heard(tmp_path / "a.wav")[0].size


def test_without_a_sound_card_and_a_file_one_is_told_what_to_do():
    speech = Speech(SpeechOptions(voice="silence", device="no such card"), Loop().context)
    with pytest.raises(DeviceError) as raised:
        speech.open()
    assert raised.value.fix


@pytest.mark.parametrize(
    "options",
    [
        SpeechOptions(voice="nobody", output="file", path=Path("x.wav")),
        SpeechOptions(voice="silence", output="nowhere"),
        SpeechOptions(voice="silence", output="file"),
        SpeechOptions(voice="silence", output="file", path=Path("/proc/no/a.wav")),
    ],
)
def test_a_wrong_set_up_is_one_line_that_says_what_to_do(options):
    with pytest.raises(EdgeAssistError) as raised:
        Speech(options, Loop().context).open()
    assert "\n" not in str(raised.value)
    assert raised.value.fix
    assert isinstance(raised.value, ConfigError | EdgeAssistError)


def test_words_stand_in_the_file_at_the_time_they_were_said(tmp_path):
    clock = ManualClock(5_000_000_000)
    speaker = FileSpeaker(
        FileSpeakerOptions(path=tmp_path / "a.wav"), Loop(Pace.FAST, clock).context
    )
    assert isinstance(speaker, Output)
    speaker.open(1_000)
    clock.advance(1.5)
    for _ in range(5):
        speaker.write(np.full(20, 7, np.int16))
    clock.advance(1.0)
    speaker.write(np.full(20, 9, np.int16))
    speaker.close()
    samples, _ = heard(tmp_path / "a.wav")
    assert np.flatnonzero(samples == 7).tolist() == list(range(1_500, 1_600))
    assert np.flatnonzero(samples == 9).tolist() == list(range(2_500, 2_520))


def test_at_real_pace_two_blocks_wait_and_a_stop_drops_them(tmp_path):
    clock = ManualClock()
    speaker = FileSpeaker(FileSpeakerOptions(path=tmp_path / "a.wav"), Loop(clock=clock).context)
    speaker.open(1_000)
    written = 0
    wrote = threading.Event()

    def write() -> None:
        nonlocal written
        for _ in range(5):
            speaker.write(np.full(20, 7, np.int16))
            written += 1
            if written == 2:
                clock.advance(0.02)
        wrote.set()

    writer = threading.Thread(target=write)
    # The second block waits for the first to have begun, which is at once.
    speaker.write(np.full(20, 3, np.int16))
    speaker.write(np.full(20, 3, np.int16))
    writer.start()
    while not wrote.is_set():
        clock.advance(0.001)
    writer.join()
    speaker.stop()
    began = clock.now_ns() // 1_000_000
    speaker.close()
    samples, _ = heard(tmp_path / "a.wav")
    assert (samples[:40] == 3).all()
    assert np.count_nonzero(samples) <= (began // 20 + 1) * 20


class Breaks(FileSpeaker):
    """A loudspeaker that is unplugged after some blocks."""

    def __init__(self, options: FileSpeakerOptions, context: Context, blocks: int) -> None:
        super().__init__(options, context)
        self.left = blocks

    def write(self, block: np.ndarray) -> None:
        self.left -= 1
        if self.left < 0:
            raise DeviceError("card", "stopped playing", fix="plug it in")
        super().write(block)


def player(loop: Loop, path: Path, *lives: int) -> Player:
    """A player whose outputs break after so many blocks each."""
    left = list(lives)

    def output() -> Output:
        speaker = Breaks(FileSpeakerOptions(path=path), loop.context, left.pop(0))
        speaker.open(Silence.rate_hz)
        return speaker

    voice = Silence(SilenceOptions(), loop.context)
    return Player(voice, output(), loop.clock, loop.events.append, output)


def test_a_loudspeaker_that_comes_back_goes_on_with_the_clause_it_lost(tmp_path):
    loop = Loop(Pace.FAST)
    speaking = player(loop, tmp_path / "a.wav", 5, 10_000)
    speaking.say(loop.utterance("一二三四五。"))
    assert speaking.finish()
    speaking.close()
    assert loop.spoken["一二三四五。"].how is SpokenHow.SAID


def test_a_loudspeaker_that_stays_away_fails_the_module_and_nothing_is_lost_silently(tmp_path):
    loop = Loop(Pace.FAST)
    speaking = player(loop, tmp_path / "a.wav", 5, 5)
    for text in ("一二三四五。", "六七八九十。"):
        speaking.say(loop.utterance(text))
    with pytest.raises(DeviceError, match="card"):
        speaking.finish()
    with pytest.raises(DeviceError, match="card"):
        speaking.say(loop.utterance("还有。"))
    speaking.close()
    assert {spoken.how for spoken in loop.spoken.values()} == {SpokenHow.FAILED}
    assert len(loop.spoken) == 2


class SlowVoice(Silence):
    """A voice that takes for ever over anything but a danger, until it is cancelled."""

    def __init__(self, context: Context) -> None:
        super().__init__(SilenceOptions(signs_per_s=100), context)
        self.asked = threading.Event()
        self.cancelled = threading.Event()

    def synthesize(self, text, language):
        if text != "停":
            self.asked.set()
            self.cancelled.wait()
        yield from super().synthesize(text, language)

    def cancel(self) -> None:
        self.cancelled.set()


def test_a_danger_does_not_wait_for_a_long_text_to_be_synthesised(tmp_path):
    loop = Loop(Pace.FAST)
    voice = SlowVoice(loop.context)
    output = FileSpeaker(FileSpeakerOptions(path=tmp_path / "a.wav"), loop.context)
    output.open(voice.rate_hz)
    speaking = Player(voice, output, loop.clock, loop.events.append, lambda: output)
    speaking.say(loop.utterance("一本很长的书。"))
    voice.asked.wait()
    speaking.say(loop.utterance("停", Priority.DANGER))
    assert speaking.finish()
    speaking.close()
    assert [event.text for event in loop.events] == ["停", "一本很长的书。"]


class NotedVoice(Silence):
    """A voice that knows what it was asked for."""

    def __init__(self, context: Context) -> None:
        super().__init__(SilenceOptions(), context)
        self.asked: list[str] = []
        self.asked_thrice = threading.Event()

    def synthesize(self, text, language):
        self.asked.append(text)
        if len(self.asked) == 3:
            self.asked_thrice.set()
        yield from super().synthesize(text, language)


def test_the_next_clauses_are_made_while_the_first_still_sounds(tmp_path):
    loop = Loop(Pace.REAL, ManualClock())  # time stands still: the first clause does not end
    voice = NotedVoice(loop.context)
    output = FileSpeaker(FileSpeakerOptions(path=tmp_path / "a.wav"), loop.context)
    output.open(voice.rate_hz)
    speaking = Player(voice, output, loop.clock, loop.events.append, lambda: output)
    speaking.say(loop.utterance("一二三，四五六，七八九。"))
    assert voice.asked_thrice.wait(10)
    assert not loop.spoken
    speaking.drop()
    loop.clock.advance(1)
    speaking.close()
    assert voice.asked == ["一二三，", "四五六，", "七八九。"]
