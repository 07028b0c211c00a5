"""What happens when a node fails: when to try again, when to give up, and what the user is told."""

from __future__ import annotations

from collections import deque

from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, Priority, Pulse, Side, State, Status, Utterance

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 30.0
MOST_RESTARTS = 5
WITHIN_S = 60.0
AGAIN_S = 30.0  # in a loop that keeps going, a module that was given up on is tried again
DEVICE_AGAIN_S = 4.0  # and one whose device is not there


class Restarts:
    """Counts one node's failures and says how long to wait before it is tried again."""

    def __init__(self) -> None:
        self._failures: deque[int] = deque()

    def after_failure(self, now_ns: int) -> float | None:
        """Seconds to wait, doubling from 1 to 30; None after 5 restarts within 60 s: give up."""
        while self._failures and now_ns - self._failures[0] > WITHIN_S * NS:
            self._failures.popleft()
        if len(self._failures) >= MOST_RESTARTS:
            return None
        self._failures.append(now_ns)
        return float(min(FIRST_DELAY_S * 2 ** (len(self._failures) - 1), LONGEST_DELAY_S))


def announcement(status: Status, was: State | None, language: str) -> list[Event]:
    """What a user hears and feels about a change of state; nothing for what mends itself."""
    if not status.lost:
        return []
    lost = t(status.lost, lang=language)
    off = (State.DEGRADED, State.STALLED)
    if status.state in off and was not in off:
        text = lost
    elif status.state is State.RUNNING and was in off:
        text = t("over: {lost}", lang=language, lost=lost)
    else:
        return []
    return [
        Utterance(
            captured_ns=status.captured_ns,
            text=text,
            language=language,
            priority=Priority.MESSAGE,
            merge_key=f"status {status.module}",
        ),
        Pulse(
            captured_ns=status.captured_ns, side=Side.AHEAD, strength=1.0, pattern=(600, 200, 600)
        ),
    ]
