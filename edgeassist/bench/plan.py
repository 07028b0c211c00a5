"""Which points a run measures: what is installed here, at which settings, for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgeassist import plugins
from edgeassist.bench.onnx_files import CARDS, model_path
from edgeassist.bench.points import Measured, Point, Scenario
from edgeassist.captions.engines.models import model_folder
from edgeassist.errors import EdgeAssistError
from edgeassist.guide.engines.input_size import declared_size, takes
from edgeassist.modelstore import cards, installed
from edgeassist.plugins import Readiness

MODULES = (Measured.BRAILLE, Measured.GUIDE, Measured.CAPTIONS, Measured.SPEECH)
SIZES = (320, 384, 512)
USUAL_SIZE = 384
BEAMS = (5, 1)
FRAME_RATES = (10.0, 15.0, 30.0)
QUICK_RATE = 15.0
LINE_RATE, LINE_DEADLINE_MS = 5.0, 100.0  # captions grow about so often; then braille follows
SAYING_RATE, SAYING_DEADLINE_MS = 0.4, 500.0  # warnings a second, and when one must be heard
CARD_ENGINES = {"whisper-base": "whisper", "vosk-ko": "vosk", "sherpa-zh-14m": "sherpa"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    modules: tuple[Measured, ...] = MODULES
    quick: bool = False
    threads: tuple[int, ...] = ()  # empty: 1, 2, 4 … and all cores
    cores: int = 2
    onnx: tuple[tuple[Path, str], ...] = ()  # detectors of one's own, each with its decoding
    sizes: tuple[int, ...] = ()
    engine: str | None = None  # for captions, with `model`
    model: str | None = None
    only: str = ""  # measure only points whose id contains this
    soak_minutes: float | None = None  # None: 1 in full runs of all modules


def points(wish: Wish) -> list[Point]:
    """Every point of the run, in order; what cannot be measured here is left out."""
    found = [Point(module=Measured.HARNESS, subject="nothing", scenario=Scenario.SINGLE, seconds=1)]
    for module in MODULES:
        if module in wish.modules:
            found += _OF[module](wish)
    minutes = wish.soak_minutes
    if minutes is None:
        minutes = 0 if wish.quick or set(wish.modules) != set(MODULES) else 1
    if minutes:
        found.append(
            Point(
                module=Measured.ALL,
                subject="every module",
                scenario=Scenario.SOAK,
                threads=min(2, wish.cores),
                seconds=minutes * 60,
            )
        )
    paced = [_hurried(point) if wish.quick else point for point in found]
    unique = {point.id: point for point in paced}
    return [
        point
        for point in unique.values()
        if wish.only in point.id or point.module is Measured.HARNESS
    ]


def _hurried(point: Point) -> Point:
    """The same in quick mode: enough to see an order, not to report a p99."""
    seconds = {Scenario.PACED: 4.0, Scenario.SINGLE: 2.0, Scenario.BESIDE: 2.0}
    if point.scenario is Scenario.SOAK or point.module is Measured.HARNESS:
        return point
    return replace(
        point,
        seconds=12.0 if _is_live_captions(point) else seconds.get(point.scenario, 2.0),
        queries=6 if point.module in (Measured.CAPTIONS, Measured.SPEECH) else 20,
        most_s=6.0,
        options={**point.options, **_QUICK_OPTIONS.get(point.module, {})},
    )


_QUICK_OPTIONS: dict[Measured, dict[str, Any]] = {
    Measured.BRAILLE: {"labelled": 1000},
    Measured.SPEECH: {"sentences": 6},
}


def _is_live_captions(point: Point) -> bool:
    return point.module is Measured.CAPTIONS and point.scenario is Scenario.PACED


def thread_counts(wish: Wish) -> tuple[int, ...]:
    """1, 2, 4 … up to all cores, all cores among them; or what the user says."""
    if wish.threads:
        return wish.threads
    counts = [1]
    while counts[-1] * 2 <= wish.cores:
        counts.append(counts[-1] * 2)
    return tuple(sorted({*counts, wish.cores}))


def _guide(wish: Wish) -> Iterator[Point]:
    """Every detector and size alone; what is usual at camera rates, one look beside ONNX Runtime.

    Rates are for the suite's own usual way to look, and for what the user brought.
    """
    every = list(_detectors(wish))
    counts = thread_counts(wish)
    if wish.quick and not wish.threads:
        counts = counts[:1]
    mine = {f"{path.stem}-" for path, _ in wish.onnx}
    first = True
    for subject, options, usual in every:
        base = Point(
            module=Measured.GUIDE, subject=subject, scenario=Scenario.SINGLE, options=options
        )
        if wish.quick and not usual and not wish.sizes:
            continue
        for count in counts:
            # What is found does not depend on threads: it is scored once.
            told = options if count == counts[0] else {**options, "score": False}
            yield replace(base, threads=count, options=told)
        if not usual:
            continue
        if "size" in options:
            beside = {**options, "peer": "onnxruntime"}
            yield replace(base, scenario=Scenario.BESIDE, options=beside)
        if first or any(subject.startswith(stem) for stem in mine):
            for rate in (QUICK_RATE,) if wish.quick else FRAME_RATES:
                yield replace(base, scenario=Scenario.PACED, options={**options, "rate": rate})
        if first and not wish.quick:
            streams = {**options, "streams": wish.cores}
            yield replace(base, scenario=Scenario.OFFLINE, options=streams)
        first = False


def _detectors(wish: Wish) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Name for people, options, and whether it is the setting of its model that is usual."""
    for name, card in _installed_detectors():
        known = {"detector": name} if name != "yolo" else {"detector": name, "model": card}
        path = next(iter(sorted(installed(card).glob("*.onnx"))))
        yield from _at_sizes(wish, card, known, path)
    for path, decode in wish.onnx:
        file = model_path("", str(path)).absolute()
        options = {"detector": "centernet", "model": str(file)}
        if decode != "centernet":
            options = {"detector": "yolo", "model": str(file), "decode": decode}
        yield from _at_sizes(wish, file.stem, options, file)


