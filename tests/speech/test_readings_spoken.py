"""Characters of several readings, as both voices are given them."""

from __future__ import annotations

from measure.speech_readings import mistakes, ours, sentences

from edgeassist.speech.engines.kokoro_symbols import chinese, syllable
from edgeassist.speech.pinyin import spoken_pinyin, spoken_words


def test_at_most_one_in_a_hundred_is_said_wrong_in_our_own_sentences():
    gold = [*sentences()]
    assert len(gold) >= 200
    readings = sum(len(one.gold) for one in gold)
    wrong = [*mistakes(gold, ours)]
    assert len(wrong) <= readings / 100, wrong


def test_both_voices_are_given_the_same_readings():
    words = spoken_words("银行的行长很着急。")
    assert [word.syllables for word in words if word.syllables] == [
        ("yin2", "hang2"), ("de5",), ("hang2", "zhang3"), ("hen3",), ("zhao2", "ji2")
    ]  # fmt: skip
    assert spoken_pinyin("银行的行长很着急。") == "yin2 hang2 de5 hang2 zhang3 hen3 zhao2 ji2."
    for spelling in ("hang2", "zhao2"):
        assert syllable(spelling) in chinese(words)
