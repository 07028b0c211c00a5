"""How wrong a text is: characters of Mandarin, words of English, after one stated normalisation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

NORMALISED = (
    "CER: NFKC, simplified characters, numbers written as they are said, lower case, no "
    "punctuation or space; Levenshtein distance over the reference's characters"
)
NORMALISED_WORDS = (
    "WER: NFKC, numbers written as they are said, lower case, letters and apostrophes alone, split "
    "at spaces; Levenshtein distance over the reference's words"
)


def characters(text: str) -> str:
    """What of a Mandarin text is compared, see `NORMALISED`."""
    from edgeassist.chinese.normal import simplify
    from edgeassist.speech.normalise import cardinal, one_by_one, spoken_chinese

    text = simplify(unicodedata.normalize("NFKC", text)).lower()
    text = re.sub(r"(?<=\d),(?=\d)", "", text)
    text = re.sub(r"(?<![\d.])\d{5,}(?![\d.])|\d{4}(?=年)", lambda m: one_by_one(m[0]), text)
    text = re.sub(r"(?<![\d.])\d+(?![\d.%])", lambda m: cardinal(m[0]), text)
    return re.sub(r"[\W_]", "", spoken_chinese(text))


def words(text: str) -> list[str]:
    """What of an English text is compared, see `NORMALISED_WORDS`."""
    from edgeassist.speech.english import spoken_english

    text = spoken_english(unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
    return "".join(sign if sign.isalnum() or sign == "'" else " " for sign in text).split()


def units(text: str, language: str) -> Sequence[str]:
    """Characters, or words where the language is written with spaces."""
    return characters(text) if language == "zh" else words(text)


def distance(wanted: Sequence[str], got: Sequence[str]) -> int:
    """Units to insert, delete or change (Levenshtein)."""
    row = list(range(len(got) + 1))
    for place, unit in enumerate(wanted, 1):
        last, row[0] = row[0], place
        for at, other in enumerate(got, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (unit != other))
    return row[-1]