def _at_sizes(
    wish: Wish, name: str, options: dict[str, Any], file: Path
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """At the wished sizes; a file that declares one size is measured there too, and at the wished
    ones as far as its network computes there.
    """
    plugin = plugins.load("detectors", options["detector"])
    own = declared_size(file)
    if not own and not wish.sizes and plugin.Options().size is None:
        yield f"{name}-usual", options, True  # as it looks where nobody says how, maybe twice
    sizes = wish.sizes or SIZES
    if own:
        sizes = tuple(sorted({own, *(size for size in sizes if takes(file, size))}))
    for size in sizes:
        usual = size == (own or USUAL_SIZE) or len(wish.sizes) == 1
        yield f"{name}-{size}", {**options, "size": size}, usual


def _installed_detectors() -> Iterator[tuple[str, str]]:
    """Detectors, each with an installed card that it runs."""
    for name, entry in sorted(plugins.found("detectors").items()):
        if name in CARDS and plugins.report("detectors", entry).readiness is Readiness.AVAILABLE:
            yield name, CARDS[name]
    for card in cards().values():
        if card.detector and card.name not in CARDS.values() and _is_installed(card.name):
            yield "yolo", card.name


def _is_installed(card: str) -> bool:
    try:
        installed(card)
    except EdgeAssistError:
        return False
    return True


def _captions(wish: Wish) -> Iterator[Point]:
    """Every installed recogniser; Whisper at two beams."""
    counts = thread_counts(wish)
    usual = min(2, max(counts))
    for subject, options, scales in _recognisers(wish):
        base = Point(
            module=Measured.CAPTIONS,
            subject=subject,
            scenario=Scenario.SINGLE,
            threads=usual if scales else 1,
            options=options,
            most_s=75.0,
        )
        if wish.quick and options.get("beam") == BEAMS[1] and not wish.engine:
            continue
        several = options.get("beam") == BEAMS[0] and not wish.quick
        for count in counts if several else (base.threads,):
            yield replace(base, threads=count)
        yield replace(base, scenario=Scenario.PACED, seconds=45.0)
        if scales and options.get("beam", BEAMS[0]) == BEAMS[0]:
            if not wish.quick:
                yield replace(base, scenario=Scenario.OFFLINE, threads=max(counts))
            peer = {**options, "peer": "faster-whisper"}
            yield replace(base, scenario=Scenario.BESIDE, options=peer)


def _recognisers(wish: Wish) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Name, options, and whether threads and beams matter to it."""
    if wish.engine is not None:
        plugins.ready("recognizers", wish.engine, defaults=wish.model is None)
        options: dict[str, Any] = {"engine": wish.engine}
        if wish.model:
            model_folder(wish.model)  # one that is missing is told before anything is measured
            options["model"] = wish.model
        name = Path(wish.model).name if wish.model else wish.engine
        yield from _with_beams(name, options)
        return
    for name, engine in CARD_ENGINES.items():
        if not _is_installed(name):
            continue
        try:
            plugins.ready("recognizers", engine, defaults=False)
        except EdgeAssistError:
            continue
        yield from _with_beams(name, {"engine": engine, "model": name})


def _with_beams(name: str, options: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    if options["engine"] != "whisper":
        yield name, options, False
        return
    for beam in BEAMS:
        yield f"{name} beam {beam}", {**options, "beam": beam}, True


def _speech(wish: Wish) -> Iterator[Point]:
    """Every voice that speaks here."""
    counts = thread_counts(wish)
    for name, entry in sorted(plugins.found("voices").items()):
        report = plugins.report("voices", entry)
        if name in ("auto", "silence") or report.readiness is not Readiness.AVAILABLE:
            continue
        scales = hasattr(entry.load().Options, "threads")
        language = "en" if name == "piper" else "zh"
        base = Point(
            module=Measured.SPEECH,
            subject=name if language == "zh" else f"{name} {language}",
            scenario=Scenario.SINGLE,
            threads=min(2, max(counts)) if scales else 1,
            options={"voice": name, "language": language},
            neural=scales,
        )
        yield base
        if wish.quick:
            if not scales:
                yield replace(
                    base, scenario=Scenario.BESIDE, options={**base.options, "peer": "espeak-ng"}
                )
            continue
        for count in counts if scales else ():
            if count != base.threads:
                # What is heard does not depend on threads: it is read back once.
                yield replace(base, threads=count, options={**base.options, "read_back": False})
        paced = {**base.options, "rate": SAYING_RATE, "deadline_ms": SAYING_DEADLINE_MS}
        yield replace(base, scenario=Scenario.PACED, options=paced, seconds=25.0)
        if scales and language == "zh":
            yield replace(base, scenario=Scenario.OFFLINE)
        if not scales:
            yield replace(
                base, scenario=Scenario.BESIDE, options={**base.options, "peer": "espeak-ng"}
            )


def _braille(wish: Wish) -> Iterator[Point]:
    """Both ways in both schemes; writing beside liblouis and pypinyin."""
    for scheme in ("gf0019",) if wish.quick else ("gf0019", "current"):
        for direction in ("to", "from"):
            base = Point(
                module=Measured.BRAILLE,
                subject=f"{direction} {scheme}",
                scenario=Scenario.SINGLE,
                options={"direction": direction, "scheme": scheme},
                neural=False,
            )
            yield base
            if scheme == "gf0019" and not wish.quick:
                paced = {**base.options, "rate": LINE_RATE, "deadline_ms": LINE_DEADLINE_MS}
                yield replace(base, scenario=Scenario.PACED, options=paced)
                if direction == "to":
                    yield replace(base, scenario=Scenario.OFFLINE)
    for peer in ("liblouis", "pypinyin"):
        yield Point(
            module=Measured.BRAILLE,
            subject=f"to gf0019, {peer}",
            scenario=Scenario.BESIDE,
            options={"direction": "to", "scheme": "gf0019", "peer": peer, "labelled": 3000},
            neural=False,
        )


_OF = {
    Measured.GUIDE: _guide,
    Measured.CAPTIONS: _captions,
    Measured.SPEECH: _speech,
    Measured.BRAILLE: _braille,
}
