"""How well speech is understood: every voice says the same sentences, Whisper base hears them.

Run as ``python tests/measure/speech_readback.py [--voices kokoro,pyttsx3] [--every N]``. Prints a
JSON object for each voice: character error rate (over NFKC, simplified characters without marks,
figures written out), how many sentences were heard without a mistake, time to make speech over the
time it sounds, first sound of a clause (median), memory of the process and its children.
Whisper runs alike for all: beam 5, no temperature, 0.3 s of silence before and 0.5 s after.
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

import numpy as np

from edgeassist.bench import text_errors
from edgeassist.bench.loads.speech import at_16_khz
from edgeassist.bench.text_errors import distance

SENTENCES = Path(text_errors.__file__).parent / "data" / "speech_zh.txt"


def speak(name: str, sentences: list[str], threads: int, folder: Path) -> dict[str, float]:
    """Say everything into `folder`, in this process; the figures of the voice alone."""
    import psutil

    from edgeassist import plugins
    from edgeassist.speech.voice import render
    from edgeassist.testing import context

    plugin = plugins.ready("voices", name)
    given = {"threads": threads} if name == "kokoro" else {}
    voice = plugin(plugin.Options(**given), context())
    list(render(voice, "你好，世界。", "zh"))
    took_s = worked_s = sounds_s = 0.0
    first_ms = []
    for number, text in enumerate(sentences):
        began_s, first_s = time.perf_counter(), 0.0
        cpu_s = time.process_time()
        pieces = []
        for piece in render(voice, text, "zh"):
            first_s = first_s or time.perf_counter() - began_s
            pieces.append(piece)
        took_s += time.perf_counter() - began_s
        worked_s += time.process_time() - cpu_s
        first_ms.append(first_s * 1000)
        made = np.concatenate(pieces)
        sounds_s += len(made) / voice.rate_hz
        np.save(folder / f"{number}.npy", at_16_khz(made, voice.rate_hz))
    status = Path("/proc/self/status").read_text()
    peak_kb = int(re.search(r"VmHWM:\s+(\d+)", status)[1])
    children = sum(child.memory_info().rss for child in psutil.Process().children())
    voice.close()
    return {
        "rtf": round(took_s / sounds_s, 3),
        "processor_s_per_s": round(worked_s / sounds_s, 3),
        "sentence_first_ms": round(statistics.median(first_ms), 1),
        "peak_mb": round(peak_kb / 1024 + children / 1e6, 1),
    }


def hear(count: int, folder: Path) -> list[str]:
    """What Whisper base understands of each file."""
    from faster_whisper import WhisperModel

    from edgeassist.modelstore import installed

    model = WhisperModel(str(installed("whisper-base")), compute_type="int8", cpu_threads=1)
    heard = []
    for number in range(count):
        segments, _ = model.transcribe(
            np.load(folder / f"{number}.npy"),
            language="zh",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        heard.append("".join(segment.text for segment in segments))
    return heard


def main() -> None:
    """Each voice in a process of its own, so that its memory is its own."""
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", default="kokoro,pyttsx3")
    parser.add_argument("--every", type=int, default=1, help="only every nth sentence")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="what was misheard")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    sentences = SENTENCES.read_text("utf-8").split("\n")[: 100 : args.every]
    if args.into:
        print(json.dumps(speak(args.voices, sentences, args.threads, args.into)))
        return
    for name in args.voices.split(","):
        with tempfile.TemporaryDirectory() as folder:
            options = [f"--{key}={getattr(args, key)}" for key in ("every", "threads")]
            command = [sys.executable, __file__, *options, f"--voices={name}", f"--into={folder}"]
            spoken = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
            heard = hear(len(sentences), Path(folder))
        wanted, got = (
            [*map(text_errors.characters, sentences)],
            [*map(text_errors.characters, heard)],
        )
        wrong = [distance(one, other) for one, other in zip(wanted, got, strict=True)]
        if args.show:
            for one, other in zip(wanted, got, strict=True):
                if one != other:
                    print(f"{one} | {other}", file=sys.stderr)
        record = {
            "voice": name,
            "sentences": len(sentences),
            "cer": round(sum(wrong) / sum(map(len, wanted)), 4),
            "heard_whole": wrong.count(0),
            **json.loads(spoken.stdout),
        }
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
