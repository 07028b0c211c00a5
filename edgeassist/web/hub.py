"""What the page shows now, between the loop and the viewers: the loop writes, viewers catch up.

There is no queue a viewer could fill. Each knows how far it has come, and is given what is new
when its connection takes it: every line, but only the newest partial, level and state.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edgeassist.locale import LANGUAGES, t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import AudioLevel, Caption, Priority, State, Status, Utterance
from edgeassist.web.history import History, Line
from edgeassist.web.sound import Sound

_LINES_AT_ONCE = 200
_NO_SOUND_S = 2.0
_OFF = (State.RESTARTING, State.DEGRADED, State.STALLED)


@dataclass(frozen=True, slots=True)
class Message:
    """One server-sent event."""

    event: str
    data: Any
    key: str = ""

    def encode(self) -> bytes:
        """As it goes over the wire (WHATWG HTML, server-sent events)."""
        name = f"id: {self.key}\n" if self.key else ""
        data = json.dumps(self.data, ensure_ascii=False)
        return f"event: {self.event}\n{name}data: {data}\n\n".encode()


@dataclass(slots=True)
class Seen:
    """How far one viewer has come."""

    line: int
    continues: bool  # it came back, and what it has seen is known here
    versions: dict[str, int] = field(default_factory=dict)
    welcomed: bool = False
    ready: bool = False


class Hub:
    """Safe to use from the loop's thread and from the server's."""

    def __init__(self, history: History, changed: Callable[[], None] = lambda: None) -> None:
        self.changed = changed  # called after each change, must not wait
        self._guard = threading.Lock()
        self._history = history
        self._partial: Caption | None = None
        self._sound = Sound()
        self._level_ns: int | None = None
        self._states: dict[str, dict[str, Any]] = {}
        self._now: dict[str, Any] = {"partial": None, "level": None, "trouble": []}
        self._versions = dict.fromkeys(self._now, 1)

    def caption(self, caption: Caption, ended: float) -> None:
        """Show a partial in place of the one before, or a final as a line."""
        with self._guard:
            if caption.final and caption.text:
                self._history.add(caption, ended)
            shown = self._partial
            if not caption.final:
                self._partial = caption
            elif shown is None or shown.utterance <= caption.utterance:
                self._partial = None
            if self._partial is not shown:
                self._set("partial", _partial(self._partial))
        self.changed()

    def level(self, level: AudioLevel, now_ns: int) -> None:
        """Show how loud it is."""
        with self._guard:
            self._level_ns = now_ns
            self._set("level", self._sound.shown(level))
        self.changed()

    def look(self, now_ns: int) -> None:
        """Take the meter away if no sound came for some time; called now and then."""
        with self._guard:
            if self._level_ns is None or now_ns - self._level_ns < _NO_SOUND_S * NS:
                return
            self._level_ns = None
            self._set("level", None)
        self.changed()

    def status(self, status: Status) -> None:
        """Show what is off, and why; a module that works again is no longer shown."""
        with self._guard:
            if self._sound.tells(status):
                return
            self._states.pop(status.module, None)
            if status.why and status.state is not State.ENDED:
                lost = status.lost if status.state in _OFF else ""
                self._states[status.module] = {
                    "module": status.module,
                    "off": status.state in _OFF,
                    "why": status.why,
                    **{lang: t(lost, lang=lang) if lost else "" for lang in LANGUAGES},
                }
            self._set("trouble", list(self._states.values()))
        self.changed()

    def warning(self, utterance: Utterance) -> None:
        """Show what is said aloud; those who come later do not see it any more."""
        with self._guard:
            self._set(
                "warning",
                {
                    "text": utterance.text,
                    "language": utterance.language,
                    "danger": utterance.priority is Priority.DANGER,
                },
            )
        self.changed()

    def begin(self, after: str) -> Seen:
        """A viewer comes, or comes back having seen the line `after`."""
        with self._guard:
            place = self._history.place_after(after)
            return Seen(
                line=place or 0,
                continues=place is not None,
                versions={"warning": self._versions.get("warning", 0)},
            )

    def news(self, seen: Seen) -> list[Message]:
        """What this viewer does not know yet, not more than one packet full; notes it as seen."""
        with self._guard:
            lines, seen.line = self._history.lines(seen.line, _LINES_AT_ONCE)
            caught_up = seen.line >= len(self._history)
            messages = []
            if not seen.welcomed:
                seen.welcomed = True
                messages.append(Message("hello", {"continues": seen.continues}))
            if lines:
                messages.append(Message("lines", [_line(line) for line in lines], lines[-1].key))
            if not caught_up:
                return messages
            if not seen.ready:
                seen.ready = True
                messages.append(Message("ready", None))
            for what, version in self._versions.items():
                if seen.versions.get(what) != version:
                    seen.versions[what] = version
                    messages.append(Message(what, self._now[what]))
            return messages

    def lines(self) -> list[Line]:
        """All lines there are."""
        with self._guard:
            return self._history.lines(0, len(self._history))[0]

    def _set(self, what: str, value: Any) -> None:
        if value != self._now.get(what) or what == "warning":
            self._now[what] = value
            self._versions[what] = self._versions.get(what, 0) + 1


def _line(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "text": line.text,
        "language": line.language,
        "ended": round(line.ended, 1),
        "said": line.said[:2],
    }


def _partial(caption: Caption | None) -> dict[str, Any] | None:
    if caption is None or not caption.text:
        return None
    return {
        "text": caption.text,
        "stable": caption.stable_chars,
        "language": caption.language,
    }
