"""Which voice speaks: chosen by measured speed, passed on when it fails; phrases made ahead."""

from __future__ import annotations

import dataclasses
import importlib
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edgeassist.chinese.cache import cache_dir
from edgeassist.errors import EdgeAssistError, PluginError
from edgeassist.guide.frequent import frequent
from edgeassist.guide.phrases import metres, where_and_how_far
from edgeassist.loop.clock import ManualClock, RealClock
from edgeassist.loop.events import Event, Side, Status
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech import speed
from edgeassist.speech.clauses import clauses
from edgeassist.speech.engines.auto import Auto, AutoOptions, consider
from edgeassist.speech.engines.pyttsx3 import Pyttsx3
from edgeassist.speech.engines.silence import Silence, SilenceOptions
from edgeassist.speech.phrasebook import Phrasebook
from edgeassist.speech.scripts import parts
from edgeassist.speech.voice import render
from edgeassist.testing import check_voice, context

espeak = pytest.mark.skipif(Pyttsx3.check() is not None, reason="sudo apt install espeak-ng")

_FAILING = '''
"""Voices that fail, for tests."""
from dataclasses import dataclass
import numpy as np

@dataclass(frozen=True)
class Options:
    rate: int = 200

class Stumbles:
    """Says one sound of each text, then fails from the second text on."""
    Options = Options
    rate_hz = 24_000
    name = "stumbles"
    edition = "stumbles"
    texts = 0
    def __init__(self, options, context): self.rate = options.rate
    def synthesize(self, text, language):
        self.texts += 1
        if self.texts > 6 or "fail" in text:
            raise RuntimeError("the engine broke")
        yield np.full(self.rate_hz // 2 * 200 // self.rate, 3000, np.int16)
    def cancel(self): pass
    def close(self): pass

class Absent(Stumbles):
    """Cannot even start."""
    def __init__(self, options, context): raise OSError("no such thing")

class Heavy(Stumbles):
    """Counts how often it is loaded."""
    name = "heavy"
    loaded = 0
    @staticmethod
    def edition_of(options): return f"heavy-{options.rate}"
    def __init__(self, options, context):
        super().__init__(options, context)
        Heavy.loaded += 1
'''


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> Path:
    """A cache folder of this test alone, with the tables that take long to make."""
    folder = tmp_path / "cache" / "edgeassist"
    folder.mkdir(parents=True)
    for table in cache_dir().glob("*.marisa"):
        (folder / table.name).symlink_to(table)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def failing(tmp_path, monkeypatch) -> None:
    """A package with the voices `stumbles` and `absent`, as pip would leave it."""
    (tmp_path / "failing_voices.py").write_text(_FAILING)
    info = tmp_path / "failing_voices-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: failing-voices\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[edgeassist.voices]\nstumbles = failing_voices:Stumbles\nabsent = failing_voices:Absent\n"
        "heavy = failing_voices:Heavy\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


class Steady(Silence):
    """One second of the same sample for every text."""

    rate_hz = 24_000

    def __init__(self) -> None:
        super().__init__(SilenceOptions(), context())

    def synthesize(self, text, language):
        yield np.full(self.rate_hz, 1000, np.int16)


def told(events: list[Event]) -> Context:
    clock = RealClock()
    return Context(
        name="speech",
        clock=clock,
        stopping=Stopping(clock),
        profile=Profile(),
        emit=events.append,
    )


def sound(voice, text: str) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *render(voice, text, "zh")])


def test_a_fast_voice_is_enough_and_a_slow_one_is_not():
    assert speed.Speed(rtf=0.3, first_ms=200).enough
    assert not speed.Speed(rtf=0.9, first_ms=200).enough
    assert not speed.Speed(rtf=0.3, first_ms=2000).enough


def test_what_was_measured_is_kept_and_told_with_the_reason():
    assert speed.known("pyttsx3") is None
    speed.keep("kokoro", speed.Speed(rtf=0.9, first_ms=1500))
    speed.keep("silence", speed.Speed(rtf=0.01, first_ms=15))
    first, second = consider(("kokoro", "silence"))
    assert not first.taken
    assert second.taken
    assert "0.01" in second.why


def test_a_damaged_note_of_speeds_is_as_good_as_none(own_cache):
    for damage in ("", "[]", '{"machine": 1}', '{"machine": "x", "voices": 3}'):
        (own_cache / "voices.json").write_text(damage)
        assert speed.known("kokoro") is None
    speed.keep("kokoro", speed.Speed(rtf=0.2, first_ms=100))
    assert speed.known("kokoro") == speed.Speed(rtf=0.2, first_ms=100)


def test_a_voice_that_is_measured_too_slow_here_is_passed_over(failing):
    speed.keep("stumbles", speed.Speed(rtf=0.9, first_ms=100))
    voice = Auto(AutoOptions(voices=("stumbles", "silence")), context())
    assert voice.engine == "silence"
    voice.close()


def test_speed_is_measured_once(failing):
    Auto(AutoOptions(voices=("stumbles", "silence")), context()).close()
    measured = speed.known("stumbles")
    assert measured is not None
    assert measured.enough
    Auto(AutoOptions(voices=("stumbles", "silence")), context()).close()
    assert speed.known("stumbles") == measured


