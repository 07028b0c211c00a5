"""The voice Kokoro: what it is given to read, and its real sound, heard by Whisper."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from heard import recognised, share_understood
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.chinese.syllables import is_syllable
from edgeassist.errors import ConfigError, WorkError
from edgeassist.speech.engines.kokoro import Kokoro, KokoroOptions, speakers
from edgeassist.speech.engines.kokoro_symbols import (
    NUMBERS,
    chinese,
    english,
    numbers,
    pieces,
    syllable,
)
from edgeassist.speech.espeak_ipa import ipa
from edgeassist.speech.pinyin import SpokenWord, spoken_pinyin, spoken_words, third_tones
from edgeassist.speech.voice import Voice, render
from edgeassist.testing import check_voice, context

missing = Kokoro.check()
here = pytest.mark.skipif(missing is not None, reason=missing.fix if missing else "")


@pytest.fixture(scope="module")
def voice() -> Iterator[Kokoro]:
    voice = Kokoro(KokoroOptions(), context())
    yield voice
    voice.close()


def sound(voice: Kokoro, text: str, language: str = "zh") -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *render(voice, text, language)])


@pytest.mark.parametrize(
    ("spelling", "symbols"),
    [
        ("zhong1", "ꭧʊ→ŋ"),
        ("shi4", "ʂɨ↘"),
        ("zi3", "ʦɨ↓"),
        ("ri4", "ɻɨ↘"),
        ("lü4", "ly↘"),
        ("jue2", "ʨɥe↗"),
        ("yuan2", "ɥɛ↗n"),
        ("dui4", "twei↘"),
        ("jiu3", "ʨjou↓"),
        ("bo1", "pwo→"),
        ("er2", "ɚ↗"),
        ("de5", "tɤ"),
        ("o4", "ɔ↘"),
        ("ng2", "ŋ↗"),
        ("qiong2", "ʨʰjʊ↗ŋ"),
    ],
)
def test_each_kind_of_syllable_is_written_as_the_model_learned_it(spelling, symbols):
    assert syllable(spelling) == symbols


def test_every_syllable_that_our_dictionaries_read_can_be_spoken():
    from edgeassist.chinese.readings import Reader

    reader = Reader()
    read = {one for sign in reader.characters() for one in reader.readings(sign)}
    assert len(read) > 1200
    for spelling in filter(is_syllable, read):
        assert all(sign in NUMBERS for sign in syllable(spelling)), spelling


def test_a_character_whose_reading_nobody_knows_is_left_out():
    assert chinese([SpokenWord(("hao3", "xx5"))]) == "xau↓"


def test_words_are_parted_and_er_colours_its_syllable():
    assert chinese(spoken_words("我们去玩儿，好。")) == "wo↓mən ʨʰy↘ wa↗nɚ, xau↓."


def test_third_tones_change_as_people_say_them():
    assert third_tones([("ni3", "hao3")]) == [("ni2", "hao3")]
    assert third_tones([("hen3",), ("hao3",)]) == [("hen2",), ("hao3",)]
    assert third_tones([("xiang3",), ("xi3", "lian3")]) == [("xiang3",), ("xi2", "lian3")]
    assert third_tones([("hao3",), ("ren2",)]) == [("hao3",), ("ren2",)]


def test_a_comma_parts_third_tones():
    assert chinese(spoken_words("好，你")) == "xau↓, ni↓"


def test_the_pinyin_for_espeak_is_what_it_was():
    assert spoken_pinyin("不是一个，绿色（好）。") == "bu2 shi4 yi2 ge4, lü4 se4 hao3."


@given(st.text(alphabet="→↗ aʨŋ,.!", max_size=300), st.integers(4, 120))
def test_long_texts_are_cut_without_losing_or_changing_a_sign(symbols, most):
    cut = pieces(symbols, most)
    assert "".join(cut).split() == symbols.split()
    assert all(0 < len(piece) <= most for piece in cut)


@here
def test_english_has_the_models_own_diphthongs():
    assert english(ipa("Go by my choice, now.", "en-us")) == "ɡˌO bI mI ʧˈYs, nˈW."
    assert "Q" in english(ipa("home", "en-gb"), british=True)
    assert set(english(ipa("A little chair, 2 bottles.", "en-us"))) <= set(NUMBERS)


def test_what_the_model_has_no_symbol_for_is_left_out():
    assert numbers("a♪b") == [NUMBERS["a"], NUMBERS["b"]]


@here
def test_it_keeps_the_contract_of_a_voice(voice):
    assert isinstance(voice, Voice)
    made = check_voice(Kokoro, KokoroOptions(), "前方一米", "zh")
    assert 0.5 < len(made) / Kokoro.rate_hz < 2.5


@here
def test_speech_begins_at_once_and_ends_without_a_long_silence(voice):
    made = sound(voice, "前方两米，")
    loud = np.flatnonzero(np.abs(made.astype(int)) > 300)
    assert loud[0] < 0.05 * voice.rate_hz
    assert len(made) - loud[-1] < 0.3 * voice.rate_hz


@here
def test_faster_is_shorter_and_softer_is_softer():
    plain, other = (
        Kokoro(options, context())
        for options in (KokoroOptions(), KokoroOptions(rate=400, volume=0.2))
    )
    one, two = sound(plain, "请注意前方车辆"), sound(other, "请注意前方车辆")
    assert len(two) < 0.75 * len(one)
    assert np.abs(two.astype(int)).max() < 0.5 * np.abs(one.astype(int)).max()


@here
def test_a_long_text_can_be_cancelled_after_any_piece(voice):
    text = "今天天气很好我们一起去公园散步吧" * 8
    got = 0
    cancelled_s = 0.0
    for _ in voice.synthesize(text, "zh"):
        got += 1
        threading.Thread(target=voice.cancel).start()
        cancelled_s = time.monotonic()
    assert got <= 2
    assert time.monotonic() - cancelled_s < 10
    assert len(sound(voice, "好"))


@here
def test_a_language_it_cannot_speak_and_an_unknown_speaker_are_told_of(voice):
    with pytest.raises(WorkError, match="de"):
        sound(voice, "Guten Tag", "de")
    with pytest.raises(ConfigError, match="zf_xiaoxiao"):
        Kokoro(KokoroOptions(speaker="nobody"), context())
    assert "zm_yunxi" in speakers()


@here
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "今天天气很好，我们去公园散步。"),
        ("en", "Please turn left and walk to the station where my sister waits for the train."),
    ],
)
def test_a_listener_understands_both_languages(voice, language, text):
    heard = recognised(sound(voice, text, language), language, voice.rate_hz)
    assert share_understood(text, heard) >= 0.75, heard
