"""What `edgeassist braille --json` prints: records of translations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edgeassist.braille.encode import Scheme, tone_clauses
from edgeassist.chinese.normal import REPLACEMENT

if TYPE_CHECKING:
    from edgeassist.braille.backward import Reading
    from edgeassist.braille.forward import BrailleWord, Translation


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
    """Braille to text: `{"cells", "text", "alternatives", "words": [{"cells", "pinyin", "text"}]}`.

    Where cells cannot be read, "unreadable" lists them with their places.
    """
    record: dict[str, Any] = {
        "cells": found.cells,
        "text": found.text,
        "alternatives": list(found.alternatives),
        "words": [
            {"cells": word.cells, "pinyin": list(word.syllables), "text": word.text}
            for word in found.words
        ],
    }
    if found.unreadable:
        record["unreadable"] = [
            {"index": place, "cells": cells} for place, cells in found.unreadable
        ]
    return record


def _clean(text: str) -> str:
    """Half surrogate pairs cannot be printed."""
    return "".join(REPLACEMENT if "\ud800" <= c <= "\udfff" else c for c in text)
