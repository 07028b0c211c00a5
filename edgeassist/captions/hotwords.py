"""Hot words: names and terms the speaker is likely to say, which win over what sounds alike.

Given in the config as a list (`hot_words = ["林斐然", "武隆"]`) or as a file: the same dictionary
of a user's own words that braille takes (`chinese/userwords.py`), or plainly one word a line.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeassist.captions.correction_network import readings
from edgeassist.chinese.files import lines_of_file
from edgeassist.chinese.normal import is_hanzi, normalise
from edgeassist.chinese.userwords import user_words
from edgeassist.locale import t

log = logging.getLogger("edgeassist.captions")

# log10 of how often a hot word is said: oftener than any other. With 20 of them, 23 of 295
# recordings in quiet and noise became better, none worse. (In Whisper's prompt the same words made
# the errors a fifth more and the decoding slower: they are not told to the model.)
_SCORE = -2.0
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class HotWord:
    """A word of Chinese characters and one digit of tone for each."""

    text: str
    tones: str
    score: float = _SCORE


class HotWords:
    """Looks hot words up by toneless syllables."""

    def __init__(self, words: Iterable[tuple[str, Sequence[str]]] = ()) -> None:
        """Take words of Chinese characters with one toned syllable ("lin2") for each."""
        self._sounding: dict[tuple[str, ...], list[HotWord]] = defaultdict(list)
        self._begun: set[tuple[str, ...]] = set()
        for text, syllables in words:
            letters = tuple(syllable[:-1] for syllable in syllables)
            tones = "".join(syllable[-1] for syllable in syllables)
            self._sounding[letters].append(HotWord(text, tones))
            self._begun.update(letters[:count] for count in range(1, len(letters) + 1))

    def __len__(self) -> int:
        return sum(map(len, self._sounding.values()))

    def begins(self, letters: tuple[str, ...]) -> bool:
        """Whether a hot word begins with these toneless syllables, or is them."""
        return letters in self._begun

    def sounding(self, letters: tuple[str, ...]) -> Sequence[HotWord]:
        """The hot words of these toneless syllables."""
        return self._sounding.get(letters, ())


def hot_words(words: Sequence[str], file: Path | None = None) -> HotWords:
    """The hot words of a list and of a file; which of them cannot be used is told in a line.

    Of use are two or more Chinese characters: a single one has too many of its sound, and Latin
    words stay as they were heard. Raises `InputError` naming the file and line that cannot be used.
    """
    found: dict[str, Sequence[str]] = {}
    plain = list(words)
    if file is not None:
        if _has_readings(file):
            found.update((word, entry.syllables) for word, entry in user_words(file).items())
        else:
            plain += [line for _, line in lines_of_file(file)]
    useless = [word for word in found if len(word) < 2]
    for given in plain:
        word = normalise(given.strip())
        if word in found or not word:
            continue
        syllables = readings(word)
        if len(word) > 1 and all(map(is_hanzi, word)) and all(syllables):
            found[word] = syllables
        else:
            useless.append(word)
    if useless:
        log.warning(
            "%s",
            t(
                "hot words must be two or more Chinese characters; left out: {words}",
                words=_some(useless),
            ),
        )
    return HotWords((word, syllables) for word, syllables in found.items() if len(word) > 1)


def _some(words: Sequence[str]) -> str:
    listed = ", ".join(words[:_MOST_TOLD])
    return f"{listed}, …" if len(words) > _MOST_TOLD else listed


def _has_readings(file: Path) -> bool:
    """Whether it is a dictionary with readings, and not a plain list."""
    return file.suffix.lower() == ".toml" or any("\t" in line for _, line in lines_of_file(file))
