"""Phrases that are said often, made into sound ahead of time: the first sample comes at once.

A book is a folder of wav files in the user's cache, one for each clause, named by a hash of its
language and words. Its name says which voice at which rate spoke them; another voice, rate or
edition of the text rules has a book of its own.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from edgeassist.chinese.cache import cache_dir
from edgeassist.speech.clauses import clauses
from edgeassist.speech.scripts import Part, parts
from edgeassist.speech.voice import Samples, Voice

EDITION = 1  # raise it when the same text is spoken in other words or with other readings
_OTHERS_KEPT = 2  # books beside the one in use
_SAFE = re.compile(r"[^\w.-]+")


class Phrasebook:
    """The phrases that one voice has spoken ahead of time; `edition` names voice and rate."""

    def __init__(self, edition: str, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self.folder = cache_dir() / "phrases" / f"{EDITION}-{_SAFE.sub('_', edition)}"

    def __contains__(self, part: Part) -> bool:
        return self._path(part).is_file()

    def find(self, text: str, language: str) -> Samples | None:
        """The sound of a text as `synthesize` is given it, int16 mono; None if it is not there."""
        try:
            with wave.open(str(self._path(Part(language, text)))) as file:
                if file.getframerate() != self._rate_hz:
                    return None
                return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        except (OSError, EOFError, wave.Error):  # not there, or cut short by a power cut
            return None

    def prepare(self, voice: Voice, texts: Iterable[str], language: str) -> Iterator[bool]:
        """Speak the clauses of `texts` into the book; for each, whether it had to be made.

        Raises `WorkError` if the voice cannot, `OSError` if the cache cannot be written.
        """
        wanted = dict.fromkeys(
            part for text in texts for clause in clauses(text) for part in parts(clause, language)
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in wanted:
            if part in self:
                yield False
                continue
            pieces = [*voice.synthesize(part.text, part.language)]
            self._write(self._path(part), np.concatenate([np.zeros(0, np.int16), *pieces]))
            yield True
        self._forget_others()

    def _path(self, part: Part) -> Path:
        name = hashlib.sha256(f"{part.language}\n{part.text}".encode()).hexdigest()[:20]
        return self.folder / f"{name}.wav"

    def _write(self, path: Path, samples: Samples) -> None:
        unfinished = path.with_suffix(".part")
        with wave.open(str(unfinished), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self._rate_hz)
            file.writeframes(samples.astype("<i2").tobytes())
        unfinished.replace(path)

    def _forget_others(self) -> None:
        others = [one for one in self.folder.parent.iterdir() if one != self.folder]
        others.sort(key=lambda one: one.stat().st_mtime, reverse=True)
        for old in others[_OTHERS_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
