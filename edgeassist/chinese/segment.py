"""Chinese text into words with their word classes (rjieba, jieba's dictionary in Rust)."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word and its class as jieba's dictionary gives it ("v", "n", "uj", …), context unseen."""

    text: str
    kind: str


def segment(text: str) -> list[Word]:
    """Cut `text` into words; nothing is lost: joined again they are `text`."""
    import rjieba

    return [Word(word, kind) for word, kind in rjieba.tag(text)]
