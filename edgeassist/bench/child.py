"""Measures one point in this process: python -m edgeassist.bench.child POINT RESULT [DATA].

Writes lines of JSON to standard output while it works ({"phase": …}, {"done": 0.4}), so that
the parent knows what it looks at; the result goes to a file. A process of its own has its own
memory, its own loaded libraries, and can be killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
LOADING, MEASURING, SCORING = "loading", "measuring", "scoring"


def say(**what: Any) -> None:
    """Tell the parent."""
    sys.__stdout__.write(json.dumps(what) + "\n")  # type: ignore[union-attr]  # it is a pipe
    sys.__stdout__.flush()  # type: ignore[union-attr]


class Parent:
    """The one who waits for this process (`scenarios.Tell`)."""

    def done(self, share: float) -> None:
        """So much is measured."""
        say(done=round(min(share, 1.0), 3))

    def over(self) -> None:
        """All is measured. Memory now: a short point is over before the parent looks."""
        from edgeassist.bench import usage

        rss_mb = usage.memory_mb(os.getpid())
        pss_mb = usage.memory_mb(os.getpid(), shared_fairly=True)
        say(phase=SCORING, rss_mb=rss_mb, pss_mb=pss_mb)


def _end_with_parent() -> None:
    """Standard input is a pipe that nobody writes to; it ends when the parent does.

    A process that was just stopped, to emulate a slow board, reads nothing: the kernel ends it.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    threading.Thread(target=_end_with_input, daemon=True).start()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(3)


def main(point_file: str, result_file: str, folder: str = "") -> int:
    """Measure; exit code 0 if there is a result, which may be why there are no figures."""
    logging.disable(logging.WARNING)
    _end_with_parent()
    from edgeassist.bench.points import Point
    from edgeassist.errors import EdgeAssistError

    point = Point.of(json.loads(Path(point_file).read_text("utf-8")))
    try:
        found = measured(point, Path(folder) if folder else None)
    except EdgeAssistError as error:
        found = {"state": "left-out", "why": str(error)}
    temporary = Path(result_file + ".part")
    temporary.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    os.replace(temporary, result_file)
    return 0


def measured(point: Any, folder: Path | None) -> dict[str, Any]:
    """The part of the point's result that only this process knows."""
    say(phase=LOADING)
    began = time.perf_counter()
    from edgeassist.bench.figures import figure
    from edgeassist.bench.points import Scenario

    live = point.scenario is Scenario.SOAK or (
        point.scenario is Scenario.PACED and point.module in ("captions", "guide")
    )
    if live:
        outcome, load = _live(point, folder)
        quality = None
    else:
        from edgeassist.bench.loads import open_load
        from edgeassist.bench.scenarios import measure

        load = open_load(point, folder)
        load_s = time.perf_counter() - began
        say(phase=MEASURING)
        outcome = measure(point, load, folder, Parent())
        outcome.figures["load_s"] = figure("load_s", load_s)
        quality = load.quality(outcome.answers) if point.scenario in _SCORED else None
    if quality is not None:
        outcome.figures |= quality.figures
        outcome.notes += quality.notes
    records = [one.record() for one in load.data]
    load.close()
    return {
        "state": "done",
        "why": "",
        "distributions": outcome.distributions,
        "figures": outcome.figures,
        "minutes": outcome.minutes,
        "notes": outcome.notes,
        "doubts": [] if quality is None else quality.doubts,
        "models": list(load.models),
        "data": [record["name"] for record in records],
        "data_records": records,
        "held_mb": sum(one.held_mb for one in load.data),
    }


_SCORED = ("single", "beside")


def _live(point: Any, folder: Path | None) -> tuple[Any, Any]:
    from edgeassist.bench.points import Scenario

    load: Any
    if point.scenario is Scenario.SOAK:
        from edgeassist.bench.soak import Everything

        load = Everything(point, folder)
    else:
        from edgeassist.bench.live import LiveSession

        load = LiveSession(point, folder)
    say(phase=MEASURING)
    return load.run(Parent()), load


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
