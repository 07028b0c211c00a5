"""A long text being read aloud: the voice kept fed, the place kept, moving about in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.clock import Clock
from edgeassist.loop.events import Priority, Spoken, SpokenHow, Utterance
from edgeassist.speech.reading import Places, begin_at, clauses_of_file
from edgeassist.speech.scripts import language_of
from edgeassist.speech.session import Session
from edgeassist.speech.spelling import spelled

_AHEAD = 3  # clauses left with the voice at once
_LOOK_S = 0.02  # so often it is looked whether to stop
_SURELY = 20  # clauses; so often the mark is forced to the disk
_GOES_ON = "，,、；;：:—"  # what ends a clause and not its sentence
_CLOSING = "”’」』）)\"'》 \t"


def sentence(clauses: Sequence[str], at: int, way: int) -> int:
    """Where the sentence after (`way` 1) the clause `at` begins, or the one before (-1).

    Backwards from within a sentence it is this sentence's own beginning.

    >>> text = ["一，", "二。", "三，", "四。"]
    >>> [sentence(text, 2, way) for way in (-1, 1)], sentence(text, 1, -1)
    ([0, 4], 0)
    """
    place = at + way
    while 0 < place < len(clauses) and _goes_on(clauses[place - 1]):
        place += way
    return max(0, min(place, len(clauses)))


def _goes_on(clause: str) -> bool:
    return clause.rstrip(_CLOSING)[-1:] in tuple(_GOES_ON)


class Aloud:
    """One file, read from its place mark to its end; moved about in from any thread.

    `show(number, clauses)` hears of each clause that was said. Raises `InputError` for a file that
    cannot be read.
    """

    def __init__(
        self, path: Path, places: Places, show: Callable[[int, list[str]], None], *, anew: bool
    ) -> None:
        self._path = path
        self._places = places
        self._show = show
        self.clauses = clauses_of_file(path)
        self._said = begin_at(None if anew else places.get(path), self.clauses)
        self._next = self._said
        self._changed = threading.Condition()
        self._waiting: dict[int, int] = {}  # clauses left with the voice, by their `captured_ns`
        self._stamp_ns = 0
        self._jumped = False  # what was left with the voice is void
        self._stopped = False
        self._error: InputError | None = None
        self._keep(surely=True)

    @property
    def at(self) -> int:
        """The clause that sounds, or is next."""
        return self._said

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def read(self, session: Session, clock: Clock) -> None:
        """Until all is said or it is stopped; `session` tells its outcomes to `told`."""
        while not self._stopped:
            self._feed(session, clock)
            with self._changed:
                if not self._jumped:
                    self._changed.wait(_LOOK_S)
                if self._error is not None:
                    raise self._error
                all_given = self._next == len(self.clauses) and not self._jumped
            if all_given and session.finish(_LOOK_S):
                with self._changed:
                    if self._next == len(self.clauses):
                        return

    def stop(self) -> None:
        """Be silent at once; may be called from a signal handler."""
        self._stopped = True

    def keep(self) -> None:
        """Leave the mark on the disk."""
        self._keep(surely=True)

    def move(self, number: int, session: Session, answer: str = "") -> None:
        """Go on at that clause, after saying `answer`."""
        with self._changed:
            self._waiting.clear()
            self._next = self._said = max(0, min(number, len(self.clauses)))
            self._jumped = True
        session.drop()
        if answer:
            self._say(session, answer)
        with self._changed:
            self._jumped = False
            self._changed.notify_all()

    def where(self, session: Session) -> str:
        """Say and return how far it is."""
        at, of = self._said, len(self.clauses)
        text = t("{percent} %, clause {at} of {of}", percent=100 * at // of, at=at + 1, of=of)
        self.move(at, session, text)
        return text

    def spell(self, session: Session) -> str:
        """Say the clause that sounds sign by sign, then once more as it is; return it."""
        at = min(self._said, len(self.clauses) - 1)
        clause = self.clauses[at]
        self.move(at, session, spelled(clause, language_of(clause)))
        return clause

    def told(self, spoken: Spoken) -> None:
        """A clause has ended: the mark goes to the next one."""
        with self._changed:
            number = self._waiting.pop(spoken.captured_ns, None)
            if number is None:  # an answer, or given up by a move
                return
            if spoken.how is SpokenHow.SAID:
                self._said = number + 1
                try:
                    self._keep(surely=self._said % _SURELY == 0)
                except InputError as error:
                    self._error = error
                self._show(number, self.clauses)
            elif spoken.how is SpokenHow.INTERRUPTED:  # by `edgeassist tell stop`
                self._stopped = True
            self._changed.notify_all()

    def _feed(self, session: Session, clock: Clock) -> None:
        while True:
            with self._changed:
                if self._jumped or self._next >= len(self.clauses) or len(self._waiting) >= _AHEAD:
                    return
                text = self.clauses[self._next]
                # It tells the same words said twice apart, so no two are equal.
                self._stamp_ns = max(self._stamp_ns + 1, clock.now_ns())
                self._waiting[self._stamp_ns] = self._next
                self._next += 1
                utterance = Utterance(
                    captured_ns=self._stamp_ns,
                    text=text,
                    language=language_of(text),
                    priority=Priority.TEXT,
                )
                session.say(utterance)

    def _say(self, session: Session, text: str) -> None:
        session.say(
            Utterance(
                captured_ns=0, text=text, language=language_of(text), priority=Priority.MESSAGE
            )
        )

    def _keep(self, *, surely: bool) -> None:
        self._places.put(self._path, self._said, self.clauses, surely=surely)
