"""What to show of a caption that is still growing, and how much of that is stable.

An engine hears an utterance anew again and again and may change its mind; whoever reads along
should not. So a word is shown once it is likely to stay: the surer the engine is of it and the
more words follow it, the sooner; the word at the growing end, whose sound may be cut in the middle,
only when it is certain. What is shown stays until the final, unless run after run contradicts it.
A part of it is *stable*: it never changes again, not in the final either. (What LocalAgreement
does by agreement alone: Macháček et al. 2023, "Turning Whisper into Real-Time Transcription
System". `tests/measure/captions_streaming.py` compares the two.)

No engine here: texts and sureness in, text out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)*"
# What is shown or not as a whole: a Chinese character, a Latin word, a digit, a mark, with the
# space before it. Numbers and hyphened words grow by pieces …
_PIECE = re.compile(rf"\s*(?:-?{_WORD}|\S)|\s+$")
# … but half of one is never stable.
_INSIDE = re.compile(r"\d[\d.,:%]|[.,:]\d|[A-Za-zÀ-ɏ]-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Sureness (0 to 1) and runs."""

    # How sure a word must be with 0, 1, 2, … words after it; the last holds for all further ones.
    sure: tuple[float, ...] = (0.95, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1)
    repeated: float = 0.5  # … times this where the run before heard the same
    first: float = 0.05  # nothing is shown yet: show soon that somebody speaks, and about what
    contradicted: int = 3  # runs that agree with each other against what is shown replace it
    stable_runs: int = 3  # that heard the same, at least …
    stable_sure: float = 0.7  # … so sure
    hold_back: int = 1  # words at the end that no agreement makes stable


class GrowingText:
    """One utterance: `shown` is what to show of it, which begins with `stable`."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.shown = ""
        self.stable = ""
        self._pieces: list[str] = []  # of `shown`
        self._before: list[str] = []  # what the run before heard
        self._runs: deque[tuple[list[str], list[float]]] = deque(maxlen=self.rules.stable_runs)
        self._against: deque[list[str]] = deque(maxlen=self.rules.contradicted)

    def update(self, text: str, sure: Sequence[float] | float = 1.0) -> str:
        """Take what the latest run heard; returns what to show.

        `sure` has the probability (0 to 1) of every character of `text`, or is one for all.
        """
        heard = pieces(text)
        surenesses = _of_pieces(heard, sure)
        while heard and not _is_word(heard[-1]):
            heard.pop()  # a run ends its text with a full stop wherever the sound ends
        words = [_word(piece) for piece in heard]
        if words:
            self._give_in(heard, words)
            self._extend(heard, words, surenesses)
            self.shown = "".join(self._pieces)
            self._settle_beginning(words, surenesses)
            self._before = words
        return self.shown

    def settle(self, text: str) -> str:
        """The final text: `text`, except that it begins with what was shown as stable."""
        return continued(self.stable, text)

    def _give_in(self, heard: list[str], words: list[str]) -> None:
        """Change what is shown where enough runs agree against it."""
        shown = [_word(piece) for piece in self._pieces]
        agreed = common((shown, words))
        replaced = beginning_for(shown, words)
        if agreed == len(shown) or agreed >= replaced:
            self._against.clear()
            return
        self._against.append(words[:replaced])
        alike = common(self._against)
        if len(self._against) < self.rules.contradicted or alike <= agreed:
            return
        stable = len(pieces(self.stable))
        if stable <= agreed:
            self._pieces[agreed:] = heard[agreed:replaced]
            self._against.clear()

    def _extend(self, heard: list[str], words: list[str], sure: list[float]) -> None:
        """Show more: what follows the part of `heard` that is shown already."""
        rules = self.rules
        shown = [_word(piece) for piece in self._pieces]
        at = beginning_for(shown, words)
        if shown and shown[-1] not in words[max(at - 1, 0) : at]:
            return  # what this run goes on from is not what is shown: wait who is right
        repeated = common((self._before, words))
        after = sum(_is_word(piece) for piece in heard[at:])
        waiting: list[str] = []  # marks come with the word after them
        for here in range(at, len(heard)):
            if not _is_word(heard[here]):
                waiting.append(heard[here])
                continue
            after -= 1
            enough = rules.sure[min(after, len(rules.sure) - 1)]
            if here < repeated:
                enough *= rules.repeated
            if not self._pieces:
                enough = min(enough, rules.first)
            if sure[here] < enough:
                return
            self._pieces += [*waiting, heard[here]]
            waiting.clear()

    def _settle_beginning(self, words: list[str], sure: list[float]) -> None:
        """Let `stable` grow."""
        rules = self.rules
        self._runs.append((words, sure))
        if len(self._runs) < rules.stable_runs:
            return
        shown = [_word(piece) for piece in self._pieces]
        end = min(common((shown, *(run for run, _ in self._runs))), len(words) - rules.hold_back)
        for at in range(end):
            if _is_word(words[at]) and min(s[at] for _, s in self._runs) < rules.stable_sure:
                end = at
                break
        while 0 < end < len(words) and _INSIDE.match(words[end - 1][-1:] + words[end][:1]):
            end -= 1
        while end > 0 and not _is_word(words[end - 1]):
            end -= 1
        text = "".join(self._pieces[: max(end, 0)])
        if len(text) > len(self.stable) and text.startswith(self.stable):
            self.stable = text


def pieces(text: str) -> list[str]:
    """`text` cut into what is shown as a whole, with the space before it; joined it is `text`."""
    return _PIECE.findall(text)


def common(texts: Sequence[Sequence[str]]) -> int:
    """How many first pieces all of `texts` share."""
    shared = 0
    for alike in zip(*texts, strict=False):
        if len(set(alike)) > 1:
            break
        shared += 1
    return shared


def continued(stable: str, text: str) -> str:
    """`text`, with its beginning replaced by `stable`, which stands for the same sound."""
    if not stable or text.startswith(stable):
        return text or stable
    parts = pieces(text)
    old = [_word(piece) for piece in pieces(stable)]
    return stable + "".join(parts[beginning_for(old, [_word(piece) for piece in parts]) :])


def beginning_for(old: Sequence[str], new: Sequence[str]) -> int:
    """How many first pieces of `new` stand for the same sound as all of `old`.

    The beginning that is fewest edits away; between equally near ones, the one of the same length.
    """
    if not old:
        return 0
    edits = distances_to_beginnings(old, new)
    return min(range(len(new) + 1), key=lambda n: (edits[n], abs(n - len(old))))


def distances_to_beginnings(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """Edit distance from all of `old` to `new[:n]`, for every n from 0 to `len(new)`.

    A punctuation mark never stands in a word's place.
    """
    row = list(range(len(new) + 1))
    for i, unit in enumerate(old, 1):
        above, row = row, [i]
        for n, other in enumerate(new, 1):
            unlike = 0 if unit == other else 1 if unit.isalnum() == other.isalnum() else 2
            row.append(min(above[n] + 1, row[n - 1] + 1, above[n - 1] + unlike))
    return row


def _word(piece: str) -> str:
    return piece.strip().casefold()


def _is_word(piece: str) -> bool:
    return any(map(str.isalnum, piece))


def _of_pieces(parts: list[str], sure: Sequence[float] | float) -> list[float]:
    if isinstance(sure, float):
        return [sure] * len(parts)
    found, at = [], 0
    for piece in parts:
        found.append(min(sure[at : at + len(piece)], default=0.0))
        at += len(piece)
    return found
