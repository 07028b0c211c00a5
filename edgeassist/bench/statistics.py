"""Quantiles and intervals: what a set of measured values says, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 1000
MOST_SAMPLES = 400  # kept of a distribution, for plots
PERCENTS = (50, 90, 99)
_MOST = 2000  # values that are drawn from: memory and time of the bench itself are to be small
_AT_ONCE = 100_000  # values drawn at a time
_Z = 1.959964  # of a normal distribution, for 95 %

Floats = NDArray[np.float64]


def distribution(values: Sequence[float], unit: str = "ms") -> dict[str, Any]:
    """Quantiles of at least one value, with 95 % bootstrap intervals of p50, p90 and p99.

    `samples` are the values themselves in the order of measuring, thinned out evenly beyond 400.
    """
    every = np.asarray(values, np.float64)
    chance = np.random.default_rng(0)
    # Beyond some thousands an interval only gets dearer to compute, not different.
    drawn = every if len(every) <= _MOST else chance.choice(every, _MOST, replace=False)
    at_once = max(1, _AT_ONCE // len(drawn))
    rows = np.concatenate(
        [
            np.percentile(
                drawn[chance.integers(0, len(drawn), (min(at_once, RESAMPLES - done), len(drawn)))],
                PERCENTS,
                axis=1,
            )
            for done in range(0, RESAMPLES, at_once)
        ],
        axis=1,
    )
    found: dict[str, Any] = {
        "unit": unit,
        "n": len(every),
        "mean": rounded(float(every.mean())),
        "min": rounded(float(every.min())),
        "max": rounded(float(every.max())),
    }
    # An interval from a part of the values is too wide by the root of how much fewer they are.
    narrower = math.sqrt(len(drawn) / len(every))
    for percent, row in zip(PERCENTS, rows, strict=True):
        value = float(np.percentile(every, percent))
        low, high = np.percentile(row, [2.5, 97.5])
        found[f"p{percent}"] = rounded(value)
        found[f"p{percent}_low"] = rounded(value - (value - min(float(low), value)) * narrower)
        found[f"p{percent}_high"] = rounded(value + (max(float(high), value) - value) * narrower)
    step = max(1, math.ceil(len(every) / MOST_SAMPLES))
    found["samples"] = [rounded(float(value)) for value in every[::step]]
    return found


def share(right: int, total: int) -> tuple[float, float, float]:
    """`right` of `total` (at least 1), with its 95 % interval (Wilson 1927)."""
    part = right / total
    spread = _Z * math.sqrt(part * (1 - part) / total + _Z**2 / (4 * total**2))
    centre, whole = part + _Z**2 / (2 * total), 1 + _Z**2 / total
    return part, max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def rate_of_sums(parts: Sequence[float], wholes: Sequence[float]) -> tuple[float, float, float]:
    """Sum of `parts` over sum of `wholes`, with a 95 % bootstrap interval over their pairs.

    For error rates: a recording's errors and its length belong together.
    """
    above, below = (_grouped(np.asarray(values, np.float64)) for values in (parts, wholes))
    chance = np.random.default_rng(0)
    rates = []
    for _ in range(RESAMPLES):
        chosen = chance.integers(0, len(above), len(above))
        if whole := float(below[chosen].sum()):
            rates.append(float(above[chosen].sum()) / whole)
    low, high = np.percentile(rates, [2.5, 97.5]) if rates else (0.0, 0.0)
    return float(above.sum() / below.sum()), float(low), float(high)


def _grouped(values: Floats) -> Floats:
    """Sums of neighbours, so that at most 2000 are left."""
    step = math.ceil(len(values) / _MOST)
    return values if step <= 1 else np.add.reduceat(values, np.arange(0, len(values), step))


def resampled(
    count: int, measure: Callable[[NDArray[np.int64]], float], times: int = 200
) -> tuple[float, float]:
    """The 95 % interval of `measure`, given which of `count` items are drawn (with repeats)."""
    chance = np.random.default_rng(0)
    values = [measure(chance.integers(0, count, count)) for _ in range(times)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def ratio_of_medians(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Median of `theirs` over median of `ours`, with a 95 % bootstrap interval."""
    chance = np.random.default_rng(0)
    # Evenly over the whole time: what is measured first may be slower than what comes later.
    step = math.ceil(max(len(ours), len(theirs)) / _MOST)
    both = [np.asarray(values, np.float64)[::step] for values in (theirs, ours)]
    ratios = []
    for _ in range(RESAMPLES):
        top, bottom = (np.median(one[chance.integers(0, len(one), len(one))]) for one in both)
        ratios.append(float(top / bottom))
    low, high = np.percentile(ratios, [2.5, 97.5])
    ratio = float(np.median(theirs) / np.median(ours))
    return ratio, min(ratio, float(low)), max(ratio, float(high))


def rounded(value: float) -> float:
    """Four significant digits: no more is measured."""
    return float(f"{value:.4g}")
