"""What goes wrong with a running device, and how it comes back: python -m tests.measure.faults.

Does every fault of tests/faults to the same real processes and writes the table of docs/faults.md:
what the user is told, in how many seconds the function is back, what was lost. On an idle machine.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "faults")]

from device import Desk, Ears, Running  # noqa: E402
from kinds import DESK, EARS, Fault, Outcome, inject  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs/faults.md"
_BEGIN, _END = "<!-- table: python -m tests.measure.faults -->", "<!-- end of table -->"


def measured(
    make: Callable[[Path], Running], faults: tuple[Fault, ...]
) -> list[tuple[Fault, Outcome | str]]:
    """Every fault to one device, in turn."""
    found: list[tuple[Fault, Outcome | str]] = []
    with TemporaryDirectory(prefix="ea-faults-") as name:
        device = make(Path(name))
        try:
            for fault in faults:
                if fault.needs_disk and not device.own_disk:
                    continue
                began_s = time.monotonic()
                try:
                    found.append((fault, inject(fault, device)))
                except AssertionError as error:
                    found.append((fault, (str(error) or "no answer").splitlines()[0][:200]))
                print(
                    f"{fault.name}: {found[-1][1]} ({time.monotonic() - began_s:.1f} s)",
                    flush=True,
                )
        finally:
            device.close()
    return found


def row(fault: Fault, outcome: Outcome | str) -> str:
    """One line of the table."""
    if isinstance(outcome, str):
        return f"| {fault.name} | | not back: {outcome} | |"
    said = "; ".join(outcome.told) or "–"
    why = "; ".join(why.split(": ", 1)[-1].split("。")[0] for why in outcome.why) or "–"
    late = "" if outcome.back_s <= fault.within_s else f" (goal {fault.within_s:g})"
    lost = f"{len(outcome.lost)} lines" if outcome.lost else "nothing"
    return f"| {fault.name} | {said} | {why} | {outcome.back_s:.1f}{late} | {lost} |"


def main() -> int:
    """Measure, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/faults.md")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # closes what is open
    found = [*measured(Ears, EARS), *measured(Desk, DESK)]
    rows = [
        "| what goes wrong | said aloud | on the page and in the terminal | back after s | lost |",
        "|---|---|---|---|---|",
        *(row(fault, outcome) for fault, outcome in found),
    ]
    print("\n".join(rows))
    if args.write:
        before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
        after = rest.partition(_END)[2]
        PAGE.write_text(before + "\n".join([_BEGIN, *rows, _END]) + after, "utf-8")
    bad = [
        fault.name
        for fault, outcome in found
        if isinstance(outcome, str) or outcome.lost or outcome.back_s > fault.within_s
    ]
    print(f"{len(found)} faults; not as they should be: {', '.join(bad) or 'none'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
