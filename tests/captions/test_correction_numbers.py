"""Numbers in captions, in the form people are used to read them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.captions.numbers import written
from edgeassist.speech.normalise import cardinal, one_by_one


@pytest.mark.parametrize(
    ("heard", "read"),
    [
        ("二零一八年", "2018年"),
        ("一九九八年九月一日", "1998年9月1日"),
        ("十二月三十一号", "12月31号"),
        ("百分之五", "5%"),
        ("百分之三点五的人", "3.5%的人"),
        ("百分之105", "105%"),
        ("百分之二百", "200%"),
        ("零点三三", "0.33"),
        ("二十三点五亿元", "23.5亿元"),
        ("一百零五点五公斤", "105.5公斤"),
        ("1347-3821-368", "13473821368"),
        ("1325,326,3647", "13253263647"),
        ("138 0013 8000", "13800138000"),
        ("电话一三四七三八二幺三六八", "电话13473821368"),
    ],
)
def test_dates_shares_decimals_and_telephone_numbers_are_in_figures(heard, read):
    assert written(heard) == read


@pytest.mark.parametrize(
    "text",
    [
        "百分之百",  # a word
        "百分之几",
        "百分之一百二",  # 120 or 102: left to its reader
        "三点五十分出发",  # a time
        "下午三点五分",
        "一起去，万一下雨就算了",
        "三四个人",
        "二三四线城市",
        "一二三四五，上山打老虎",
        "328万1138.48",
        "1,325,326",
        "2018-11-22",
        "010-12345678",
        "九一年",
        "It cost 1,200 dollars on 3-4 May",
    ],
)
def test_what_is_no_such_number_or_usual_already_stays(text):
    assert written(text) == text


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 31))
def test_every_date_said_is_written_in_figures(year, month, day):
    said = f"{one_by_one(str(year))}年{cardinal(str(month))}月{cardinal(str(day))}日"
    expected = f"{year}年{month}月{day}日"
    assert written(said) == expected
    assert written(expected) == expected


@given(st.integers(0, 99), st.integers(0, 99))
def test_every_share_said_is_written_in_figures(whole, part):
    said = f"百分之{cardinal(str(whole))}点{one_by_one(str(part))}"
    assert written(said) == f"{whole}.{part}%"


@given(st.text(alphabet="零一二三五十百千万亿点分之年月日号度0123.-, %个", max_size=16))
def test_what_is_written_once_is_not_written_anew(text):
    once = written(text)
    assert written(once) == once
