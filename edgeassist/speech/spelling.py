"""Spelling: each sign by itself, Chinese characters by a word that has them (台，台阶的台)."""

from __future__ import annotations

import unicodedata

from edgeassist.chinese.normal import is_hanzi

_MARKS = {
    "，": ("逗号", "comma"),
    "。": ("句号", "full stop"),
    "、": ("顿号", "comma"),
    "！": ("感叹号", "exclamation mark"),
    "？": ("问号", "question mark"),
    "：": ("冒号", "colon"),
    "；": ("分号", "semicolon"),
    "-": ("横杠", "hyphen"),
    "(": ("左括号", "left parenthesis"),
    ")": ("右括号", "right parenthesis"),
    "“": ("左引号", "quote"),
    "”": ("右引号", "end quote"),
    "《": ("左书名号", "left title mark"),
    "》": ("右书名号", "right title mark"),
    "/": ("斜杠", "slash"),
    "@": ("艾特", "at"),
    "_": ("下划线", "underscore"),
    " ": ("空格", "space"),
}
_MARKS |= dict(zip(",.!?:;（）", (_MARKS[sign] for sign in "，。！？：；()"), strict=True))


def spelled(text: str, language: str) -> str:
    """`text` sign by sign, in "zh" or "en".

    >>> spelled("A1，", "zh")
    'A，1，逗号'
    """
    place = 0 if language == "zh" else 1
    found: list[str] = []
    for word in _words(text):
        for sign in word:
            if is_hanzi(sign):
                found.append(f"{sign}，{word}的{sign}" if len(word) > 1 else sign)
            elif sign in _MARKS:
                found.append(_MARKS[sign][place])
            elif sign.isalnum():
                found.append(sign.upper())
            elif sign.isprintable():
                found.append(unicodedata.name(sign, sign).lower() if place else sign)
    return ("，" if language == "zh" else ", ").join(found)


def _words(text: str) -> list[str]:
    if not any(map(is_hanzi, text)):
        return [text]
    import rjieba

    return [str(word) for word in rjieba.cut(text)]
