"""liblouis and pypinyin on the same sentences as our braille."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgeassist.bench.loads import Done, Load, Quality
from edgeassist.bench.loads.braille import Writing, score_readings
from edgeassist.braille import liblouis
from edgeassist.braille.decode import SyllableToken, parse
from edgeassist.chinese.normal import normalise
from edgeassist.chinese.syllables import from_tone_marks

LOUIS_TABLE = "zhcn-cbs.ctb"
_BASE = {"一": "yi1", "不": "bu4"}  # as the labels have them: without tone sandhi


def open_braille_peer(name: str, load: Writing) -> Load:
    """The library; raises `PluginError` where it is not installed."""
    return Louis(load) if name == "liblouis" else Pypinyin(load)


class Louis:
    """liblouis with its table of Current Braille: cells, and no readings."""

    def __init__(self, load: Writing) -> None:
        self.queries: Sequence[Any] = load.queries
        self.data, self.rate = load.data, load.rate
        self.models: Sequence[str] = ()
        self._load = load
        liblouis.translate("银行", LOUIS_TABLE)

    def do(self, query: str) -> Done:
        """One sentence."""
        return Done(answer=liblouis.translate(query, LOUIS_TABLE)[0], amount=len(query))

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Cells of the labelled characters."""
        return score_readings(self._load.labelled, None, "peer_", self._cells)

    def close(self) -> None:
        """Nothing to release."""

    def _cells(self, text: str) -> dict[int, str]:
        """The cells of every character, by place; a phrase of its list is one group of cells."""
        written, to_text = liblouis.translate(normalise(text), LOUIS_TABLE)
        found = {}
        for first in sorted(set(to_text)):
            group = "".join(c for c, at in zip(written, to_text, strict=True) if at == first)
            tokens = [token for token in parse(group) if isinstance(token, SyllableToken)]
            for number, token in enumerate(tokens):
                found[first + number] = group[token.start : token.end]
        return found


class Pypinyin:
    """pypinyin's readings."""

    def __init__(self, load: Writing) -> None:
        self.queries: Sequence[Any] = load.queries
        self.data, self.rate = load.data, load.rate
        self.models: Sequence[str] = ()
        self._load = load
        self._read("银行")

    def do(self, query: str) -> Done:
        """One sentence."""
        return Done(answer=self._read(query), amount=len(query))

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Readings of the labelled characters, and their cells."""
        return score_readings(self._load.labelled, self._syllables, "peer_")

    def close(self) -> None:
        """Nothing to release."""

    def _read(self, text: str) -> list[str]:
        import pypinyin

        read: Any = pypinyin.pinyin
        # Signs one by one: else a number is one piece, and places no longer fit.
        return [one[0] for one in read(text, style=pypinyin.Style.TONE, errors=list)]

    def _syllables(self, text: str) -> dict[int, str]:
        plain = normalise(text)
        return {
            place: _BASE.get(plain[place]) or from_tone_marks(marked.replace("v", "ü"))
            for place, marked in enumerate(self._read(plain))
            if place < len(plain) and "\u4e00" <= plain[place] <= "\u9fff"
        }
