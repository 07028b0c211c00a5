"""The language model: how likely a word is after the two before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def language_model(path: Path) -> Any:
    """A KenLM model of which only what is asked for comes into memory."""
    import kenlm

    settings = kenlm.Config()
    settings.load_method = kenlm.LoadMethod.LAZY
    return kenlm.Model(str(path), settings)


class Trigrams:
    """`zh_CN.lm` through KenLM; a state stands for the words so far, scores are log10."""

    def __init__(self, path: Path) -> None:
        import kenlm

        model = language_model(path)
        self.state: Any = kenlm.State
        self.score: Any = model.BaseScore  # (state, word, the state it leads to) -> log10
        self.start: Any = kenlm.State()
        model.BeginSentenceWrite(self.start)
        self.nothing: Any = kenlm.State()  # after a word that the model does not know
        model.NullContextWrite(self.nothing)

    def after(self, word: str) -> Any:
        """The state after `word` at the beginning of a sentence; "" is the beginning."""
        if not word:
            return self.start
        state = self.state()
        self.score(self.start, word, state)
        return state

    def end(self, state: Any) -> float:
        """How likely the sentence ends there."""
        return float(self.score(state, "</s>", self.state()))
