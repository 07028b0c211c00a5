"""Kill -9 at any moment, again and again: python -m tests.measure.kills [--kills 200].

Runs `edgeassist run` with captions (the real recogniser) of recorded speech as fast as it goes, one
transcript for all runs, and kills it at a random moment: while it starts, while it listens, in the
very moment a final is shown. Every final that was shown must stand in the transcript, and the next
run must go on with it. Prints what was lost; exit code 0 if nothing was.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from edgeassist.captions.transcript import Journal, read_journal
from edgeassist.modelstore import installed

_MOST_S = 300.0
_EARLY = 0.15  # of the kills come before anything was said
_CONFIG = """language = "zh"
pace = "fast"
[modules.wav]
paths = {paths}
gap_s = 1.0
repeat = true
[modules.captions]
engine = "{engine}"
transcript = "{transcript}"
[modules.terminal]
"""


@dataclass(slots=True)
class Tally:
    """What came of the kills."""

    kills: int = 0
    early: int = 0  # before the first final
    shown: int = 0
    torn: int = 0  # kills that left a line that was not whole
    lost: list[str] = field(default_factory=list)


def kill_once(folder: Path, chance: random.Random, tally: Tally) -> None:
    """One run with one end."""
    transcript = folder / "transcript.jsonl"
    command = [sys.executable, "-m", "edgeassist.cli.main", "run", str(folder / "kills.toml")]
    shown: list[str] = []
    enough = threading.Event()
    early = chance.random() < _EARLY
    finals = 0 if early else chance.choice((1, 1, 1, 2, 3, 4))
    environment = {**os.environ, "EDGEASSIST_LANG": "en"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("caption  ") and line.endswith("\n"):
                    shown.append(line.split("  ", 2)[2].rstrip("\n"))
                    if len(shown) == finals:
                        enough.set()
            enough.set()

        reading = threading.Thread(target=read)
        reading.start()
        try:
            enough.wait(chance.uniform(0.05, 3.0) if early else _MOST_S)
            if not early and chance.random() < 0.5:
                threading.Event().wait(chance.uniform(0, 1.0))
        finally:
            process.kill()
            process.wait()
        reading.join()  # what was shown before the end counts too
    tally.kills += 1
    tally.early += not shown
    tally.shown += len(shown)
    data = transcript.read_bytes() if transcript.exists() else b""
    tally.torn += bool(data) and not data.endswith(b"\n")
    kept = [json.loads(line).get("text") for line in data.splitlines() if line.endswith(b"}")]
    at = len(kept)
    for text in reversed(shown):  # each shown final has a line of its own, in order
        at = next((n for n in range(at - 1, -1, -1) if kept[n] == text), -1)
        if at < 0:
            tally.lost.append(text)
            break


def kills(count: int, seed: int, engine: str, told: bool = True) -> Tally:
    """So many, on one transcript; raises where the transcript cannot be read on."""
    speech = [str(path) for path in sorted(installed("demo-speech").glob("*/*.wav"))]
    tally = Tally()
    chance = random.Random(seed)
    with TemporaryDirectory(prefix="ea-kills-") as name:
        folder = Path(name)
        transcript = folder / "transcript.jsonl"
        config = _CONFIG.format(paths=json.dumps(speech), transcript=transcript, engine=engine)
        (folder / "kills.toml").write_text(config, "utf-8")
        for number in range(1, count + 1):
            kill_once(folder, chance, tally)
            if told and number % 10 == 0:
                print(
                    f"{number} kills, {tally.shown} finals shown, {len(tally.lost)} lost",
                    flush=True,
                )
        if transcript.exists():
            Journal(transcript).close()  # cuts off what the last kill tore
            whole = sum(len(session.cues) for session in read_journal(transcript))
            assert whole >= tally.shown - len(tally.lost), (whole, tally.shown)
    return tally


def main() -> int:
    """Kill, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="whisper", help="vosk starts in half the time")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # closes what is open
    tally = kills(args.kills, args.seed, args.engine)
    print(
        f"{tally.kills} kills ({tally.early} before anything was shown, {tally.torn} tore a line): "
        f"{tally.shown} finals shown, {len(tally.lost)} lost {tally.lost or ''}"
    )
    return 1 if tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())
