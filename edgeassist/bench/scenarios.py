"""How work arrives: one query after the other, at a fixed rate, all at once, or in turns."""

from __future__ import annotations

import statistics
import threading
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from edgeassist.bench import usage
from edgeassist.bench.figures import PEER, figure
from edgeassist.bench.loads import Done, Load, in_turn, open_load, open_peer
from edgeassist.bench.points import Point, Scenario
from edgeassist.bench.statistics import distribution, rate_of_sums, ratio_of_medians

FEW = 100  # fewer queries say little about p99
FEW_S = 10.0
_WARM_UP_S = 1.0
_WARM_UP_MOST = 10
_TELL_EVERY_S = 0.25


class Tell(Protocol):
    """Whoever waits."""

    def done(self, share: float) -> None:
        """So much of the measuring is done, 0 to 1."""

    def over(self) -> None:
        """All is measured; what follows is arithmetic and does not count as the engine's."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What measuring gave; `answers` by the place of their query."""

    distributions: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[int, Any] = field(default_factory=dict)
    minutes: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Log:
    """Queries that were done: numbers in arrays, so that the harness takes next to no memory."""

    def __init__(self) -> None:
        self.took_ms = array("d")
        self.amounts = array("d")
        self.firsts_ms = array("d")
        self.answers: dict[int, Any] = {}

    def add(self, place: int, took_s: float, done: Done) -> None:
        """One query; of its answers the first is kept."""
        self.took_ms.append(took_s * 1000)
        self.amounts.append(done.amount)
        if done.first_ms is not None:
            self.firsts_ms.append(done.first_ms)
        if place not in self.answers:
            self.answers[place] = done.answer

    def __len__(self) -> int:
        return len(self.took_ms)


def measure(point: Point, load: Load, folder: Path | None, tell: Tell) -> Outcome:
    """Measure one point with its loaded engine, after a warm-up that does not count."""
    match point.scenario:
        case Scenario.SINGLE:
            return _single(point, load, tell)
        case Scenario.OFFLINE:
            return _offline(point, load, folder, tell)
        case Scenario.PACED:
            return _paced(point, load, tell)
        case Scenario.BESIDE:
            return _beside(point, load, tell)
        case _:
            raise ValueError(point.scenario)


def warm_up(load: Load) -> None:
    """A second of work, or ten queries."""
    began = time.perf_counter()
    for count, (_, query) in enumerate(in_turn(load), 1):
        load.do(query)
        if count >= _WARM_UP_MOST or time.perf_counter() - began >= _WARM_UP_S:
            return


def _until_enough(point: Point, load: Load, tell: Tell) -> Iterator[tuple[int, Any]]:
    """Queries, until there were enough of them for long enough."""
    began = told = time.perf_counter()
    for count, one in enumerate(in_turn(load)):
        now = time.perf_counter()
        passed = now - began
        share = min(passed / point.seconds, count / point.queries)
        if share >= 1 or passed >= point.most_s:
            return
        if now - told >= _TELL_EVERY_S:
            told = now
            tell.done(max(share, passed / point.most_s))
        yield one


def _single(point: Point, load: Load, tell: Tell) -> Outcome:
    warm_up(load)
    outcome = Outcome()
    log = _Log()
    clock = time.perf_counter
    between = array("d")  # from the end of a query to the start of the next: our own work
    cpu_s, faults, began = usage.cpu_s(), usage.page_faults(), clock()
    ended = began
    for place, query in _until_enough(point, load, tell):
        start = clock()
        done = load.do(query)
        now = clock()
        between.append(start - ended)
        ended = now
        log.add(place, now - start, done)
    seconds = clock() - began
    cpu_s, faults = usage.cpu_s() - cpu_s, usage.page_faults() - faults
    tell.over()
    _tell_times(outcome, load, log)
    outcome.figures |= _costs(cpu_s, seconds, len(log))
    outcome.figures["page_faults_per_query"] = figure("page_faults_per_query", faults / len(log))
    outcome.figures["overhead_us"] = figure("overhead_us", statistics.median(between) * 1e6)
    held_kb, kept = usage.allocations(lambda: load.do(load.queries[0]))
    outcome.figures["alloc_kb_per_query"] = figure("alloc_kb_per_query", held_kb)
    outcome.figures["blocks_kept_per_query"] = figure("blocks_kept_per_query", kept)
    outcome.answers = log.answers
    return outcome


def _tell_times(outcome: Outcome, load: Load, log: _Log) -> None:
    outcome.distributions["latency"] = distribution(log.took_ms)
    if log.firsts_ms:
        outcome.distributions["first_sound"] = distribution(log.firsts_ms)
    seconds = [took_ms / 1000 for took_ms in log.took_ms]
    if load.rate == "rtf":
        outcome.figures["rtf"] = figure("rtf", *rate_of_sums(seconds, log.amounts), n=len(log))
    else:
        outcome.figures[load.rate] = figure(load.rate, *rate_of_sums(log.amounts, seconds))


