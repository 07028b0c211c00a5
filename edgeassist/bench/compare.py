"""Two runs of the same points: what got better, what got worse, and what is only noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from edgeassist.bench.figures import meaning
from edgeassist.bench.results import done
from edgeassist.errors import InputError
from edgeassist.locale import t

# What must be the same for figures to be comparable. Software and models may differ: to see what
# a change of theirs does is what comparing is for.
CONDITIONS = ("board", "cpu", "architecture", "cores", "governor", "nice")
PERCENTS = ("p50", "p90")
# What other work on the machine, or a slower clock, changes.
_TIMED = ("rtf", "load_s", "cores_busy", "dropped_percent", "missed_percent", "rewritten_chars")
_DISTURBING = ("noisy", "throttled", "clock", "low-priority")
# Neither better nor worse, or about the machine rather than the work.
_IGNORED = ("overhead_us", "harness_percent", "page_faults_per_query", "blocks_kept_per_query")
# Values that were measured once, without an interval, vary by so much from run to run.
_USUAL_NOISE = 0.05
_LEAST = {"ms": 0.05, "s": 0.05, "MB": 2.0, "%": 1.0, "kB": 50.0}  # smaller changes mean nothing


class Verdict(StrEnum):
    """How one figure changed."""

    SAME = "same"  # within the noise, or by less than is asked for
    BETTER = "better"
    WORSE = "worse"
    UNSURE = "unsure"  # a time that changed while something else disturbed one of the runs


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one point in both runs; `share` is the change over the old value."""

    point: str
    name: str
    unit: str
    before: float
    after: float
    share: float
    verdict: Verdict

    def record(self) -> dict[str, Any]:
        """As JSON; `change` is None where there was nothing before."""
        return {
            "point": self.point,
            "figure": self.name,
            "unit": self.unit,
            "before": self.before,
            "after": self.after,
            "change": round(self.share, 4) if math.isfinite(self.share) else None,
            "verdict": self.verdict.value,
        }


def compare(old: dict[str, Any], new: dict[str, Any], *, fail_over: float) -> list[Change]:
    """Every figure both runs have; `fail_over` 0.1 lets 10 % pass.

    A change counts if it is larger than `fail_over` and the 95 % intervals do not meet. A time
    that was measured while something disturbed it is `UNSURE` then: measure again.
    Raises `InputError` for runs under different conditions, or without a common point.
    """
    different = differences(old, new)
    if different:
        raise InputError(
            "",
            t("these runs cannot be compared; different: {what}", what="; ".join(different)),
            fix=t("Measure both on the same machine, in the same mode, on the same data"),
        )
    before = {point["id"]: point for point in done(old)}
    after = {point["id"]: point for point in done(new)}
    common = [name for name in before if name in after]
    if not common:
        raise InputError("", t("these runs have no point in common"))
    return [
        change for name in common for change in _changes(name, before[name], after[name], fail_over)
    ]


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What makes the runs unlike, each as "cores 4 / 2"."""
    found = [
        f"{key} {old['machine'][key]} / {new['machine'][key]}"
        for key in CONDITIONS
        if old["machine"][key] != new["machine"][key]
    ]
    if old["mode"] != new["mode"]:
        found.append(f"mode {old['mode']} / {new['mode']}")
    boards = [(one["emulation"] or {}).get("board", "-") for one in (old, new)]
    if boards[0] != boards[1]:
        found.append(f"emulated board {boards[0]} / {boards[1]}")
    ours, theirs = ({one["name"]: one["sha256"] for one in run["data"]} for run in (old, new))
    used = _data_of_common_points(old, new)
    found += [f"data {name}" for name in sorted(used) if ours.get(name) != theirs.get(name)]
    return found


def changed(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What the comparison is about: software and models that are not the same in both runs."""
    found = []
    for key in ("edgeassist", "git_revision", "python"):
        before, after = old["software"][key], new["software"][key]
        if before != after:
            found.append(f"{key} {before[:12]} → {after[:12]}")
    libraries = (old["software"]["libraries"], new["software"]["libraries"])
    for name in sorted({*libraries[0], *libraries[1]}):
        versions = [one.get(name, "-") for one in libraries]
        if versions[0] != versions[1]:
            found.append(f"{name} {versions[0]} → {versions[1]}")
    if old["machine"]["kernel"] != new["machine"]["kernel"]:
        found.append(f"kernel {old['machine']['kernel']} → {new['machine']['kernel']}")
    models = [{one["name"]: one["files"] for one in run["models"]} for run in (old, new)]
    found += [
        t("model {name}", name=name)
        for name in sorted({*models[0]} & {*models[1]})
        if models[0][name] != models[1][name]
    ]
    return found


def _data_of_common_points(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    names = [{point["id"]: point["data"] for point in done(run)} for run in (old, new)]
    return {
        name
        for point in names[0].keys() & names[1].keys()
        for name in [*names[0][point], *names[1][point]]
    }


def _changes(
    point: str, old: dict[str, Any], new: dict[str, Any], fail_over: float
) -> list[Change]:
    found = []
    disturbed = any(doubt["kind"] in _DISTURBING for doubt in [*old["doubts"], *new["doubts"]])
    for name in old["distributions"]:
        if name.startswith("peer_") or name not in new["distributions"]:
            continue
        before, after = old["distributions"][name], new["distributions"][name]
        for percent in PERCENTS:
            values = [
                (one[percent], one[f"{percent}_low"], one[f"{percent}_high"])
                for one in (before, after)
            ]
            change = _change(point, f"{name} {percent}", before["unit"], "lower", values, fail_over)
            found.append(_doubted(change) if disturbed else change)
    for name, before in old["figures"].items():
        after = new["figures"].get(name)
        if after is None or name in _IGNORED or name.startswith("peer_") or not before["better"]:
            continue
        values = [
            (one["value"], one.get("low", _noisy(one, -1)), one.get("high", _noisy(one, 1)))
            for one in (before, after)
        ]
        unit = meaning(name).unit
        change = _change(point, name, unit, before["better"], values, fail_over)
        timed = name in _TIMED or name.endswith("_per_s")
        found.append(_doubted(change) if disturbed and timed else change)
    return found


def _doubted(change: Change) -> Change:
    if change.verdict is Verdict.SAME:
        return change
    return replace(change, verdict=Verdict.UNSURE)


def _noisy(figure: dict[str, Any], sign: int) -> float:
    value = float(figure["value"])
    return value + sign * abs(value) * _USUAL_NOISE


def _change(
    point: str,
    name: str,
    unit: str,
    better: str,
    values: list[tuple[float, float, float]],
    fail_over: float,
) -> Change:
    (before, low, high), (after, new_low, new_high) = values
    step = after - before
    share = step / abs(before) if before else (0.0 if not step else float("inf"))
    verdict = Verdict.SAME
    apart = new_low > high or new_high < low
    # Where there was nothing, any share is infinite: then the size of the step decides alone.
    if apart and abs(share) > fail_over and abs(step) > _LEAST.get(unit, 0.0):
        grew_is_worse = better == "lower"
        verdict = Verdict.WORSE if (step > 0) == grew_is_worse else Verdict.BETTER
    return Change(point, name, unit, before, after, share, verdict)
