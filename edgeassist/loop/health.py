"""Whether each module answers: from when on one that does not is told of, and when it is hung.

A module that raises is restarted (`supervisor`). One that does not come back from a call cannot
be: its thread is inside a driver or a library, and only a new process mends that.

==========  =============  ==============  ====================================================
it is …     told after     hung after      what counts
==========  =============  ==============  ====================================================
working     10 s           20 s            one call of `handle` or `close`, one piece of work of
                                           a node's own threads (its `busy_since_ns`), one wait
                                           of a live source of sound or pictures in which it
                                           neither gave anything nor said that it is alive
opening     30 s           300 s           dictionaries and models are prepared the first time
==========  =============  ==============  ====================================================

Told: the module is STALLED, which the supervisor says and shows. Hung: whoever watches the loop
(`edgeassist.service`) may end the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from edgeassist.loop.clock import NS

STALLED_AFTER_S, HUNG_AFTER_S = 10.0, 20.0
OPENING_STALLED_AFTER_S, OPENING_HUNG_AFTER_S = 30.0, 300.0


class Answer(IntEnum):
    """How a module answers."""

    WELL = 0
    STALLED = 1
    HUNG = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The modules by name: which still open, do not answer, are hung, or were given up on."""

    opening: tuple[str, ...] = ()
    stalled: tuple[str, ...] = ()  # the hung ones too
    hung: tuple[str, ...] = ()
    off: tuple[str, ...] = ()  # failed: given up on, or to be tried again
    faulty: tuple[str, ...] = ()  # those off for no device that is not there
    stopping: bool = False

    @property
    def well(self) -> bool:
        """Whether every module does what it can with the devices there are."""
        return not (self.opening or self.stalled or self.faulty)


def answer(now_ns: int, busy_since_ns: int | None, opening_since_ns: int | None) -> Answer:
    """How a module answers that has been working, or opening, since then; None: it is not.

    >>> answer(25 * NS, 10 * NS, None).name, answer(25 * NS, None, 10 * NS).name
    ('STALLED', 'WELL')
    """
    found = Answer.WELL
    for since_ns, stalled_s, hung_s in (
        (busy_since_ns, STALLED_AFTER_S, HUNG_AFTER_S),
        (opening_since_ns, OPENING_STALLED_AFTER_S, OPENING_HUNG_AFTER_S),
    ):
        if since_ns is not None and now_ns - since_ns > stalled_s * NS:
            hung = now_ns - since_ns > hung_s * NS
            found = max(found, Answer.HUNG if hung else Answer.STALLED)
    return found