def _costs(cpu_s: float, seconds: float, queries: int) -> dict[str, dict[str, Any]]:
    return {
        "cpu_s": figure("cpu_s", cpu_s),
        "cores_busy": figure("cores_busy", cpu_s / seconds),
        "cpu_ms_per_query": figure("cpu_ms_per_query", cpu_s * 1000 / max(queries, 1)),
    }


def _offline(point: Point, load: Load, folder: Path | None, tell: Tell) -> Outcome:
    """As much as can be done, by `streams` engines at once."""
    more = int(point.options.get("streams", 1)) - 1
    loads = [load, *(open_load(point, folder) for _ in range(more))]
    for one in loads:
        warm_up(one)
    amounts = [0.0] * len(loads)
    counts = [0] * len(loads)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        quiet: Tell = tell if number == 0 else _Quiet()
        try:
            for _, query in _until_enough(point, loads[number], quiet):
                amounts[number] += loads[number].do(query).amount
                counts[number] += 1
        except Exception as error:  # raised again where it is waited for
            failures.append(error)

    cpu_s, began = usage.cpu_s(), time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(loads))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu_s = time.perf_counter() - began, usage.cpu_s() - cpu_s
    tell.over()
    for error in failures:
        raise error
    for extra in loads[1:]:
        extra.close()
    outcome = Outcome(figures=_costs(cpu_s, seconds, sum(counts)))
    name = "sound_s_per_s" if load.rate == "rtf" else load.rate
    outcome.figures[name] = figure(name, sum(amounts) / seconds, n=sum(counts))
    outcome.notes.append(f"{len(loads)} streams at once")
    return outcome


class _Quiet:
    def done(self, share: float) -> None:
        pass

    def over(self) -> None:
        pass


def _paced(point: Point, load: Load, tell: Tell) -> Outcome:
    """A query every 1/rate s; one that is not begun when the next is due waits for its turn."""
    rate, deadline_ms = float(point.options["rate"]), float(point.options["deadline_ms"])
    warm_up(load)
    offered = max(1, round(point.seconds * rate))
    log = _Log()
    ages: list[float] = []
    cpu_s, began = usage.cpu_s(), time.perf_counter()
    for number, (place, query) in enumerate(in_turn(load)):
        if number >= offered:
            break
        due = began + number / rate
        tell.done(number / offered)
        if (early := due - time.perf_counter()) > 0:
            time.sleep(early)
        start = time.perf_counter()
        done = load.do(query)
        ended = time.perf_counter()
        log.add(place, ended - start, done)
        delivered = (ended - due) * 1000
        if done.first_ms is not None:
            delivered = (start - due) * 1000 + done.first_ms
        ages.append(delivered)
    seconds, cpu_s = time.perf_counter() - began, usage.cpu_s() - cpu_s
    tell.over()
    outcome = Outcome(figures=_costs(cpu_s, seconds, offered))
    _tell_times(outcome, load, log)
    outcome.distributions["age"] = distribution(ages)
    outcome.figures |= delivery(offered, len(ages), 0, ages, deadline_ms)
    return outcome


def delivery(
    offered: int, delivered: int, dropped: int, ages_ms: list[float], deadline_ms: float
) -> dict[str, dict[str, Any]]:
    """What became of work offered at a fixed rate."""
    late = sum(age > deadline_ms for age in ages_ms)
    return {
        "offered": figure("offered", offered),
        "delivered": figure("delivered", delivered),
        "dropped_percent": figure("dropped_percent", 100 * dropped / max(offered, 1)),
        "missed_percent": figure("missed_percent", 100 * late / max(len(ages_ms), 1)),
        "deadline_ms": figure("deadline_ms", deadline_ms),
    }


def _beside(point: Point, load: Load, tell: Tell) -> Outcome:
    """Ours and theirs in turns, so that whatever disturbs one disturbs the other."""
    peer = open_peer(point, load)
    warm_up(load)
    warm_up(peer)
    logs = {load: _Log(), peer: _Log()}
    for number, (place, query) in enumerate(_until_enough(point, load, tell)):
        for one in (load, peer) if number % 2 == 0 else (peer, load):
            start = time.perf_counter()
            done = one.do(query)
            logs[one].add(place, time.perf_counter() - start, done)
    tell.over()
    outcome, theirs = Outcome(answers=logs[load].answers), Outcome()
    _tell_times(outcome, load, logs[load])
    _tell_times(theirs, peer, logs[peer])
    outcome.distributions |= {PEER + name: one for name, one in theirs.distributions.items()}
    outcome.figures |= {PEER + name: one for name, one in theirs.figures.items()}
    ratio = ratio_of_medians(logs[load].took_ms, logs[peer].took_ms)
    outcome.figures["time_ratio"] = figure("time_ratio", *ratio, n=len(logs[load]))
    outcome.figures |= peer.quality(logs[peer].answers).figures
    peer.close()
    return outcome
