"""Texts as they are spoken: figures in words, clauses, languages, pinyin with its tone changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.chinese.normal import is_hanzi
from edgeassist.speech.clauses import clauses
from edgeassist.speech.english import spoken_english
from edgeassist.speech.normalise import spoken_chinese
from edgeassist.speech.numerals import cardinal, roman
from edgeassist.speech.pinyin import sandhi, spoken_pinyin
from edgeassist.speech.scripts import Part, language_of, parts

HERE = Path(__file__).parent


def table(name: str) -> list[list[str]]:
    """The lines of a table: what is written, and what is to be said."""
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize(("written", "spoken"), table("spoken_zh.tsv"))
def test_chinese_figures_and_signs_are_said_as_people_say_them(written, spoken):
    assert spoken_chinese(written) == spoken
    assert spoken_chinese(spoken) == spoken


@pytest.mark.parametrize(("written", "spoken"), table("spoken_en.tsv"))
def test_english_figures_and_signs_are_said_as_people_say_them(written, spoken):
    assert spoken_english(written) == spoken
    assert spoken_english(spoken) == spoken


WRITTEN = st.text(
    alphabet="0123456789.-:/%,+=^²½()~年月日个米第点分次元¥$€ kmgAVIX℃电话是。，", max_size=20
)


@given(WRITTEN)
def test_no_figure_is_left_for_the_voice_to_guess(text):
    assert not any(sign.isdecimal() for sign in spoken_chinese(text))
    assert not any(sign.isdecimal() for sign in spoken_english(text))


@given(
    st.text(alphabet="0123456789.:/,+=^²½年月日个米第点分次元¥$ kmgAVIX℃电话是。，", max_size=20)
)
def test_what_is_written_out_is_not_written_out_again(text):
    for say in (spoken_chinese, spoken_english):
        assert say(say(text)) == say(text)


@given(st.text(alphabet="前方有台阶人走0123456789.-:%， ", max_size=20))
def test_nothing_but_figures_and_marks_is_changed(text):
    said = iter(spoken_chinese(text))
    assert all(sign in said for sign in text if is_hanzi(sign))


@given(st.text(alphabet="qrdkn 0123456789.-:%,", max_size=20))  # of no abbreviation
def test_no_english_word_is_lost(text):
    said = iter(spoken_english(text).replace("'", ""))
    assert all(sign in said for sign in text if sign.isalpha())


@given(st.integers(1, 3999))
def test_roman_numerals_are_read_back(value):
    assert roman(as_roman(value)) == value


def as_roman(value: int) -> str:
    hundreds = ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM")
    tens = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    high, low = divmod(value % 100, 10)
    return "M" * (value // 1000) + hundreds[value // 100 % 10] + tens[high] + ones[low]


@pytest.mark.parametrize("text", ["IIII", "VX", "IC", "", "ABC", "iv"])
def test_what_is_no_roman_numeral_is_left_alone(text):
    assert roman(text) is None


@given(st.integers(0, 10**16 - 1))
def test_an_amount_can_be_counted_back_from_its_words(value):
    assert counted(cardinal(str(value))) == value


def counted(words: str) -> int:
    """The value of Chinese numerals, by their positions."""
    for unit, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if unit in words:
            high, low = words.split(unit, 1)
            return counted(high) * size + counted(low)
    total = digit = 0
    for sign in words:
        if sign in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(sign)
    return total + digit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第一句，第二句。", ["第一句，", "第二句。"]),
        ("“好！”他说。", ["“好！”他说。"]),
        ("价格是3.5元，不贵！", ["价格是3.5元，", "不贵！"]),
        ("It's v1.5. Go!", ["It's v1.5. ", "Go!"]),
        ("没有标点", ["没有标点"]),
        ("两行\n文字", ["两行\n", "文字"]),
        ("结束了。……", ["结束了。……"]),
        ("", [""]),
    ],
)
def test_a_text_is_cut_where_one_breathes(text, found):
    assert list(clauses(text)) == found


@given(st.text(max_size=60))
def test_cutting_into_clauses_loses_nothing(text):
    assert "".join(clauses(text)) == text.strip()


def test_a_text_without_marks_is_cut_all_the_same_so_that_its_sound_begins_soon():
    for text, longest in (("春天来了桃花开了" * 20, 50), ("on and on and " * 40, 100)):
        found = clauses(text)
        assert "".join(found) == text.strip()
        assert max(map(len, found)) <= longest
    assert all(part.endswith(" ") for part in clauses("on and on and " * 40)[:-1])


def test_a_mixture_is_read_by_a_voice_for_each_language():
    assert parts("打开WiFi 6，再试。", "zh") == [
        Part("zh", "打开"),
        Part("en", "WiFi"),
        Part("zh", "六，再试。"),
    ]
    assert parts("Go to 北京西路12号, gate 2", "en") == [
        Part("en", "Go to"),
        Part("zh", "北京西路十二号,"),
        Part("en", "gate two"),
    ]


def test_a_text_of_signs_only_is_not_spoken():
    assert parts("…… ——（）", "zh") == []


def test_another_language_is_left_to_its_voice():
    assert parts("안녕 3", "ko") == [Part("ko", "안녕 3")]


@pytest.mark.parametrize(("text", "language"), [("前方 box", "zh"), ("Stop!", "en"), ("5", "en")])
def test_the_language_of_a_text_is_chinese_if_it_has_a_character(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("前方一米，有台阶。", "qian2 fang1 yi4 mi3, you3 tai2 jie1."),
        ("不是一个", "bu2 shi4 yi2 ge4"),
        ("不好，第一，十一", "bu4 hao3, di4 yi1, shi2 yi1"),
        ("绿色的女孩", "lü4 se4 de5 nü3 hai2"),
        ("去银行，长大了", "qu4 yin2 hang2, zhang3 da4 le5"),
        ("“你好”", "ni3 hao3"),
    ],
)
def test_chinese_goes_to_the_voice_as_pinyin_with_its_tone_changes(text, said):
    assert spoken_pinyin(text) == said


def test_tone_changes_leave_every_other_syllable_alone():
    assert sandhi("一起不去", ["yi1", "qi3", "bu4", "qu4"]) == ["yi4", "qi3", "bu2", "qu4"]
    assert sandhi("一", ["yi1"]) == ["yi1"]


@given(st.text(alphabet="前方一米有台阶不是的，。 aB3，（）", max_size=30))
def test_no_character_reaches_a_voice_that_cannot_read_it(text):
    assert not re.search(r"[\u4e00-\u9fff，。（）]", spoken_pinyin(text))
