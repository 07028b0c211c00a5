"""English text as it is spoken: figures, units, abbreviations and signs written out in words.

Each rule is a pattern with the words it becomes; they apply in order. What no rule knows is left
as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from edgeassist.speech.numerals import (
    english_cardinal,
    english_digits,
    english_ordinal,
    english_year,
    roman,
)
from edgeassist.speech.symbols import plain_signs, without_addresses, without_emoji
from edgeassist.speech.units import MONEY, UNITS

_MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
]
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}
_WORDS = {
    "Dr.": "Doctor",
    "Mr.": "Mister",
    "Mrs.": "Missus",
    "Ms.": "Miz",
    "Prof.": "Professor",
    "Capt.": "Captain",
    "Gen.": "General",
    "Sen.": "Senator",
    "Jr.": "Junior",
    "Sr.": "Senior",
    "Ave.": "Avenue",
    "Blvd.": "Boulevard",
    "Rd.": "Road",
    "Apt.": "Apartment",
    "Dept.": "Department",
    "Inc.": "Incorporated",
    "Ltd.": "Limited",
    "Corp.": "Corporation",
    "Co.": "Company",
    "approx.": "approximately",
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "vs.": "versus",
    "vs": "versus",
    "w/o": "without",
    "w/": "with",
    "Fig.": "Figure",
    "fig.": "figure",
    "Vol.": "Volume",
    "vol.": "volume",
    "pp.": "pages",
    "Mt.": "Mount",
    "Ft.": "Fort",
}
_SIGNS = {
    "+": "plus",
    "=": "equals",
    "×": "times",
    "÷": "divided by",
    "&": "and",
    "@": "at",
    "≈": "is about",
    "≠": "is not equal to",
    "≥": "is at least",
    "≤": "is at most",
    "±": "plus or minus",
    "√": "square root of",
    "∞": "infinity",
    "%": "percent",
    "‰": "per thousand",
    "™": "",
    "®": "",
    "©": "",
}
_INT = r"\d{1,3}(?:,\d{3})+|\d+"
_NUM = rf"(?:{_INT})(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_COINS = "|".join(re.escape(sign) for sign in MONEY)
_MONTH = "|".join([*_MONTHS, *(rf"{short}\.?" for short in _SHORT_MONTHS if short != "May")])
_SIZES = "thousand|million|billion|trillion"
_TO = r"\s*(?:[-–—~]|——)\s*"
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<y>[12]\d{3})"
_WORD_END = r"(?![A-Za-z])"
_CODES = (
    "code|PIN|pin|ID|id|room|Room|flight|Flight|zip|ZIP|account|password|extension|ext|phone|call|"
    "dial|Call|Dial|Phone|serial|Gate code|passcode|Passcode|Code"
)
_NUMBERED = (
    "Chapter|Part|Section|Volume|Act|Book|War|Type|Phase|Stage|Article|Appendix|Figure|Table|Class|"
    "Level|Unit|Grade|Super Bowl|Mark|Title|Scene|Step|chapter|part|section|volume|type|phase|stage"
)
_MONARCHS = (
    "King|Queen|Pope|Louis|Henry|Elizabeth|Charles|George|Edward|William|James|Richard|John|Paul|"
    "Pius|Napoleon|Philip|Catherine|Peter|Nicholas|Alexander|Frederick|Benedict"
)
_HALVES = {"2": ("half", "halves"), "4": ("quarter", "quarters")}

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_english(text: str) -> str:
    """`text` with figures, units, abbreviations and signs in words.

    >>> spoken_english("Dr. Li paid $3.50 on March 5, 2024 at 8:05.")
    'Doctor Li paid three dollars fifty on March fifth, twenty twenty-four at eight oh five.'
    """
    text = "".join(map(_plain, plain_signs(text)))
    text = without_addresses(without_emoji(text, "en"), "en", english_digits)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return re.sub(r"[ \t]{2,}", " ", text)


def _plain(sign: str) -> str:
    code = ord(sign)
    if 0x2160 <= code <= 0x217F:
        value = roman(unicodedata.normalize("NFKC", sign).upper())
        return str(value) if value else sign
    if 0x2460 <= code <= 0x2473:
        return f"{code - 0x245F}, "
    if sign.isdecimal() and not sign.isascii():
        return str(unicodedata.decimal(sign))
    return "'" if sign == "’" else sign


def _number(digits: str) -> str:
    whole, _, part = digits.partition(".")
    return english_cardinal(whole) + (f" point {english_digits(part)}" if part else "")


def _signed(digits: str) -> str:
    return ("minus " if digits[0] in "-−" else "") + _number(digits.lstrip("-−+"))


def _date(match: re.Match[str]) -> str:
    named = match.groupdict()
    month = named["m"].rstrip(".")
    month = _MONTHS[int(month) - 1] if month.isdecimal() else _SHORT_MONTHS.get(month, month)
    said = f"{month} {english_ordinal(named['d'].lstrip('0'))}"
    return f"{said}, {english_year(named['y'])}" if named.get("y") else said


def _time(match: re.Match[str]) -> str:
    hour, minute, second, half = match["h"], match["m"], match["s"], match["half"]
    said = english_cardinal(hour.lstrip("0") or "0")
    if minute != "00":
        said += f" {'oh ' if minute[0] == '0' else ''}{english_cardinal(minute.lstrip('0'))}"
    elif not half:
        said = "midnight" if not int(hour) else said
        said += " o'clock" if 0 < int(hour) <= 12 else " hundred" if int(hour) else ""
    if second and second != "00":
        said += f" and {_several(second.lstrip('0') or '0', 'second', 'seconds')}"
    return said + (f" {half[0].lower()} m" if half else "")


def _several(digits: str, one: str, several: str) -> str:
    return f"{_number(digits)} {one if digits == '1' else several}"


def _money(match: re.Match[str]) -> str:
    _, one, several, hundredth = MONEY[match["c"]]
    minus = "minus " if match["minus"] else ""
    digits, size = match["n"], match["size"]
    if size:
        return f"{minus}{_number(digits)} {size} {several}"
    whole, _, part = digits.partition(".")
    if len(part) != 2:
        return minus + _several(digits, one, several)
    if part == "00":
        return minus + _several(whole, one, several)
    coins = {"penny": "pence"}.get(hundredth, hundredth + "s")
    rest = _several(part.lstrip("0"), hundredth, coins)
    if whole == "0":
        return minus + rest
    if part[0] == "0" and hundredth:  # "twelve dollars five" might be fifty
        return f"{minus}{_several(whole, one, several)} and {rest}"
    return f"{minus}{_several(whole, one, several)} {english_cardinal(part.lstrip('0'))}"


def _phone(match: re.Match[str]) -> str:
    groups = [english_digits(group) for group in re.split(r"[-().\s+]+", match[0]) if group]
    return ("plus " if match[0][0] == "+" else "") + ", ".join(groups)


def _over(match: re.Match[str]) -> str:
    whole, high, low = match["whole"], match["high"], match["low"]
    one, several = _HALVES.get(low, (english_ordinal(low), english_ordinal(low) + "s"))
    if low in ("1", "0") or int(low) > 99:
        said = f"{english_cardinal(high)} over {english_cardinal(low)}"
    else:
        said = f"{english_cardinal(high)} {one if high == '1' else several}"
    if not whole:
        return said
    said = f"{'a' if high == '1' else english_cardinal(high)} {one if high == '1' else several}"
    return f"{english_cardinal(whole)} and {said}"


def _unit(match: re.Match[str]) -> str:
    _, one, several = UNITS[match["u"]]
    return _several(match["n"], one, several)


def _roman(match: re.Match[str]) -> str:
    value = roman(match["r"])
    return match[0] if value is None else english_cardinal(str(value))


def _monarch(match: re.Match[str]) -> str:
    value = roman(match["r"])
    return match[0] if value is None else "the " + english_ordinal(str(value))


def _decade(match: re.Match[str]) -> str:
    year = english_year(match[1]) if len(match[1]) == 4 else english_cardinal(match[1])
    return f"{year[:-1]}ies" if year.endswith("y") else f"{year}s"


def _rule(pattern: str, words: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), words


_RULES: tuple[Rule, ...] = (
    # +1 555-123-4567, (555) 123-4567, 555-1234
    _rule(r"(?<![\w.])\+\d{1,3}(?:[-.\s]?\(?\d{2,5}\)?){2,4}(?![\w])", _phone),
    _rule(r"(?<![\w.])\(?\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}(?![\w])", _phone),
    _rule(r"(?<![\w.-])\d{3}-\d{4}(?![\w-])", _phone),
    _rule(
        rf"(?P<word>\b(?:{_CODES})(?:\s+(?:number|is))?[:\s]+)(?P<n>\d{{3,}})(?![\d.,:]*\d)",
        lambda m: m["word"] + english_digits(m["n"]),
    ),
    _rule(r"\b(?P<s>[A-Z][a-z]+) St\.(?=\s|$|,)", lambda m: f"{m['s']} Street"),
    _rule(r"\bSt\.(?=\s+[A-Z])", lambda m: "Saint"),
    _rule(r"\b(?:No|no)\.\s*(?=\d)|№\s*(?=\d)|#(?=\d)", lambda m: "number "),
    _rule(
        r"(?<![\w.])(?:" + "|".join(map(re.escape, _WORDS)) + r")(?![\w])",
        lambda m: _WORDS[m[0]],
    ),
    # 2024-11-22, 11/22/2024, March 5, 2024, 5 March 2024
    _rule(rf"(?<!\d){_YEAR}(?P<sep>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=sep){_DAY}(?!\d)", _date),
    _rule(rf"(?<![\d/])(?P<m>0?[1-9]|1[0-2])/{_DAY}/{_YEAR}(?![\d/])", _date),
    _rule(rf"\b(?P<m>{_MONTH})\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)", _date),
    _rule(rf"(?<![\d.]){_DAY}(?:st|nd|rd|th)?(?: of)?\s+(?P<m>{_MONTH}),?\s+{_YEAR}(?!\d)", _date),
    _rule(rf"\b(?P<m>{_MONTH})\s+{_DAY}(?:st|nd|rd|th)?(?![\d:.]*\d)\b", _date),
    _rule(
        rf"\b(?P<m>{_MONTH})\s+{_YEAR}(?!\d)",
        lambda m: f"{_SHORT_MONTHS.get(m['m'].rstrip('.'), m['m'])} {english_year(m['y'])}",
    ),
    # 192.168.1.1, version 1.2.3
    _rule(
        r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])",
        lambda m: " point ".join(
            english_cardinal(part) if len(part) < 3 else english_digits(part)
            for part in m[0].split(".")
        ),
    ),
    # 8:05, 14:30:08, 8:30 am, 8 p.m.
    _rule(rf"(?<=:[0-5]\d){_TO}(?=\d{{1,2}}:[0-5]\d)", lambda m: " to "),
    _rule(
        r"(?<![\d:.])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:])"
        r"(?:\s*(?P<half>[AaPp]\.?[Mm]\b\.?))?",
        _time,
    ),
    _rule(
        r"(?<![\d:.])(?P<h>1[0-2]|[1-9])\s*(?P<half>[AaPp]\.?[Mm]\b\.?)",
        lambda m: f"{english_cardinal(m['h'])} {m['half'][0].lower()} m",
    ),
    _rule(
        r"(?<![\d:.])(\d+):(\d+)(?![\d:])",
        lambda m: f"{_number(m[1])} to {_number(m[2])}",
    ),
    # 1990s, '90s; 1990-2024
    _rule(r"(?<![\w.])'?([12]\d\d0|[1-9]0)s\b", _decade),
    _rule(
        rf"(?<![\d.,])((?:1[1-9]|20)\d\d){_TO}((?:1[1-9]|20)\d\d)(?![\d.,]*\d)",
        lambda m: f"{english_year(m[1])} to {english_year(m[2])}",
    ),
    # 20%-30%, -5%
    _rule(
        rf"({_NUM})\s*%?{_TO}({_NUM})\s*%",
        lambda m: f"{_number(m[1])} to {_number(m[2])} percent",
    ),
    # $5, -$3.20, $1.5 million, 100 USD
    _rule(
        rf"(?P<minus>(?<!\w)[-−])?(?P<c>{_COINS})\s*(?P<n>{_NUM})(?:\s*(?P<size>{_SIZES})\b)?",
        _money,
    ),
    _rule(
        rf"(?<![\w.])(?P<minus>[-−])?(?P<n>{_NUM})(?:\s*(?P<size>{_SIZES}))?\s*"
        rf"(?P<c>USD|EUR|RMB|CNY|HKD|JPY|€|£){_WORD_END}",
        _money,
    ),
    _rule(
        r"\^(?P<minus>-?)(?P<n>\d+)",
        lambda m: {"^2": " squared", "^3": " cubed"}.get(
            m[0], f" to the power of {'minus ' if m['minus'] else ''}{english_cardinal(m['n'])}"
        ),
    ),
    _rule(r"(?<=\d)\s*[x*×X]\s*(?=\d)", lambda m: " by "),
    # 3-5
    _rule(rf"(?<![\w.-])({_NUM}){_TO}({_NUM})(?![-–/\d])", lambda m: f"{m[1]} to {m[2]}"),
    _rule(r"(?<![\w)])[-−](?=\.?\d)", lambda m: "minus "),
    # 1st, 22nd
    _rule(
        rf"(?<![\w.])({_INT})(?:st|nd|rd|th)\b", lambda m: english_ordinal(m[1].lstrip("0") or "0")
    ),
    _rule(
        r"(?<![\d/])(24/7|9/11)(?![\d/])",
        lambda m: _number(m[1].split("/")[0]) + " " + _number(m[1].split("/")[1]),
    ),
    # 3/4, 1 1/2
    _rule(
        r"(?<![\d/.])(?:(?P<whole>\d{1,3})\s+)?(?P<high>\d{1,3})/(?P<low>\d{1,3})(?![\d/])",
        _over,
    ),
    # 1.5 km
    _rule(rf"(?<![\w.])(?P<n>{_NUM})\s*(?P<u>{_UNIT}){_WORD_END}", _unit),
    _rule(rf"(?<=[a-z])/({_UNIT}){_WORD_END}", lambda m: " per " + UNITS[m[1]][1]),
    _rule(
        r"(?<=[a-z])/(?=(?:month|year|day|hour|week|night|minute|second|person|piece)\b)",
        lambda m: " per ",
    ),
    # Chapter IV, Henry VIII
    _rule(rf"(?<=\b)(?P<w>{_NUMBERED}) (?P<r>[IVXLC]+)\b", lambda m: f"{m['w']} {_roman(m)}"),
    _rule(rf"\b(?P<w>{_MONARCHS}) (?P<r>[IVX]+)\b(?!')", lambda m: f"{m['w']} {_monarch(m)}"),
    # years: in 1984, 2024
    _rule(
        r"(?<![\w.,$-])((?:19|20)\d\d)(?![\w,]*\d|\.\d)(?![A-Za-z])",
        lambda m: english_year(m[1]),
    ),
    _rule(
        r"(?P<w>\b(?:in|since|by|of|from|until|before|after|year|In|Since|By) )"
        r"(?P<y>1[0-8]\d\d)(?![\d.,]*\d)\b",
        lambda m: m["w"] + english_year(m["y"]),
    ),
    # A380, B2, 5G: figures set off from letters; long ones singly
    _rule(r"(?<=[A-Za-z])-?(\d{3,})(?![\d.])", lambda m: " " + english_digits(m[1]) + " "),
    _rule(r"(?<=[A-Za-z])-?(\d{1,2})(?!\d|\.\d)", lambda m: f" {english_cardinal(m[1])} "),
    _rule(r"(?<![\w.])\.(\d+)", lambda m: "zero point " + english_digits(m[1])),
    _rule(_NUM, lambda m: _beside(m, _number(m[0]))),
    _rule(r"\s*<(?=\s*[a-z])", lambda m: " is less than "),
    _rule(r"\s*>(?=\s*[a-z])", lambda m: " is more than "),
    _rule("[" + re.escape("".join(_SIGNS)) + "]", lambda m: f" {_SIGNS[m[0]]} "),
    _rule("²", lambda m: " squared"),
    _rule("³", lambda m: " cubed"),
    _rule(r"[#*_^|~`\\<>{}/★☆■□●○◆◇▲△▼▽→←↑↓♪]+", lambda m: " "),
    _rule(r"(?<=\S) +(?=[,.!?;:](?:\s|$))", lambda m: ""),
    _rule(r"^[ \t]+|[ \t]+$", lambda m: ""),
)


def _beside(match: re.Match[str], words: str) -> str:
    """`words` with a blank where a letter stands before or after: 5G, v2.0."""
    before = match.string[match.start() - 1 : match.start()].isalpha()
    after = match.string[match.end() : match.end() + 1].isalpha()
    return f"{' ' if before else ''}{words}{' ' if after else ''}"
