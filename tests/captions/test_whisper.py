"""Whisper on real recordings: what it hears, what it does not, and how it streams."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from recordings import character_errors, noise, quiet, spoken, text_of

from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.engines.worker import ReplayWorker
from edgeassist.captions.recognizer import Language
from edgeassist.errors import ModelError
from edgeassist.loop.clock import NS, ManualClock
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption, Gap
from edgeassist.loop.node import Pace
from edgeassist.testing import audio_blocks, check_recognizer, context


def heard(engine: Whisper, sound, start_s: float = 0.0) -> list[Caption]:
    return [c for block in audio_blocks(sound, start_s=start_s) for c in engine.feed(block)]


def finals(captions) -> list[str]:
    return [caption.text for caption in captions if caption.final]


@pytest.mark.parametrize(
    ("name", "language", "most_errors"),
    [
        ("zh/nihao_shijie", "zh", 0.0),
        # A classical text whose characters Whisper base mostly guesses by their sound.
        ("zh/pangrama", "zh", 0.6),
        ("en/hello_world", "en", 0.0),
        ("en/quick_brown_fox", "en", 0.0),
    ],
)
def test_speech_becomes_text_in_its_own_language(whisper, name, language, most_errors):
    engine = whisper()
    captions = [*heard(engine, spoken(name)), *engine.finish()]
    assert character_errors(text_of(name), "".join(finals(captions))) <= most_errors
    assert {caption.language for caption in captions} == {language}


def test_one_talk_may_change_its_language(whisper):
    engine = whisper()
    talk = np.concatenate((spoken("zh/nihao_shijie"), quiet(1), spoken("en/hello_world"), quiet(1)))
    assert finals(heard(engine, talk)) == ["你好世界。", "Hello world."]


@pytest.mark.parametrize("sound", [quiet(5), noise(5), noise(5, 6000), noise(5, 200)])
def test_silence_and_noise_say_nothing(whisper, sound):
    engine = whisper()
    assert [*heard(engine, sound), *engine.finish()] == []


def test_whisper_keeps_the_contract_of_a_recognizer():
    check_recognizer(Whisper, WhisperOptions(), spoken("zh/nihao_shijie"))


def test_times_are_those_of_the_speech(whisper):
    engine = whisper()
    word = spoken("zh/nihao_shijie")
    (caption,) = heard(engine, np.concatenate((quiet(3), word, quiet(2))), start_s=100.0)
    assert caption.start_s == pytest.approx(103.1, abs=0.2)
    assert caption.end_s == pytest.approx(103 + len(word) / RATE_HZ, abs=0.4)
    assert caption.captured_ns == pytest.approx(caption.end_s * NS, abs=0.001 * NS)


def test_lost_sound_ends_what_was_said_and_shows_it(whisper):
    engine = whisper()
    fox = spoken("en/quick_brown_fox")
    half = fox[: len(fox) // 2]
    captions = heard(engine, half)
    gap = Gap(captured_ns=0, start_s=len(half) / RATE_HZ, seconds=3.0)
    captions += engine.gap(gap)
    assert [text[-1] for text in finals(captions)] == ["…"]
    assert captions[-1].text.startswith("The quick")
    later = heard(engine, np.concatenate((spoken("zh/nihao_shijie"), quiet(1))), start_s=60.0)
    assert finals(later) == ["你好世界。"]
    assert later[0].start_s > 60


def test_sound_lost_in_silence_is_shown_too(whisper):
    engine = whisper()
    captions = heard(engine, quiet(1))
    captions += engine.gap(Gap(captured_ns=0, start_s=1.0, seconds=0.5))
    assert finals(captions) == ["…"]


def test_the_same_file_gives_the_same_finals(whisper):
    talk = np.concatenate((spoken("zh/pangrama"), quiet(1), spoken("zh/nihao_shijie")))
    first, second = ([*heard(engine, talk), *engine.finish()] for engine in (whisper(), whisper()))
    assert first == second


def live(whisper, clock, seconds: float = 0.2, language: Language = Language.AUTO) -> Whisper:
    """An engine before a microphone, every decode of which takes that long by the clock."""
    world = context(clock=clock, pace=Pace.REAL)
    return whisper(language, world, ReplayWorker(clock, lambda used_s: seconds))


def real_time(engine: Whisper, sound, clock: ManualClock) -> list[Caption]:
    """Feed as a microphone does."""
    captions = []
    for block in audio_blocks(sound):
        clock.advance(block.seconds)
        captions += engine.feed(replace(block, captured_ns=clock.now_ns()))
    return captions


def partials(captions) -> list[Caption]:
    return [caption for caption in captions if not caption.final]


def test_captions_appear_while_somebody_speaks_and_their_stable_part_stays(whisper):
    clock = ManualClock()
    engine = live(whisper, clock)
    sound = np.concatenate((quiet(0.5), spoken("en/quick_brown_fox"), quiet(1)))
    captions = real_time(engine, sound, clock)
    assert len(partials(captions)) >= 3
    assert captions[-1].final
    assert partials(captions)[0].end_s - captions[-1].start_s < 0.5
    stable = ""
    for caption in captions:
        assert caption.text.startswith(stable)
        stable = caption.text[: caption.stable_chars]
    assert stable
    assert finals(captions) == ["The quick brown fox jumps over the lazy dog."]


def test_real_pace_ends_in_the_same_text_as_a_file(whisper):
    clock = ManualClock()
    sound = np.concatenate(
        (spoken("zh/nihao_shijie"), quiet(1), spoken("en/hello_world"), quiet(1))
    )
    said = finals(real_time(live(whisper, clock), sound, clock))
    assert said[-1] == "Hello world."
    assert character_errors("".join(finals(heard(whisper(), sound))), "".join(said)) < 0.1


def test_told_to_stop_it_gives_what_it_has_in_time(whisper):
    clock = ManualClock()
    world = context(clock=clock, pace=Pace.REAL)
    worker = ReplayWorker(clock, lambda used_s: 0.3)
    engine = whisper(world=world, worker=worker)
    sound = spoken("en/quick_brown_fox")
    captions = real_time(engine, sound[: 2 * RATE_HZ], clock)
    world.stopping.tell(0.05)
    silence = AudioBlock(captured_ns=clock.now_ns(), samples=quiet(0.02), start_s=2.0)
    captions += engine.feed(silence)
    assert not finals(captions)
    (final,) = engine.finish()
    assert final.final
    assert final.text.startswith("The quick brown fox"), "what the last run heard"
    assert not worker.busy or not list(engine.feed(silence)), "nothing is begun any more"


def test_a_slow_machine_takes_larger_steps_and_loses_nothing(whisper):
    clock = ManualClock()
    sound = np.concatenate((quiet(0.5), spoken("en/quick_brown_fox"), quiet(4)))
    captions = real_time(live(whisper, clock, seconds=1.0), sound, clock)
    assert 1 <= len(partials(captions)) <= 2
    assert finals(captions) == ["The quick brown fox jumps over the lazy dog."]


def test_on_a_machine_that_cannot_follow_every_sentence_still_comes_in_order(whisper):
    clock = ManualClock()
    word = np.concatenate((spoken("zh/nihao_shijie"), quiet(0.7)))
    hello = np.concatenate((spoken("en/hello_world"), quiet(0.7)))
    engine = live(whisper, clock, seconds=3.0)
    captions = real_time(engine, np.concatenate((word, hello, word, hello)), clock)
    captions += engine.finish()
    assert finals(captions) == 2 * ["你好世界。", "Hello world."]
    numbers = [caption.utterance for caption in captions]
    assert numbers == sorted(numbers)


def test_a_pause_in_mid_sentence_is_no_end_and_its_final_pass_is_dropped(whisper):
    clock = ManualClock()
    fox = spoken("en/quick_brown_fox")
    at = round(1.15 * RATE_HZ)  # before "jumps"
    sound = np.concatenate((quiet(0.5), fox[:at], quiet(0.35), fox[at:], quiet(1)))
    captions = real_time(live(whisper, clock), sound, clock)
    assert len(finals(captions)) == 1
    assert finals(captions)[0].startswith("The quick brown fox")
    assert finals(captions)[0].endswith("lazy dog.")


def test_a_folder_without_a_model_is_told_of(tmp_path):
    with pytest.raises(ModelError, match="not a Whisper model"):
        Whisper(WhisperOptions(model=str(tmp_path)), context())
    with pytest.raises(ModelError, match="no such folder"):
        Whisper(WhisperOptions(model=str(tmp_path / "none")), context())


def test_closing_leaves_no_thread_behind():
    before = threading.active_count()
    Whisper(WhisperOptions(), context()).close()
    assert threading.active_count() == before
