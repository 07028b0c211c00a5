"""Pages, BRF files, and the braille module of the loop."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import lacking

from edgeassist.braille import translate
from edgeassist.braille.brf import BrfWriter
from edgeassist.braille.brf_code import from_ascii
from edgeassist.braille.layout import Page, lines, page_number, paragraphs
from edgeassist.braille.liblouis import available
from edgeassist.braille.node import Braille
from edgeassist.errors import InputError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import BrailleLine, Caption, Priority, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.testing import check_node

TEXT = "盲人朋友们可以用手指阅读盲文，这是一种凸起的文字。今天天气很好，我们去公园散步吧。" * 3


@pytest.fixture
def context() -> Context:
    clock = ManualClock()
    return Context(name="braille", clock=clock, stopping=Stopping(clock), profile=Profile())


def page_lines(text: str, columns: int = 30) -> list[str]:
    found = translate(text)
    return lines(found.cells, found.source, found.text, Page(columns=columns))


@pytest.mark.parametrize("columns", [10, 20, 30, 40])
def test_no_line_is_longer_than_the_page_and_nothing_is_lost(columns):
    made = page_lines(TEXT, columns)
    assert max(map(len, made)) <= columns
    again = "".join(line.removeprefix("⠤") for line in made).replace("⠀", "")
    assert again == translate(TEXT).cells.replace("⠀", "")


def test_a_paragraph_begins_two_cells_in():
    made = page_lines(TEXT)
    assert made[0].startswith("⠀⠀")
    assert not any(line.startswith("⠀") for line in made[1:])


def test_a_broken_word_goes_on_after_the_connector_and_never_within_a_syllable():
    found = translate("图书馆" * 12)
    made = lines(found.cells, found.source, found.text, Page(columns=12))
    assert any(line.startswith("⠤") for line in made)
    assert not any(line.endswith("⠤") for line in made)
    for line in made[1:]:
        assert line.lstrip("⠤")[0] in "⠞⠱⠛"  # t, sh, g: a syllable begins


def test_only_odd_pages_are_numbered_flush_right():
    assert page_number(2, 30) == ""
    assert page_number(13, 30) == "⠀" * 27 + "⠼⠁⠉"


@given(
    st.lists(st.sampled_from(["盲文", "图书馆", "，", "。", "20", "年", "Py", "人"]), min_size=1)
)
def test_the_lines_of_a_page_joined_again_are_the_paragraphs(pieces):
    found = translate("".join(pieces))
    made = lines(found.cells, found.source, found.text, Page(columns=12))
    again = list(paragraphs([*made, page_number(7, 30), "\f" + "⠀⠀⠃⠔"]))
    assert again[-1] == "⠃⠔"
    assert "".join(again[:-1]).replace("⠀", "") == found.cells.replace("⠀", "")


def caption(text: str, *, final: bool = True, language: str = "zh") -> Caption:
    return Caption(
        captured_ns=7, utterance=1, text=text, final=final, stable_chars=0, start_s=0, end_s=1,
        language=language,
    )  # fmt: skip


def danger(text: str, priority: Priority = Priority.DANGER) -> Utterance:
    return Utterance(captured_ns=9, text=text, language="zh", priority=priority)


def test_a_caption_becomes_a_braille_line_with_its_time_and_a_source_map(context):
    node = Braille(Braille.Options(), context)
    (line,) = node.handle(caption("中国人"))
    assert isinstance(line, BrailleLine)
    assert (line.cells, line.captured_ns, line.urgent) == ("⠌⠲⠁⠛⠕⠂⠚⠴", 7, False)
    assert line.source == (0, 0, 0, 1, 1, 1, 2, 2)


def test_unfinished_captions_are_shown_only_on_request(context):
    part = caption("中国", final=False)
    assert list(Braille(Braille.Options(), context).handle(part)) == []
    (line,) = Braille(Braille.Options(partials=True), context).handle(part)
    assert not line.final


def test_a_danger_is_urgent_and_other_speech_is_not_shown(context):
    node = Braille(Braille.Options(), context)
    (line,) = node.handle(danger("前方一米，台阶"))
    assert line.urgent
    assert list(node.handle(danger("第一章", Priority.TEXT))) == []


def test_an_english_caption_is_unified_english_braille(context):
    if not available():
        lacking("liblouis", "liblouis20 liblouis-data python3-louis")
    (line,) = Braille(Braille.Options(), context).handle(caption("Hello world", language="en"))
    assert line.cells == "⠠⠓⠑⠇⠇⠕⠀⠺⠕⠗⠇⠙"


def test_both_nodes_keep_the_contract_of_nodes(tmp_path):
    made = check_node(Braille, Braille.Options(), [caption("中国"), danger("小心")])
    assert [type(event) for event in made] == [BrailleLine, BrailleLine]
    check_node(BrfWriter, BrfWriter.Options(path=tmp_path / "x.brf"), made)


def test_an_empty_caption_is_no_line(context):
    assert list(Braille(Braille.Options(), context).handle(caption("  "))) == []


def test_a_brf_file_is_on_disk_line_by_line_and_whole_at_the_end(context, tmp_path):
    path = tmp_path / "out" / "talk.brf"
    braille = Braille(Braille.Options(), context)
    writer = BrfWriter(BrfWriter.Options(path=path), context)
    writer.open()
    for number in range(12):
        for line in braille.handle(caption(TEXT)):
            list(writer.handle(line))
        assert path.stat().st_size > number * 100
    list(writer.handle(next(iter(braille.handle(danger("小心"))))))
    list(writer.finish())
    writer.close()
    pages = path.read_bytes().decode("ascii").split("\f")
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        rows = page.split("\r\n")
        assert rows.pop() == ""
        assert len(rows) == 26
        assert max(map(len, rows)) <= 30
        assert from_ascii(rows[25]) == page_number(number, 30)
    assert "".join(pages).isascii()


def test_a_brf_file_that_cannot_be_written_is_one_clear_error(context, tmp_path):
    (tmp_path / "file").write_text("")
    writer = BrfWriter(BrfWriter.Options(path=tmp_path / "file" / "x.brf"), context)
    with pytest.raises(InputError, match=r"x\.brf"):
        writer.open()
    writer.close()


def test_the_file_of_a_stopped_writer_keeps_what_came(context, tmp_path: Path):
    path = tmp_path / "a.brf"
    writer = BrfWriter(BrfWriter.Options(path=path), context)
    writer.open()
    list(writer.handle(next(iter(Braille(Braille.Options(), context).handle(caption("中国"))))))
    assert path.read_bytes() == b"  /4AGO1\r\n"
    writer.close()
