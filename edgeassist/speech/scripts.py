"""Splitting a text by script, so that each part is read by a voice of its own language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgeassist.speech.english import spoken_english
from edgeassist.speech.normalise import spoken_chinese

# CJK ideographs, and 〇.
_HANZI = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LATIN = "A-Za-z\u00c0-\u024f"
_RUN = re.compile(
    rf"(?P<zh>[{_HANZI}]+)|(?P<en>[{_LATIN}]+(?:['’.-][{_LATIN}]+)*)|(?P<figures>\d+)|(?P<other>.)",
    re.DOTALL,
)
_FIGURES = r"[\d.:%/-]*"
_CHINESE = re.compile(rf"{_FIGURES}[{_HANZI}](?:[{_HANZI}]|{_FIGURES}\d%?)*")


@dataclass(frozen=True, slots=True)
class Part:
    """Some text in one language ("zh", "en", …), written out as it is to be spoken."""

    language: str
    text: str


def language_of(text: str) -> str:
    """The language a text is mainly in: "zh" as soon as it has a Chinese character, else "en"."""
    return "zh" if re.search(f"[{_HANZI}]", text) else "en"


def parts(text: str, language: str) -> list[Part]:
    """`text` in parts of one language each; `language` is what signs and figures belong to.

    Languages other than Chinese and English are not split. A part without a letter or a figure
    is left out.

    >>> parts("打开WiFi 6，再试。", "zh")
    [Part(language='zh', text='打开'), Part(language='en', text='WiFi'), \
Part(language='zh', text='六，再试。')]
    """
    if language not in ("zh", "en"):
        return [Part(language, text)] if _has_words(text) else []
    # In English, figures that touch Chinese characters are part of the Chinese.
    text = spoken_chinese(text) if language == "zh" else _written_out(text)
    found: list[tuple[str, str]] = []
    for run in _RUN.finditer(text):
        script, signs = run.lastgroup, run[0]
        if script == "figures":
            script = language
        if found and (script == found[-1][0] or script == "other"):
            found[-1] = (found[-1][0], found[-1][1] + signs)
        elif script != "other":
            found.append((script or language, signs))
    return [
        Part(script, (spoken_english(signs) if script == "en" else signs).strip())
        for script, signs in found
        if _has_words(signs)
    ]


def _written_out(text: str) -> str:
    """English text with its figures in words, and those of its Chinese parts in characters."""
    said, begin = "", 0
    for chinese in _CHINESE.finditer(text):
        said += _spaced(text[begin : chinese.start()]) + spoken_chinese(chinese[0])
        begin = chinese.end()
    return said + _spaced(text[begin:])


def _spaced(text: str) -> str:
    """English text in words, with the blanks it begins and ends with."""
    if not _has_words(text):
        return text
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return text[:begin] + spoken_english(text) + text[end:]


def _has_words(text: str) -> bool:
    return any(sign.isalnum() for sign in text)
