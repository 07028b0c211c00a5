"""Two-cell Chinese Braille (汉语双拼盲文), both ways."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.decode import SyllableToken, TextToken, UnreadableToken, parse
from edgeassist.braille.encode import word_cells
from edgeassist.braille.shuangpin import attested_syllables, marks, syllable_cells
from edgeassist.chinese.syllables import split
from edgeassist.cli.main import main

TWO_CELL = Scheme.SHUANGPIN

# The scheme writes these alike: me mo and le lo in the first and neutral tone, yo and neutral you.
ALIKE = {
    frozenset(("me1", "mo1")), frozenset(("me5", "mo5")), frozenset(("le5", "lo5")),
    frozenset(("yo1", "yo5", "you5")),
}  # fmt: skip
SYLLABLES = sorted(attested_syllables())


def cells(text: str) -> str:
    return translate(text, TWO_CELL, language="zh").cells


def spelled(line: str) -> list[set[str]]:
    """What each syllable of a line can be."""
    return [
        {letters + tone for letters in token.letters for tone in token.tones}
        for token in parse(line, TWO_CELL)
        if isinstance(token, SyllableToken)
    ]


# From the printed pages: 剃头匠杨凤亭, and what stands beside them in the same story.
@pytest.mark.parametrize(
    ("word", "syllables", "written"),
    [
        ("剃头匠", ("ti4", "tou2", "jiang4"), "⠞⠃⠎⠩⠑⠙"),
        ("北京", ("bei3", "jing1"), "⠊⠼⠑⠕"),
        ("儿子", ("er2", "zi5"), "⠔⠺⠙⠆"),
        ("抢掠", ("qiang3", "lüe4"), "⠕⠽⠷⠊"),
        ("如果", ("ru2", "guo3"), "⠴⠣⠡⠮"),
        ("兄弟", ("xiong1", "di4"), "⠳⠕⠜⠃"),
        ("您", ("nin2",), "⠟⠡"),
        ("说", ("shuo1",), "⠫⠎"),
        ("谁", ("shui2",), "⠫⠬"),
    ],
)
def test_words_are_spelled_as_in_print(word: str, syllables: tuple[str, ...], written: str) -> None:
    assert "".join(word_cells(word, syllables, TWO_CELL)) == written


def test_no_two_syllables_are_written_alike_but_those_the_scheme_itself_confuses() -> None:
    by_cells: dict[str, set[str]] = {}
    for syllable in SYLLABLES:
        by_cells.setdefault(syllable_cells(syllable), set()).add(syllable)
    assert {frozenset(alike) for alike in by_cells.values() if len(alike) > 1} == ALIKE


@given(st.lists(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=6), max_size=8))
def test_whatever_is_written_in_words_reads_back_as_the_same_syllables(
    words: list[list[str]],
) -> None:
    line = "⠀".join("".join(word_cells("〇" * len(word), tuple(word), TWO_CELL)) for word in words)
    found = spelled(line)
    gold = [syllable for word in words for syllable in word]
    assert len(found) == len(gold)
    assert all(syllable in possible for syllable, possible in zip(gold, found, strict=True))
    assert not any(isinstance(token, UnreadableToken) for token in parse(line, TWO_CELL))


@given(st.text("⠀⠁⠃⠉⠌⠋⠔⠆⠄⠐⠠⠤⠰⠼⠈⠘⠨⠿⠾⠊", max_size=30))
def test_no_cell_is_ever_dropped(line: str) -> None:
    at = 0
    for token in parse(line, TWO_CELL):
        assert set(line[at : token.start]) <= set("⠀⠤")  # blanks, and ⠤ that only joins
        at = token.end
    assert set(line[at:]) <= set("⠀⠤")


def test_a_reader_finds_de_shi_and_er_as_signs_of_one_cell() -> None:
    assert cells("他的书") == "⠎⠞⠀⠌⠀⠫⠇"
    assert cells("我是老师").split("⠀")[1] == "⠋"
    assert cells("可是").endswith("⠋")
    assert len(cells("可是")) == 3
    assert word_cells("面儿", ("mian4", "er5"), TWO_CELL) == ["⠺⠋", "⠔"]
    assert word_cells("花儿匠", ("hua1", "er5", "jiang4"), TWO_CELL) == ["⠣⠞", "⠔⠤", "⠑⠙"]
    assert word_cells("女儿", ("nü3", "er2"), TWO_CELL) == ["⠿⠧", "⠔⠺"]
    assert word_cells("是否", ("shi4", "fou3"), TWO_CELL) == ["⠋⠃", "⠖⠭"]


def test_dot_four_tells_again_from_at() -> None:
    assert word_cells("再", ("zai4",), TWO_CELL) == ["⠈⠙⠛"]
    assert word_cells("在", ("zai4",), TWO_CELL) == ["⠙⠛"]
    (again,) = parse("⠈⠙⠛", TWO_CELL)
    assert isinstance(again, SyllableToken)
    assert again.character == "再"


def test_every_tone_stands_there_with_or_without_full_tones() -> None:
    text = "妈妈骑马慢"
    assert cells(text) == translate(text, TWO_CELL, full_tones=True).cells


def test_a_weak_syllable_keeps_its_full_tone_as_in_print_but_a_particle_is_neutral() -> None:
    assert word_cells("过来", ("guo4", "lai5"), TWO_CELL) == ["⠡⠊", "⠇⠻"]
    assert word_cells("过了", ("guo4", "le5"), TWO_CELL) == ["⠡⠊", "⠇⠔"]


def test_every_mark_reads_back() -> None:
    text = "他说：“‘好’！”（《书》、〈诗〉［甲］）……；——〔1〕？"
    line = cells(text)
    found = "".join(t.text for t in parse(line, TWO_CELL) if isinstance(t, TextToken))
    assert found == "：“‘’！”（《》、〈〉［］）……；——〔1〕？"


def test_no_blank_stands_between_a_colon_and_what_is_said() -> None:
    assert "⠠⠄⠰⠄" in cells("他说：“来吧。”")


def test_a_quotation_mark_that_could_be_half_a_syllable_only_closes_what_was_opened() -> None:
    opened = list(parse("⠰⠢⠊⠺⠹⠅⠔⠆", TWO_CELL))
    assert [t.text for t in opened if isinstance(t, TextToken)] == ["‘", "’"]
    assert not any(isinstance(t, TextToken) for t in parse("⠊⠺⠹⠅⠔⠆", TWO_CELL))


def test_a_rare_interjection_or_a_reading_outside_the_scheme_is_still_written() -> None:
    for letters in ("ng2", "m2", "n2", "ê1", "yo1", "fiao4", "hm5"):
        assert len(syllable_cells(letters)) == 2
    with pytest.raises(ValueError, match="not a syllable"):
        syllable_cells("fian1")


def test_the_parts_of_the_table_are_consistent_with_initial_and_final() -> None:
    """One initial with one medial is one first cell, whatever the rime."""
    first: dict[tuple[str, str], set[str]] = {}
    for syllable in SYLLABLES:
        parts = split(syllable)
        if parts.initial in ("d", "t", "l") and parts.final[:1] in ("i", "u", "a"):
            first.setdefault((parts.initial, parts.final[:1]), set()).add(
                syllable_cells(syllable)[0]
            )
    assert first
    assert all(len(found) == 1 for found in first.values())


def test_marks_do_not_begin_like_syllables() -> None:
    beginnings = {syllable_cells(syllable)[0] for syllable in SYLLABLES}
    only_when_opened = {"’", "〕"}
    for mark, written in marks().items():
        assert mark in only_when_opened or written[0] not in beginnings


@pytest.mark.parametrize(
    "text",
    [
        "他再来的时候，我们正在北京。",
        "2014年4月17日，第3次会议在A楼召开。",
        "但是这不是我的书！",
        "他说：“维生素C对身体有好处，是吗？”",
        "价格是3.14元，网址是www.a-b.com。",
        "小孩儿在这儿玩儿。",
    ],
)
def test_a_sentence_comes_back_as_it_was(text: str) -> None:
    assert from_braille(cells(text), TWO_CELL).text == text


def test_cells_typed_without_blanks_are_divided_by_their_meaning() -> None:
    for text in ("他的我的", "我是他的老师", "街上的人都是他的朋友"):
        typed = cells(text).replace("⠀", "")
        assert from_braille(typed, TWO_CELL, alternatives=0).text == text


def test_what_liblouis_writes_reads_too_though_it_has_no_signs_within_words() -> None:
    assert from_braille("⠎⠞⠀⠃⠻⠋⠃⠀⠢⠮⠍⠹", TWO_CELL).text.startswith("他还是")


def test_the_command_writes_explains_and_reads_two_cell_braille(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["braille", "to", "再是", "--scheme", "shuangpin", "--explain", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["words"][0]["clauses"][0] == "5 再"
    assert main(["braille", "from", "⠞⠃⠎⠩⠀⠌", "--scheme", "shuangpin"]) == 0
    assert capsys.readouterr().out == "剃头的\n"
