"""Chinese text as it is spoken: figures, units and signs written out in characters.

Each rule is a pattern with the words it becomes; they apply in order. What no rule knows is left
as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_PHONE_DIGITS = "零幺二三四五六七八九"
_LONGEST = 16  # digits; longer ones are no amount anybody says
# Measure words before which 2 is said 两, not 二.
_LIANG = "个米条位只次点分秒步块台辆人张本件种天层遍双头棵把家口句岁元部座间份组封"
_UNITS = {
    "km/h": "公里每小时",
    "m/s": "米每秒",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "m": "米",
    "kg": "公斤",
    "mg": "毫克",
    "g": "克",
    "ml": "毫升",
    "mL": "毫升",
    "L": "升",
    "℃": "摄氏度",
    "°C": "摄氏度",
    "°": "度",
    "kWh": "千瓦时",
    "W": "瓦",
    "V": "伏",
    "Hz": "赫兹",
    "GB": "吉字节",
    "MB": "兆字节",
}
_MONEY = {"¥": "元", "￥": "元", "$": "美元", "€": "欧元", "£": "英镑"}
_SIGNS = {"+": "加", "=": "等于", "×": "乘", "÷": "除以", "&": "和", "@": "艾特", "≈": "约等于"}

_INT = r"\d+(?:,\d{3})*"
_NUM = rf"{_INT}(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_ALONE = r"(?<![\d.A-Za-z])"
_WORD_END = r"(?![A-Za-z])"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_chinese(text: str) -> str:
    """`text` with figures, units and signs in characters, full-width forms made plain.

    >>> spoken_chinese("前方1.5米，2024年3月5日8:05，占50%，2个")
    '前方一点五米，二零二四年三月五日八点零五分，占百分之五十，两个'
    """
    # NFKC would turn Chinese punctuation to ASCII too: only letters and digits are narrowed.
    text = "".join(
        unicodedata.normalize("NFKC", sign) if 0xFF10 <= ord(sign) <= 0xFF5A else sign
        for sign in text
    )
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return text


def cardinal(digits: str) -> str:
    """An amount, from its ASCII digits: "105" is 一百零五.

    Leading zeros, and more digits than anybody says as an amount, are said one by one.
    """
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    value = int(digits)
    if value < 10:
        return _DIGITS[value]
    words = _below(value)
    return words.removeprefix("一") if words.startswith("一十") else words


def one_by_one(digits: str) -> str:
    """Digits said singly: "2024" is 二零二四."""
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _below(value: int) -> str:
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if value >= size:
            high, low = divmod(value, size)
            return _below(high) + name + _after(low, size)
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        if value >= size:
            high, low = divmod(value, size)
            return _DIGITS[high] + name + _after(low, size)
    return _DIGITS[value]


def _after(low: int, size: int) -> str:
    """What follows a unit: 零 stands for the places left out."""
    if not low:
        return ""
    return ("零" if low < size // 10 else "") + _below(low)


def _number(digits: str) -> str:
    whole, _, part = digits.partition(".")
    return cardinal(whole) + (f"点{one_by_one(part)}" if part else "")


def _amount(digits: str) -> str:
    """A number before a measure word: 2 is 两."""
    return "两" if digits == "2" else _number(digits)


def _time(match: re.Match[str]) -> str:
    hour, minute, second = match["h"], match["m"], match["s"]
    said = _amount(hour.removeprefix("0") or "0") + "点"
    if minute != "00" or second:
        said += f"{_padded(minute)}分"
    return said + (f"{_padded(second)}秒" if second else "")


def _padded(two: str) -> str:
    return "零" + _DIGITS[int(two)] if two[0] == "0" and two != "00" else cardinal(str(int(two)))


def _date(match: re.Match[str]) -> str:
    month, day = (cardinal(str(int(match[name]))) for name in ("m", "d"))
    return f"{one_by_one(match['y'])}年{month}月{day}日"


def _dotted(match: re.Match[str]) -> str:
    return "点".join(map(one_by_one, match[0].split(".")))


_RULES: tuple[Rule, ...] = (
    # 13800138000: a mobile number, 1 said yao
    (
        re.compile(r"(?<![\d.])1[3-9]\d{9}(?![\d.])"),
        lambda m: "".join(_PHONE_DIGITS[int(digit)] for digit in m[0]),
    ),
    # 2024-11-22, 2024/11/22, 2024.11.22
    (
        re.compile(
            r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=sep)"
            r"(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
        ),
        _date,
    ),
    # 192.168.1.1, version 1.2.3
    (re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])"), _dotted),
    # 2024年
    (re.compile(r"(?<!\d)(\d{4})(?=年(?!前|后|来|间))"), lambda m: one_by_one(m[1])),
    # 08:30, 8:30:15
    (
        re.compile(
            r"(?<![\d:])(?P<h>[01]?\d|2[0-4])[:：](?P<m>[0-5]\d)(?:[:：](?P<s>[0-5]\d))?(?![\d:])"
        ),
        _time,
    ),
    # 50%, 3‰
    (re.compile(rf"({_NUM})\s*[%％]"), lambda m: "百分之" + _number(m[1])),
    (re.compile(rf"({_NUM})\s*‰"), lambda m: "千分之" + _number(m[1])),
    # ¥5, $3.20
    (re.compile(rf"([¥￥$€£])\s*({_NUM})"), lambda m: _amount(m[2]) + _MONEY[m[1]]),
    # 3-5米, 3~5
    (
        re.compile(rf"{_ALONE}({_NUM})\s*[-–~～]\s*({_NUM})(?![-–/\d])"),
        lambda m: f"{m[1]}到{m[2]}",
    ),
    # -5
    (re.compile(r"(?<![\dA-Za-z])[-−](?=\d)"), lambda m: "负"),
    # 3/4
    (
        re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])"),
        lambda m: f"{cardinal(m[2])}分之{cardinal(m[1])}",
    ),
    # 1.5 km
    (
        re.compile(rf"({_NUM})\s*({_UNIT}){_WORD_END}"),
        lambda m: _amount(m[1]) + _UNITS[m[2]],
    ),
    # 2个, 2米; but 第2个, 2点5, 12个
    (re.compile(rf"(?<![\d.第])2(?=[{_LIANG}]|小时|公里|公斤|分钟|年(?!级))"), lambda m: "两"),
    (re.compile(_NUM), lambda m: _number(m[0])),
    (re.compile("[" + re.escape("".join(_SIGNS)) + "]"), lambda m: _SIGNS[m[0]]),
)
