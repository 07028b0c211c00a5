"""Whole books: TXT and EPUB to pages, interrupted and gone on with, several at once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.braille import translate
from edgeassist.braille.brf import BrfForm
from edgeassist.braille.brf_code import from_ascii
from edgeassist.braille.layout import Page, page_number
from edgeassist.braille.pages import Pages

COMMAND = [sys.executable, "-m", "edgeassist.cli.main", "braille", "to"]
WORDS = [
    "盲文",
    "图书馆",
    "我们",
    "走进",
    "春天",
    "的",
    "一九四九年",
    "，",
    "。",
    "好人",
    "20",
    "天",
]
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""


def run(*args: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, args)], input=stdin, capture_output=True, timeout=300, check=False
    )


def one_line_error(done: subprocess.CompletedProcess[bytes], *expected: str) -> None:
    text = done.stderr.decode()
    assert done.returncode == 2, text
    assert len(text.splitlines()) == 1, text
    for word in expected:
        assert word in text


def prose(paragraphs: int, seed: int = 1) -> str:
    chance = random.Random(seed)
    return "".join(
        "".join(chance.choice(WORDS) for _ in range(60)) + "。\n" for _ in range(paragraphs)
    )


def epub(path: Path, pages: dict[str, str], **more: str) -> Path:
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(pages)
    )
    order = "".join(f'<itemref idref="i{n}"/>' for n in range(len(pages)))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        made.writestr("META-INF/container.xml", CONTAINER)
        made.writestr("OEBPS/book.opf", package)
        for name, body in pages.items():
            made.writestr(
                f"OEBPS/{name}",
                '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
                f"<head><title>不读</title></head><body>{body}</body></html>",
            )
        for name, text in more.items():
            made.writestr(f"META-INF/{name}.xml", text)
    return path


def test_a_killed_run_goes_on_and_its_book_is_that_of_an_unbroken_one(tmp_path: Path):
    book, out, whole = tmp_path / "b.txt", tmp_path / "b.brf", tmp_path / "whole.brf"
    book.write_text(prose(1200), "utf-8")
    assert run(book, "--brf", whole).returncode == 0
    mark = tmp_path / "b.brf.place"
    for _ in range(2):
        before = mark.read_bytes() if mark.exists() else b""
        process = subprocess.Popen(
            [*COMMAND, str(book), "--brf", str(out)], stderr=subprocess.DEVNULL
        )
        while process.poll() is None:
            if mark.exists() and mark.read_bytes() != before:
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait() == -signal.SIGKILL, "the book was finished before it could be killed"
        assert not out.exists()
    assert json.loads(mark.read_text())["pages"]["number"] > 1
    done = run(book, "--brf", out)
    assert done.returncode == 0
    assert str(out) in done.stderr.decode()  # says that it went on
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.brf", "b.txt", "whole.brf"]


@pytest.mark.parametrize("change", ["text", "option", "mark", "part"])
def test_after_a_change_a_book_begins_anew(tmp_path: Path, change: str):
    book, out = tmp_path / "b.txt", tmp_path / "b.brf"
    mark, part = tmp_path / "b.brf.place", tmp_path / "b.brf.part"
    book.write_text(prose(700), "utf-8")
    process = subprocess.Popen([*COMMAND, str(book), "--brf", str(out)], stderr=subprocess.DEVNULL)
    while process.poll() is None and not mark.exists():
        pass
    process.kill()
    process.wait()
    assert mark.exists()
    text = prose(3, seed=2) if change == "text" else prose(700)
    more = ("--columns", 32) if change == "option" else ()
    if change == "text":
        book.write_text(text, "utf-8")
    elif change == "mark":
        mark.write_text('{"read": [0')
    elif change == "part":
        part.write_bytes(b"")
    assert run(book, "--brf", out, *more).returncode == 0
    assert run(book, "--brf", tmp_path / "w.brf", *more).returncode == 0
    assert out.read_bytes() == (tmp_path / "w.brf").read_bytes()


def test_a_book_that_another_command_writes_is_left_alone(tmp_path: Path):
    book, out = tmp_path / "b.txt", tmp_path / "b.brf"
    book.write_text(prose(700), "utf-8")
    first = subprocess.Popen([*COMMAND, str(book), "--brf", str(out)], stderr=subprocess.DEVNULL)
    while first.poll() is None and not (tmp_path / "b.brf.place").exists():
        pass
    one_line_error(run(book, "--brf", out), "b.brf")
    first.kill()
    first.wait()


def test_several_books_are_written_at_once_and_a_bad_one_does_not_stop_the_others(tmp_path: Path):
    books = []
    for number in range(3):
        books.append(tmp_path / f"{number}.txt")
        books[-1].write_text(prose(5, seed=number), "utf-8")
    bad = tmp_path / "bad.epub"
    bad.write_bytes(b"no zip")
    alone = tmp_path / "alone.brf"
    assert run(books[1], "--brf", alone).returncode == 0
    done = run(*books, "--brf", tmp_path / "out", "--jobs", 2)
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["0.brf", "1.brf", "2.brf"]
    assert (tmp_path / "out" / "1.brf").read_bytes() == alone.read_bytes()
    one_line_error(run(*books, bad, "--brf", tmp_path / "out"), "bad.epub")
    broken = tmp_path / "broken.txt"
    broken.write_bytes(prose(2).encode() + b"\xff\xfe\xff\n")
    for jobs in (1, 2):
        done = run(*books[:2], broken, "--brf", tmp_path / f"o{jobs}", "--jobs", jobs)
        assert done.returncode == 2
        assert "broken.txt" in done.stderr.decode()
        made = sorted(p.name for p in (tmp_path / f"o{jobs}").iterdir())
        assert made == ["0.brf", "1.brf"]


def test_two_books_of_one_name_are_refused_before_work(tmp_path: Path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text("好")
    one_line_error(
        run(tmp_path / "a/x.txt", tmp_path / "b/x.txt", "--brf", tmp_path / "o"), "x.brf"
    )


def test_a_text_that_is_no_file_among_several_is_named():
    one_line_error(run("你好", "世界"), "你好")


def test_an_epub_gives_headings_centred_and_paragraphs_in_reading_order(tmp_path: Path):
    book = epub(
        tmp_path / "b.epub",
        {
            "one.xhtml": "<h1>春天</h1><p>我们走\n进<ruby>图<rt>tú</rt></ruby>书馆。</p>",
            "two.xhtml": "<p>再见&nbsp;&#20320;</p><script>不读</script><p>a<br/>b</p>",
        },
    )
    out = tmp_path / "b.brf"
    assert run(book, "--brf", out).returncode == 0
    rows = [from_ascii(row) for row in out.read_bytes().decode().split("\r\n")]
    title = translate("春天").cells
    assert rows[0] == "⠀" * ((30 - len(title)) // 2) + title
    assert rows[1] == ""
    assert rows[2] == "⠀⠀" + translate("我们走进图书馆。").cells
    shown = run(book, "--json").stdout.decode().splitlines()
    texts = [json.loads(line)["text"] for line in shown]
    assert texts == ["春天", "我们走进图书馆。", "再见 你", "a", "b"]


def test_an_epub_killed_goes_on_in_the_middle_of_a_chapter(tmp_path: Path):
    body = "".join(f"<p>{line}</p>" for line in prose(700).splitlines())
    book = epub(tmp_path / "b.epub", {"a.xhtml": "<h2>天</h2>", "b.xhtml": body})
    mark = tmp_path / "b.brf.place"
    process = subprocess.Popen(
        [*COMMAND, str(book), "--brf", str(tmp_path / "b.brf")], stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not mark.exists():
        pass
    process.kill()
    process.wait()
    assert json.loads(mark.read_text())["read"][0] == 1
    assert run(book, "--brf", tmp_path / "b.brf").returncode == 0
    assert run(book, "--brf", tmp_path / "w.brf").returncode == 0
    assert (tmp_path / "b.brf").read_bytes() == (tmp_path / "w.brf").read_bytes()


ENCRYPTED = """<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>
<e:CipherData><e:CipherReference URI="{}"/></e:CipherData></e:EncryptedData></encryption>"""


def test_a_protected_epub_is_refused_but_hidden_fonts_do_not_matter(tmp_path: Path):
    pages = {"one.xhtml": "<p>好</p>"}
    locked = epub(tmp_path / "l.epub", pages, encryption=ENCRYPTED.format("OEBPS/one.xhtml"))
    one_line_error(run(locked, "--brf", tmp_path / "l.brf"), "l.epub")
    assert not (tmp_path / "l.brf.part").exists()
    font = epub(tmp_path / "f.epub", pages, encryption=ENCRYPTED.format("OEBPS/font.otf"))
    assert run(font, "--brf", tmp_path / "f.brf").returncode == 0


def test_what_is_no_epub_is_one_clear_line(tmp_path: Path):
    plain = tmp_path / "plain.epub"
    plain.write_text("你好")
    empty = tmp_path / "empty.epub"
    with zipfile.ZipFile(empty, "w") as made:
        made.writestr("a.txt", "x")
    outside = epub(tmp_path / "outside.epub", {"../../../etc/passwd": ""})
    bomb = epub(tmp_path / "bomb.epub", {"a.xhtml": "<p>" + " " * 40_000_000 + "</p>"})
    entities = epub(tmp_path / "ent.epub", {"a.xhtml": "<p>好</p>"})
    with zipfile.ZipFile(entities, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("OEBPS/book.opf", '<!DOCTYPE x [<!ENTITY a "b">]><package>&a;</package>')
    cut = tmp_path / "cut.epub"
    cut.write_bytes(outside.read_bytes()[:-40])
    for path in (plain, empty, bomb, entities, cut):
        one_line_error(run(path, "--brf", tmp_path / "x.brf"), path.name)
    done = run(outside, "--brf", tmp_path / "x.brf")
    assert b"root:" not in done.stdout + done.stderr


def test_a_pef_file_is_well_formed_and_has_the_rows_of_the_brf_file(tmp_path: Path):
    book = tmp_path / "a<&b.txt"
    book.write_text(prose(12), "utf-8")
    assert run(book, "--pef", tmp_path / "x.pef").returncode == 0
    assert run(book, "--brf", tmp_path / "x.brf").returncode == 0
    root = ET.parse(tmp_path / "x.pef").getroot()
    space = "{http://www.daisy.org/ns/2008/pef}"
    assert root.tag == space + "pef"
    (volume,) = root.iter(space + "volume")
    assert (volume.get("cols"), volume.get("rows")) == ("30", "26")
    pages = [[row.text or "" for row in page] for page in root.iter(space + "page")]
    brf = (tmp_path / "x.brf").read_bytes().decode().split("\f")
    assert pages == [[from_ascii(row) for row in page.split("\r\n")[:-1]] for page in brf]
    assert {len(page) for page in pages} == {26}
    shown = run(book, "--pef", "-").stdout
    assert ET.fromstring(shown).tag == space + "pef"


def test_a_line_of_many_megabytes_is_written_in_little_memory(tmp_path: Path):
    book = tmp_path / "line.txt"
    sentence = "我们走进图书馆，看见春天。"
    with book.open("w", encoding="utf-8") as file:
        for _ in range(5):
            file.write("hello " * 2000 + sentence * 300)
        file.write(" " * 12_000_000)
    script = (
        "import pathlib, re, sys; from edgeassist.cli.main import main;"
        "code = main(sys.argv[1:]);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1]);"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "braille", "to", str(book), "--brf", str(tmp_path / "x")],
        capture_output=True,
        timeout=300,
        check=True,
    )
    assert int(done.stdout) < 200_000  # kB


def test_a_long_line_in_parts_is_laid_out_like_the_whole(tmp_path: Path):
    book = tmp_path / "line.txt"
    text = "我们走进图书馆，看见“春天”。她说：“好！”" * 2000
    book.write_text(text, "utf-8")
    assert len(text.encode()) > 65_536
    cells = run("-", stdin=text.encode()).stdout.decode()
    assert cells.count("\n") == 1
    assert run(book, "--brf", tmp_path / "x.brf").returncode == 0
    joined = "".join(body_rows((tmp_path / "x.brf").read_bytes().decode()))
    assert joined == cells.strip().replace("⠀", "")


def body_rows(brf: str) -> list[str]:
    """The rows of all pages without footers, blanks and connectors of broken words."""
    rows = [from_ascii(row) for page in brf.split("\f") for row in page.split("\r\n")[:25] if row]
    return [row.removeprefix("⠤").replace("⠀", "") for row in rows]


def test_one_record_for_a_line_too_long_is_refused_by_line(tmp_path: Path):
    book = tmp_path / "line.txt"
    book.write_text("好\n" + "我们走进图书馆。" * 20_000, "utf-8")
    done = run(book, "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1  # the first line
    assert len(done.stderr.splitlines()) == 1
    assert "100000" in done.stderr.decode()


def test_a_long_line_of_gb18030_is_read(tmp_path: Path):
    text = "我们走进图书馆，看见春天。" * 3000
    book = tmp_path / "gbk.txt"
    book.write_bytes(text.encode("gb18030"))
    assert run(book).stdout == run("-", stdin=text.encode()).stdout


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), st.booleans())),
    st.integers(10, 40),
    st.integers(5, 30),
)
def test_no_cell_is_lost_between_lines_parts_and_pages(parts, columns, rows):
    page = Page(columns=columns, rows=rows)
    written: list[str] = []
    pages = Pages(written.append, BrfForm(), page)
    cells = ""
    for words, ends in parts:
        # Parts of a paragraph, and the writer taken down and set up again between them.
        pages = Pages(written.append, BrfForm(), page, pages.place)
        found = translate("".join(words), language="zh")
        pages.add(found.cells, found.source, found.text, ends=ends)
        cells += found.cells.replace("⠀", "")
    pages.finish()
    made = "".join(written)
    assert "".join(_rows(made, page)).replace("⠀", "") == cells


def _rows(brf: str, page: Page) -> list[str]:
    rows = []
    for number, text in enumerate(brf.split("\f") if brf else [], 1):
        found = [from_ascii(row) for row in text.split("\r\n")]
        assert found.pop() == ""
        assert len(found) == page.rows + 1
        assert found.pop() == page_number(number, page.columns)
        assert max(map(len, found)) <= page.columns
        rows += [row.removeprefix("⠤") for row in found]
    return rows


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=30), st.integers(1, 6))
def test_a_heading_has_four_blank_cells_before_it_and_text_below_it_on_its_page(words, level):
    written: list[str] = []
    page = Page()
    pages = Pages(written.append, BrfForm(), page)
    before = translate("盲文。")
    for _ in range(page.rows - 1):
        pages.add(before.cells, before.source, before.text)
    found = translate("".join(words), language="zh")
    pages.heading(found.cells, found.source, found.text, level)
    pages.add(before.cells, before.source, before.text)
    pages.finish()
    rows = _rows("".join(written), page)
    centred = [row for row in rows if row.startswith("⠀⠀⠀⠀")]
    assert "".join(row.strip("⠀") for row in centred).replace("⠤", "").replace(
        "⠀", ""
    ) == found.cells.replace("⠀", "").replace("⠤", "")
    assert not rows[page.rows - 1]  # nothing stands alone at the end of the first page
