"""Panning cuts a line where a reader would: between words, else between syllables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.braille import translate
from edgeassist.braille.display_windows import BLANK, windows

CELLS = st.lists(st.sampled_from("⠁⠃⠉⠿⠀⠀"), max_size=120).map("".join)


@st.composite
def mapped(draw):
    """Cells with a source map: every character is one to three cells, a blank belongs to the next.

    The blanks are where the map of a real line has them.
    """
    cells, source, character = "", [], 0
    for word in draw(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=12), max_size=8)):
        if cells:
            cells += BLANK
            source.append(character)
        for length in word:
            cells += "⠿" * length
            source += [character] * length
            character += 1
    return cells, source


def pieces(cells, width, source=()):
    return [cells[start:end] for start, end in windows(cells, width, source)]


@given(CELLS, st.integers(1, 45))
def test_no_cell_is_lost_or_shown_twice_whatever_the_display(cells, width):
    found = pieces(cells, width)
    assert "".join(found) == cells
    assert all(not piece[width:].strip(BLANK) for piece in found), "only blanks are beyond the edge"
    assert all(found) or not cells


@given(mapped(), st.integers(3, 45))
def test_a_syllable_is_never_cut(line, width):
    cells, source = line
    for start, _ in windows(cells, width, source)[1:]:
        assert cells[start - 1] == BLANK or source[start] != source[start - 1]


@given(mapped(), st.integers(36, 60))
def test_a_word_that_fits_is_never_cut(line, width):
    cells, source = line
    for start, _ in windows(cells, width, source)[1:]:
        assert cells[start - 1] == BLANK


@pytest.mark.parametrize("width", [12, 14, 20, 32, 40])
def test_spoken_chinese_is_cut_between_words(width):
    found = translate("请问从这里到火车站怎么走，坐地铁要换几次车？今天晚上八点还有没有票？")
    words = set(found.cells.split(BLANK))
    for piece in pieces(found.cells, width, found.source):
        assert set(piece.split(BLANK)) <= words | {""}


def test_a_window_ends_with_the_last_word_that_fits_exactly():
    assert pieces("⠁⠁⠀⠃⠃⠀⠉⠉", 5) == ["⠁⠁⠀⠃⠃⠀", "⠉⠉"]


def test_a_word_longer_than_the_display_is_cut_between_its_characters():
    assert pieces("⠁⠁⠃⠃⠉⠉⠙⠙", 5, [0, 0, 1, 1, 2, 2, 3, 3]) == ["⠁⠁⠃⠃", "⠉⠉⠙⠙"]


def test_a_line_without_a_map_is_still_shown():
    assert pieces("⠿" * 7, 3) == ["⠿⠿⠿", "⠿⠿⠿", "⠿"]


def test_a_display_without_cells_is_told_of():
    with pytest.raises(ValueError, match="at least one cell"):
        windows("⠁", 0)
