"""What figures, points and numbers of a result are called before people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edgeassist.bench.figures import PEER
from edgeassist.locale import t

MODULES = {
    "captions": "captions of speech",
    "speech": "speaking",
    "braille": "braille writing and reading",
    "guide": "seeing obstacles",
    "all": "all modules together",
    "harness": "the bench itself",
}
DISTRIBUTIONS = {
    "latency": "one piece of work",
    "first_sound": "until the first sound",
    "age": "age when told, since capture",
    "first_partial": "first text, since speech began",
    "final": "final text, since speech ended",
    "word_lag": "each character, since it was said",
    "Caption partial": "a partial caption, since it was said",
    "Caption final": "a final caption, since it was said",
    "BrailleLine": "a line of braille, since it was said",
    "Obstacle": "an obstacle, since the picture",
    "Utterance": "a warning, since the picture",
    "Spoken": "a warning's first sound, since the picture",
}
SCENARIOS = {
    "single": "one after the other",
    "paced": "at its own pace",
    "offline": "as much as it can",
    "soak": "for minutes",
    "beside": "in turns with a library",
}
FIGURES = {
    "load_s": "loading",
    "rss_mb": "memory, at most",
    "pss_mb": "its own share of that",
    "cpu_s": "processor time",
    "cores_busy": "cores busy",
    "cpu_ms_per_query": "processor time each",
    "alloc_kb_per_query": "allocated each",
    "page_faults_per_query": "page faults each",
    "blocks_kept_per_query": "objects kept each",
    "harness_percent": "the bench's own share",
    "overhead_us": "the bench's own time",
    "rtf": "work for a second of sound (RTF)",
    "pictures_per_s": "pictures a second",
    "characters_per_s": "characters a second",
    "sound_s_per_s": "seconds of sound a second",
    "queries_per_s": "pieces of work a second",
    "offered": "offered",
    "delivered": "delivered",
    "dropped_percent": "lost",
    "missed_percent": "later than the deadline",
    "deadline_ms": "deadline",
    "rewritten_chars": "characters rewritten an utterance",
    "stable_broken": "promises broken",
    "utterances": "utterances",
    "warnings": "warnings",
    "restarts": "restarts",
    "cer": "wrong characters (CER)",
    "wer": "wrong words (WER)",
    "ap50": "AP at IoU 0.5",
    "ap": "AP, IoU 0.5 to 0.95",
    "recall50": "found (recall)",
    "precision50": "found rightly (precision)",
    "cell_accuracy": "cells right",
    "reading_accuracy": "readings right",
    "character_accuracy": "characters read back right",
    "readback_cer": "misheard when read back (CER; English: WER)",
    "heard_whole": "sentences heard whole",
    "time_ratio": "their time over ours",
    "temperature_c": "highest temperature",
    "clock_mhz": "lowest clock",
    "power_w": "mean power",
}


def module_name(module: str) -> str:
    """What a module does."""
    return t(MODULES[module])


def distribution_name(name: str) -> str:
    """What was waited for."""
    if name.startswith(PEER):
        return t("{what}, theirs", what=distribution_name(name.removeprefix(PEER)))
    return t(DISTRIBUTIONS.get(name, name))


def figure_name(name: str) -> str:
    """What a figure says."""
    if name.startswith(PEER):
        return t("{what}, theirs", what=figure_name(name.removeprefix(PEER)))
    return t(FIGURES[name])


def in_language(module: str) -> Iterator[tuple[str, str]]:
    """The languages a module's models are to be judged in, each with the module's name then.

    What is right in one language is not to be weighed against another.
    """
    name = module_name(module)
    if module in ("captions", "speech"):
        yield "zh", t("{module}, Mandarin", module=name)
        yield "en", t("{module}, English", module=name)
    else:
        yield "zh", name


def point_name(point: dict[str, Any]) -> str:
    """A point within its module: "centernet-384, at its own pace (15 a second), 1 thread"."""
    how = t(SCENARIOS[point["scenario"]])
    subject, rate = point["subject"], point["options"].get("rate")
    if point["scenario"] == "beside":
        peer = point["options"]["peer"]
        subject, how = subject.removesuffix(f", {peer}"), t("in turns with {peer}", peer=peer)
    elif rate and point["scenario"] == "paced":
        how = t("{how} ({rate} a second)", how=how, rate=f"{rate:g}")
    return t(
        "{subject}, {how}, {threads}",
        subject=subject,
        how=how,
        threads=threads(point["threads"]),
    )


def threads(count: int) -> str:
    """So many threads."""
    return t("1 thread") if count == 1 else t("{count} threads", count=count)


def doubt_words(point: dict[str, Any]) -> str:
    """Why a point's figures may be wrong, in few words; empty where nothing is known."""
    kinds = dict.fromkeys(t(doubt["kind"]) for doubt in point["doubts"])
    return ", ".join([*([t("estimate")] if point["estimate"] else []), *kinds])


def digits(number: float) -> str:
    """Three digits, as many as are worth reading; no exponents."""
    if number != number or number in (float("inf"), float("-inf")):
        return t("unknown")
    size = abs(number)
    if size >= 100:
        return f"{number:.0f}"
    if size >= 10:
        return f"{number:.1f}"
    if size >= 1 or not size:
        return f"{number:.2f}" if number != round(number) else f"{number:.0f}"
    return f"{number:.3f}" if size >= 0.001 else f"{number:.2g}"


def measured(value: float, unit: str) -> str:
    """A number with its unit."""
    return f"{digits(value)} {unit}".rstrip()


def figure_text(figure: dict[str, Any] | None) -> str:
    """A figure as people read it, with its interval where it is known; empty for none."""
    if figure is None:
        return ""
    count = not figure["unit"] and not figure["quality"] and figure["value"] == int(figure["value"])
    told = str(int(figure["value"])) if count else measured(figure["value"], figure["unit"])
    return f"{told} {interval(figure['low'], figure['high'])}" if "low" in figure else told


def with_interval(value: float, low: float, high: float) -> str:
    """A number with its 95 % interval."""
    return f"{digits(value)} {interval(low, high)}"


def interval(low: float, high: float) -> str:
    """From where to where."""
    return f"[{digits(low)}–{digits(high)}]"


def duration(ms: float) -> str:
    """A tick of an axis of time: "20 ms", "1 s"."""
    if ms < 1:
        return f"{ms * 1000:g} µs"
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"
