"""A braille line cut into what fits on the display: at word blanks, else between characters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

BLANK = "⠀"


def windows(cells: str, width: int, source: Sequence[int] = ()) -> tuple[tuple[int, int], ...]:
    """Where each window begins and ends; joined they are `cells`, nothing twice, nothing lost.

    A window ends after the last word that fits, its blanks included: where these run past `width`
    the window is that much longer, so show `cells[start:end][:width]`. A word longer than the
    display is cut between characters, which in Chinese is between syllables; `source` is the line's
    source map (without one it is cut anywhere). A single character longer than the display is cut.
    """
    if width < 1:
        raise ValueError(f"a display has at least one cell, got {width}")
    if len(source) != len(cells):
        source = range(len(cells))
    starts = [0]
    while len(cells) - starts[-1] > width:
        starts.append(_end(cells, starts[-1], width, source))
    if starts[-1] < len(cells) or not cells:
        starts.append(len(cells))
    return tuple(pairwise(starts))


def _end(cells: str, start: int, width: int, source: Sequence[int]) -> int:
    """Where the window from `start` ends; more than `width` cells are left there."""
    blank = cells.rfind(BLANK, start, start + width + 1)
    if blank > start and cells[start:blank].strip(BLANK):
        end = blank + 1
        while end < len(cells) and cells[end] == BLANK:
            end += 1
        return end
    cuts = range(start + width, start, -1)
    return next((cut for cut in cuts if source[cut] != source[cut - 1]), start + width)
