"""Recognisers that are closed at the end of a test."""

from collections.abc import Callable

import pytest

from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.recognizer import Language
from edgeassist.testing import context


@pytest.fixture
def whisper() -> Callable[..., Whisper]:
    """Makes engines, closed at the end."""
    made: list[Whisper] = []

    def make(language: Language = Language.AUTO, world=None, worker=None) -> Whisper:
        made.append(Whisper(WhisperOptions(language=language), world or context(), worker))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
