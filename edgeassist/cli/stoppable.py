"""Ctrl-C, SIGTERM and a closed terminal ask a loop to finish what it holds, and not to tear it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeassist.loop.graph import Graph

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_stoppable(graph: Graph, seconds: float | None = None) -> bool:
    """`graph.run`, until it is done, Ctrl-C, SIGTERM or SIGHUP; returns whether all went well."""

    def stop(*_: object) -> None:
        graph.stop()

    before = {number: signal.signal(number, stop) for number in _ASKING}
    try:
        return graph.run(seconds)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
