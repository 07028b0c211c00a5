"""Mandarin syllables: the spelling "lü4" taken apart into initial, final and tone.

Spelling: pinyin in lower case with ü written ü, then the tone 1 to 4, or 5 for neutral.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")

# Spellings without an initial letter of their own (Hanyu Pinyin Scheme, table of finals).
_ZERO_INITIAL = {
    "yi": "i",
    "ya": "ia",
    "yo": "io",
    "ye": "ie",
    "yai": "iai",
    "yao": "iao",
    "you": "iou",
    "yan": "ian",
    "yin": "in",
    "yang": "iang",
    "ying": "ing",
    "yong": "iong",
    "wu": "u",
    "wa": "ua",
    "wo": "uo",
    "wai": "uai",
    "wei": "uei",
    "wan": "uan",
    "wen": "uen",
    "wang": "uang",
    "weng": "ueng",
    "yu": "ü",
    "yue": "üe",
    "yuan": "üan",
    "yun": "ün",
}
_SHORT_FINALS = {"iu": "iou", "ui": "uei", "un": "uen"}
_MARKS = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_UMLAUT, _CIRCUMFLEX = "\u0308", "\u0302"


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable; `initial` is "" for none, `final` is "" in zhi chi shi ri zi ci si.

    Finals bear their full names: iou, uei, uen, ueng, ü, üe, üan, ün.
    """

    initial: str
    final: str
    tone: int  # 1 to 4, 5 is neutral

    @property
    def zero_initial(self) -> bool:
        """Whether the syllable begins with its final."""
        return not self.initial


@cache
def split(spelling: str) -> Syllable:
    """Take "zhuang4" apart; a spelling without a digit is neutral.

    Raises `ValueError` for what cannot be a syllable's spelling.
    """
    letters = spelling.rstrip("012345")
    tone = int(spelling[len(letters) :] or 5) or 5
    if not letters or not letters.isalpha():
        raise ValueError(f"not a syllable: {spelling!r}")
    if letters in _ZERO_INITIAL:
        return Syllable("", _ZERO_INITIAL[letters], tone)
    initial = next((i for i in INITIALS if letters.startswith(i)), "")
    final = letters[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "ü" + final[1:]
    final = _SHORT_FINALS.get(final, final)
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        final = ""
    return Syllable(initial, final, tone)


@cache
def from_tone_marks(spelling: str) -> str:
    """Turn "lǜ" into "lü4", "de" into "de5"."""
    letters: list[str] = []
    tone = 5
    for mark in unicodedata.normalize("NFD", spelling):
        if mark in _MARKS:
            tone = _MARKS[mark]
        elif mark == _UMLAUT:
            letters[-1] = "ü"
        elif mark == _CIRCUMFLEX:
            letters[-1] = "ê"
        else:
            letters.append(mark)
    return "".join(letters) + str(tone)


# The finals that stand after an initial, beside those of `_ZERO_INITIAL` (same table).
_FINALS = {*_ZERO_INITIAL.values(), *"aoeê", "er", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng",
           "ong"}  # fmt: skip


@cache
def is_syllable(spelling: str) -> bool:
    """Whether `spelling` ("zhong1", tone and all) is one; ng2, m2 and n2 count too."""
    letters, tone = spelling[:-1], spelling[-1:]
    if not letters.isalpha() or tone not in "12345" or letters != letters.lower():
        return False
    parts = split(spelling)
    if not parts.final:
        return parts.initial in ("zh", "ch", "sh", "r", "z", "c", "s", "m", "n")
    return parts.final in _FINALS or (parts.initial, parts.final) == ("n", "g")


_LETTERS_ALONE = {final: letters for letters, final in _ZERO_INITIAL.items()}
_SHORTENED = {final: letters for letters, final in _SHORT_FINALS.items()}


@cache
def spell(initial: str, final: str) -> str:
    """The letters of a syllable without its tone: the inverse of `split`."""
    if not initial:
        return _LETTERS_ALONE.get(final, final)
    if not final:
        return initial + "i"
    if initial in ("j", "q", "x") and final.startswith("ü"):
        final = "u" + final[1:]
    return initial + _SHORTENED.get(final, final)
