"""Ctrl-C and SIGTERM ask a loop to finish what it holds, instead of tearing it down."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeassist.loop.graph import Graph


def run_stoppable(graph: Graph, seconds: float | None = None) -> bool:
    """`graph.run`, until it is done, Ctrl-C or SIGTERM; returns whether all went well."""

    def stop(*_: object) -> None:
        graph.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return graph.run(seconds)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
