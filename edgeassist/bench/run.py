"""A run: its points one after the other, each kept on the disk as soon as it is measured.

A run that was stopped or killed goes on where it was, if everything is as it was. In its folder:
``run.json`` (what is measured, and under which conditions), ``points/`` (one file each), and
``result.json`` (`result.schema.json`), written anew after every point.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgeassist.bench import provenance, watched
from edgeassist.bench.emulation import Emulation
from edgeassist.bench.points import Measured, Point
from edgeassist.bench.statistics import rounded
from edgeassist.errors import InputError
from edgeassist.locale import t

SCHEMA = 1
RESULT = "result.json"
_HEAD = "run.json"
_POINTS = "points"
# A measured overhead says something of work that is timed in small pieces.
_TIMED = ("single", "beside")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Hears how a run goes."""

    begins: Callable[[int, int, Point], None]  # number from 1, of how many, which
    done: Callable[[float], None]  # of the point, 0 to 1
    ended: Callable[[dict[str, Any]], None]  # its record
    resumed: Callable[[int], None]  # so many points were measured before


def go(
    folder: Path,
    points: Sequence[Point],
    *,
    modules: Sequence[Measured],
    quick: bool,
    data: Path | None,
    emulation: Emulation | None,
    fresh: bool,
    progress: Progress,
) -> dict[str, Any]:
    """Measure what is not measured yet; returns the result.

    Raises `InputError` where the folder holds the beginning of another run, or cannot be written.
    """
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "mode": "quick" if quick else "full",
        "modules": ["all"] if len(modules) == 4 else [str(module) for module in modules],
        "command": provenance.command(),
        "started": watched.now(),
        "machine": provenance.machine(),
        "software": provenance.software(),
        "emulation": None if emulation is None else emulation.record(),
    }
    plan = [point.slug for point in points]
    head = _begin(folder, head, plan, str(data.absolute()) if data else "", fresh)
    if emulation is not None:
        # A run that goes on keeps the speed it began with.
        emulation = replace(
            emulation,
            neural_slowdown=head["emulation"]["neural_slowdown"],
            scalar_slowdown=head["emulation"]["scalar_slowdown"],
        )
    kept = {slug: found for slug in plan if (found := _read(folder / _POINTS / f"{slug}.json"))}
    kept = {slug: found for slug, found in kept.items() if found["state"] == "done"}
    if kept:
        progress.resumed(len(kept))
    result = compose(head, kept.values(), complete=len(kept) == len(points))
    for number, point in enumerate(points, 1):
        if point.slug in kept:
            continue
        progress.begins(number, len(points), point)
        record = watched.measure(
            point, data, emulation=emulation, full=not quick, tell=progress.done
        )
        kept[point.slug] = record
        _write(folder / _POINTS / f"{point.slug}.json", record)
        in_order = [kept[slug] for slug in plan if slug in kept]
        result = compose(head, in_order, complete=len(kept) == len(points))
        _write(folder / RESULT, result)
        progress.ended(record)
    _write(folder / RESULT, result)
    return result


def compose(head: dict[str, Any], records: Any, *, complete: bool) -> dict[str, Any]:
    """A result as `result.schema.json` has it, from a run's head and its points' records."""
    points, data, names = [], {}, set()
    for record in records:
        kept = dict(record)
        for one in kept.pop("data_records"):
            data[one["name"]] = one
        names |= set(kept["models"])
        points.append(kept)
    return {
        **{key: head[key] for key in ("schema", "mode", "modules", "command", "started")},
        "ended": watched.now() if complete else None,
        "complete": complete,
        **{key: head[key] for key in ("machine", "software", "emulation")},
        "harness": _harness(points),
        "models": provenance.models(names),
        "data": [data[name] for name in sorted(data)],
        "points": points,
    }


def _harness(points: list[dict[str, Any]]) -> dict[str, Any]:
    """What a query of the model that does nothing costs, as a share of every point's p50."""
    idle = [one for one in points if one["module"] == Measured.HARNESS and one["figures"]]
    found: dict[str, Any] = {"overhead_us": None, "largest_percent": None, "largest_at": ""}
    if not idle:
        return found
    # Between two queries, and what a query that does nothing seems to take.
    overhead_us = idle[0]["figures"]["overhead_us"]["value"]
    overhead_us += idle[0]["distributions"]["latency"]["p50"] * 1000
    found["overhead_us"] = rounded(overhead_us)
    for point in points:
        latency = point["distributions"].get("latency")
        if point["module"] == Measured.HARNESS or latency is None:
            continue
        if point["scenario"] not in _TIMED or not latency["p50"]:
            continue
        percent = rounded(overhead_us / (latency["p50"] * 1000) * 100)
        if found["largest_percent"] is None or percent > found["largest_percent"]:
            found |= {"largest_percent": percent, "largest_at": point["id"]}
    return found


def _begin(
    folder: Path, head: dict[str, Any], plan: list[str], data: str, fresh: bool
) -> dict[str, Any]:
    """The head of this run: the one that was begun here, if it is the same and not complete."""
    old = _read(folder / _HEAD)
    result = _read(folder / RESULT)
    if old is not None and not fresh and not (result or {}).get("complete"):
        different = _differences(old, {"head": head, "plan": plan, "data": data})
        if different:
            raise InputError(
                str(folder),
                t("another run was begun here; different: {what}", what=", ".join(different)),
                fix=t("Add --fresh to begin anew, or name another folder with --report"),
            )
        began: dict[str, Any] = old["head"]
        return began
    try:
        (folder / _POINTS).mkdir(parents=True, exist_ok=True)
        if result is not None and result.get("complete"):
            # What was measured at length is never written over.
            stamp = str(result["started"]).replace(":", "").split("+")[0]
            os.replace(folder / RESULT, folder / f"result-{stamp}.json")
        for file in (folder / _POINTS).glob("*.json"):
            file.unlink()
    except OSError as error:
        raise InputError(
            str(folder),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Name a folder you may write to"),
        ) from None
    _write(folder / _HEAD, {"head": head, "plan": plan, "data": data})
    return head


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = [key for key in ("plan", "data") if old[key] != new[key]]
    for key in ("mode", "modules", "machine", "software", "emulation"):
        before, now = old["head"][key], new["head"][key]
        if key == "emulation" and before and now:
            # The calibration differs a little each time; the run goes on with its first one.
            before, now = before["board"], now["board"]
        if before != now:
            found.append(key)
    return found


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _write(path: Path, record: dict[str, Any]) -> None:
    """Whole or not at all, also when the power fails."""
    temporary = path.with_suffix(".part")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(
            str(path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Name a folder you may write to"),
        ) from None
