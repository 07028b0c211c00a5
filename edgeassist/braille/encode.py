"""A word's syllables into cells: GF 0019-2018 §9 to §11, or the schemes of GB/T 15720-2008."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from edgeassist.braille import shuangpin
from edgeassist.braille.cells import (
    KEPT_IN_WORDS,
    KEPT_TONES,
    PUNCTUATION,
    SHORT_FORMS,
    SPECIAL_SPELLINGS,
    TONES,
    omitting_clause,
    spelling,
    zero_initial,
)
from edgeassist.braille.current_tones import writes_tone
from edgeassist.chinese.syllables import split


class Scheme(StrEnum):
    """How Mandarin is written."""

    GF0019 = "gf0019"  # 国家通用盲文, GF 0019-2018: every tone written or omitted by rule
    CURRENT = "current"  # 现行盲文, GB/T 15720-2008: most tones unwritten
    SHUANGPIN = "shuangpin"  # 汉语双拼盲文, GB/T 15720-2008 §5: two cells a syllable, tone included


def word_cells(
    word: str,
    syllables: tuple[str, ...],
    scheme: Scheme = Scheme.GF0019,
    *,
    full_tones: bool = False,
) -> list[str]:
    """The cells of each syllable of one connected word, `word` and `syllables` side by side.

    `full_tones` writes every tone (for learners). Raises `ValueError` for a non-syllable.
    """
    if scheme is Scheme.SHUANGPIN:
        return shuangpin.word_cells(word, syllables)
    following = [*map(zero_initial, syllables[1:]), False]
    if scheme is Scheme.CURRENT:
        return [
            _current(
                character,
                syllable,
                before_vowel,
                full_tones or writes_tone(word, syllables, place),
            )
            for place, (character, syllable, before_vowel) in enumerate(
                zip(word, syllables, following, strict=True)
            )
        ]
    return [
        _common(
            character,
            syllable,
            before_vowel,
            full_tones or (word, place, syllable) in KEPT_IN_WORDS,
        )[0]
        for place, (character, syllable, before_vowel) in enumerate(
            zip(word, syllables, following, strict=True)
        )
    ]


def tone_clauses(
    word: str, syllables: tuple[str, ...], scheme: Scheme = Scheme.GF0019
) -> list[str]:
    """By which clause each syllable of a word is written as it is.

    Of GF 0019-2018; of GB/T 15720-2008 the two schemes' chapters, and which sign of its own.
    """
    if scheme is Scheme.SHUANGPIN:
        return shuangpin.clauses(word, syllables)
    if scheme is Scheme.CURRENT:
        return ["4"] * len(syllables)
    following = [*map(zero_initial, syllables[1:]), False]
    return [
        _common(character, syllable, before_vowel, (word, place, syllable) in KEPT_IN_WORDS)[1]
        for place, (character, syllable, before_vowel) in enumerate(
            zip(word, syllables, following, strict=True)
        )
    ]


def punctuation(scheme: Scheme) -> dict[str, str]:
    """The punctuation marks of a scheme and their cells."""
    return shuangpin.marks() if scheme is Scheme.SHUANGPIN else PUNCTUATION


@cache
def _common(character: str, syllable: str, before_vowel: bool, keep: bool) -> tuple[str, str]:
    """Cells and clause of one syllable in GF 0019; `before_vowel` within the same word."""
    key = (character, syllable)
    # §11.2: no short form before a zero initial, but 她 always
    if key in SHORT_FORMS and (not before_vowel or character == "她"):
        return SHORT_FORMS[key], "11.1"
    if key in SPECIAL_SPELLINGS:
        return SPECIAL_SPELLINGS[key], "9.4"
    parts = split(syllable)
    base = spelling(parts)
    clause = omitting_clause(parts)
    if not clause or parts.tone == 5:
        return base + TONES[parts.tone], "10.1"
    if keep or key in KEPT_TONES:
        return base + TONES[parts.tone], "10.2.8"
    if not parts.final and before_vowel:
        return base + TONES[parts.tone], "10.2.7"
    return base, clause


@cache
def _current(character: str, syllable: str, before_vowel: bool, marked: bool) -> str:
    key = (character, syllable)
    if key == ("的", "de5"):
        return SHORT_FORMS[key]
    if key in SPECIAL_SPELLINGS:
        return SPECIAL_SPELLINGS[key]
    parts = split(syllable)
    # A bare zh … s before a zero initial bears its tone (食物 ⠱⠂⠥).
    must = not parts.final and before_vowel
    return spelling(parts) + (TONES[parts.tone] if marked or must else "")
