"""Cutting a text into clauses: the units in which it is synthesised, and resumed at."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop or comma between digits is part of a number, an apostrophe part of a word.
_END = re.compile(r"(?:[，。！？；：…\n]+|[,.!?;:]+(?=\s|$))[”’」』）)\"']*\s*")
_SHORTEST = 2  # a clause of one sign ("嗯，") is joined to the next: it would sound chopped off


# Ten seconds of speech, as the width of a text: nobody waits longer for a sound, or to go back.
_LONGEST = 100
_BREAK = re.compile("[、 \t](?!.*[、 \t])", re.DOTALL)


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a text with their closing punctuation; joined they are the text, stripped.

    >>> clauses("第一章，春天。It rains, v1.5 said.")
    ('第一章，', '春天。', 'It rains, ', 'v1.5 said.')
    """
    text = text.strip()
    found: list[str] = []
    begin = 0
    for end in _END.finditer(text):
        clause = text[begin : end.end()]
        if sum(sign.isalnum() for sign in clause) >= _SHORTEST:
            found.append(clause)
            begin = end.end()
    rest = text[begin:]
    if any(sign.isalnum() for sign in rest) or not found:
        found.append(rest)
    else:
        found[-1] += rest
    return tuple(part for clause in found for part in _short(clause))


def _short(clause: str) -> Iterator[str]:
    """A clause that goes on for too long in parts, cut at a blank or 、 if it has one."""
    while True:
        width = place = 0
        while place < len(clause) and width < _LONGEST:
            width += 2 if clause[place] > "\u2e7f" else 1
            place += 1
        if sum(sign.isalnum() for sign in clause[place:]) < _SHORTEST:
            yield clause
            return
        gap = _BREAK.search(clause, place // 2, place)
        place = gap.end() if gap else place
        yield clause[:place]
        clause = clause[place:]
