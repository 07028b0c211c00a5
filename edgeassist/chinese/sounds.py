"""A syllable as far as it is known: what braille and hearing leave open stays open."""

from __future__ import annotations

from typing import NamedTuple


class Sound(NamedTuple):
    """A syllable as far as it is known.

    The letters and tones it can have, its character if that is fixed, characters it cannot be.
    """

    letters: tuple[str, ...]
    tones: str = "12345"
    character: str = ""
    excluded: str = ""
