"""One node on one thread: opened, fed, restarted when it fails, in the end given up on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edgeassist.errors import DeviceError, EdgeAssistError
from edgeassist.locale import t
from edgeassist.loop.channel import Closed, Inbox
from edgeassist.loop.events import AudioBlock, Event, State, Status, VideoFrame
from edgeassist.loop.health import Answer, answer
from edgeassist.loop.metrics import Metrics
from edgeassist.loop.node import Context, Pace, Source
from edgeassist.loop.supervisor import AGAIN_S, DEVICE_AGAIN_S, Restarts

log = logging.getLogger("edgeassist.loop")

_LOOK_S = 0.2  # how often a long wait is broken to see whether the input has ended


class Runner:
    """Keeps one module going until its input is over or it has failed too often.

    `emit(name, event)` hands its events on; `ended(runner)` is called once, on its thread.
    A `lasting` one is never given up on for good: it is tried again every 30 s, and every 4 s where
    a device is not there, which somebody may just be plugging in.
    """

    def __init__(
        self,
        plugin: type[Any],
        options: Any,
        context: Context,
        inbox: Inbox,
        metrics: Metrics,
        emit: Callable[[str, Event], None],
        ended: Callable[[Runner], None],
        *,
        lasting: bool = False,
    ) -> None:
        self.plugin = plugin
        self.name = context.name
        self.inbox = inbox
        self.state = State.STARTING
        self.could_not_start: Exception | None = None
        self.faulty = False  # it failed last, and for no device that is not there
        self.opened = threading.Event()  # the first attempt to open is over, well or badly
        self._error: Exception | None = None  # that its last life ended with
        self._busy_since_ns: int | None = None  # None while it waits for input
        self._opening_since_ns: int | None = None
        self._node: Any = None
        self._options = options
        self._context = replace(context, alive=self._alive)
        self._metrics = metrics
        self._emit = emit
        self._ended = ended
        self._lasting = lasting
        self._off = False  # told so, and not back since
        self._go = threading.Event()
        self._restarts = Restarts()
        self._thread = threading.Thread(target=self._live, name=self.name, daemon=True)

    def start(self) -> None:
        """Open the node on its thread; it does not work before `go`."""
        self._thread.start()

    def go(self) -> None:
        """Everybody is open: begin."""
        self._go.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; return whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def answers(self, now_ns: int) -> Answer:
        """Whether its calls, its own threads and its device come back."""
        busy = [self._busy_since_ns, getattr(self._node, "busy_since_ns", None)]
        if isinstance(self._node, Source) and busy[0] is not None:
            waited_ns = self._context.stopping.last_wait_ns(self._thread.ident)
            busy[0] = max(busy[0], waited_ns or 0)
        since_ns = min((mark for mark in busy if mark is not None), default=None)
        return answer(now_ns, since_ns, self._opening_since_ns)

    def lacks(self) -> str:
        """What keeps it from being of use, in two words; "" where nothing does."""
        node, error = self._node, self._error
        if isinstance(error, DeviceError):
            return t("not connected", lang=self._context.language)
        if error is not None:
            return t("does not work", lang=self._context.language)
        if node is None or self._opening_since_ns is not None:
            return t("not ready yet", lang=self._context.language)
        return str(node.lacks()) if hasattr(node, "lacks") else ""

    def say(self, state: State, why: str = "") -> None:
        """Tell the loop how this module is."""
        self.state = state
        self._emit(
            self.name,
            Status(
                captured_ns=self._context.clock.now_ns(),
                module=self.name,
                state=state,
                why=why,
                lost=self.plugin.lost,
            ),
        )

    def _live(self) -> None:
        try:
            while not self._run_once():
                pass
        finally:
            self.inbox.close()
            self._ended(self)

    def _run_once(self) -> bool:
        """One life of the node; return whether it was the last."""
        node = None
        try:
            self._opening_since_ns = self._context.clock.now_ns()
            node = self._node = self.plugin(self._options, self._context)
            node.open()
            self._opening_since_ns = None
            self._error = None
            self.opened.set()
            self._go.wait()
            self._off = False
            self.say(State.RUNNING)
            self._work(node)
            self.say(State.ENDED)
            return True
        except Exception as error:
            return self._failed(error)
        finally:
            self._opening_since_ns = self._node = None
            if node is not None:
                self._close(node)

    def _work(self, node: Any) -> None:
        if isinstance(node, Source):
            self._give(node)
            return
        while True:
            try:
                event = self.inbox.get()
            except Closed:
                break
            self._handle(node, event)
        for result in node.finish():
            self._emit(self.name, result)

    def _give(self, node: Source) -> None:
        """Hand on all that a source gives; a live one of sound or pictures has to go on giving."""
        media = {AudioBlock, VideoFrame}.intersection(self.plugin.produces)
        watched = bool(media) and self._context.pace is Pace.REAL
        events = iter(node.events())
        while True:
            self._busy_since_ns = self._context.clock.now_ns() if watched else None
            event = next(events, None)
            self._busy_since_ns = None
            if event is None:
                return
            self._emit(self.name, event)

    def _alive(self) -> None:
        if self._busy_since_ns is not None:
            self._busy_since_ns = self._context.clock.now_ns()

    def _handle(self, node: Any, event: Event) -> None:
        """Hand on what the node makes of one event; its time is taken, waits for readers apart."""
        clock = self._context.clock
        self._busy_since_ns = mark_ns = clock.now_ns()
        spent_ns = 0
        for result in node.handle(event):
            spent_ns += clock.now_ns() - mark_ns
            self._busy_since_ns = None
            self._emit(self.name, result)
            self._busy_since_ns = mark_ns = clock.now_ns()
        spent_ns += clock.now_ns() - mark_ns
        self._busy_since_ns = None
        self._metrics.worked(self.name, spent_ns)

    def _failed(self, error: Exception) -> bool:
        known = isinstance(error, EdgeAssistError)
        why = str(error) if known else f"{type(error).__name__}: {error}"
        log.debug("%s", self.name, exc_info=error)
        self._error = error
        self.faulty = not isinstance(error, DeviceError)
        self._opening_since_ns = self._busy_since_ns = self._node = None
        if self.opened.is_set():
            log.log(logging.DEBUG if self._off else logging.WARNING, "%s: %s", self.name, why)
        else:
            # Whether to go on without it is the graph's decision, made before anything flows.
            self.could_not_start = error
            self.opened.set()
            self._go.wait()
        if self._context.stopping:
            self.say(State.ENDED, why)
            return True
        device = self._lasting and isinstance(error, DeviceError)
        again_s = DEVICE_AGAIN_S if device else AGAIN_S
        if self._off:
            return self._wait_without_it(again_s)
        delay_s = self._restarts.after_failure(self._context.clock.now_ns())
        if delay_s is None:
            self.say(State.DEGRADED, why)
            self._off = self._lasting
            return not self._off or self._wait_without_it(again_s)
        self.say(State.RESTARTING, why)
        return self._context.stopping.wait(min(delay_s, again_s))

    def _wait_without_it(self, seconds: float) -> bool:
        """Let some time pass, what comes in unread; return whether the end has come."""
        for _ in range(round(seconds / _LOOK_S)):
            self.inbox.clear()
            if self._context.stopping.wait(_LOOK_S) or (self.plugin.consumes and self.inbox.ended):
                return True
        return False

    def _close(self, node: Any) -> None:
        self._busy_since_ns = self._context.clock.now_ns()
        try:
            node.close()
        except Exception:
            log.debug("%s could not be closed", self.name, exc_info=True)
        finally:
            self._busy_since_ns = None
