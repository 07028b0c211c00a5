"""One point in a child process, looked at from outside: its memory, the board, who else works."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgeassist.bench import noise, sensors, usage
from edgeassist.bench.child import LOADING, MEASURING, SCORING
from edgeassist.bench.emulation import SCALED, Emulation
from edgeassist.bench.figures import figure
from edgeassist.bench.points import Point, Scenario
from edgeassist.bench.scenarios import FEW, FEW_S
from edgeassist.bench.statistics import rounded
from edgeassist.locale import t

LOOK_EVERY_S = 0.25
LOOK_CLOSELY_EVERY_S = 2.0  # at PSS, which makes the process wait, and at the sensors
_MOST_READINGS = 600


@dataclass(slots=True)
class _Seen:
    """What was seen of a child so far."""

    began: float
    phase: str = LOADING
    rss_mb: float = 0.0
    pss_mb: float = 0.0
    looked_closely: float = 0.0
    readings: list[tuple[float, float, sensors.Reading]] = field(default_factory=list)
    before: noise.Work | None = None
    before_cpu_s: float = 0.0
    since: float = 0.0
    doubts: list[dict[str, str]] = field(default_factory=list)


def measure(
    point: Point,
    folder: Path | None,
    *,
    emulation: Emulation | None = None,
    full: bool = False,
    tell: Callable[[float], None] = lambda share: None,
    root: Path = Path("/"),
) -> dict[str, Any]:
    """The point's entry in a result, and under "data_records" its data's entries.

    `tell` hears how much is done (0 to 1). A child that dies gives a point that "failed".
    """
    started = now()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ea-bench-") as place, contextlib.ExitStack() as open_:
        paths = [Path(place) / name for name in ("point.json", "result.json", "errors")]
        paths[0].write_text(json.dumps(point.record()), "utf-8")
        errors = open_.enter_context(paths[2].open("wb"))
        child = _start(point, folder, paths, errors)
        open_.callback(_end, child)
        if emulation is not None:
            open_.enter_context(emulation.slowed(child.pid, point.threads, point.neural))
        seen = _Seen(began)
        _watch(child, seen, tell, root)
        child.wait()
        found = _result(child, paths)
    record = _record(point, found, seen, started, time.monotonic() - began)
    if found["state"] == "done":
        _costs(record, seen, point, found["held_mb"])
        record["doubts"] += _few(record) if full else []
        if emulation is not None:
            _on_the_board(record, emulation.slowdown(point.neural))
    record["estimate"] = emulation is not None
    return {**record, "data_records": found.get("data_records", [])}


def now() -> str:
    """The time, as results have it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _start(
    point: Point, folder: Path | None, paths: list[Path], errors: Any
) -> subprocess.Popen[bytes]:
    # A group of its own, so that it can be slowed down and ended with its children; it ends by
    # itself when the pipe to its standard input closes, even if we are killed.
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "edgeassist.bench.child",
            *map(str, paths[:2]),
            *([str(folder.absolute())] if folder else []),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": str(point.threads), "OPENBLAS_NUM_THREADS": "1"},
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def _watch(
    child: subprocess.Popen[bytes], seen: _Seen, tell: Callable[[float], None], root: Path
) -> None:
    assert child.stdout is not None
    os.set_blocking(child.stdout.fileno(), False)
    rest = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ)
        looked = 0.0
        while True:
            if waiting.select(LOOK_EVERY_S):
                got = child.stdout.read()
                if got == b"":
                    break
                *lines, rest = (rest + (got or b"")).split(b"\n")
                for line in lines:
                    _hear(json.loads(line), child.pid, seen, tell)
            if time.monotonic() - looked >= LOOK_EVERY_S:
                looked = time.monotonic()
                _look(child.pid, seen, root)
    _measured(child.pid, seen)


def _hear(told: dict[str, Any], pid: int, seen: _Seen, tell: Callable[[float], None]) -> None:
    if "done" in told:
        tell(min(told["done"], 1.0))
        return
    seen.phase = told["phase"]
    if seen.phase == MEASURING:
        seen.before, seen.since = noise.machine_work(), time.monotonic()
        seen.before_cpu_s = usage.tree_cpu_s(pid) + usage.cpu_s()
    elif seen.phase == SCORING:
        seen.rss_mb = max(seen.rss_mb, told.get("rss_mb", 0.0))
        seen.pss_mb = max(seen.pss_mb, told.get("pss_mb", 0.0))
        _measured(pid, seen)


