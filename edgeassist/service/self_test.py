"""What a person is told once after the start: which of the device's parts work, in one sentence.

It opens nothing: it says what the modules found when they opened. It comes as speech (in the voice
that is there by then), in braille where there is any, in the log and as the web page's status.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from edgeassist.config import SelfTest
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import BrailleLine, Priority, State, Status, Utterance
from edgeassist.loop.graph import Graph

log = logging.getLogger("edgeassist.service")

NAME = "self-test"  # it goes by
# Whoever is late by then is said to be not ready yet; what a display needs to answer.
LATEST_S, SETTLES_S = 10.0, 1.0


class StartTest:
    """A watch for `Graph` that tells once how the parts are.

    `SelfTest.PROBLEMS` says nothing where all is well.
    """

    def __init__(self, wanted: SelfTest, language: str) -> None:
        self._wanted = wanted
        self._language = language
        self._began_ns: int | None = None
        self._opened_ns: int | None = None
        self._done = wanted is SelfTest.OFF

    def __call__(self, graph: Graph) -> None:
        """Look whether it is time, and tell."""
        if self._done:
            return
        now_ns, health = graph.clock.now_ns(), graph.health()
        self._began_ns = self._began_ns or now_ns
        if self._opened_ns is None and not health.opening:
            self._opened_ns = now_ns
        settled = self._opened_ns is not None and now_ns - self._opened_ns > SETTLES_S * NS
        if settled or now_ns - self._began_ns > LATEST_S * NS:
            self._done = True
            found = graph.lacks()
            # Modules without a part that a person knows give nothing to tell.
            if found and (self._wanted is SelfTest.ALL or any(found.values())):
                self._tell(graph, sentence(found, self._language), now_ns)

    def _tell(self, graph: Graph, text: str, now_ns: int) -> None:
        log.info("%s", text)
        graph.tell(NAME, Status(captured_ns=now_ns, module=NAME, state=State.RUNNING, why=text))
        graph.tell(
            NAME,
            Utterance(
                captured_ns=now_ns,
                text=text,
                language=self._language,
                priority=Priority.MESSAGE,
                merge_key=NAME,
            ),
        )
        if graph.is_read(BrailleLine):
            graph.tell(NAME, in_braille(text, self._language, now_ns))


def sentence(found: Mapping[str, str], language: str) -> str:
    """ "camera ok, microphone ok, braille display not connected"."""
    ok = t("ok", lang=language)
    comma, space = ("，", "") if language == "zh" else (", ", " ")
    return comma.join(f"{name}{space}{lack or ok}" for name, lack in found.items())


def in_braille(text: str, language: str, captured_ns: int) -> BrailleLine:
    """The sentence as a line for displays."""
    from edgeassist.braille import translate

    found = translate(text, language=language)
    return BrailleLine(
        captured_ns=captured_ns, text=text, cells=found.cells, source=tuple(found.source)
    )
