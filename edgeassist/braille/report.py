"""What `edgeassist braille --json` prints: records of translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgeassist.chinese.normal import REPLACEMENT

if TYPE_CHECKING:
    from edgeassist.braille.backward import Reading
    from edgeassist.braille.forward import Translation


def translation_record(found: Translation) -> dict[str, Any]:
    """Text to braille: `{"text", "cells", "words": [{"text", "pinyin", "cells"}]}`.

    Every mark and unknown character is a word of its own, without pinyin. Where characters have
    no sign, "unknown" lists them with their places.
    """
    record: dict[str, Any] = {
        "text": _clean(found.text),
        "cells": found.cells,
        "words": [
            {"text": _clean(word.text), "pinyin": list(word.syllables), "cells": word.cells}
            for word in found.words
        ],
    }
    if found.unknown:
        record["unknown"] = [
            {"index": place, "character": _clean(character), "code": f"U+{ord(character):04X}"}
            for place, character in found.unknown
        ]
    return record


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
