"""Figures in words, Chinese and English: amounts, ordinals, years, digits one by one."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_CALLED = "零幺二三四五六七八九"  # in numbers one calls or reads out, 1 is yao
_LONGEST = 16  # digits; longer ones are no amount anybody says

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
]
_TENS = [
    *("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
]
_SIZES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


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


def called(digits: str) -> str:
    """The digits of a telephone number or code: "110" is 幺幺零. Other signs are left out."""
    return "".join(_CALLED[int(digit)] for digit in digits if digit.isdecimal())


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


def english_cardinal(digits: str) -> str:
    """An amount, from its ASCII digits: "1,105" is one thousand one hundred five.

    Leading zeros, and more digits than anybody says as an amount, are said one by one.
    """
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST - 1 or (len(digits) > 1 and digits[0] == "0"):
        return english_digits(digits)
    return _english(int(digits))


def english_digits(digits: str) -> str:
    """Digits said singly; other signs are left out."""
    return " ".join(_ONES[int(digit)] for digit in digits if digit.isdecimal())


def english_ordinal(digits: str) -> str:
    """A place in a row: "22" is twenty-second."""
    words = english_cardinal(digits)
    head, joint, last = words.rpartition("-") if "-" in words else words.rpartition(" ")
    if last in _ORDINALS:
        return head + joint + _ORDINALS[last]
    return head + joint + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def english_year(digits: str) -> str:
    """A year of four digits: "1984" is nineteen eighty-four, "2005" two thousand five."""
    high, low = divmod(int(digits), 100)
    if high % 10 == 0 and low < 10:
        return _english(int(digits))
    if not low:
        return f"{_english(high)} hundred"
    return f"{_english(high)} {'oh ' if low < 10 else ''}{_english(low)}"


def _english(value: int) -> str:
    for size, name in _SIZES:
        if value >= size:
            high, low = divmod(value, size)
            return f"{_english(high)} {name}" + (f" {_english(low)}" if low else "")
    if value >= 100:
        high, low = divmod(value, 100)
        return f"{_ONES[high]} hundred" + (f" {_english(low)}" if low else "")
    if value >= 20:
        high, low = divmod(value, 10)
        return _TENS[high] + (f"-{_ONES[low]}" if low else "")
    return _ONES[value]


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_PARTS = {
    "M": 1000,
    "CM": 900,
    "D": 500,
    "CD": 400,
    "C": 100,
    "XC": 90,
    "L": 50,
    "XL": 40,
    "X": 10,
    "IX": 9,
    "V": 5,
    "IV": 4,
    "I": 1,
}


def roman(numeral: str) -> int | None:
    """The value of a Roman numeral as it is properly written; None for anything else."""
    if not numeral or any(sign not in _ROMAN for sign in numeral):
        return None
    values = [_ROMAN[sign] for sign in numeral]
    value = sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
    written, rest = "", value
    for signs, size in _ROMAN_PARTS.items():
        count, rest = divmod(rest, size)
        written += signs * count
    return value if written == numeral else None
