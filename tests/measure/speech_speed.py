"""How soon and how fast a voice speaks: short clauses and long sentences, one thread and two.

Run as ``python tests/measure/speech_speed.py [kokoro|pyttsx3|piper] [--language zh]`` on a machine
that does nothing else. Prints a JSON object for each number of threads and kind of text: median
milliseconds to the first sound of what was not said before, time to make speech over the time it
sounds (wall clock, processor), peak memory of the process in MB and of what it started.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TEXTS = {
    ("zh", "short"): (
        "前方两米，",
        "有台阶。",
        "左边来车，",
        "请小心。",
        "前面是红灯，",
        "请停下来。",
    ),
    ("zh", "long"): (
        "从这里一直往前走到第二个路口再向右转就能看到地铁站。",
        "如果你在路上遇到困难可以随时按下按钮请求帮助。",
        "明天上午十点我们在图书馆门口见面然后一起去医院。",
    ),
    ("en", "short"): ("Two metres ahead,", "there are steps.", "A car from the left,", "stop."),
    ("en", "long"): (
        "Walk straight on to the second crossing and turn right to find the station.",
        "If you run into trouble on your way you can press the button to ask for help.",
    ),
}
ROUNDS = 3


def measure(name: str, language: str, kind: str, threads: int) -> dict[str, Any]:
    """The figures of one voice, in this process."""
    from edgeassist import plugins
    from edgeassist.speech.voice import render
    from edgeassist.testing import context

    plugin = plugins.ready("voices", name)
    given = {"threads": threads} if hasattr(plugin.Options, "threads") else {}
    voice = plugin(plugin.Options(**given), context(language=language))
    texts = TEXTS[language, kind]
    list(render(voice, texts[0], language))
    firsts, sounds_s, took_s, worked_s = [], 0.0, 0.0, 0.0
    for text in texts * ROUNDS:
        began_s, cpu_s, first_s = time.perf_counter(), time.process_time(), 0.0
        for piece in render(voice, text, language):
            first_s = first_s or time.perf_counter() - began_s
            sounds_s += len(piece) / voice.rate_hz
        firsts.append(first_s * 1000)
        took_s += time.perf_counter() - began_s
        worked_s += time.process_time() - cpu_s
    children = [getattr(voice, "child_pid", None)]
    memory = {"peak_mb": _peak_mb("self"), "child_mb": sum(_peak_mb(c) for c in children if c)}
    voice.close()
    return {
        "voice": name,
        "threads": threads,
        "texts": f"{kind} {language}",
        "first_ms": round(statistics.median(firsts), 1),
        "rtf": round(took_s / sounds_s, 3),
        "processor_s_per_s": round(worked_s / sounds_s, 3),
        **memory,
    }


def _peak_mb(process: object) -> float:
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return round(int(peak[1]) / 1024, 1) if peak else 0.0


def main() -> None:
    """Each figure in a process of its own, so that its memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voice", nargs="?", default="kokoro")
    parser.add_argument("--language", default="zh", choices=("zh", "en"))
    parser.add_argument("--threads", type=int, help="only that many")
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.kind:
        print(json.dumps(measure(args.voice, args.language, args.kind, args.threads)))
        return
    for threads in [args.threads] if args.threads else [1, 2]:
        for kind in ("short", "long"):
            subprocess.run(
                [
                    *(sys.executable, __file__, args.voice, f"--language={args.language}"),
                    *(f"--threads={threads}", f"--kind={kind}"),
                ],
                check=True,
            )


if __name__ == "__main__":
    main()
