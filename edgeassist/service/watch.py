"""Feeds the supervisor's watchdog while the loop is well, and has it restarted when it is hung."""

from __future__ import annotations

import logging

from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.graph import Graph
from edgeassist.loop.health import Health
from edgeassist.service.hangs import Hangs
from edgeassist.service.notify import Notifier

log = logging.getLogger("edgeassist.service")

READY_WITHIN_S = 45.0  # a module that still opens then holds up nobody's start
_FEEDS = 4  # signs of life in the time that the watchdog waits


class Watchman:
    """A watch for `Graph`: what the supervisor is told, ten times a second at most.

    ``READY=1`` once every module has been opened, or has failed to, or after 45 s; ``STATUS=`` in
    words; ``WATCHDOG=1`` four times in the watchdog's time while no module is hung. For a hung one
    it asks to be ended and started anew at once (``WATCHDOG=trigger``), unless `hangs` says that
    the last restart for it did not help.
    """

    def __init__(self, notifier: Notifier, hangs: Hangs, language: str) -> None:
        self._notifier = notifier
        self._hangs = hangs
        self._language = language
        self._began_ns: int | None = None
        self._fed_ns: int | None = None
        self._ready = self._stopping = self._triggered = False
        self._status = ""

    def __call__(self, graph: Graph) -> None:
        """Look at the loop once."""
        if not self._notifier:
            return
        now_ns, health = graph.clock.now_ns(), graph.health()
        if self._began_ns is None:
            self._began_ns = now_ns
        self._tell_status(in_words(health, self._language))
        late = now_ns - self._began_ns > READY_WITHIN_S * NS
        if not self._ready and (not health.opening or late):
            self._ready = True
            self._notifier.tell("READY=1")
        if health.stopping and not self._stopping:
            self._stopping = True
            self._notifier.tell("STOPPING=1")
        if self._notifier.watchdog_s is not None and not self._triggered:
            self._feed(health, now_ns, self._notifier.watchdog_s)

    def _feed(self, health: Health, now_ns: int, watchdog_s: float) -> None:
        if health.hung and not health.stopping and self._hangs.may_restart(health.hung):
            self._hangs.restarting(health.hung)
            self._triggered = True
            log.error("%s", t("hung, started anew: {names}", names=", ".join(health.hung)))
            self._notifier.tell("WATCHDOG=trigger")
        elif self._fed_ns is None or now_ns - self._fed_ns >= watchdog_s / _FEEDS * NS:
            self._fed_ns = now_ns
            self._notifier.tell("WATCHDOG=1")

    def _tell_status(self, words: str) -> None:
        if words != self._status:
            self._status = words
            self._notifier.tell(f"STATUS={words}")


def in_words(health: Health, language: str) -> str:
    """How the loop is, on one line."""
    if health.stopping:
        return t("stopping", lang=language)
    parts = []
    if health.opening:
        parts.append(t("starting: {names}", lang=language, names=", ".join(health.opening)))
    if health.stalled:
        parts.append(t("does not answer: {names}", lang=language, names=", ".join(health.stalled)))
    if health.off:
        parts.append(t("off: {names}", lang=language, names=", ".join(health.off)))
    return "; ".join(parts) or t("everything works", lang=language)
