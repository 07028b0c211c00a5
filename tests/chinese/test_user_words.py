"""A user's own words win over every dictionary, and a mistake in their file is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edgeassist.braille.forward import to_braille
from edgeassist.braille.node import Braille
from edgeassist.chinese import reader_with
from edgeassist.chinese.userwords import UserWord, user_words
from edgeassist.errors import InputError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import BrailleLine, Caption
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def syllables(path: Path, text: str) -> list[str]:
    return [s for word in reader_with(path).read(text) for s in word.syllables]


def test_a_name_is_read_as_the_user_says_wherever_it_stands(tmp_path: Path):
    own = written(tmp_path / "names.tsv", "# names\n单田芳\tdān tián fāng\n银行\tyin2 xing2\n")
    assert syllables(own, "听单田芳说书去银行")[1:4] == ["dan1", "tian2", "fang1"]
    assert syllables(own, "听单田芳说书去银行")[-2:] == ["yin2", "xing2"]


def test_a_word_across_the_words_of_the_segmentation_is_one_word(tmp_path: Path):
    own = written(tmp_path / "own.tsv", "们都在银\tmen1 dou1 zai3 yin1\n")
    words = reader_with(own).read("我们都在银行")
    assert "们都在银" in [word.text for word in words]
    assert "".join(word.text for word in words) == "我们都在银行"


def test_a_traditional_glyph_in_the_file_is_the_same_word(tmp_path: Path):
    own = written(tmp_path / "own.tsv", "銀行\tyin2 xing2\n")
    assert syllables(own, "银行") == ["yin2", "xing2"]


def test_a_single_character_counts_where_it_is_a_word(tmp_path: Path):
    own = written(tmp_path / "own.tsv", "的\tdi4\n")
    assert "di4" in syllables(own, "我的书")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("义务教育\tyi4 wu4 jiao4 yu4\tjoined", ["义务教育"]),
        ("义务教育\tyi4 wu4 jiao4 yu4\t义 务教育", ["义", "务教育"]),
        ("义务教育\tyi4 wu4 jiao4 yu4", ["义务", "教育"]),
        ("很好\then3 hao3\t很 好", ["很", "好"]),
    ],
)
def test_a_word_is_joined_or_parted_as_the_user_says(tmp_path: Path, line: str, words: list[str]):
    own = written(tmp_path / "own.tsv", line + "\n")
    text = line.split("\t")[0]
    made = to_braille(text, reads=reader_with(own))
    assert [word.text for word in made.words] == words


def test_toml_says_the_same(tmp_path: Path):
    own = written(
        tmp_path / "own.toml",
        '[words]\n"重庆" = "chóng qìng"\n义务教育 = { pinyin = "yi4 wu4 jiao4 yu4", '
        'written = "joined" }\n'.replace("义务教育 =", '"义务教育" ='),
    )
    assert user_words(own) == {
        "重庆": UserWord(("chong2", "qing4")),
        "义务教育": UserWord(("yi4", "wu4", "jiao4", "yu4"), ()),
    }


@pytest.mark.parametrize(
    ("name", "text", "line", "expected"),
    [
        ("a.tsv", "好\thao3\n重庆 chong2\n", 2, "a tab"),
        ("a.tsv", "重庆\tchong2\n", 1, "2 characters"),
        ("a.tsv", "重庆\tchong2 qx4\n", 1, "qx4"),
        ("a.tsv", "重庆\tchong2 qing9\n", 1, "qing9"),
        ("a.tsv", "OK\tou1 kei4\n", 1, "Chinese characters"),
        ("a.tsv", "好\thao3\n\n好\thao4\n", 3, "line 1 already"),
        ("a.tsv", "重庆\tchong2 qing4\t重 钦\n", 1, "joined"),
        ("a.toml", "[words]\n重庆 : 1\n", 2, "TOML"),
        ("a.toml", "x = 1\n", 1, "[words]"),
        ("a.toml", '[words]\n"好" = "hao3"\n"重庆" = 5\n', 3, "重庆"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_what_was_expected(
    tmp_path: Path, monkeypatch, name: str, text: str, line: int, expected: str
):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    path = written(tmp_path / name, text)
    with pytest.raises(InputError) as error:
        user_words(path)
    assert str(error.value).startswith(f"{path}: line {line}: ")
    assert expected in str(error.value)


def braille(*args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", "braille", *args],
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_the_command_takes_a_dictionary_and_names_a_missing_one(tmp_path: Path):
    own = written(tmp_path / "own.tsv", "银行\tyin2 xing2\n")
    done = braille("to", "银行", "--json", "--dictionary", str(own))
    assert json.loads(done.stdout)["words"][0]["pinyin"] == ["yin2", "xing2"]
    done = braille("to", "银行", "--dictionary", str(tmp_path / "none.tsv"))
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1
    assert "none.tsv" in done.stderr.decode()


def test_the_braille_module_heeds_a_dictionary(tmp_path: Path):
    own = written(tmp_path / "own.tsv", "银行\tyin2 xing2\n")
    clock = ManualClock()
    context = Context(name="braille", clock=clock, stopping=Stopping(clock), profile=Profile())
    node = Braille(Braille.Options(dictionary=str(own)), context)
    node.open()
    caption = Caption(
        captured_ns=1, utterance=1, text="银行", final=True, stable_chars=0, start_s=0, end_s=1,
        language="zh",
    )  # fmt: skip
    (line,) = node.handle(caption)
    assert isinstance(line, BrailleLine)
    assert (
        line.cells == to_braille("银行", reads=reader_with(own)).cells != to_braille("银行").cells
    )
