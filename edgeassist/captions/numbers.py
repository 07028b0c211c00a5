"""Numbers in Mandarin captions as they are usually written, whatever mixture an engine gives.

Whisper writes 二零一八年 and 2018年, 百分之五 and 5%, 1347-3821-368 and 13473821368, as chance has
it. The national standard on numerals (GB/T 15835-2011, 4.1) wants figures in dates, percentages,
decimals, telephone and other numbers that only tell things apart; those are made so.
Other numbers are left as they were heard: 五万元, 5万元 and 三四个 are all usual, and in words like
一起 or 万一 a numeral is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_DIGITS = {character: str(n) for n, character in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
}
_D = "零〇一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SMALL = rf"[{_D}十百千]+"
# A decimal is one where a measure follows; 三点五 alone is also a time of day.
_MEASURES = "万亿%倍米度元斤克升吨公厘毫平立个秒"
_TENS = "[二三]?十[一二三四五六七八九]?"
_MONTH = "十[一二]?|[一二三四五六七八九]"
_DAY = f"{_TENS}|[一二三四五六七八九]"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def written(text: str) -> str:
    """`text` with its numbers as they are usually written.

    >>> written("二零一八年百分之三点五，电话1347-3821-368")
    '2018年3.5%，电话13473821368'
    """
    for pattern, form in _RULES:
        text = pattern.sub(form, text)
    return text


def _figures(characters: str) -> str:
    return "".join(_DIGITS.get(character, character) for character in characters)


def _value(characters: str) -> int | None:
    """What 五十, 一百零五 or 两千 is; None where it is no number below ten thousand."""
    if all(character in _DIGITS for character in characters):
        return int(_figures(characters)) if len(characters) == 1 else None
    total, digit, last, spaced = 0, 0, 10_000, False
    for character in characters:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit >= last or (not digit and unit != 10):
                return None
            total += (digit or 1) * unit
            last, digit, spaced = unit, 0, False
        else:
            digit = int(_DIGITS[character])
            spaced = spaced or digit == 0
    # 一百二 is 120 to most, and 一百零二 is 102: the first is left to its reader.
    return None if digit and last > 10 and total and not spaced else total + digit


def _percent(match: re.Match[str]) -> str:
    whole, part = match["whole"], match["part"]
    number = whole if whole[0].isdigit() else _value(whole)
    return match[0] if number is None else f"{number}{'.' + _figures(part) if part else ''}%"


def _decimal(match: re.Match[str]) -> str:
    number = _value(match["whole"])
    return match[0] if number is None else f"{number}.{_figures(match['part'])}"


def _date(match: re.Match[str]) -> str:
    return f"{_value(match['month'])}月{_value(match['day'])}{match['end']}"


def _together(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return digits if len(digits) >= 7 else match[0]


_RULES: tuple[Rule, ...] = (
    # 1347-3821-368, 1325,326,3647, 138 0013 8000: one number; 2018-11-22 and 1,325,326 are whole
    (
        re.compile(
            r"(?<![\d.])(?!(?:19|20)\d\d[-–—](?:0?[1-9]|1[0-2])[-–—]\d{1,2}(?!\d))"
            r"(?!0\d{2,3}[-–—]\d{7,8}(?!\d))(?!\d{1,3}(?:,\d{3})+(?!\d))"
            r"\d+(?:[-–—, ]\d+){2,}(?![\d.])"
        ),
        _together,
    ),
    # 一三八零零一三八零零零
    (re.compile(rf"(?<![{_D}幺十百千万亿点])[{_D}幺]{{7,}}(?![{_D}幺十百千万亿])"),
     lambda m: _figures(m[0])),
    # 二零一八年
    (re.compile(rf"(?<![{_D}十百千万亿])[一二][零〇九八七六五四三二一][{_D}]{{2}}(?=年)"),
     lambda m: _figures(m[0])),
    # 百分之三点五; 百分之百 is a word
    (
        re.compile(
            rf"百分之(?!百)(?P<whole>{_SMALL}|\d+(?:\.\d+)?)(?:点(?P<part>[{_D}]+))?"
            rf"(?![{_D}十百千万几点])"
        ),
        _percent,
    ),
    # 零点三三, 三点五米
    (
        re.compile(
            rf"(?<![{_D}十百千万亿第\d])(?P<whole>[零〇](?=点)|{_SMALL}(?=点[{_D}]+[{_MEASURES}]))"
            rf"点(?P<part>[{_D}]+)(?![十百千钟分])"
        ),
        _decimal,
    ),
    # 九月一日
    (
        re.compile(
            rf"(?<![{_D}十百千万亿])(?P<month>{_MONTH})月(?P<day>{_DAY})(?P<end>日|号)"
        ),
        _date,
    ),
)  # fmt: skip
