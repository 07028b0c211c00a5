"""Chinese and English text to braille cells and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeassist.braille.encode import Scheme
from edgeassist.braille.joints import Idioms

if TYPE_CHECKING:
    from edgeassist.braille.forward import Translation
    from edgeassist.chinese.readings import Reader

__all__ = ["Idioms", "Scheme", "translate"]


def translate(
    text: str,
    scheme: Scheme = Scheme.GF0019,
    *,
    language: str = "",
    full_tones: bool = False,
    idioms: Idioms = Idioms.PARTED,
    reads: Reader | None = None,
) -> Translation:
    """One line of text in braille.

    `language` is "zh", "en", or "" to tell by the text: a line of English words and no Chinese
    character is written in Unified English Braille by liblouis, where that is installed; any
    other Latin letters follow GF 0019-2018 Annex C. `idioms` says whether idioms
    of four syllables are written whole; `reads` is a reader with a user's words.
    """
    from edgeassist.braille.english import english_line, is_english
    from edgeassist.braille.forward import to_braille

    if language != "zh" and is_english(text, sure=language == "en"):
        found = english_line(text)
        if found:
            return found
    return to_braille(text, scheme, full_tones=full_tones, idioms=idioms, reads=reads)
