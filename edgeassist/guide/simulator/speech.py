"""How long a warning takes to say, from its syllables."""

from __future__ import annotations

import re

SYLLABLES_A_SECOND = 4.8  # a quick, clear voice; Mandarin news is read at 4.5 to 5.5
STARTS_S = 0.1

HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
VOWELS = re.compile(r"[aeiouy]+")


def syllables(text: str) -> int:
    """Of Chinese one for each character; of English one for each group of vowels, roughly."""
    count = len(HAN.findall(text))
    for word in WORD.findall(text):
        if word[0].isdigit():
            count += len(word)
            continue
        groups = len(VOWELS.findall(word.lower()))
        count += max(1, groups - (1 if word.endswith("e") and groups > 1 else 0))
    return count


def seconds(text: str) -> float:
    """How long a voice speaks it."""
    return STARTS_S + syllables(text) / SYLLABLES_A_SECOND
