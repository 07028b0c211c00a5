"""What everything that talks has in common: an arbiter, a thread that follows it, an end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from edgeassist.errors import EdgeAssistError
from edgeassist.loop.clock import Clock
from edgeassist.loop.events import Spoken, SpokenHow, Utterance
from edgeassist.speech.arbiter import Arbiter
from edgeassist.speech.earcons import Earcon

log = logging.getLogger("edgeassist.speech")


class Talker:
    """Base of what says utterances by the arbiter's rules, on a thread of its own.

    `tell` hears what became of each, from that thread. A subclass says in `_advance` what is done
    next, and calls `_begin` when it is ready. Once `_advance` has raised an `EdgeAssistError`,
    everything waiting has failed and the next `say` raises it.
    """

    def __init__(self, clock: Clock, tell: Callable[[Spoken], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._changed = threading.Condition()
        self._arbiter = Arbiter()
        self._failed: EdgeAssistError | None = None
        self._closing = False
        self._finishing = False
        self._quiet = True  # nothing to say, and all is told
        self._thread = threading.Thread(target=self._work, name="speech", daemon=True)

    def say(self, utterance: Utterance) -> None:
        """Leave an utterance; returns at once. Raises the error it failed with."""
        with self._changed:
            if self._failed is not None:
                raise self._failed
            self._arbiter.say(utterance, self._clock.now_ns())
            self._quiet = False
            self._taken(utterance)
            self._changed.notify_all()

    def sound(self, tone: Earcon) -> None:
        """A tone at once, where it can make one."""

    @property
    def paused(self) -> bool:
        """Whether it was told to pause."""
        return self._arbiter.paused

    def pause(self) -> None:
        """Nothing but dangers and messages until `resume`."""
        with self._changed:
            self._arbiter.pause(self._clock.now_ns())
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on at the clause that was cut."""
        with self._changed:
            self._arbiter.resume()
            self._changed.notify_all()

    def drop(self) -> None:
        """Give up everything that is being said or waits, and tell of it."""
        with self._changed:
            self._arbiter.drop_all(self._clock.now_ns())
            self._dropped()
            self._changed.notify_all()

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until everything is said and heard; return whether it is by then.

        Raises the error it failed with.
        """
        with self._changed:
            self._finishing = True
            self._quiet = False
            self._changed.notify_all()
            done = self._clock.wait_for(
                self._changed, lambda: self._quiet or self._failed is not None, seconds
            )
            if self._failed is not None:
                raise self._failed
            return done

    def close(self) -> None:
        """Stop now and release everything."""
        self.drop()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _begin(self) -> None:
        self._thread.start()

    def _taken(self, utterance: Utterance) -> None:
        """An utterance came in; called with the lock held."""

    def _dropped(self) -> None:
        """Everything was given up; called with the lock held."""

    def _advance(self) -> bool:
        """Do what is next, waiting for it if need be; return whether to go on."""
        raise NotImplementedError

    def _work(self) -> None:
        try:
            while self._advance():
                pass
        except EdgeAssistError as error:
            log.info("%s", error)  # whoever says or waits for something is told
            with self._changed:
                self._failed = error
                self._arbiter.drop_all(self._clock.now_ns(), SpokenHow.FAILED)
                told = self._arbiter.outcomes()
                self._changed.notify_all()
            for spoken in told:
                self._tell(spoken)
