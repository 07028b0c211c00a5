"""How soon and how fast a voice speaks: new clauses, cached phrases, threads.

Run as ``python tests/measure/speech_speed.py [kokoro|pyttsx3|piper] [--threads 1]`` on a machine
that does nothing else. Prints a JSON object: median milliseconds to the first sound of a new
clause, time to make speech over the time it sounds (wall clock, processor), peak memory in MB.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from pathlib import Path

CLAUSES = {
    "zh": ("前方两米，", "有台阶。", "左边来车，", "请小心。", "前面是红灯，", "请停下来。"),
    "en": ("Two metres ahead,", "there are steps.", "A car from the left,", "please stop."),
}


def main() -> None:
    """Say each clause three times and print the figures."""
    from edgeassist import plugins
    from edgeassist.speech.voice import render
    from edgeassist.testing import context

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voice", nargs="?", default="kokoro")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--language", default="zh")
    args = parser.parse_args()
    plugin = plugins.ready("voices", args.voice)
    given = {"threads": args.threads} if hasattr(plugin.Options, "threads") else {}
    voice = plugin(plugin.Options(**given), context(language=args.language))
    firsts, sounds_s, took_s, worked_s = [], 0.0, 0.0, 0.0
    for text in CLAUSES[args.language] * 3:
        began_s, cpu_s, first_s = time.perf_counter(), time.process_time(), 0.0
        for piece in render(voice, text, args.language):
            first_s = first_s or time.perf_counter() - began_s
            sounds_s += len(piece) / voice.rate_hz
        firsts.append(first_s * 1000)
        took_s += time.perf_counter() - began_s
        worked_s += time.process_time() - cpu_s
    voice.close()
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(
        json.dumps(
            {
                "voice": args.voice,
                "threads": args.threads,
                "first_ms": round(statistics.median(firsts), 1),
                "rtf": round(took_s / sounds_s, 3),
                "processor_s_per_s": round(worked_s / sounds_s, 3),
                "peak_mb": round(int(peak[1]) / 1024, 1) if peak else None,
            }
        )
    )


if __name__ == "__main__":
    main()
