"""All modules for hours on recorded input: python -m tests.measure.soak [--minutes N].

Runs `edgeassist run` with captions, braille, BRF, guide, speech into a file, terminal and the web
page (one viewer stays, others come and go), and a real brltty with a display of ours and a real
mosquitto where those are installed. Watches the process and its children from outside. Prints a row
a minute, then whether sound was lost, memory, threads and descriptors stayed flat, and warnings
came as quickly in the last tenth as in the first; exit code 0 if so. Input: the speech and videos
that `make setup` brings, and with EDGEASSIST_EVAL those recordings too.

At `--pace real` sound comes as a microphone gives it. At `--pace fast` everything waits for the
slowest module: more hours of sound an hour, for leaks; how quick warnings are says nothing then.
Eight hours: python -m tests.measure.soak --minutes 480 --json soak.json
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ
from tests.measure.soak_figures import (
    FEW,
    MOST_DRIFT_PERCENT,
    MOST_GROWTH_PERCENT,
    Drift,
    Look,
    drift,
    more_than_before,
    slope,
)
from tests.measure.soak_world import Viewers, config, free_port, neighbours

LOOK_EVERY_S = 5.0
LATENCIES = {
    ("Utterance", "guide"): "warnings",
    ("Obstacle", "guide"): "pictures",
    ("Spoken", "speech"): "spoken",
    ("BrailleLine", "braille"): "braille",
}
_BLOCK_S = BLOCK_SAMPLES / RATE_HZ


class Watch:
    """Reads the run's events and looks at its process; a row a minute."""

    def __init__(self, process: psutil.Process) -> None:
        self.began_s = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.latencies: dict[str, list[tuple[float, float]]] = {"final": []}
        self.looks: list[Look] = []
        self.troubles: list[str] = []
        self.minutes: list[dict[str, Any]] = []
        self.summary: dict[str, Any] = {}
        self._process = process
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look_on, daemon=True)
        self._looking.start()

    @property
    def now_s(self) -> float:
        return time.monotonic() - self.began_s

    def read(self, events: Iterable[str]) -> None:
        """Take every event until the run is over."""
        for line in events:
            if line.startswith('{"type": "AudioBlock"'):
                self.counts["AudioBlock"] += 1
            elif not line.startswith(('{"type": "VideoFrame"', '{"type": "AudioLevel"')):
                self._take(json.loads(line))
            if self.now_s >= 60 * (len(self.minutes) + 1):
                self._row()
        self._over.set()
        self._looking.join()

    def _take(self, event: dict[str, Any]) -> None:
        kind, module = event["type"], event.get("module", "")
        if kind == "summary":
            self.summary = event
            return
        self.counts[kind] += 1
        name = LATENCIES.get((kind, module))
        if kind == "Caption" and event["final"] and event["text"]:
            self.counts["final"] += 1
            name = "final"
        elif kind == "Status" and event["state"] in ("restarting", "stalled", "degraded"):
            self.troubles.append(f"{self.now_s:.0f} s: {module}: {event['state']}: {event['why']}")
            print(self.troubles[-1], file=sys.stderr)
        if name is not None:
            self.latencies.setdefault(name, []).append((self.now_s, event["latency_ms"]))

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            with contextlib.suppress(psutil.Error):
                family = [self._process, *self._process.children(recursive=True)]
                self.looks.append(
                    Look(
                        at_s=self.now_s,
                        rss_mb=sum(one.memory_info().rss for one in family) / 2**20,
                        threads=sum(one.num_threads() for one in family),
                        descriptors=sum(one.num_fds() for one in family),
                        children=len(family) - 1,
                    )
                )

    def _row(self) -> None:
        since_s = 60 * len(self.minutes)
        row: dict[str, Any] = {"minute": len(self.minutes) + 1}
        if self.looks:
            last = asdict(self.looks[-1])
            row |= {key: round(last[key], 1) for key in last if key != "at_s"}
        row |= {
            "sound_s": round(self.counts["AudioBlock"] * _BLOCK_S, 1),
            "gaps": self.counts["Gap"],
            "finals": self.counts["final"],
        }
        for name in ("final", "warnings", "pictures"):
            found = [ms for at_s, ms in self.latencies.get(name, ()) if at_s >= since_s]
            row[f"{name}_n"] = len(found)
            row[f"{name}_p50_ms"], row[f"{name}_p99_ms"] = (
                (round(float(value)) for value in np.percentile(found, (50, 99)))
                if found
                else (None, None)
            )
        if not self.minutes:
            print("  ".join(row))
        print("  ".join(str(value).rjust(len(key)) for key, value in row.items()), flush=True)
        self.minutes.append(row)