@espeak
def test_when_a_voice_fails_the_next_one_says_the_text_and_the_user_is_told(failing):
    events: list[Event] = []
    voice = Auto(AutoOptions(voices=("absent", "stumbles", "pyttsx3")), told(events))
    assert voice.engine == "stumbles"
    rate_hz = voice.rate_hz
    assert len(sound(voice, "前方")) == pytest.approx(rate_hz / 2, rel=0.1)
    assert "absent" in events.pop().why
    speech = sound(voice, "注意 fail 台阶")  # its middle part fails
    assert voice.engine == "pyttsx3"
    assert voice.rate_hz == rate_hz, "the output stays as it was opened"
    assert len(speech) > 0.7 * rate_hz
    (status,) = events
    assert isinstance(status, Status)
    assert "stumbles" in status.why
    assert "pyttsx3" in status.why
    assert "the engine broke" in status.why
    voice.close()


def test_a_voice_that_failed_is_tried_again_after_a_while_and_takes_over_again(failing):
    told_of: list[str] = []
    changed = threading.Condition()
    clock = ManualClock()

    def note(event: Event) -> None:
        with changed:
            told_of.append(event.why)
            changed.notify_all()

    def back(times: int) -> bool:
        return sum("stumbles is back" in why for why in told_of) == times

    world = dataclasses.replace(told([]), clock=clock, emit=note)
    speed.keep("stumbles", speed.Speed(rtf=0.1, first_ms=1))
    voice = Auto(AutoOptions(voices=("stumbles", "silence")), world)
    for times, rest_s in ((1, 30), (2, 60), (3, 120)):
        sound(voice, "fail")
        assert voice.engine == "silence"
        clock.advance(rest_s - 1)
        assert len(sound(voice, "前方"))
        assert voice.engine == "silence"
        clock.advance(2)
        assert len(sound(voice, "前方")), "nobody waits while it is loaded"
        with changed:
            assert changed.wait_for(lambda times=times: back(times), 20)
        sound(voice, "前方")
        assert voice.engine == "stumbles"
    voice.close()


def test_a_phrase_made_ahead_is_said_without_loading_the_voice(failing):
    speed.keep("heavy", speed.Speed(rtf=0.1, first_ms=1))
    list(Phrasebook("heavy-200", 24_000).prepare(Steady(), ["左前方两米"], "zh"))
    voice = Auto(AutoOptions(voices=("heavy", "silence"), lazy=True), context())
    heavy = importlib.import_module("failing_voices").Heavy
    assert voice.engine == "heavy"
    assert voice.rate_hz == 24_000
    assert len(sound(voice, "左前方两米"))
    assert heavy.loaded == 0
    assert len(sound(voice, "另一句话"))
    assert heavy.loaded == 1
    voice.close()


def test_with_no_voice_left_the_error_says_what_to_do(failing):
    with pytest.raises(PluginError, match="espeak-ng"):
        Auto(AutoOptions(voices=("absent",)), context())
    with pytest.raises(EdgeAssistError):
        Auto(AutoOptions(voices=("no-such-voice",)), context())


def test_auto_keeps_the_contract_of_a_voice():
    speed.keep("silence", speed.Speed(rtf=0.01, first_ms=1))
    made = check_voice(Auto, AutoOptions(voices=("silence",)), "前方一米", "zh")
    assert len(made)


def test_phrases_made_ahead_of_time_come_within_40_ms(failing):
    speed.keep("stumbles", speed.Speed(rtf=0.1, first_ms=1))
    voice = Auto(AutoOptions(voices=("stumbles", "silence"), volume=0.5), context())
    book = Phrasebook("stumbles", voice.rate_hz)
    (part,) = parts("左前方两米，", "zh")
    spoken = Steady()
    assert list(book.prepare(spoken, ["左前方两米，行人"], "zh")) == [True, True]
    assert list(book.prepare(spoken, ["左前方两米，行人", "小心！"], "zh")) == [False, False, True]
    assert part in book
    began_s = time.perf_counter()
    first = next(iter(render(voice, "左前方两米，", "zh")))
    assert time.perf_counter() - began_s < 0.04
    assert len(first) == 24_000
    assert np.all(first == 500), "at the volume that is wanted now"
    assert len(sound(voice, "右前方两米，")) == 12_000, "what is not in the book is spoken now"
    voice.close()


def test_a_phrase_cut_short_by_a_power_cut_is_spoken_anew(failing, own_cache):
    book = Phrasebook("v-200", 24_000)
    voice = Silence(SilenceOptions(), context())
    list(book.prepare(voice, ["前方"], "zh"))
    (file,) = book.folder.glob("*.wav")
    assert book.find("前方", "zh") is not None
    file.write_bytes(file.read_bytes()[:20])
    assert book.find("前方", "zh") is None
    assert Phrasebook("v-300", 24_000).find("前方", "zh") is None
    assert Phrasebook("v-200", 22_050).find("前方", "zh") is None


def test_books_of_voices_no_longer_used_go_away(own_cache):
    voice = Silence(SilenceOptions(), context())
    for number in range(5):
        list(Phrasebook(f"v-{number}", 16_000).prepare(voice, ["前方"], "zh"))
    assert len(list((own_cache / "phrases").iterdir())) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_clause_of_a_warning_is_among_the_frequent_ones(language):
    ready = {
        part
        for text in frequent(language)
        for clause in clauses(text)
        for part in parts(clause, language)
    }
    for side in Side:
        for distance_m in (0.3, 1.1, 2.6, 4.4, 8, 12, 19):
            what = "行人" if language == "zh" else "person"
            text = where_and_how_far(side, what, metres(distance_m, language), language)
            for clause in clauses(text):
                assert set(parts(clause, language)) <= ready, clause
