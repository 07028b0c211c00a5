"""What a speech recognition engine is: sound goes in, captions come out as they grow."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from edgeassist.loop.events import AudioBlock, Caption, Gap
from edgeassist.loop.node import Context
from edgeassist.plugins import Missing

ELLIPSIS = "…"  # shown where sound was lost


class Language(StrEnum):
    """What is spoken."""

    ZH = "zh"
    EN = "en"
    AUTO = "auto"  # either, found out for each utterance


class Recognizer(Protocol):
    """Turns one stream of speech into captions; used from one thread.

    A plug-in of the kind "recognizers". Where its `Options` has a field `language`, it is told
    which is spoken; one whose model knows only one language has none.

    A caption's `start_s` and `end_s` are in the sound's own time, and `captured_ns` is when the
    sound at `end_s` was captured. At `Pace.REAL` no method may take so long that sound is lost
    (the loop holds 2 s); at `Pace.FAST` the same sound always gives the same finals.
    """

    Options: ClassVar[type[Any]]

    @classmethod
    def check(cls) -> Missing | None:
        """What it lacks on this machine, for example its model."""

    def __init__(self, options: Any, context: Context) -> None:
        """Load the model; raises `EdgeAssistError` where that cannot be done."""

    def feed(self, audio: AudioBlock) -> Iterator[Caption]:
        """Take the next sound; gives what has become known since."""

    def gap(self, gap: Gap) -> Iterator[Caption]:
        """Sound is missing: what was being said ends here, with an ellipsis."""

    def finish(self) -> Iterator[Caption]:
        """The sound is over: give the finals still owed, within `context.stopping.left_s()`."""

    def close(self) -> None:
        """Let the model go."""
