"""Readings that hang on the neighbouring words: 得 地 着 了 还 长 and their like."""

from __future__ import annotations

Choices = dict[int, dict[str, float]]  # position in the text -> log score of each reading


def settle(text: str, words: list[tuple[str, int, str]], choices: Choices) -> None:
    """Raise the scores of readings for which the context speaks."""
