"""`edgeassist read`, as it is typed: books, place marks that survive anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.speech.reading import Place, Places, begin_at, clauses_of_file, plain_markdown

BOOK = "第一章，春天。\n\n桃花开了，很红。\n" * 40


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "edgeassist.cli.main", "read", *arguments],
        env={**os.environ, "EDGEASSIST_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(*arguments: str) -> tuple[int, list[dict], str]:
    """Its exit code, records and messages."""
    reading = start(*arguments)
    output, messages = reading.communicate(timeout=60)
    return reading.returncode, [json.loads(line) for line in output.splitlines()], messages


@pytest.fixture
def book(tmp_path) -> Path:
    path = tmp_path / "book.txt"
    path.write_text(BOOK, "utf-8")
    return path


def to_file(path: Path) -> list[str]:
    return ["--voice", "silence", "-o", str(path), "--json"]


def test_a_book_is_read_to_its_end_and_from_its_beginning_again(book, tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("第一章，春天。\n桃花开了。", "utf-8")
    for _ in range(2):
        code, records, messages = read(str(short), *to_file(tmp_path / "a.wav"))
        assert code == 0, messages
        assert [record["text"] for record in records] == ["第一章，", "春天。", "桃花开了。"]
        assert {record["of"] for record in records} == {3}
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getnframes() / file.getframerate() > 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_after_any_end_it_goes_on_with_the_clause_it_was_in(book, tmp_path, how):
    arguments = [str(book), *to_file(tmp_path / "a.wav")]
    reading = start(*arguments)
    assert reading.stdout is not None
    heard = [json.loads(reading.stdout.readline()) for _ in range(5)]
    reading.send_signal(how)
    rest, messages = reading.communicate(timeout=10)
    heard += [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
    assert reading.returncode == (-9 if how is signal.SIGKILL else 130), messages
    mark = Places().get(book)
    assert mark is not None
    assert mark.clause == heard[-1]["clause"] + 1 or how is signal.SIGKILL
    code, again, messages = read(*arguments)
    assert code == 0, messages
    assert again[0]["clause"] == mark.clause, "what was begun is read again, nothing is left out"
    assert again[-1]["clause"] == again[-1]["of"] - 1


def test_from_start_forgets_the_mark_and_list_shows_it(book, tmp_path):
    Places().put(book, 80, clauses_of_file(book))
    code, records, _ = read("--list", "--json")
    assert code == 0
    assert records == [{"path": str(book), "clause": 80, "of": 160, "text": "第一章，"}]
    _, records, messages = read(str(book), *to_file(tmp_path / "a.wav"))
    assert records[0]["clause"] == 80
    assert "50 %" in messages
    Places().put(book, 80, clauses_of_file(book))
    _, records, _ = read(str(book), "--from-start", *to_file(tmp_path / "a.wav"))
    assert records[0]["clause"] == 0


def epub(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="a.opf"/></rootfiles></container>',
        )
        book.writestr(
            "a.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
        )
        book.writestr("a.xhtml", "<html><body><h1>第一章</h1><p>桃花开了，很红。</p></body></html>")


def test_an_epub_and_a_gb18030_text_are_read_as_any_text(tmp_path):
    epub(tmp_path / "a.epub")
    assert clauses_of_file(tmp_path / "a.epub") == ["第一章", "桃花开了，", "很红。"]
    (tmp_path / "a.txt").write_bytes("桃花开了，很红。".encode("gb18030"))
    assert clauses_of_file(tmp_path / "a.txt") == ["桃花开了，", "很红。"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("## 第 **1** 章", "第 1 章"),
        ("- 见[这里](http://a.b/c)。", "见这里。"),
        ("> *引用* 和 `代码`", "引用 和 代码"),
        ("![一棵树](tree.png)", "一棵树"),
        ("| 名 | 价 |", "名 ， 价"),
        ("|---|:-:|", ""),
        ("***", ""),
        ("[1]: http://a.b", ""),
        ("2*3*4 和 snake_case_name", "2*3*4 和 snake_case_name"),
        ("a \\* b <br> c", "a * b  c"),
    ],
)
def test_markdown_is_read_without_its_marks(line, said):
    assert plain_markdown(line) == said


@given(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=8), st.integers(0, 7))
def test_the_place_is_found_again_by_its_words_when_the_text_has_grown_before_it(found, at):
    at = min(at, len(found) - 1)
    place = Place("book", at, len(found), found[at])
    assert begin_at(place, found) == at
    grown = ["新", *found]
    assert grown[begin_at(place, grown)] == found[at]


@pytest.mark.parametrize("content", [b"", b"\n\n", "。。！".encode()])
def test_a_file_without_text_is_one_line_and_exit_code_2(tmp_path, content):
    (tmp_path / "a.txt").write_bytes(content)
    code, records, messages = read(str(tmp_path / "a.txt"), *to_file(tmp_path / "a.wav"))
    assert (code, records, len(messages.splitlines())) == (2, [], 1)
    assert "a.txt" in messages


def test_what_is_not_there_or_not_named_is_one_line_and_exit_code_2(tmp_path):
    for arguments in ([str(tmp_path / "no.txt")], [], [str(tmp_path)]):
        code, _, messages = read(*arguments)
        assert (code, len(messages.splitlines())) == (2, 1), messages


def test_a_damaged_mark_counts_as_none(book):
    places = Places()
    places.put(book, 3, clauses_of_file(book))
    (mark,) = places._folder.glob("*.json")
    mark.write_text('{"path": 3', "utf-8")
    assert places.get(book) is None
    assert places.all() == []


def test_reading_ends_when_nobody_takes_its_output_any_more(tmp_path):
    text = tmp_path / "long.txt"
    text.write_text("春天来了。\n" * 20_000, "utf-8")
    program = start(str(text), *to_file(tmp_path / "a.wav"))
    assert program.stdout is not None
    assert program.stdout.readline()
    program.stdout.close()
    assert program.wait(60) == 1
    assert program.stderr is not None
    assert program.stderr.read() == ""
    program.stderr.close()
