"""Whisper's tokens: what stands before a text, and the text that tokens stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgeassist.captions.recognizer import Language


class Words:
    """The vocabulary of a multilingual Whisper, from its tokenizer.json."""

    def __init__(self, file: Path) -> None:
        """Raises what `tokenizers` raises, or `ValueError` for the words of another model."""
        from tokenizers import Tokenizer

        self._words = Tokenizer.from_file(str(file))
        self._first_mark = self._mark("endoftext")  # text comes before, marks and times after
        self._begin = {
            language: [
                self._mark(name)
                for name in ("startoftranscript", language.value, "transcribe", "notimestamps")
            ]
            for language in (Language.ZH, Language.EN)
        }
        self._before = self._mark("startofprev")

    def _mark(self, name: str) -> int:
        token: int | None = self._words.token_to_id(f"<|{name}|>")
        if token is None:
            raise ValueError(f"no <|{name}|> in its vocabulary")
        return token

    def prompt(self, language: Language, told: str) -> list[int]:
        """What a text in `language` goes on from, `told` as if it had been said before."""
        begin = self._begin[language]
        if not told:
            return begin
        return [self._before, *self._words.encode(told, add_special_tokens=False).ids, *begin]

    def text(self, tokens: Sequence[int]) -> str:
        """What was said; half a character is U+FFFD."""
        return str(self._words.decode([one for one in tokens if one < self._first_mark]))
