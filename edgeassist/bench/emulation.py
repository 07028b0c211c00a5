"""Another board's speed on this machine: fewer cores and a quota of processor time. An estimate.

How much slower a core of the board is comes from two kernels run here and figures that others
have published for the board; see `BOARDS`. A network is slowed down by the ratio of matrix
products, Python and tables by that of plain Python. Memory bandwidth, caches, heat and the
instruction set stay this machine's: whole factors can be wrong, the order of models hardly is.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError, WorkError
from edgeassist.locale import t

PERIOD_S = 0.02  # in which a process gets its share of time; no latency is finer than that
_LEAST_QUOTA_US = 1000  # the kernel's own limit


@dataclass(frozen=True, slots=True)
class Board:
    """What is published of a board, for one core."""

    cores: int
    gflops: float  # HPL, double precision: the result of all four cores, divided by four
    n_body_step_us: float  # plain Python


_HPL = "HPL: https://github.com/geerlingguy/top500-benchmark (11.889 and 30.249 Gflops, 4 cores)"
_N_BODY = (
    "Python n-body on a Pi 4 at 1.5 GHz, 5 million steps in 158.3 s: "
    "https://chaitanyamehta.github.io/projects/performance-analysis-of-programming-languages, "
    "divided by 1.2 for 1.8 GHz and by 1.25 for Python 3.11 (https://docs.python.org/3/whatsnew/3.11.html)"
)
_SYSBENCH = (
    "Pi 5 over Pi 4, one core, sysbench cpu 2737 over 1478: "
    "https://leoncode.co.uk/articles/raspberry-pi-benchmarks"
)
SOURCES = (_HPL, _N_BODY, _SYSBENCH)
_PI4_STEP_US = 158.3 / 5.0 / 1.2 / 1.25
BOARDS = {
    "pi4": Board(4, 11.889 / 4, _PI4_STEP_US),
    "pi5": Board(4, 30.249 / 4, _PI4_STEP_US * 1478 / 2737),
}
# Figures that count processor time: on the board it would be as much more as its cores are slower.
SCALED = ("cpu_s", "cores_busy", "cpu_ms_per_query")


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulation:
    """A board as it is emulated here; slowdowns are at least 1."""

    board: str
    method: str  # "cgroup" or "duty-cycle"
    cores: int
    neural_slowdown: float
    scalar_slowdown: float

    def record(self) -> dict[str, Any]:
        """As a result has it."""
        return {
            "board": self.board,
            "method": self.method,
            "cores": self.cores,
            "neural_slowdown": round(self.neural_slowdown, 1),
            "scalar_slowdown": round(self.scalar_slowdown, 1),
            "sources": list(SOURCES),
        }

    def slowdown(self, neural: bool) -> float:
        """For one kind of work."""
        return self.neural_slowdown if neural else self.scalar_slowdown

    @contextlib.contextmanager
    def slowed(self, pid: int, threads: int, neural: bool) -> Iterator[None]:
        """Hold a process (the leader of its group) and its children to the board's speed."""
        here = len(os.sched_getaffinity(0))
        used = min(threads, self.cores)
        os.sched_setaffinity(pid, sorted(os.sched_getaffinity(0))[: min(used, here)])
        share = used / self.slowdown(neural)  # of a core's time, for all threads together
        if self.method == "cgroup":
            with _Group(pid, share):
                yield
            return
        stop = threading.Event()
        beat = threading.Thread(
            target=_beat, args=(pid, min(1.0, share / min(used, here)), stop), daemon=True
        )
        beat.start()
        try:
            yield
        finally:
            stop.set()
            beat.join()


def emulate(board: str) -> Emulation:
    """Measure this machine and set up to emulate `board`.

    Raises `InputError` for a board nobody described, or one that is faster than this machine.
    """
    if board not in BOARDS:
        raise InputError(
            board,
            t("is no board that can be emulated"),
            fix=t("There are: {names}", names=", ".join(BOARDS)),
        )
    known, mine = BOARDS[board], calibration()
    neural = mine["gflops"] / known.gflops
    scalar = known.n_body_step_us / mine["n_body_step_us"]
    if min(neural, scalar) < 1:
        raise InputError(
            board,
            t("is not slower than this machine, so it cannot be emulated here"),
            fix=t("Run the bench on the board itself, without --emulate"),
        )
    return Emulation(
        board=board,
        method="cgroup" if _Group.possible() else "duty-cycle",
        cores=known.cores,
        neural_slowdown=neural,
        scalar_slowdown=scalar,
    )


def calibration() -> dict[str, float]:
    """What the two kernels say of one core of this machine."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "edgeassist.bench.calibrate"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise WorkError("calibrate", done.stderr.strip().splitlines()[-1])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _beat(pid: int, share: float, stop: threading.Event) -> None:
    """Let the group run for `share` of every period, and stand still for the rest."""
    try:
        while not stop.is_set():
            os.killpg(pid, signal.SIGCONT)
            time.sleep(PERIOD_S * share)
            if share < 1:
                os.killpg(pid, signal.SIGSTOP)
                time.sleep(PERIOD_S * (1 - share))
    except ProcessLookupError:  # it has ended
        return
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGCONT)


class _Group:
    """A control group of our own with a quota, where the kernel and our rights allow one."""

    _ROOT = Path("/sys/fs/cgroup")

    def __init__(self, pid: int, share: float) -> None:
        folder = self._parent()
        assert folder is not None
        self._folder = folder / f"edgeassist-bench-{pid}"
        self._folder.mkdir()
        period = max(round(PERIOD_S * 1e6), round(_LEAST_QUOTA_US / share))
        quota = round(period * share)
        if (self._folder / "cpu.max").exists():
            (self._folder / "cpu.max").write_text(f"{quota} {period}")
        else:
            (self._folder / "cpu.cfs_period_us").write_text(str(period))
            (self._folder / "cpu.cfs_quota_us").write_text(str(quota))
        (self._folder / "cgroup.procs").write_text(str(pid))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        # A group can be removed once its last process has been buried.
        for _attempt in range(50):
            try:
                self._folder.rmdir()
            except OSError:
                time.sleep(0.02)
            else:
                return

    @classmethod
    def possible(cls) -> bool:
        """Whether one can be made; tried, since rights alone do not tell."""
        folder = cls._parent()
        if folder is None:
            return False
        for left in folder.glob("edgeassist-bench-*"):  # of a bench that was killed
            with contextlib.suppress(OSError):  # one that is in use cannot be removed
                left.rmdir()
        trial = folder / f"edgeassist-bench-try-{os.getpid()}"
        try:
            trial.mkdir()
        except OSError:
            return False
        try:
            names = ("cpu.max", "cpu.cfs_quota_us")
            return any(os.access(trial / name, os.W_OK) for name in names)
        finally:
            trial.rmdir()

    @classmethod
    def _parent(cls) -> Path | None:
        """Where ours would lie: beside our own group (version 2), or in it (version 1)."""
        for line in Path("/proc/self/cgroup").read_text("ascii").splitlines():
            number, controllers, path = line.split(":", 2)
            inside = path.lstrip("/")
            if "cpu" in controllers.split(","):
                for mount in ("cpu", "cpu,cpuacct"):
                    if (cls._ROOT / mount / inside / "cpu.cfs_quota_us").exists() or (
                        not inside and (cls._ROOT / mount / "cgroup.procs").exists()
                    ):
                        return cls._ROOT / mount / inside
            elif number == "0" and (cls._ROOT / "cgroup.controllers").exists():
                return (cls._ROOT / inside).parent if inside else cls._ROOT
        return None
