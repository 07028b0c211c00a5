"""What is measured: each module of the suite as work that arrives in pieces ("queries").

A load is opened in the child process that measures it. `open_load` finds it by the point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from edgeassist.bench.data import Labelled
from edgeassist.bench.points import Measured, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one query gave: how much was worked through (`amount`, in the load's unit)."""

    answer: Any
    amount: float = 1.0
    first_ms: float | None = None  # until the first part of the answer, where that counts


@dataclass(slots=True, kw_only=True)
class Quality:
    """How right the answers were: figures by name, and how they were scored."""

    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[dict[str, str]] = field(default_factory=list)


class Load(Protocol):
    """Work for one engine. The constructor loads it; `Point.options` are its own."""

    queries: Sequence[Any]  # worked through again and again, in this order
    data: Sequence[Labelled[Any]]
    models: Sequence[str]  # names of cards, or paths
    rate: str  # the figure that says how much gets done a second, or "rtf"

    def do(self, query: Any) -> Done:
        """One query; this is what is timed."""

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Score the answers to the queries of those places; called once, after all measuring."""

    def close(self) -> None:
        """Let go of everything."""


def open_load(point: Point, folder: Path | None) -> Load:
    """The load of a point on the user's data, or on the installed set.

    Raises `EdgeAssistError` where a model, a library or the data is missing.
    """
    match point.module:
        case Measured.GUIDE:
            from edgeassist.bench.loads.guide import Detection

            return Detection(point, folder)
        case Measured.CAPTIONS:
            from edgeassist.bench.loads.captions import Recognition

            return Recognition(point, folder)
        case Measured.SPEECH:
            from edgeassist.bench.loads.speech import Saying

            return Saying(point, folder)
        case Measured.BRAILLE:
            from edgeassist.bench.loads.braille import open_braille

            return open_braille(point, folder)
        case Measured.HARNESS:
            return Nothing()
        case _:
            raise ValueError(point.module)


def open_peer(point: Point, load: Load) -> Load:
    """The plain call of a library that stands beside `load`, on the same queries."""
    from edgeassist.bench.loads.peers import open_peer as opened

    return opened(point, load)


class Nothing:
    """A model that does nothing: what remains of a query is the harness itself."""

    queries: Sequence[Any] = (None,)
    data: Sequence[Labelled[Any]] = ()
    models: Sequence[str] = ()
    rate = "queries_per_s"
    _done = Done(answer=None)

    def do(self, query: Any) -> Done:
        """Nothing."""
        return self._done

    def quality(self, answers: dict[int, Any]) -> Quality:
        """There is nothing to be right about."""
        return Quality()

    def close(self) -> None:
        """Nothing."""


def in_turn(load: Load) -> Iterator[tuple[int, Any]]:
    """The queries with their places, over and over."""
    while True:
        yield from enumerate(load.queries)
