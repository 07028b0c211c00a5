"""分词: long words and names of places and bodies are written as the words they are made of."""

import pytest

from edgeassist.braille import translate


@pytest.mark.parametrize(
    "apart",
    [
        "中华 人民 共和国",
        "中国 人民 银行",
        "北京 大学",
        "人民 大会堂",
        "全国 人民 代表 大会",
        "内蒙古 自治区",
        "香港 特别 行政区",
        "奥林匹克 运动会",
        "哈尔滨 工业 大学",
        "高速 公路",
        "不近 人情",  # idioms: two and two in printed books, without exception
        "乱七 八糟",
    ],
)
def test_a_long_word_falls_into_the_words_it_is_made_of(apart):
    words = [word.text for word in translate(apart.replace(" ", "")).words]
    assert words == apart.split()


@pytest.mark.parametrize(
    "whole",
    [
        "手工业者",  # GF 12.2.5's own example
        "图书馆",
        "电视机",
        "清清楚楚",
        "莎士比亚",
        "加利福尼亚",
        "布宜诺斯艾利斯",
        "乌鲁木齐",
    ],
)
def test_suffixes_reduplication_and_foreign_names_stay_whole(whole):
    assert [word.text for word in translate(whole).words] == [whole]
