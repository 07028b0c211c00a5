"""Text files as people have them: UTF-8, GB 18030, damaged."""

from __future__ import annotations

import io

import pytest

from edgeassist.chinese.files import lines_of, lines_of_file
from edgeassist.errors import InputError


def test_utf8_lines_come_without_their_ends_and_without_a_byte_order_mark():
    stream = io.BytesIO("\ufeff你好\r\n世界\n".encode())
    assert list(lines_of(stream, "x")) == [(1, "你好"), (2, "世界")]


def test_a_gbk_file_is_recognised(tmp_path):
    path = tmp_path / "book.txt"
    path.write_bytes("盲文出版社\n第二行".encode("gbk"))
    assert [line for _, line in lines_of_file(path)] == ["盲文出版社", "第二行"]


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"abc\x81", bytes(range(128, 256)), b"\x89PNG\r\n"]
)
def test_bytes_that_are_no_text_are_one_clear_error(raw):
    with pytest.raises(InputError) as caught:
        list(lines_of(io.BytesIO(raw), "photo.txt"))
    assert "photo.txt" in str(caught.value)
    assert "1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"none\.txt"):
        list(lines_of_file(tmp_path / "none.txt"))
