"""One node on one thread: opened, fed, restarted when it fails, in the end given up on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from edgeassist.errors import EdgeAssistError
from edgeassist.loop.channel import Closed, Inbox
from edgeassist.loop.events import Event, State, Status
from edgeassist.loop.metrics import Metrics
from edgeassist.loop.node import Context, Source
from edgeassist.loop.supervisor import Restarts

log = logging.getLogger("edgeassist.loop")


class Runner:
    """Keeps one module going until its input is over or it has failed too often.

    `emit(name, event)` hands its events on; `ended(runner)` is called once, on its thread.
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
    ) -> None:
        self.plugin = plugin
        self.name = context.name
        self.inbox = inbox
        self.state = State.STARTING
        self.could_not_start: Exception | None = None
        self.opened = threading.Event()  # the first attempt to open is over, well or badly
        self.busy_since_ns: int | None = None  # None while it waits for input
        self._options = options
        self._context = context
        self._metrics = metrics
        self._emit = emit
        self._ended = ended
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
            node = self.plugin(self._options, self._context)
            node.open()
            self.opened.set()
            self._go.wait()
            self.say(State.RUNNING)
            self._work(node)
            self.say(State.ENDED)
            return True
        except Exception as error:
            return self._failed(error)
        finally:
            self.busy_since_ns = None
            if node is not None:
                self._close(node)

    def _work(self, node: Any) -> None:
        if isinstance(node, Source):
            for event in node.events():
                self._emit(self.name, event)
            return
        while True:
            try:
                event = self.inbox.get()
            except Closed:
                break
            self._handle(node, event)
        for result in node.finish():
            self._emit(self.name, result)

    def _handle(self, node: Any, event: Event) -> None:
        """Hand on what the node makes of one event; its time is taken, waits for readers apart."""
        clock = self._context.clock
        self.busy_since_ns = mark_ns = clock.now_ns()
        spent_ns = 0
        for result in node.handle(event):
            spent_ns += clock.now_ns() - mark_ns
            self.busy_since_ns = None
            self._emit(self.name, result)
            self.busy_since_ns = mark_ns = clock.now_ns()
        spent_ns += clock.now_ns() - mark_ns
        self.busy_since_ns = None
        self._metrics.worked(self.name, spent_ns)

    def _failed(self, error: Exception) -> bool:
        known = isinstance(error, EdgeAssistError)
        why = str(error) if known else f"{type(error).__name__}: {error}"
        log.debug("%s", self.name, exc_info=error)
        if self.opened.is_set():
            log.warning("%s: %s", self.name, why)
        else:
            # Whether to go on without it is the graph's decision, made before anything flows.
            self.could_not_start = error
            self.opened.set()
            self._go.wait()
        if self._context.stopping:
            self.say(State.ENDED, why)
            return True
        delay_s = self._restarts.after_failure(self._context.clock.now_ns())
        if delay_s is None:
            self.say(State.DEGRADED, why)
            return True
        self.say(State.RESTARTING, why)
        return self._context.stopping.wait(delay_s)

    def _close(self, node: Any) -> None:
        try:
            node.close()
        except Exception:
            log.debug("%s could not be closed", self.name, exc_info=True)
