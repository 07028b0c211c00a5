"""Text made uniform without moving a character: width, compatibility forms, simplified glyphs.

Every step replaces one character by one character, so that position i of the result is always
position i of the text that came in.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

REPLACEMENT = "\ufffd"  # stands for half a surrogate pair


def normalise(text: str) -> str:
    """Simplified characters, ASCII letters and digits; same length as `text`.

    Full-width punctuation stays as it is: in Chinese text it is not the same sign as ASCII's.
    """
    return simplify(text.translate(_table()))


def simplify(text: str) -> str:
    """Traditional characters to simplified ones (OpenCC t2s), same length as `text`."""
    if text.isascii():
        return text
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    one_by_one = (_converter().convert(character) for character in text)
    return "".join(c if len(c) == 1 else old for c, old in zip(one_by_one, text, strict=True))


def is_hanzi(character: str) -> bool:
    """Whether it is a Chinese character (any CJK block, and 〇)."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or code == 0x3007
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x323AF
        or 0xF900 <= code <= 0xFAFF
    )


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


class _OneToOne(dict[int, int]):
    """`str.translate` table, filled as characters are met."""

    def __missing__(self, code: int) -> int:
        self[code] = found = _uniform(code)
        return found


@cache
def _table() -> _OneToOne:
    return _OneToOne()


def _uniform(code: int) -> int:
    if 0xD800 <= code <= 0xDFFF:
        return ord(REPLACEMENT)
    full_width = 0xFF01 <= code <= 0xFF5E
    if full_width and not chr(code - 0xFEE0).isalnum():
        return code
    radical = 0x2E80 <= code <= 0x2FD5
    compatible = 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F
    if full_width or radical or compatible:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1:
            return ord(plain)
    return code
