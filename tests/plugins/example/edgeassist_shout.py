"""A plug-in in a package of its own: says every final caption again, louder."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from edgeassist.loop.events import Caption, Event, Priority, Utterance
from edgeassist.loop.node import Context


@dataclass(frozen=True)
class ShoutOptions:
    mark: str = "!"


class Shout:
    """Repeats what was said with a mark after it."""

    Options = ShoutOptions
    consumes = (Caption,)
    produces = (Utterance,)
    lost = "nobody shouts any more"

    def __init__(self, options: ShoutOptions, context: Context) -> None:
        self._options = options

    def open(self) -> None: ...

    def handle(self, event: Event) -> Iterable[Event]:
        if isinstance(event, Caption) and event.final:
            yield Utterance(
                captured_ns=event.captured_ns,
                text=event.text.upper() + self._options.mark,
                language=event.language,
                priority=Priority.TEXT,
            )

    def finish(self) -> Iterable[Event]:
        return ()

    def close(self) -> None: ...


class Needy(Shout):
    """Cannot be used where a package is missing."""

    requires: ClassVar[dict[str, str]] = {
        "a_package_nobody_has": "Run: pip install a-package-nobody-has"
    }
