"""A line of text into spans: Chinese, technical words (digits, Latin, signs), punctuation, blanks.

Works on normalised text (`edgeassist.chinese.normal`); positions are those of the text itself.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from edgeassist.braille.cells import PUNCTUATION
from edgeassist.braille.signs import CIRCLED, SIGNS


class Kind(Enum):
    """What a span is."""

    CHINESE = auto()
    TECHNICAL = auto()  # written after ⠼ ⠰ ⠠
    PUNCTUATION = auto()
    SPACE = auto()
    UNKNOWN = auto()  # has no sign


class Span(NamedTuple):
    """A stretch of the line; `sign` is the punctuation mark it stands for."""

    kind: Kind
    start: int
    end: int
    sign: str = ""


# Marks that GF 0019-2018 §8 does not name, written as the nearest that it does.
_SAME_AS = {
    ",": "，", ".": "。", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）",
    "[": "［", "]": "］", "【": "［", "】": "］", "〔": "［", "〕": "］", "「": "“", "」": "”",
    "『": "‘", "』": "’", "．": "。", "｡": "。", "､": "、", "•": "·", "・": "·", "‧": "·",
    "〝": "“", "〞": "”", "＂": "“", "｛": "（", "｝": "）", "{": "（", "}": "）",
    "～": "～", "〜": "～", "﹏": "～", "‒": "-", "–": "-", "−": "-", "‐": "-", "‑": "-", "－": "-",
}  # fmt: skip
_TECHNICAL_SAME_AS = {"％": "%", "＋": "+", "＝": "=", "＊": "*", "／": "/", "＠": "@", "＆": "&",
                      "＃": "#", "＄": "$", "￥": "¥", "＜": "<", "＞": ">", "～": "~"}  # fmt: skip

_HANZI = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_INSIDE = re.escape("".join(sign for sign in SIGNS if sign not in "‰°℃") + "‰°℃")
_WORD = "0-9A-Za-z" + "".join(CIRCLED)
_SPAN = re.compile(
    rf"""
    (?P<chinese>[{_HANZI}]+)
  | (?P<technical>[+\-−$¥€£#@%＋￥＄]?[{_WORD}](?:[{_INSIDE}]*[{_WORD}])*[%‰°℃％+]*
      | [+=<>×÷*/\\|\#_@&^$¥€£~%‰°℃`＋＝＊／＠＆＃＄￥＜＞％]+)
  | (?P<range>(?<=[0-9])(?:——?|－|─|―)(?=[0-9]))
  | (?P<dash>——+|—|──+|―+|--+)
  | (?P<ellipsis>…+|\.{{3,}}|。{{3,}})
  | (?P<space>[\s\u2800]+)
  | (?P<quote>["'＇])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def spans(text: str) -> list[Span]:
    """All of `text` as spans, in order, nothing left out."""
    found: list[Span] = []
    open_quotes: set[str] = set()
    for match in _SPAN.finditer(text):
        start, end = match.span()
        group = match.lastgroup
        if group == "chinese":
            found.append(Span(Kind.CHINESE, start, end))
        elif group == "technical":
            found.append(Span(Kind.TECHNICAL, start, end))
        elif group == "range":
            found.append(Span(Kind.PUNCTUATION, start, end, "-"))
        elif group == "dash":
            found.append(Span(Kind.PUNCTUATION, start, end, "——"))
        elif group == "ellipsis":
            found.append(Span(Kind.PUNCTUATION, start, end, "……"))
        elif group == "space":
            found.append(Span(Kind.SPACE, start, end))
        elif group == "quote":
            mark = match.group().replace("＇", "'")
            opening = mark not in open_quotes
            open_quotes ^= {mark}
            pair = "“”" if mark == '"' else "‘’"
            found.append(Span(Kind.PUNCTUATION, start, end, pair[0 if opening else 1]))
        else:
            sign = _SAME_AS.get(match.group(), match.group())
            known = sign in PUNCTUATION or sign in ("～", "-")
            found.append(Span(Kind.PUNCTUATION if known else Kind.UNKNOWN, start, end, sign))
    return found


def technical_text(text: str) -> str:
    """The text of a technical span with full-width signs made ASCII."""
    return text.translate(_TECHNICAL) if not text.isascii() else text


_TECHNICAL = str.maketrans(_TECHNICAL_SAME_AS | {"−": "-"})
