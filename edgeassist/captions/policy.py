"""How much of a caption that is still growing is stable, and how the rest goes on from it.

A window engine hears the whole utterance anew every half second and may change its mind. What
successive runs agree on is stable (LocalAgreement: Macháček et al. 2023, "Turning Whisper into
Real-Time Transcription System") and never changes once it was shown as such, not in the final
either. Text is compared in units: one Chinese character or mark, or one whole Latin word or
number, so that no half of a word becomes stable.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

_UNIT = re.compile(
    r"\s*(?:[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*|\d+(?:[.,:]\d+)*%?|\S)|\s+$",
)
# A run ends its text with a full stop wherever the sound ends: no part of a growing sentence.
_PROVISIONAL_END = " \t.。…,，、?？!！;；:：-—"


class StablePrefix:
    """The stable beginning of one utterance; `runs` successive texts must agree on it.

    The last `hold_back` units of a text never become stable by agreement: the sound of the last
    word was cut in the middle more often than not.
    """

    def __init__(self, runs: int = 2, hold_back: int = 1) -> None:
        self.stable = ""
        self._hold_back = hold_back
        self._texts: deque[list[str]] = deque(maxlen=runs)

    def update(self, text: str) -> str:
        """Take what the latest run heard; returns what to show, which begins with `stable`."""
        shown = continued(self.stable, text.rstrip(_PROVISIONAL_END))
        split = units(shown)
        self._texts.append(split)
        if len(self._texts) == self._texts.maxlen:
            agreed = min(common(self._texts), len(split) - self._hold_back)
            agreed_text = "".join(split[: max(agreed, 0)])
            if len(agreed_text) > len(self.stable):
                self.stable = agreed_text
        return shown

    def settle(self, text: str) -> str:
        """The final text: `text`, except that it begins with what was shown as stable."""
        return continued(self.stable, text)


def units(text: str) -> list[str]:
    """`text` cut into units with the space before them; joined they are `text` again."""
    return _UNIT.findall(text)


def common(texts: Sequence[Sequence[str]]) -> int:
    """How many first units all of `texts` share."""
    shared = 0
    for alike in zip(*texts, strict=False):
        if len(set(alike)) > 1:
            break
        shared += 1
    return shared


def continued(stable: str, text: str) -> str:
    """`text`, with its beginning replaced by `stable`, which stands for the same sound.

    The part of `text` to replace is its beginning that is fewest edits away from `stable`;
    between equally near ones, the one of the same length.
    """
    if not stable or text.startswith(stable):
        return text or stable
    old = [unit.strip().casefold() for unit in units(stable)]
    parts = units(text)
    new = [unit.strip().casefold() for unit in parts]
    edits = distances_to_beginnings(old, new)
    replaced = min(range(len(new) + 1), key=lambda n: (edits[n], abs(n - len(old))))
    return stable + "".join(parts[replaced:])


def distances_to_beginnings(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """Edit distance from all of `old` to `new[:n]`, for every n from 0 to `len(new)`.

    A punctuation mark never stands in a word's place.
    """
    row = list(range(len(new) + 1))
    for i, unit in enumerate(old, 1):
        above, row = row, [i]
        for n, other in enumerate(new, 1):
            unlike = 0 if unit == other else 1 if unit.isalnum() == other.isalnum() else 2
            row.append(min(above[n] + 1, row[n - 1] + 1, above[n - 1] + unlike))
    return row
