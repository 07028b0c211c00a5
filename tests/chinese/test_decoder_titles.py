"""Names and terms from the titles of the Chinese Wikipedia."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgeassist.chinese.decoder import Sound, decoder
from edgeassist.chinese.phrases import Phrases
from edgeassist.chinese.pieces import pieced
from edgeassist.chinese.titles import titles
from edgeassist.errors import ModelError
from edgeassist.modelstore import installed


def test_a_name_is_read_by_the_words_in_it():
    assert pieced("重庆银行街", Phrases()) == ("chong2", "qing4", "yin2", "hang2", "jie1")


def test_what_is_no_chinese_word_has_no_reading():
    assert pieced("十kW", Phrases()) == ()


def test_a_file_of_another_kind_is_named_with_what_to_do(tmp_path: Path):
    other = tmp_path / "zhwiki.dict"
    other.write_bytes(b"PK\3\4 and so on")
    with pytest.raises(ModelError, match="models install zh-titles"):
        list(titles(other))


def test_a_name_that_is_only_a_title_reads_back():
    try:
        installed("zh-titles")
    except ModelError as missing:
        pytest.skip(str(missing))
    sounds = [Sound((s,)) for s in ("da", "ban", "su", "nai", "ma", "lü")]
    assert "".join(word.text for word in decoder().decode(sounds)) == "大伴宿奈麻吕"
