"""Tones in Current Braille: written where the bare syllable would be read as another word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.braille.current_tones import evidence, odds, writes_tone
from edgeassist.braille.encode import Scheme, word_cells


def cells(word: str, syllables: str) -> str:
    return "".join(word_cells(word, tuple(syllables.split()), Scheme.CURRENT))


@pytest.mark.parametrize(
    ("frequent", "other"),
    [
        (("是", "shi4", "⠱"), ("时", "shi2", "⠱⠂")),
        (("一", "yi1", "⠊"), ("以", "yi3", "⠊⠄")),
        (("之", "zhi1", "⠌"), ("指", "zhi3", "⠌⠄")),
    ],
)
def test_the_frequent_word_of_a_sound_is_bare_and_the_rarer_bears_its_tone(frequent, other):
    for word, syllables, expected in (frequent, other):
        assert cells(word, syllables) == expected


@pytest.mark.parametrize(
    ("word", "syllables", "expected"),
    [
        ("四肢", "si4 zhi1", "⠎⠌⠁"),  # a later syllable may bear the tone
        ("契约", "qi4 yue1", "⠅⠊⠾⠁"),  # told from 七月
        ("不愿", "bu4 yuan4", "⠃⠥⠯⠆"),
        ("没有", "mei2 you3", "⠍⠮⠳"),
        ("部位", "bu4 wei4", "⠃⠥⠺"),
    ],
)
def test_words_bear_the_tones_they_bear_in_books(word, syllables, expected):
    assert cells(word, syllables) == expected


def test_a_word_the_books_do_not_have_follows_its_characters():
    # 宁愿, 不愿, 心愿 bear the tone of 愿: 甘愿 too
    assert writes_tone("甘愿", ("gan1", "yuan4"), 1)
    assert not writes_tone("甘愿", ("gan1", "yuan4"), 0)


@given(
    st.sampled_from(["yi3", "shi2", "hai3", "zhong1", "er4"]).map(lambda s: (s,) * 3),
    st.integers(0, 2),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_odds_lie_between_none_and_all_and_move_with_what_was_seen(syllables, place, more, less):
    word = "一二三"
    seen = 10
    low, high = sorted((more, less))
    keys = evidence(word, syllables, place)
    few, many = (dict.fromkeys(keys, (count, seen)) for count in (low, high))
    assert 0 <= odds(word, syllables, place, few) <= odds(word, syllables, place, many) <= 1
