"""Texts as they are spoken: figures in words, clauses, languages, pinyin with its tone changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.speech.clauses import clauses
from edgeassist.speech.normalise import cardinal, spoken_chinese
from edgeassist.speech.pinyin import sandhi, spoken_pinyin
from edgeassist.speech.scripts import Part, language_of, parts

SPOKEN = {
    "前方1.5米": "前方一点五米",
    "前方2米": "前方两米",
    "前方12米": "前方十二米",
    "第2个路口": "第二个路口",
    "2个人，22个人": "两个人，二十二个人",
    "2月2号2点": "二月二号两点",
    "2年级，2年": "二年级，两年",
    "占50%": "占百分之五十",
    "12.5％": "百分之十二点五",
    "3‰": "千分之三",
    "2024年3月5日": "二零二四年三月五日",
    "2024-11-22": "二零二四年十一月二十二日",
    "2024/1/5": "二零二四年一月五日",
    "1000年前": "一千年前",
    "8:05": "八点零五分",
    "12:30开会": "十二点三十分开会",
    "02:00": "两点",
    "23:59:08": "二十三点五十九分零八秒",
    "10": "十",
    "110": "一百一十",
    "105": "一百零五",
    "1005": "一千零五",
    "10010": "一万零一十",
    "1,234.5": "一千二百三十四点五",
    "100000000": "一亿",
    "1020304050": "十亿二千零三十万四千零五十",
    "007": "零零七",
    "0.25": "零点二五",
    "12345678901234567": "一二三四五六七八九零一二三四五六七",
    "打13800138000": "打幺三八零零幺三八零零零",
    "-5℃": "负五摄氏度",
    "3-5米": "三到五米",
    "3~5天": "三到五天",
    "3/4": "四分之三",
    "¥2": "两元",
    "$3.20": "三点二零美元",
    "60km/h": "六十公里每小时",
    "5 kg": "五公斤",
    "192.168.1.1": "一九二点一六八点一点一",
    "２０２４年": "二零二四年",
    "5+3=8": "五加三等于八",
    "没有数字。": "没有数字。",
}


@pytest.mark.parametrize(("written", "spoken"), SPOKEN.items())
def test_figures_are_said_as_people_say_them(written, spoken):
    assert spoken_chinese(written) == spoken


@given(st.text(alphabet="0123456789.-:/%,年月日个米第¥ km", max_size=20))
def test_no_figure_is_left_for_the_voice_to_guess(text):
    assert not re.search(r"[0-9]", spoken_chinese(text))


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


def test_a_mixture_is_read_by_a_voice_for_each_language():
    assert parts("打开WiFi 6，再试。", "zh") == [
        Part("zh", "打开"),
        Part("en", "WiFi"),
        Part("zh", "六，再试。"),
    ]
    assert parts("Go to 北京西路12号, gate 2", "en") == [
        Part("en", "Go to"),
        Part("zh", "北京西路十二号,"),
        Part("en", "gate 2"),
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
