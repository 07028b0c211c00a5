"""Reading braille back: own words, what a document has settled, how sure each word is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import Document, from_braille
from edgeassist.braille.cell_lines import LONGEST, line_parts
from edgeassist.chinese.files import Piece
from edgeassist.chinese.userwords import user_words

COMMAND = [sys.executable, "-m", "edgeassist.cli.main", "braille", "from"]


def run(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *args], input=stdin, capture_output=True, timeout=120, check=False
    )


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.tsv"
    path.write_text("闫翀昱\tyan2 chong1 yu4\n", "utf-8")
    return path


def test_a_name_of_the_users_dictionary_is_read(names: Path):
    cells = translate("闫翀昱去过重庆。").cells
    assert from_braille(cells).text != "闫翀昱去过重庆。"
    assert from_braille(cells, user=user_words(names)).text == "闫翀昱去过重庆。"


def test_the_dictionary_of_a_command_wins(names: Path):
    cells = translate("闫翀昱去过重庆。").cells
    done = run(cells, "--dictionary", str(names))
    assert done.stdout.decode() == "闫翀昱去过重庆。\n"


def test_a_dictionary_that_is_none_is_one_line(tmp_path: Path):
    (tmp_path / "bad.tsv").write_text("闫翀昱\n", "utf-8")
    done = run("⠓", "--dictionary", str(tmp_path / "bad.tsv"))
    assert done.returncode == 2
    assert "bad.tsv" in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_word_once_settled_helps_the_rest_of_its_document():
    lines = [translate(text, Scheme.CURRENT).cells for text in ("擦法操作时，", "擦法操作时，")]
    remembering = Document(Scheme.CURRENT, alternatives=0)
    for line in lines:
        remembering.read(line)
    assert "操作时" in remembering.read(lines[0]).text


def test_lines_read_twice_in_the_same_order_give_the_same_text():
    lines = [translate(text).cells for text in ("他去过重庆。", "闫翀昱说，", "闫翀昱去了。")]
    first, second = Document(), Document()
    assert [first.read(line) for line in lines] == [second.read(line) for line in lines]


def test_without_memory_every_line_is_read_by_itself():
    lines = [translate(text).cells for text in ("他去过重庆。", "闫翀昱说，", "闫翀昱去了。")]
    document = Document(learns=False)
    assert [document.read(line).text for line in lines] == [from_braille(c).text for c in lines]


def test_every_word_says_how_sure_it_is_and_what_else_it_could_be():
    found = from_braille(translate("这是公民的权利").cells)
    assert all(0 <= word.confidence <= 1 for word in found.words)
    rights = found.words[-1]
    assert rights.text == "权利"
    assert "权力" in [other.text for other in rights.alternatives]
    assert rights.confidence + sum(o.confidence for o in rights.alternatives) <= 1 + 1e-9


def test_cells_that_mean_nothing_have_no_confidence():
    found = from_braille("⠝⠓⠖⠄⠀⠃")
    assert found.words[-1].confidence == 0


def test_a_line_of_json_holds_confidences_and_texts_as_before():
    (line,) = run(translate("李文去过").cells, "--json").stdout.decode().splitlines()
    record = json.loads(line)
    assert all(isinstance(text, str) for text in record["alternatives"])
    assert 0 < record["confidence"] <= 1
    for word in record["words"]:
        assert 0 <= word["confidence"] <= 1
        assert all(0 < other["confidence"] < 1 for other in word["alternatives"])


def test_explain_marks_what_a_proofreader_should_look_at():
    text, *words = run(translate("银行的闫翀昱").cells, "--explain").stdout.decode().splitlines()
    assert text.startswith("银行的")
    assert words[0].split("\t")[:3] == ["  银行", "⠣⠂⠓⠦", "yin2 hang2"]
    assert words[-1].startswith("? ")
    assert words[-1].split("\t")[-1].count("%") > 1


def test_a_line_without_end_is_read_like_its_sentences():
    sentence = translate("今天天气很好，我们去公园散步吧。").cells
    many = sentence * (3 * LONGEST // len(sentence))
    done = run("-", "--no-memory", stdin=many.encode())
    assert done.stdout.decode() == from_braille(many, alternatives=0).text + "\n"
    assert done.stdout.decode().count("散步吧。") == 3 * LONGEST // len(sentence)


def test_parts_of_a_long_line_are_all_of_it_and_never_long():
    cells = "⠛⠲⠁⠍⠣⠐⠀" * 5000
    pieces = [Piece(1, cells[at : at + 1000], False, 0) for at in range(0, len(cells), 1000)]
    parts = list(line_parts([*pieces, Piece(1, "", True, 0)]))
    assert "".join(part.cells for part in parts) == cells
    assert max(len(part.cells) for part in parts) <= LONGEST
    assert [part.start for part in parts][:2] == [0, len(parts[0].cells)]
    assert [part.ends for part in parts] == [False] * (len(parts) - 1) + [True]


def test_quotation_marks_stay_pairs_across_the_parts_of_a_line():
    document = Document(learns=False)
    cells = translate("“今天天气很好。我们去公园。”").cells
    cut = cells.index("⠐⠆") + 2
    text = document.read(cells[:cut], ends=False).text + document.read(cells[cut:]).text
    assert text == "“今天天气很好。我们去公园。”"


def test_a_line_too_long_for_one_record_says_so():
    done = run("-", "--json", stdin="⠛⠲⠁⠐⠀".encode() * 25_000)
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1


def test_what_is_no_braille_among_cells_is_shown_with_its_place():
    done = run("⠝⠓⠖⠄abc你", "--json")
    record = json.loads(done.stdout)
    assert record["text"] == "你好abc你"
    assert record["unreadable"] == [{"index": 4, "cells": "abc你"}]
    assert "cell 5" in done.stderr.decode()


@pytest.mark.parametrize("text", ["你好世界", "no-such-page.brf", ""])
def test_a_text_that_is_no_braille_is_one_line_and_exit_code_2(text: str):
    done = run(text)
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_folder_and_a_picture_are_one_line_and_exit_code_2(tmp_path: Path):
    (tmp_path / "page.txt").write_bytes(b"\xff\xfe\xff\x00")
    for path in (tmp_path, tmp_path / "page.txt"):
        done = run(str(path))
        assert done.returncode == 2
        assert len(done.stderr.decode().splitlines()) == 1


def test_marks_of_a_transcriber_survive_both_commands(tmp_path: Path):
    path = tmp_path / "page.txt"
    path.write_text("⠓⠪⠄⠀⠀⠇⠦⠂⠐⠀⠝⠓⠖\n", "utf-8")
    text = run(str(path), "--keep-marks", "--scheme", "current").stdout
    back = subprocess.run(
        [*COMMAND[:-1], "to", "-", "--scheme", "current"],
        input=text, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert back.stdout == path.read_bytes()