def _measured(pid: int, seen: _Seen) -> None:
    """Measuring is over: was the machine its own meanwhile?"""
    if seen.before is None:
        return
    # A child that has ended counts among our own children.
    own_s = usage.tree_cpu_s(pid) + usage.cpu_s() - seen.before_cpu_s
    seen.doubts = noise.doubts(
        seen.before,
        noise.machine_work(),
        own_s,
        time.monotonic() - seen.since,
        [reading for _, _, reading in seen.readings],
    )
    seen.before = None


def _look(pid: int, seen: _Seen, root: Path) -> None:
    if seen.phase == SCORING:
        return
    used_mb = usage.memory_mb(pid)
    seen.rss_mb = max(seen.rss_mb, used_mb)
    if time.monotonic() - seen.looked_closely >= LOOK_CLOSELY_EVERY_S:
        seen.looked_closely = time.monotonic()
        seen.pss_mb = max(seen.pss_mb, usage.memory_mb(pid, shared_fairly=True))
        if seen.phase == MEASURING:
            at_s = time.monotonic() - seen.began
            seen.readings.append((at_s, used_mb, sensors.read(root)))


def _result(child: subprocess.Popen[bytes], paths: list[Path]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(paths[1].read_text("utf-8"))
    except (OSError, ValueError):
        lines = paths[2].read_text("utf-8", "replace").strip().splitlines()
        ended = t("its process ended with code {code}", code=child.returncode)
        why = lines[-1] if lines else ended
        return {"state": "failed", "why": why}
    return found


def _record(
    point: Point, found: dict[str, Any], seen: _Seen, started: str, seconds: float
) -> dict[str, Any]:
    doubts = list(found.get("doubts", [])) + seen.doubts
    if os.nice(0) > 0:
        why = t("it ran with nice {number}, behind everything else", number=os.nice(0))
        doubts.append({"kind": "low-priority", "why": why})
    step = -(-len(seen.readings) // _MOST_READINGS) or 1
    return {
        "id": point.id,
        "module": point.module.value,
        "subject": point.subject,
        "scenario": point.scenario.value,
        "threads": point.threads,
        "options": point.options,
        "state": found["state"],
        "why": found["why"],
        "started": started,
        "seconds": rounded(seconds),
        "models": found.get("models", []),
        "data": found.get("data", []),
        "distributions": found.get("distributions", {}),
        "figures": found.get("figures", {}),
        "sensors": [
            {
                "at_s": rounded(at_s),
                "rss_mb": rounded(rss_mb),
                "temperature_c": reading.temperature_c,
                "clock_mhz": reading.clock_mhz,
                "power_w": reading.power_w,
                "throttled": reading.throttled,
            }
            for at_s, rss_mb, reading in seen.readings[::step]
        ],
        "minutes": found.get("minutes", []),
        "doubts": doubts if found["state"] == "done" else [],
        "notes": found.get("notes", []),
    }


def _costs(record: dict[str, Any], seen: _Seen, point: Point, held_mb: float) -> None:
    """What only an onlooker knows: memory (without the data's own), and the board's extremes."""
    figures = record["figures"]
    if point.scenario is not Scenario.BESIDE:  # there two engines share a process
        figures["rss_mb"] = figure("rss_mb", max(seen.rss_mb, seen.pss_mb) - held_mb)
        figures["pss_mb"] = figure("pss_mb", seen.pss_mb - held_mb)
    values = [reading for _, _, reading in seen.readings]
    temperatures = [one.temperature_c for one in values if one.temperature_c is not None]
    clocks = [one.clock_mhz for one in values if one.clock_mhz is not None]
    powers = [one.power_w for one in values if one.power_w is not None]
    if temperatures:
        figures["temperature_c"] = figure("temperature_c", max(temperatures))
    if clocks:
        figures["clock_mhz"] = figure("clock_mhz", min(clocks))
    if powers:
        figures["power_w"] = figure("power_w", sum(powers) / len(powers))


def _few(record: dict[str, Any]) -> list[dict[str, str]]:
    latency = record["distributions"].get("latency")
    if record["scenario"] != Scenario.SINGLE or latency is None:
        return []
    worked_s = latency["mean"] * latency["n"] / 1000
    if latency["n"] >= FEW and worked_s >= 0.9 * FEW_S:
        return []
    why = t("{count} queries in {seconds:.1f} s", count=latency["n"], seconds=worked_s)
    return [{"kind": "few", "why": why}]


def _on_the_board(record: dict[str, Any], slowdown: float) -> None:
    for name in SCALED:
        for key in ("value", "low", "high"):
            if key in record["figures"].get(name, {}):
                record["figures"][name][key] = rounded(record["figures"][name][key] * slowdown)
