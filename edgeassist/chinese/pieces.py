"""How a name or term no dictionary has is read: by the words in it, the longest first."""

from __future__ import annotations

from edgeassist.chinese.phrases import Phrases

_LONGEST = 4


def pieced(word: str, phrases: Phrases) -> tuple[str, ...]:
    """One syllable for each character; () where a character has none, or is read as two."""
    found: list[str] = []
    while len(found) < len(word):
        start = len(found)
        for end in range(min(len(word), start + _LONGEST), start, -1):
            votes = phrases[word[start:end]]
            if votes:
                found += next(iter(votes.values()))
                break
        else:
            return ()
    return tuple(found) if all(s[:-1].isalpha() for s in found) else ()
