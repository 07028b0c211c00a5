"""Marks in a text that keep what a transcriber chose."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.cells import FINALS, INITIALS, TONES
from edgeassist.braille.marks import selectors, without_marks
from edgeassist.chinese.normal import is_hanzi

BOTH = [Scheme.GF0019, Scheme.CURRENT]
SYLLABLE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", *INITIALS.values()]),
    st.sampled_from(list(FINALS.values())),
    st.sampled_from(list(TONES.values())),
)
BETWEEN = st.sampled_from(["", "", "⠀", "⠀⠀", "⠐⠀", "⠐⠆", "⠀⠼⠃⠚⠤", "⠤", "⠐⠐⠐⠐⠐⠐", "⠐⠆⠐⠆⠐⠆"])
ANY_CELLS = st.text(st.characters(min_codepoint=0x2800, max_codepoint=0x283F), max_size=25)


def again(cells: str, scheme: Scheme) -> str:
    text = from_braille(cells, scheme, alternatives=0, keep_marks=True).text
    return translate(text, scheme).cells


@pytest.mark.parametrize("scheme", BOTH)
@given(parts=st.lists(st.tuples(SYLLABLE, BETWEEN), max_size=12))
@settings(max_examples=60, deadline=None)
def test_syllables_written_in_any_way_come_back_as_the_same_cells(scheme, parts):
    cells = "".join(syllable + between for syllable, between in parts)
    assert again(cells, scheme) == cells


@pytest.mark.parametrize("scheme", BOTH)
@given(cells=ANY_CELLS)
@settings(max_examples=100, deadline=None)
def test_any_cells_at_all_come_back_as_the_same_cells(scheme, cells):
    assert again(cells, scheme) == cells


@given(cells=ANY_CELLS)
@settings(max_examples=60, deadline=None)
def test_marks_change_nothing_that_is_seen(cells):
    marked = from_braille(cells, alternatives=0, keep_marks=True).text
    plain = from_braille(cells, alternatives=0).text
    assert without_marks(marked) == plain


def test_a_text_written_by_the_rules_gets_no_marks():
    text = "银行里的人长大了，他今年20岁。"
    assert from_braille(translate(text).cells, keep_marks=True).text == text


def test_a_zero_width_space_is_a_blank_and_a_word_joiner_none():
    assert translate("图书馆").cells.count("⠀") == 0
    assert translate("图书\u200b馆").cells.count("⠀") == 1
    assert translate("研究研究").cells.count("⠀") == 1
    assert translate("研究\u2060研究").cells.count("⠀") == 0


def test_a_blank_beside_a_space_is_one_blank():
    assert translate("A \u200bB").cells == translate("A B").cells
    assert translate("A \u2060B").cells == translate("A B").cells


def test_a_word_joiner_inside_a_number_changes_nothing():
    assert translate("25\u2060%").cells == translate("25%").cells


def test_selectors_say_how_a_character_is_written():
    assert translate("他").cells == "⠞"
    assert translate("他" + selectors("⠞⠔")).cells == "⠞⠔"
    assert translate("大海" + selectors("⠓⠪⠄"), Scheme.CURRENT).cells.endswith("⠓⠪⠄")


def test_selectors_that_read_as_something_else_are_not_heeded():
    assert translate("银" + selectors("⠞⠔")).cells == translate("银").cells
    assert translate("15" + selectors("⠼⠁⠃")).cells == translate("15").cells


def test_a_number_that_grew_is_written_whole():
    old = "1.2" + selectors("⠼⠁⠼⠃")
    assert translate(old).cells == "⠼⠁⠼⠃"
    assert translate(old + "5").cells == translate("1.25").cells
    assert translate(old + "\u20605").cells == translate("1.25").cells


def test_other_variation_selectors_only_choose_a_glyph():
    assert translate("葛\U000e0100城").cells == translate("葛城").cells


def test_every_cell_of_a_marked_text_stands_for_a_place_in_it():
    text = from_braille("⠓⠪⠄⠀⠀⠇⠦⠂⠐", Scheme.CURRENT, keep_marks=True).text
    found = translate(text, Scheme.CURRENT)
    assert len(found.source) == len(found.cells)
    letters = [c for c, place in zip(found.cells, found.source, strict=True)
               if is_hanzi(text[place])]  # fmt: skip
    assert "".join(letters).replace("⠀", "") == "⠓⠪⠄⠇⠦⠂"


def test_braille_in_a_text_stays_braille():
    assert translate("⠓⠪").cells == "⠓⠪"
    assert "⠓" in from_braille(translate("按⠓键").cells).text


def test_published_pages_come_back_cell_for_cell():
    folder = os.environ.get("EDGEASSIST_EVAL")
    if not folder:
        pytest.skip("EDGEASSIST_EVAL is not set: it names the folder of published pages")
    pages = Path(folder, "braille", "published", "chinese_grade9_book2.txt").read_text("utf-8")
    lines = [line for line in re.split(r"[\n\f]", pages) if line.strip("⠀")]
    same = sum(again(line, Scheme.CURRENT) == line for line in lines)
    assert same / len(lines) >= 0.99