def verdict(watch: Watch, pace: str, warm_s: float, code: int, viewers: Viewers) -> dict[str, Any]:
    """All figures, and under `well` what holds and what does not."""
    lost = sum(
        channel["drops"]
        for channel in watch.summary.get("channels", ())
        if channel["event"] == "AudioBlock"
    )
    end_s = watch.looks[-1].at_s if watch.looks else watch.now_s
    warm = [look for look in watch.looks if look.at_s >= warm_s]
    memory = slope([look.at_s for look in warm], [look.rss_mb for look in warm])
    drifts: dict[str, Drift | None] = {
        name: drift(watch.latencies.get(name, ()), warm_s, end_s)
        for name in ("warnings", "pictures", "final")
    }
    # A warning is decided while its picture is looked at. Of warnings there are too few in a tenth
    # of an hour to tell a p99; then it is how old pictures are when that is done.
    judged = "warnings"
    if drifts["warnings"] is None or drifts["warnings"].few < FEW:
        judged = "pictures"
    alert = drifts[judged]
    more = {
        name: more_than_before(warm, name) if warm else 0
        for name in ("threads", "descriptors", "children")
    }
    well = {
        "ended well": code == 0,
        "no sound lost": bool(watch.summary) and lost == 0 and watch.counts["Gap"] == 0,
        "no module in trouble": not watch.troubles,
        "captions and warnings came": bool(watch.counts["final"] and watch.counts["Utterance"]),
        "memory flat": memory is not None and memory.growth_percent <= MOST_GROWTH_PERCENT,
        "no thread, descriptor or process leaked": all(count <= 0 for count in more.values()),
        "every viewer was served": viewers.failed == 0,
    }
    if pace == "real":
        well["warnings as quick"] = alert is not None and alert.percent <= MOST_DRIFT_PERCENT
    return {
        "pace": pace,
        "minutes": round(end_s / 60, 1),
        "warm_up_minutes": round(warm_s / 60, 1),
        "sound_hours": round(watch.counts["AudioBlock"] * _BLOCK_S / 3600, 3),
        "audio_blocks": watch.counts["AudioBlock"],
        "audio_blocks_lost": lost,
        "gaps": watch.counts["Gap"],
        "finals": watch.counts["final"],
        "warnings": watch.counts["Utterance"],
        "viewers": viewers.came,
        "memory": None
        if memory is None
        else {**asdict(memory), "growth_percent": memory.growth_percent},
        "more_at_the_end": more,
        "p99_drift": {
            name: None if one is None else {**asdict(one), "percent": one.percent}
            for name, one in drifts.items()
        },
        "judged_by": judged,
        "troubles": watch.troubles,
        "well": well,
    }


def main() -> int:
    """Run, watch, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--pace", choices=("real", "fast"), default="real")
    parser.add_argument("--voice", default="pyttsx3")
    parser.add_argument("--warm-minutes", type=float, help="a fifth of the run, at most 10")
    parser.add_argument("--json", type=Path, help="all figures into this file")
    args = parser.parse_args()
    warm_s = 60 * (args.warm_minutes or min(10.0, args.minutes / 5))
    with TemporaryDirectory(prefix="ea-soak-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        port = free_port()
        more = stack.enter_context(neighbours(folder))
        file = config(folder, args.pace, args.voice, port, more)
        os.mkfifo(folder / "events")
        command = [sys.executable, "-m", "edgeassist.cli.main", "run", file]
        command += ["--seconds", str(args.minutes * 60), "--json", folder / "events"]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # closes what is open
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        stack.callback(process.kill)
        viewers = Viewers(port)
        with (folder / "events").open("r", encoding="utf-8") as events:
            first = events.readline()  # all modules are open: the time begins
            watch = Watch(psutil.Process(process.pid))
            viewers.begin()
            watch.read(itertools.chain([first], events))
        viewers.close()
        code = process.wait(60)
    found = verdict(watch, args.pace, warm_s, code, viewers)
    if args.json:
        looks = [asdict(look) for look in watch.looks]
        record = {**found, "rows": watch.minutes, "looks": looks, "summary": watch.summary}
        args.json.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if all(found["well"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
