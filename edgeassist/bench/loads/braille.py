"""Text to braille cells and back, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from edgeassist.bench import data
from edgeassist.bench.data import Labelled, Sentence
from edgeassist.bench.figures import figure
from edgeassist.bench.loads import Done, Load, Quality
from edgeassist.bench.points import Point
from edgeassist.bench.statistics import rate_of_sums, share
from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.encode import word_cells
from edgeassist.chinese import reader
from edgeassist.chinese.normal import is_hanzi, normalise

TEXT_MODELS = ("zh-words",)
BACK_MODELS = ("zh-words", "zh-lm", "zh-titles")
CELLS_SCORED = (
    "cell_accuracy: labelled characters whose cells, each written by itself in GF 0019-2018, are "
    "those of the right reading; reading_accuracy: whose syllable and tone are right"
)
BACK_SCORED = (
    "character_accuracy: Chinese characters that come back from our own cells of the sentence"
)
MOST_BACK = 400  # sentences; each is some 30 characters
MOST_LABELLED = 10_000


def open_braille(point: Point, folder: Path | None) -> Load:
    """Options of the point: `direction` ("to" or "from") and `scheme`."""
    scheme = Scheme(point.options.get("scheme", "gf0019"))
    most = point.options.get("labelled", MOST_LABELLED)
    if point.options.get("direction", "to") == "to":
        return Writing(scheme, folder, most)
    return ReadingBack(scheme, folder)


class Writing:
    """Text to cells."""

    rate = "characters_per_s"

    def __init__(self, scheme: Scheme, folder: Path | None, most: int) -> None:
        self.sentences: Labelled[Sentence] = data.sentences(folder)
        self.data: Sequence[Labelled[Any]] = (self.sentences,)
        self.models: Sequence[str] = TEXT_MODELS
        self.queries: Sequence[str] = [one.text for one in self.sentences.items]
        self.labelled = thinned(self.sentences.items, most)
        self._scheme = scheme
        translate("银行", scheme)

    def do(self, query: str) -> Done:
        """One sentence."""
        return Done(answer=translate(query, self._scheme).cells, amount=len(query))

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Cells and readings of the labelled characters."""
        return score_readings(self.labelled, readings)

    def close(self) -> None:
        """Nothing to release."""


class ReadingBack:
    """Cells to text."""

    rate = "characters_per_s"

    def __init__(self, scheme: Scheme, folder: Path | None) -> None:
        found = data.sentences(folder)
        self.data: Sequence[Labelled[Any]] = (found,)
        self.models: Sequence[str] = BACK_MODELS
        self.texts = [normalise(one.text) for one in thinned(found.items, MOST_BACK)]
        self.queries: Sequence[str] = [translate(text, scheme).cells for text in self.texts]
        self._scheme = scheme
        from_braille(self.queries[0], scheme, alternatives=0)

    def do(self, query: str) -> Done:
        """One line of cells."""
        text = from_braille(query, self._scheme, alternatives=0).text
        return Done(answer=text, amount=len(text))

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Characters that came back."""
        right, lengths = [], []
        for place, text in enumerate(self.texts):
            if place not in answers:
                answers[place] = self.do(self.queries[place]).answer
            right.append(same_hanzi(text, answers[place]))
            lengths.append(sum(map(is_hanzi, text)))
        value, low, high = rate_of_sums(right, lengths)
        name = "character_accuracy"
        return Quality(
            figures={name: figure(name, value, low, high, sum(lengths))}, notes=[BACK_SCORED]
        )

    def close(self) -> None:
        """Nothing to release."""


def thinned(items: Sequence[Sentence], most: int) -> Sequence[Sentence]:
    """At most about `most` of them, spread evenly."""
    return items[:: max(1, -(-len(items) // most))]


def readings(text: str) -> dict[int, str]:
    """Our reader's syllable of every character, by place."""
    plain = normalise(text)
    return {
        place: syllable
        for word in reader().read(plain, text)
        for place, syllable in enumerate(word.syllables, word.start)
    }


def score_readings(
    items: Sequence[Sentence], read: Any, peer: str = "", cells: Any = None
) -> Quality:
    """Labelled characters that `read` (text to syllables by place) has right.

    Where the engine writes cells and no readings, `cells` (text to cells by place) is compared.
    """
    total = cells_right = readings_right = 0
    for sentence in items:
        plain = normalise(sentence.text)
        found = read(sentence.text) if cells is None else {}
        written = cells(sentence.text) if cells is not None else None
        for place, gold in sentence.syllables.items():
            wanted = cells_of(plain[place], gold)
            total += 1
            if written is not None:
                cells_right += written.get(place, "") == "".join(wanted)
                continue
            syllable = found.get(place, "")
            readings_right += syllable == gold
            cells_right += bool(syllable) and cells_of(plain[place], syllable) == wanted
    quality = Quality(notes=[CELLS_SCORED])
    for name, right in (("cell_accuracy", cells_right), ("reading_accuracy", readings_right)):
        if name == "cell_accuracy" or cells is None:
            quality.figures[peer + name] = figure(peer + name, *share(right, total), n=total)
    return quality


def cells_of(character: str, syllable: str) -> list[str]:
    """The cells of one character, by itself."""
    try:
        return word_cells(character, (syllable,))
    except ValueError:
        return [syllable]


def same_hanzi(text: str, found: str) -> int:
    """How many Chinese characters of `text` stand in their places in `found`."""
    if len(text) == len(found):
        return sum(a == b and is_hanzi(a) for a, b in zip(text, found, strict=True))
    matched = SequenceMatcher(None, text, found, autojunk=False).get_matching_blocks()
    return sum(sum(map(is_hanzi, text[block.a : block.a + block.size])) for block in matched)
