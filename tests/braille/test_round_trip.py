"""Text to braille and back."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import lacking

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.brf_code import cells_of, from_ascii, to_ascii
from edgeassist.braille.liblouis import available
from edgeassist.braille.signs import SIGNS, read_technical, technical

TEXTS = [
    "银行里的人长大了。",
    "他今年20岁，2014年4月17日出生。",
    "我用Python写程序，买3.5kg苹果，B超、维生素C！",
    "“你好，”他说：“银行在5.1.2节。”",
    "她爱吃苹果，它用水洗",
    "今天天气很好，我们去公园散步吧。",
    "《盲文》（第2版）；［1］",
    "温度是3.5℃，降了5%。",
    "请发到abc@qq.com，网址https://a.b/c?d=1-2_3。",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_written_and_read_again_is_the_line(text):
    assert from_braille(translate(text).cells).text == text


def test_a_line_without_word_blanks_is_read_too():
    cells = translate("今天天气很好").cells.replace("⠀", "")
    assert from_braille(cells).text == "今天天气很好"


def test_current_braille_is_read_without_its_tones():
    cells = translate("盲人朋友们可以用手指阅读盲文", Scheme.CURRENT).cells
    assert from_braille(cells, Scheme.CURRENT).text == "盲人朋友们可以用手指阅读盲文"


def test_words_of_a_reading_say_their_cells_and_syllables():
    found = from_braille("⠌⠲⠁⠛⠕⠂")
    assert [(word.cells, word.text, word.syllables) for word in found.words] == [
        ("⠌⠲⠁⠛⠕⠂", "中国", ("zhong1", "guo2"))
    ]


def test_alternatives_differ_from_the_text_and_sound_the_same():
    found = from_braille(translate("这是公民的权利").cells)
    assert found.alternatives
    assert found.text not in found.alternatives
    assert len(set(found.alternatives)) == len(found.alternatives)
    assert any("权力" in text for text in found.alternatives)


def test_cells_that_mean_nothing_are_shown_with_their_place():
    found = from_braille("⠝⠓⠖⠄⠀⠃⠀⠓⠖⠄")
    assert (5, "⠃") in found.unreadable
    assert "⠃" in found.text


def test_an_unknown_character_comes_back_as_an_unreadable_cell():
    written = translate("好😀好")
    assert written.unknown == [(1, "😀")]
    found = from_braille(written.cells)
    assert [cells for _, cells in found.unreadable] == ["⠨⠿"]


@pytest.mark.parametrize("text", ["Hello world", "It's 5 o'clock, isn't it?", "See page 12."])
def test_an_english_line_comes_back_exactly(text):
    if not available():
        lacking("liblouis", "liblouis20 liblouis-data python3-louis")
    assert from_braille(translate(text).cells).text == text


WORD = st.text(string.ascii_letters + string.digits, min_size=1, max_size=6)
SIGN = st.sampled_from(sorted(set(SIGNS) - {"‰", "°", "℃", '"', "."}))


@given(words=st.lists(WORD, min_size=1, max_size=4), sign=SIGN)
def test_letters_digits_and_signs_come_back_exactly(words, sign):
    token = sign.join(words)
    cells, source = technical(token)
    assert len(source) == len(cells)
    assert read_technical(cells, 0) == (token, len(cells))


@given(st.text(st.characters(min_codepoint=0x2800, max_codepoint=0x283F), max_size=40))
def test_any_cells_can_be_parsed_and_nothing_is_dropped(cells):
    from edgeassist.braille.decode import parse

    for scheme in Scheme:
        tokens = list(parse(cells, scheme))
        covered = {place for token in tokens for place in range(token.start, token.end)}
        missing = [cells[i] for i in range(len(cells)) if i not in covered]
        assert set(missing) <= {"⠀", "⠤"}


@given(st.text(max_size=60))
def test_any_text_at_all_is_written_without_a_crash(text):
    found = translate(text)
    assert len(found.source) == len(found.cells)
    assert all(0 <= place < max(len(text), 1) for place in found.source)


@given(st.text(st.characters(min_codepoint=0x2800, max_codepoint=0x283F), max_size=80))
def test_ascii_braille_is_lossless(cells):
    assert from_ascii(to_ascii(cells)) == cells
    assert from_ascii(to_ascii(cells).lower()) == cells


def test_brf_lines_are_recognised():
    assert cells_of("/4AGO1") == "⠌⠲⠁⠛⠕⠂"
    assert cells_of("⠌⠲⠁ ⠛⠕⠂") == "⠌⠲⠁⠀⠛⠕⠂"


@pytest.mark.parametrize(
    "text", ["\ud800好", "\x07\x00", "😀👨‍👩‍👧", "𠮷野家", "\u200b", "", "   ", "\ufffd", "a\u0301"]
)
def test_bad_characters_are_marked_never_dropped(text):
    found = translate(text)
    places = {place for place, _ in found.unknown} | set(found.source)
    assert all(i in places or text[i].isspace() for i in range(len(text)))
    assert all(0x2800 <= ord(cell) <= 0x283F for cell in found.cells)
