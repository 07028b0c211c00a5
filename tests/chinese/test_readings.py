"""How Chinese text is read: everyday sentences, rules, traditional glyphs, user words."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgeassist.chinese import read, reader
from edgeassist.chinese.context import rules
from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.phrases import everyday
from edgeassist.chinese.readings import Reader
from edgeassist.chinese.syllables import from_tone_marks, spell, split
from edgeassist.chinese.userwords import UserWord

FILE = Path(__file__).parent / "everyday_sentences.tsv"
SENTENCES = [
    (text, syllables.split())
    for text, _, syllables in (
        line.partition("\t")
        for line in (Path(__file__).parent / "everyday_sentences.tsv")
        .read_text("utf-8")
        .splitlines()
        if not line.startswith("#")
    )
]


def syllables_of(text: str) -> list[str]:
    return [syllable for word in read(text) for syllable in word.syllables]


def test_everyday_sentences_are_read_right_in_99_of_100_characters():
    wrong = [
        (text, character, expected, found)
        for text, gold in SENTENCES
        for character, expected, found in zip(
            filter(is_hanzi, text), gold, syllables_of(text), strict=True
        )
        if expected != found
    ]
    assert len(SENTENCES) >= 150
    assert len(wrong) <= 0.01 * sum(len(gold) for _, gold in SENTENCES), wrong


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("银行", "yin2 hang2"),
        ("长大", "zhang3 da4"),
        ("了解", "liao3 jie3"),
        ("着急", "zhao2 ji2"),
        ("东西", "dong1 xi5"),
        ("绿色", "lü4 se4"),
        ("一个", "yi1 ge4"),
        ("不是", "bu4 shi4"),
        ("女儿", "nü3 er2"),
        ("一会儿", "yi1 hui4 er5"),
    ],
)
def test_everyday_words_are_read_as_in_the_dictionary(text, syllables):
    assert syllables_of(text) == syllables.split()


@pytest.mark.parametrize(
    ("text", "syllables"),
    [("頭髮", "tou2 fa5"), ("銀行長大", "yin2 hang2 zhang3 da4"), ("一隻鳥", "yi1 zhi1 niao3")],
)
def test_traditional_text_is_read_like_simplified(text, syllables):
    assert syllables_of(text) == syllables.split()


def test_words_joined_again_are_the_text():
    text = "盲人朋友们可以用手指阅读盲文"
    assert "".join(word.text for word in read(text)) == text


def test_signs_between_chinese_words_are_left_out_and_places_kept():
    words = read("我有3本书，OK吗？")
    assert "".join(word.text for word in words) == "我有本书吗"
    assert [words[0].start, words[-1].start] == [0, 8]


def test_the_users_own_words_win():
    own = Reader({"银行": UserWord(("yin2", "xing2"))})
    assert [s for word in own.read("去银行") for s in word.syllables] == ["qu4", "yin2", "xing2"]


def test_an_uncertain_reading_is_told_with_its_alternatives():
    doubts = [
        odds
        for word in read("拍照片的人在弹唱中乐了，第一、二、七部曲贡献了设计")
        for odds in word.doubts.values()
    ]
    assert doubts
    for odds in doubts:
        assert len(odds) > 1
        assert abs(sum(odds.values()) - 1) < 0.01


@pytest.mark.parametrize("rule", [rule for found in rules().values() for rule in found])
def test_every_context_rule_gives_its_reading_in_its_own_example(rule):
    text = rule.example
    found = [r for c, r in zip(text, syllables_of(text), strict=True) if c == rule.character]
    assert rule.reading in found, (text, found)


def test_every_everyday_word_has_a_syllable_for_each_character():
    for word, syllables in everyday():
        assert len(word) == len(syllables), word
        for syllable in syllables:
            assert split(syllable).tone == int(syllable[-1])


def test_no_text_has_no_words():
    assert read("") == []
    assert read("Hello 123！") == []


def test_a_very_long_sentence_is_read_whole():
    text = "我们都在银行工作" * 400
    assert len(syllables_of(text)) == len(text)


@pytest.mark.parametrize(
    ("marked", "plain"), [("lǜ", "lü4"), ("de", "de5"), ("zhuāng", "zhuang1"), ("ér", "er2")]
)
def test_tone_marks_become_digits(marked, plain):
    assert from_tone_marks(marked) == plain


@pytest.mark.parametrize("syllable", ["zhi1", "yu2", "jue2", "liu4", "weng1", "lü4", "er5", "gui4"])
def test_syllables_taken_apart_and_spelled_again_are_the_same(syllable):
    parts = split(syllable)
    assert spell(parts.initial, parts.final) + str(parts.tone) == syllable


@pytest.mark.parametrize("text", ["", "3", "b 4", "ni hao3"])
def test_what_is_no_syllable_is_refused(text):
    with pytest.raises(ValueError, match="not a syllable"):
        split(text)


def test_the_reader_is_made_once():
    assert reader() is reader()


@pytest.mark.parametrize(
    ("idiom", "expected"), [("如鱼得水", "ru2 yu2 de2 shui3"), ("罪有应得", "zui4 you3 ying1 de2")]
)
def test_an_idiom_is_read_as_the_dictionary_has_it(idiom, expected):
    assert syllables_of(f"他{idiom}。")[1:] == expected.split()
