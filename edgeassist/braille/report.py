"""What `edgeassist braille --json` prints: records of translations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edgeassist.braille.encode import Scheme, tone_clauses
from edgeassist.chinese.normal import REPLACEMENT

if TYPE_CHECKING:
    from edgeassist.braille.backward import Reading
    from edgeassist.braille.forward import BrailleWord, Translation

SURE = 0.9  # below it a reading is marked for the proofreader
_WORTH_SAYING = 0.01


def translation_record(found: Translation, *, explain: bool = False) -> dict[str, Any]:
    """Text to braille: `{"text", "cells", "words": [{"text", "pinyin", "cells"}], "source"}`.

    `source` gives for each cell the index in `text` of its character. Every mark and unknown
    character is a word of its own, without pinyin. Where characters have no sign, "unknown" lists
    them with their places. `explain` adds to every Chinese word "clauses" (of GF 0019-2018, or of
    GB/T 15720-2008 for its schemes; one a syllable), "joints" (rule and source) and "doubts"
    (place, probabilities).
    """
    record: dict[str, Any] = {
        "text": _clean(found.text),
        "cells": found.cells,
        "words": [
            {
                "text": _clean(word.text),
                "pinyin": list(word.syllables),
                "cells": word.cells,
                **(_explained(word, found.scheme) if explain and word.syllables else {}),
            }
            for word in found.words
        ],
        "source": list(found.source),
    }
    if found.unknown:
        record["unknown"] = [
            {"index": place, "character": _clean(character), "code": f"U+{ord(character):04X}"}
            for place, character in found.unknown
        ]
    return record


def _explained(word: BrailleWord, scheme: Scheme) -> dict[str, Any]:
    plain = "".join(part.text for part in word.parts) or word.text
    return {
        "clauses": tone_clauses(plain, word.syllables, scheme),
        "joints": [{"rule": rule, "source": source} for rule, source in word.joints],
        "doubts": [
            {"index": part.start - word.start + place, "readings": odds}
            for part in word.parts
            for place, odds in part.doubts.items()
        ],
    }


def explanations(found: Translation) -> Iterator[str]:
    """A line for people about each Chinese word: text, cells, reading, clauses, joints, doubts."""
    for word in found.words:
        if not word.syllables:
            continue
        about = _explained(word, found.scheme)
        written = " ".join(
            f"{syllable} §{clause}"
            for syllable, clause in zip(word.syllables, about["clauses"], strict=True)
        )
        joined = "".join(f"; {joint['rule']} ({joint['source']})" for joint in about["joints"])
        unsure = "".join(
            f"; {word.text[doubt['index']]}? "
            + " ".join(
                f"{reading} {p:.0%}" for reading, p in doubt["readings"].items() if p >= 0.01
            )
            for doubt in about["doubts"]
        )
        yield f"  {word.text}\t{word.cells}\t{written}{joined}{unsure}"


def reading_record(found: Reading) -> dict[str, Any]:
    """Braille to text: `{"cells", "text", "alternatives", "confidence", "words"}`.

    Each word is `{"cells", "pinyin", "text", "confidence", "alternatives"}`, a word's alternatives
    `{"text", "confidence"}`. A confidence is how likely a reading is right, 0 to 1; the line's is
    that of all its words together. Where cells cannot be read, "unreadable" lists them with their
    places.
    """
    record: dict[str, Any] = {
        "cells": _clean(found.cells),
        "text": _clean(found.text),
        "alternatives": list(map(_clean, found.alternatives)),
        "confidence": _rounded(math.prod(word.confidence for word in found.words)),
        "words": [
            {
                "cells": _clean(word.cells),
                "pinyin": list(word.syllables),
                "text": _clean(word.text),
                "confidence": _rounded(word.confidence),
                "alternatives": [
                    {"text": other.text, "confidence": _rounded(other.confidence)}
                    for other in word.alternatives
                    if other.confidence >= _WORTH_SAYING
                ],
            }
            for word in found.words
        ],
    }
    if found.unreadable:
        record["unreadable"] = [
            {"index": place, "cells": _clean(cells)} for place, cells in found.unreadable
        ]
    return record


def reading_explanations(found: Reading) -> Iterator[str]:
    """A line about each word read: text, cells, syllables, how sure; ? before an unsure one."""
    for word in found.words:
        if not word.syllables and not word.unreadable:
            continue
        unsure = word.confidence < SURE
        others = ", ".join(
            f"{other.text} {other.confidence:.0%}"
            for other in word.alternatives
            if other.confidence >= _WORTH_SAYING
        )
        said = f"{'?' if unsure else ' '} {_clean(word.text)}\t{_clean(word.cells)}\t"
        said += f"{' '.join(word.syllables)}\t{word.confidence:.0%}"
        yield said + (f"\t{others}" if unsure and others else "")


def _rounded(confidence: float) -> float:
    return round(confidence, 4)


def _clean(text: str) -> str:
    """Half surrogate pairs cannot be printed."""
    return "".join(REPLACEMENT if "\ud800" <= c <= "\udfff" else c for c in text)
