"""The figures a point may have: what each is called, its unit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgeassist.bench.statistics import rounded


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a figure's name; `better` is "lower", "higher" or "" where neither is."""

    unit: str
    better: str
    quality: bool = False  # how right, rather than how fast or dear


MEANINGS: Mapping[str, Meaning] = {
    # What it costs.
    "load_s": Meaning("s", "lower"),  # until it is ready for work
    "rss_mb": Meaning("MB", "lower"),  # peak resident memory, child processes included
    "pss_mb": Meaning("MB", "lower"),  # the same, shared pages counted by their share
    "cpu_s": Meaning("s", ""),  # processor time while it was measured, children included
    "cores_busy": Meaning("", "lower"),  # processor time a second
    "cpu_ms_per_query": Meaning("ms", "lower"),
    "alloc_kb_per_query": Meaning("kB", "lower"),  # most that Python and numpy held at once
    "page_faults_per_query": Meaning("", "lower"),  # fresh memory pages asked of the kernel
    "blocks_kept_per_query": Meaning("", "lower"),  # Python objects left over: about 0, or a leak
    "harness_percent": Meaning("%", "lower"),  # of p50 that is the harness's own
    "overhead_us": Meaning("µs", "lower"),  # of the harness, a query
    # How much gets done.
    "rtf": Meaning("", "lower"),  # seconds of work for a second of sound
    "pictures_per_s": Meaning("/s", "higher"),
    "characters_per_s": Meaning("/s", "higher"),
    "sound_s_per_s": Meaning("", "higher"),
    "queries_per_s": Meaning("/s", "higher"),
    # At a fixed rate.
    "offered": Meaning("", ""),
    "delivered": Meaning("", ""),
    "dropped_percent": Meaning("%", "lower"),
    "missed_percent": Meaning("%", "lower"),  # delivered later than the deadline
    "deadline_ms": Meaning("ms", ""),
    "rewritten_chars": Meaning("", "lower"),  # shown characters changed later, an utterance
    "stable_broken": Meaning("", "lower"),  # promises broken: stable text that changed
    "utterances": Meaning("", ""),
    "warnings": Meaning("", ""),
    "restarts": Meaning("", "lower"),
    # How right it is, as a share.
    "cer": Meaning("", "lower", True),  # Mandarin: wrong characters
    "wer": Meaning("", "lower", True),  # English: wrong words
    "ap50": Meaning("", "higher", True),  # COCO's AP at IoU 0.5
    "ap": Meaning("", "higher", True),  # COCO's AP, IoU 0.5 to 0.95
    "recall50": Meaning("", "higher", True),  # at the product's own score threshold
    "precision50": Meaning("", "higher", True),
    "cell_accuracy": Meaning("", "higher", True),
    "reading_accuracy": Meaning("", "higher", True),
    "character_accuracy": Meaning("", "higher", True),  # braille read back
    "readback_cer": Meaning("", "lower", True),  # of what Whisper understands of the speech
    "heard_whole": Meaning("", "higher", True),  # sentences understood without a mistake
    # Side by side: theirs over ours.
    "time_ratio": Meaning("", ""),
    # Of the board.
    "temperature_c": Meaning("°C", ""),  # highest
    "clock_mhz": Meaning("MHz", ""),  # lowest
    "power_w": Meaning("W", ""),  # mean
}
PEER = "peer_"  # before a figure's name: the same of the library measured beside ours


def meaning(name: str) -> Meaning:
    """Of a figure's name; raises `KeyError` for one that nobody defined."""
    return MEANINGS[name.removeprefix(PEER)]


def figure(
    name: str, value: float, low: float | None = None, high: float | None = None, n: int = 0
) -> dict[str, Any]:
    """One figure as it stands in a result; `low` and `high` are its 95 % interval where known."""
    known = meaning(name)
    found: dict[str, Any] = {
        "value": rounded(value),
        "unit": known.unit,
        "better": known.better,
        "quality": known.quality,
    }
    if low is not None and high is not None:
        found |= {"low": rounded(low), "high": rounded(high)}
    if n:
        found["n"] = n
    return found
