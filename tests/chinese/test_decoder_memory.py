"""Words a user or a text has taught win; nothing taught changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.chinese.decoder import DecodedWord, Sound, decoder
from edgeassist.chinese.memory import Memory
from edgeassist.chinese.userwords import UserWord


def sounds(spelled: str) -> list[Sound]:
    return [Sound((s.rstrip("12345"),), s[-1]) for s in spelled.split()]


def text(spelled: str, known: Memory | None = None) -> str:
    return "".join(word.text for word in decoder().decode(sounds(spelled), known=known))


def test_a_user_s_word_wins_over_its_homophones():
    spelled = "wo3 men5 qu4 hong2 yan4 gong1 si1"
    known = Memory()
    known.add_user_words({"鸿彦": UserWord(("hong2", "yan4"))})
    assert text(spelled) != "我们去鸿彦公司"
    assert text(spelled, known) == "我们去鸿彦公司"


def test_a_word_of_the_dictionary_that_the_text_uses_wins_over_a_commoner_one():
    spelled = "zhe4 shi4 yi2 shi4"
    known = Memory()
    for _ in range(5):
        known.add("遗失", ("yi2", "shi1"))
        known.add("仪式", ("yi2", "shi4"))
    assert text(spelled, known) == "这是仪式"


def test_a_taught_word_does_not_take_sounds_it_does_not_have():
    known = Memory()
    known.add("银杏", ("yin2", "xing4"), 30)
    assert text("yin2 hang2 li3 de5 ren2", known) == "银行里的人"


def test_a_fixed_character_wins_over_a_taught_word():
    known = Memory()
    known.add("她来", ("ta1", "lai2"), 30)
    fixed = [Sound(("ta",), "1", "他"), Sound(("lai",), "2"), Sound(("le",), "5")]
    assert "".join(word.text for word in decoder().decode(fixed, known=known)) == "他来了"


def test_another_reading_is_offered_beside_a_taught_word():
    known = Memory()
    known.add("鸿彦", ("hong2", "yan4"), 30)
    heard = sounds("wo3 men5 qu4 hong2 yan4 gong1 si1")
    words = decoder().decode(heard, known=known)
    others = decoder().alternatives(heard, frozenset(), words, known=known)
    assert all(score <= 0 for score, _ in others)
    assert any("鸿雁" in "".join(w.text for w in changed) for _, changed in others)


def test_only_rare_words_are_learnt_from_what_was_decoded():
    known = Memory()
    known.learn(decoder().decode(sounds("wo3 he2 zheng4 tao1 jin1 tian1 qu4")))
    assert [len(known.sounding(letters)) for letters in (("jin", "tian"), ("zheng", "tao"))] == [
        0,
        1,
    ]


def test_a_word_without_one_toned_syllable_a_character_is_refused():
    for syllables in (("yin2",), ("yin2", "hang"), ("yin2", "hang2", "li3")):
        with pytest.raises(ValueError, match="one toned syllable"):
            Memory().add("银行", syllables)


@given(st.lists(st.sampled_from("天地玄黄宇宙洪荒日月盈昃"), min_size=1, max_size=60))
def test_a_memory_keeps_to_its_size_and_knows_the_newest(taught: list[str]):
    known = Memory(most=5)
    for character in taught:
        known.add(character, ("tian1",))
        assert 0 < len(known) <= 5
        assert character in [word.word for word in known.sounding(("tian",))]


def test_an_empty_memory_changes_nothing():
    spelled = "jin1 tian1 tian1 qi4 hen3 hao3"
    assert text(spelled, Memory()) == text(spelled)


def test_what_is_learnt_is_a_word_not_a_stand_in():
    known = Memory()
    known.learn([DecodedWord("", 0, 1, ("blorp1",), rare=True)])
    assert len(known) == 0
