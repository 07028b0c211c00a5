"""What a process and its children use: processor time, memory, page faults, allocations."""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRACED_QUERIES = 5
TRACED_MOST_S = 4.0  # tracing makes Python several times slower


def cpu_s() -> float:
    """Processor seconds of this process, and of its children, ended or not."""
    import psutil

    times = os.times()
    total = time.process_time() + times.children_user + times.children_system
    return total + sum(map(_cpu_s, psutil.Process().children(recursive=True)))


def tree_cpu_s(pid: int) -> float:
    """The same of another process; 0 where it has ended."""
    import psutil

    try:
        process = psutil.Process(pid)
        used = process.cpu_times()
        ended = used.children_user + used.children_system
        return float(_cpu_s(process) + ended + sum(map(_cpu_s, process.children(recursive=True))))
    except psutil.Error:
        return 0.0


def _cpu_s(process: Any) -> float:
    import psutil

    try:
        used = process.cpu_times()
    except psutil.Error:  # it has ended meanwhile
        return 0.0
    return float(used.user + used.system)


def page_faults() -> int:
    """How often the kernel had to give this process a page of memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def memory_mb(pid: int, *, shared_fairly: bool = False) -> float:
    """Resident memory of a process and its children, in MB (10⁶ bytes).

    `shared_fairly` gives the proportional set size (PSS): a page that n processes share counts
    1/n. That takes a millisecond or more, during which the process may have to wait.
    """
    import psutil

    try:
        whole = psutil.Process(pid)
        tree = [whole, *whole.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return sum(_one_mb(process.pid, shared_fairly) for process in tree)


def _one_mb(pid: int, shared_fairly: bool) -> float:
    try:
        if not shared_fairly:
            pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    except (OSError, ValueError, IndexError):  # it has ended, or may not be looked at
        pass
    return 0.0


def allocations(do_one: Callable[[], object]) -> tuple[float, float]:
    """Of a query: most kB that Python and numpy held at once, and objects that are left over."""
    do_one()
    gc.collect()
    before = sys.getallocatedblocks()
    began = time.perf_counter()
    count = 0
    while count < TRACED_QUERIES and time.perf_counter() - began < TRACED_MOST_S:
        do_one()
        count += 1
    gc.collect()
    kept = (sys.getallocatedblocks() - before) / count
    peaks: list[int] = []
    tracemalloc.start(1)
    try:
        while len(peaks) < TRACED_QUERIES and time.perf_counter() - began < 2 * TRACED_MOST_S:
            tracemalloc.reset_peak()
            held, _ = tracemalloc.get_traced_memory()
            do_one()
            peaks.append(tracemalloc.get_traced_memory()[1] - held)
    finally:
        tracemalloc.stop()
    return max(peaks) / 1000 if peaks else 0.0, kept
