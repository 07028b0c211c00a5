"""The braille module of the loop: captions and dangers in, braille lines out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from edgeassist.braille import translate
from edgeassist.braille.encode import Scheme
from edgeassist.braille.joints import Idioms
from edgeassist.chinese import reader_with
from edgeassist.loop.events import BrailleLine, Caption, Event, Priority, Utterance
from edgeassist.loop.node import Context

if TYPE_CHECKING:
    from edgeassist.chinese.readings import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What a config can say of the braille module."""

    scheme: Scheme = Scheme.GF0019
    partials: bool = False  # whether unfinished captions are shown too
    full_tones: bool = False  # whether every tone is written, for learners
    idioms: Idioms = Idioms.PARTED  # whether idioms of four syllables are two words or one
    dictionary: str = ""  # a file of own words (edgeassist.chinese.userwords)


class Braille:
    """Turns captions and obstacle warnings into braille lines."""

    Options: ClassVar[type[_Options]] = _Options
    consumes: ClassVar[tuple[type[Event], ...]] = (Caption, Utterance)
    produces: ClassVar[tuple[type[Event], ...]] = (BrailleLine,)
    lost: ClassVar[str] = "braille is off"
    called: ClassVar[str] = "braille"

    def __init__(self, options: _Options, context: Context) -> None:
        self._options = options
        self._reads: Reader | None = None

    def open(self) -> None:
        """Load dictionaries and model, so that the first caption does not wait for them.

        Raises `InputError` where the user's dictionary cannot be used.
        """
        if self._options.dictionary:
            self._reads = reader_with(Path(self._options.dictionary))
        self._line("你好", "zh", 0)

    def handle(self, event: Event) -> Iterable[Event]:
        """Write one caption or one danger."""
        if isinstance(event, Caption):
            if event.text.strip() and (event.final or self._options.partials):
                yield self._line(event.text, event.language, event.captured_ns, final=event.final)
        elif isinstance(event, Utterance) and event.priority is Priority.DANGER:
            yield self._line(event.text, event.language, event.captured_ns, urgent=True)

    def finish(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def close(self) -> None:
        """Nothing to release."""

    def _line(
        self,
        text: str,
        language: str,
        captured_ns: int,
        *,
        final: bool = True,
        urgent: bool = False,
    ) -> BrailleLine:
        line = " ".join(text.split("\n"))
        found = translate(
            line,
            self._options.scheme,
            language=language,
            full_tones=self._options.full_tones,
            idioms=self._options.idioms,
            reads=self._reads,
        )
        return BrailleLine(
            captured_ns=captured_ns,
            text=line,
            cells=found.cells,
            source=tuple(found.source),
            final=final,
            urgent=urgent,
        )
