"""Cutting a text into clauses: the units in which it is synthesised, and resumed at."""

from __future__ import annotations

import re

# A full stop or comma between digits is part of a number, an apostrophe part of a word.
_END = re.compile(r"(?:[，。！？；：…\n]+|[,.!?;:]+(?=\s|$))[”’」』）)\"']*\s*")
_SHORTEST = 2  # a clause of one sign ("嗯，") is joined to the next: it would sound chopped off


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
    return tuple(found)
