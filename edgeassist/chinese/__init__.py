"""The shared core of Chinese text: segmentation, readings, simplified characters, decoding.

`read(text)` gives the words of a text with one toned syllable for each character; braille and
speech both use it. Nothing is loaded before the first call.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeassist.chinese.readings import Reader, Word


@cache
def reader() -> Reader:
    """The process's one reader."""
    from edgeassist.chinese.readings import Reader

    return Reader()


def reader_with(dictionary: Path) -> Reader:
    """A reader that heeds the user's words in a file; `InputError` where that cannot be used."""
    from edgeassist.chinese.readings import Reader
    from edgeassist.chinese.userwords import user_words

    return Reader(user_words(dictionary))


def read(text: str) -> list[Word]:
    """The Chinese words of `text` (a sentence, any glyphs), each with its syllables."""
    from edgeassist.chinese.normal import normalise

    return reader().read(normalise(text), text)
