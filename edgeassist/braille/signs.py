"""Numbers, Latin letters and technical signs: what is written after ⠼, ⠰ or ⠠.

Digits and letters are GF 0019-2018 Annexes B and C; decimal point and case signs GB/T 18028-2010.
The standards within reach say nothing of other ASCII signs: those are UEB's, written so that they
can be read back. Within a technical word a sign ends the run of digits or letters before it, and
the next run gets its own ⠼, ⠰ or ⠠; a word that begins with such a sign begins with ⠰.
"""

from __future__ import annotations

import re

from edgeassist.braille.cells import UNKNOWN

NUMBER = "⠼"
LOWER = "⠰"
CAPITAL = "⠠"
POINT = "⠂"  # GB/T 18028 §5.1
THOUSANDS = "⠄"  # brailix' number table; unsettled
CONNECTOR = "⠤"  # GF 0019-2018 §8

LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵", strict=True))
DIGITS = dict(zip("1234567890", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚", strict=True))
LOWERED = dict(zip("1234567890", "⠂⠆⠒⠲⠢⠖⠶⠦⠔⠴", strict=True))
CIRCLED = {chr(0x2460 + n - 1): str(n) for n in range(1, 21)}  # ① to ⑳, Annex B

# UEB (2nd edition 2013) §3 and §7, but for % (brailix) and _ (ours: UEB's ⠨⠤ would read as %-)
SIGNS = {
    "-": CONNECTOR,
    ".": "⠲",
    ",": "⠂",
    ":": "⠒",
    ";": "⠆",
    "?": "⠦",
    "!": "⠖",
    "'": "⠄",
    "(": "⠐⠣",
    ")": "⠐⠜",
    "[": "⠨⠣",
    "]": "⠨⠜",
    "{": "⠸⠣",
    "}": "⠸⠜",
    "/": "⠸⠌",
    "\\": "⠸⠡",
    "|": "⠸⠳",
    "#": "⠸⠹",
    "_": "⠸⠤",
    "@": "⠈⠁",
    "&": "⠈⠯",
    "~": "⠈⠔",
    "^": "⠈⠢",
    "$": "⠈⠎",
    "¥": "⠈⠽",
    "€": "⠈⠑",
    "£": "⠈⠇",
    "<": "⠈⠣",
    ">": "⠈⠜",
    "+": "⠐⠖",
    "=": "⠐⠶",
    "×": "⠐⠦",
    "÷": "⠐⠌",
    "*": "⠐⠔",
    "%": "⠨",
    "‰": "⠨⠨",
    "°": "⠘⠚",
    "℃": "⠘⠚⠠⠉",
    "`": "⠘⠡",
    '"': "⠘⠶",
}

_SECTION = re.compile(r"\d+(?:\.\d+){2,}")  # section numbers: the points are left out (books)


def technical(token: str) -> tuple[str, list[int]]:
    """Cells of a word of digits, Latin letters and signs; and for each cell its character's index.

    Whatever has no sign becomes ⠨⠿.
    """
    out: list[str] = []
    source: list[int] = []
    mode = ""
    between = {
        place
        for match in _SECTION.finditer(token)
        for place in range(*match.span())
        if token[place] == "."
    }
    for index, character in enumerate(token):
        following = token[index + 1 : index + 2]
        if character in DIGITS:
            written = DIGITS[character] if mode == NUMBER else NUMBER + DIGITS[character]
            mode = NUMBER
        elif character in CIRCLED:
            written = NUMBER + "".join(LOWERED[digit] for digit in CIRCLED[character])
            mode = ""
        elif character.lower() in LETTERS:
            case = CAPITAL if character.isupper() else LOWER
            cell = LETTERS[character.lower()]
            written = cell if mode == case else case + cell
            mode = case
        elif mode == NUMBER and character in ".," and following in DIGITS and following:
            if character == "." and index in between:
                written, mode = "", ""  # 5.1.2 ⠼⠑⠼⠁⠼⠃
            else:
                written = POINT if character == "." else THOUSANDS
        else:
            written = SIGNS.get(character, UNKNOWN)
            if not out:
                written = LOWER + written
            mode = ""
        out.append(written)
        source += [index] * len(written)
    return "".join(out), source


_LETTER_OF = {cell: letter for letter, cell in LETTERS.items()}
_DIGIT_OF = {cell: digit for digit, cell in DIGITS.items()}
_LOWERED_OF = {cell: digit for digit, cell in LOWERED.items()}
_CIRCLED_OF = {number: sign for sign, number in CIRCLED.items()}
_SIGN_OF = sorted(
    ((written, sign) for sign, written in SIGNS.items()), key=lambda pair: -len(pair[0])
)
_LONE_SIGNS = frozenset("⠤⠲⠂⠒⠆⠦⠖⠄")  # signs only where another ⠼ ⠰ ⠠ follows


def starts_technical(cells: str, at: int) -> bool:
    """Whether a number, letters or signs begin at `at`."""
    following = cells[at + 1 : at + 2]
    if cells[at] == NUMBER:
        return following in _DIGIT_OF or following in _LOWERED_OF
    if cells[at] == CAPITAL:
        return following in _LETTER_OF
    return cells[at] == LOWER and (
        following in _LETTER_OF or _sign_at(cells, at + 1, alone=False) is not None
    )


def read_technical(cells: str, at: int) -> tuple[str, int]:
    """The text that begins at `at` and where its cells end; the inverse of `technical`."""
    text: list[str] = []
    mode = ""
    if cells[at] == LOWER and cells[at + 1] not in _LETTER_OF:
        at += 1
    while at < len(cells):
        cell, following = cells[at], cells[at + 1 : at + 2]
        if cell == NUMBER and following in _LOWERED_OF:
            at, circled = _circled(cells, at + 1)
            text.append(circled)
            mode = ""
        elif cell == NUMBER and following in _DIGIT_OF:
            if mode == NUMBER:
                text.append(".")
            mode = NUMBER
            at += 1
        elif cell in (LOWER, CAPITAL) and following in _LETTER_OF:
            mode = cell
            at += 1
        elif mode == NUMBER and cell in _DIGIT_OF:
            text.append(_DIGIT_OF[cell])
            at += 1
        elif mode in (LOWER, CAPITAL) and cell in _LETTER_OF:
            letter = _LETTER_OF[cell]
            text.append(letter.upper() if mode == CAPITAL else letter)
            at += 1
        elif mode == NUMBER and cell in (POINT, THOUSANDS) and following in _DIGIT_OF:
            text.append("." if cell == POINT else ",")
            at += 1
        else:
            found = _sign_at(cells, at, alone=True)
            if found is None:
                break
            sign, at = found
            text.append(sign)
            mode = ""
    return "".join(text), at


def _sign_at(cells: str, at: int, *, alone: bool) -> tuple[str, int] | None:
    for written, sign in _SIGN_OF:
        if not cells.startswith(written, at):
            continue
        end = at + len(written)
        if written in _LONE_SIGNS and not (alone and _goes_on(cells, end)):
            continue
        return sign, end
    return None


def _goes_on(cells: str, at: int) -> bool:
    if at >= len(cells):
        return False
    return starts_technical(cells, at) or _sign_at(cells, at, alone=True) is not None


def _circled(cells: str, at: int) -> tuple[int, str]:
    number = ""
    while at < len(cells) and cells[at] in _LOWERED_OF and len(number) < 2:
        number += _LOWERED_OF[cells[at]]
        at += 1
    if number not in _CIRCLED_OF:
        number, at = number[0], at - len(number) + 1
    return at, _CIRCLED_OF.get(number, number)
