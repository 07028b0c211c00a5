"""Damaged input for every parser of foreign bytes: python -m tests.measure.fuzz [--share N].

Each parser gets real small files, packets or lines, damaged by number, so that every case can be
made again (--only NAME --case NUMBER shows one). It must take them or raise an `EdgeAssistError`:
another exception, a case that takes longer than 20 s and a killed process are reported, and the
exit code is 1. Each parser runs in a process of its own that may take 3 GiB of memory.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edgeassist.errors import EdgeAssistError

from .fuzz_files import FILES, Target
from .fuzz_lines import LINES
from .fuzz_mutate import damaged

TARGETS = {target.name: target for target in (*FILES, *LINES)}
LONGEST_S = 20
_MEMORY = 3 << 30
_MOST_REPORTED = 5


class Hang(Exception):  # noqa: N818 - raised into whatever hangs
    """A case took too long."""


def go(target: Target, first: int, last: int, folder: Path, note: Path | None) -> dict[str, Any]:
    """Run cases `first` to `last` - 1 in this process; what was found."""
    seeds = target.seeds(folder)
    parse = target.prepare(folder)
    for seed in seeds:  # they are good: the parser takes them
        parse(seed)
    refused = 0
    slowest_s = 0.0
    wrong: list[dict[str, Any]] = []
    began_s = time.monotonic()
    for number in range(first, last):
        data = damaged(seeds, number, target.words)
        if note is not None:
            note.write_text(str(number))
        case_s = time.monotonic()
        try:
            signal.alarm(LONGEST_S)
            parse(data)
        except EdgeAssistError as error:
            refused += 1
            if not str(error).strip():
                wrong.append({"case": number, "what": "an error without words"})
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            trace = traceback.format_exception(error)
            wrong.append({"case": number, "what": f"{type(error).__name__}: {error}", "at": trace})
        finally:
            signal.alarm(0)
        slowest_s = max(slowest_s, time.monotonic() - case_s)
    return {
        "cases": last - first,
        "refused": refused,
        "seconds": round(time.monotonic() - began_s, 1),
        "slowest_ms": round(1000 * slowest_s, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "wrong": wrong,
    }


def hang(*_: object) -> None:
    """The alarm."""
    raise Hang(f"more than {LONGEST_S} s")


def _child(name: str, first: int, last: int, out: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, hang)
    faulthandler.enable()
    logging.disable()
    silence()
    with TemporaryDirectory(prefix="ea-fuzz-") as folder:
        found = go(TARGETS[name], first, last, Path(folder), out.with_suffix(".case"))
    out.write_text(json.dumps(found))
    os._exit(0)  # threads of servers need not be waited for


def silence() -> None:
    """FFmpeg and OpenCV write about damaged files by themselves."""
    import av.logging

    av.logging.set_level(None)
    os.environ["OPENCV_LOG_LEVEL"] = "OFF"


def measure(target: Target, cases: int) -> dict[str, Any]:
    """All cases of a target; after a killed process it goes on with the next case."""
    whole: dict[str, Any] = {"cases": 0, "refused": 0, "seconds": 0.0, "slowest_ms": 0.0}
    whole |= {"peak_mb": 0, "wrong": []}
    first = 0
    while first < cases:
        with TemporaryDirectory(prefix="ea-fuzz-") as folder:
            out = Path(folder) / "out"
            command = [sys.executable, "-m", "tests.measure.fuzz", "--only", target.name]
            command += ["--child", str(out), "--range", str(first), str(cases)]
            done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
            if out.exists():
                found = json.loads(out.read_text())
                for key in ("cases", "refused", "seconds"):
                    whole[key] += found[key]
                for key in ("slowest_ms", "peak_mb"):
                    whole[key] = max(whole[key], found[key])
                whole["wrong"] += found["wrong"]
                break
            note = out.with_suffix(".case")
            at = int(note.read_text()) if note.exists() else cases
            whole["wrong"].append(
                {"case": at, "what": f"ended by {done.returncode}", "at": [done.stderr[-2000:]]}
            )
            whole["cases"] += at + 1 - first
            first = at + 1
    return whole


def main() -> int:
    """Run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the cases; 1 is all")
    parser.add_argument("--only", default="", choices=["", *TARGETS])
    parser.add_argument("--case", type=int, help="show what this case does")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--range", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        _child(args.only, *args.range, args.child)
    if args.case is not None:
        with TemporaryDirectory(prefix="ea-fuzz-") as name:
            target, folder = TARGETS[args.only], Path(name)
            data = damaged(target.seeds(folder), args.case, target.words)
            print(data)
            target.prepare(folder)(data)
        return 0
    table = {}
    print(f"{'parser':18} {'cases':>7} {'refused':>8} {'s':>7} {'slowest ms':>10} {'MB':>5}  wrong")
    for target in TARGETS.values():
        if args.only in ("", target.name):
            found = table[target.name] = measure(target, max(1, round(target.cases * args.share)))
            print(
                f"{target.name:18} {found['cases']:7} {found['refused']:8} {found['seconds']:7.1f} "
                f"{found['slowest_ms']:10.1f} {found['peak_mb']:5}  {len(found['wrong'])}",
                flush=True,
            )
            for one in found["wrong"][:_MOST_REPORTED]:
                print(f"  case {one['case']}: {one['what']}")
                print("    " + "    ".join(one.get("at", [])[-3:]), flush=True)
    every = sum(found["cases"] for found in table.values())
    wrong = sum(len(found["wrong"]) for found in table.values())
    print(f"{every} cases, {wrong} wrong")
    if args.json:
        args.json.write_text(json.dumps(table, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
