"""`edgeassist braille` as people and scripts use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "edgeassist.cli.main", "braille"]


def run(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *args],
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def records(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_json_has_the_promised_fields():
    (record,) = records(run("to", "银行", "--json"))
    assert record == {
        "text": "银行",
        "cells": "⠣⠂⠓⠦",
        "words": [{"text": "银行", "pinyin": ["yin2", "hang2"], "cells": "⠣⠂⠓⠦"}],
        "source": [0, 0, 1, 1],
    }


def test_without_json_the_cells_alone_are_printed():
    assert run("to", "银行").stdout.decode() == "⠣⠂⠓⠦\n"


def test_standard_input_gives_one_record_for_every_line_in_order():
    lines = ["你好", "", "Hello你好", "再见。"]
    found = records(run("to", "-", "--json", stdin="\n".join(lines).encode()))
    assert [record["text"] for record in found] == lines
    assert found[1]["cells"] == ""


def test_a_line_is_answered_before_the_next_is_sent():
    process = subprocess.Popen(
        [*COMMAND, "to", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    with process:
        for text in ("你好", "再见"):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()


def test_a_file_is_read_line_by_line(tmp_path: Path):
    path = tmp_path / "书.txt"
    path.write_text("你好\n再见\n", "utf-8")
    assert len(records(run("to", str(path), "--json"))) == 2


def test_words_of_a_record_joined_are_its_text_and_cells():
    (record,) = records(run("to", "我们都是好朋友，对吗？", "--json"))
    words = record["words"]
    assert isinstance(words, list)
    assert "".join(word["text"] for word in words) == record["text"]
    assert "".join(word["cells"] for word in words) == str(record["cells"]).replace("⠀", "")


def test_explain_names_clauses_joints_and_doubts():
    (record,) = records(run("to", "他很好", "--json", "--explain"))
    assert isinstance(record["words"], list)
    assert record["words"][0]["clauses"] == ["11.1"]
    assert record["words"][1]["joints"][0]["source"].startswith("GF 12.2.6")
    shown = run("to", "他很好", "--explain").stdout.decode().splitlines()
    assert len(shown) == 3
    assert "§11.1" in shown[1]


def test_a_brf_file_is_read_back_by_paragraphs(tmp_path: Path):
    path = tmp_path / "x.brf"
    text = "今天天气很好，我们去公园散步吧。" * 3
    assert run("to", text, "--brf", str(path)).returncode == 0
    assert run("from", str(path)).stdout.decode() == text + "\n"


def test_schemes_differ():
    assert run("to", "海浪", "--scheme", "current").stdout.decode() == "⠓⠪⠇⠦\n"
    assert run("to", "海浪", "--scheme", "gf0019").stdout.decode() == "⠓⠪⠄⠇⠦\n"


def test_a_brf_file_is_written(tmp_path: Path):
    path = tmp_path / "x.brf"
    done = run("to", "中国", "--brf", str(path))
    assert done.returncode == 0
    assert path.read_bytes().startswith(b"  /4AGO1\r\n")
    assert run("to", "中国", "--brf", "-").stdout == path.read_bytes()


def test_braille_is_read_back():
    (record,) = records(run("from", "⠌⠲⠁⠛⠕⠂", "--json"))
    assert list(record) == ["cells", "text", "alternatives", "confidence", "words"]
    assert record["text"] == "中国"
    assert isinstance(record["words"], list)
    (word,) = record["words"]
    assert (word["cells"], word["pinyin"], word["text"]) == ("⠌⠲⠁⠛⠕⠂", ["zhong1", "guo2"], "中国")
    assert 0.9 < word["confidence"] <= 1
    assert run("from", "⠌⠲⠁⠛⠕⠂").stdout.decode() == "中国\n"


def test_reading_back_without_the_language_model_says_what_to_install(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_MODELS", str(tmp_path))
    done = run("from", "⠌⠲⠁⠛⠕⠂")
    assert done.returncode == 2
    assert "edgeassist models install zh-lm" in done.stderr.decode()
    assert run("to", "中国").returncode == 0


def test_unknown_characters_are_listed_and_marked():
    done = run("to", "好😀", "--json")
    (record,) = records(done)
    assert record["unknown"] == [{"index": 1, "character": "😀", "code": "U+1F600"}]
    assert "U+1F600" in done.stderr.decode()


@pytest.mark.parametrize("raw", [b"\xff\xfe\xff", bytes(range(128, 256))])
def test_bytes_that_are_no_text_are_one_line_and_exit_code_2(tmp_path: Path, raw: bytes):
    path = tmp_path / "photo.txt"
    path.write_bytes(raw)
    done = run("to", str(path))
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1
    assert "photo.txt" in done.stderr.decode()
    assert run("to", "-", stdin=raw).returncode == 2


def test_an_invalid_byte_in_an_argument_is_marked_not_a_crash():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "edgeassist.cli.main",
            "braille",
            "to",
            b"\xe5\xa5\xbd\xff",
            "--json",
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    (record,) = records(done)
    assert record["unknown"]


def test_gbk_files_are_read(tmp_path: Path):
    path = tmp_path / "gbk.txt"
    path.write_bytes("盲文出版社".encode("gbk"))
    assert records(run("to", str(path), "--json"))[0]["text"] == "盲文出版社"


@pytest.mark.parametrize("args", [("to", ""), ("to", "x", "--scheme", "klingon"), ("to",), ("up",)])
def test_wrong_commands_are_one_line_and_exit_code_2(args):
    done = run(*args)
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1


def test_an_unwritable_brf_file_is_one_line_and_exit_code_2(tmp_path: Path):
    done = run("to", "好", "--brf", str(tmp_path / "no" / "x.brf"))
    assert done.returncode == 2
    assert "x.brf" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_very_long_line_is_written_whole():
    text = "我们都在银行工作，" * 5000
    (record,) = records(run("to", "-", "--json", stdin=text.encode()))
    assert record["text"] == text
    assert isinstance(record["words"], list)
    assert "".join(word["text"] for word in record["words"]) == text
