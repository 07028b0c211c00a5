"""Memory of the espeak-ng path: python -m tests.measure.speech_memory

Says a few sentences with many-sounding characters in both languages into nothing, with the
loudspeaker's library loaded as it is when it plays. RSS, and PSS, where a page that several
processes share counts in part, of this process and of the child with pyttsx3.
"""

from __future__ import annotations

import re
from pathlib import Path

import sounddevice  # noqa: F401 - what playing loads

from edgeassist.loop.clock import RealClock
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.engines.pyttsx3 import Pyttsx3, Pyttsx3Options
from edgeassist.speech.voice import render

TEXTS = (
    ("前方两米，有台阶。", "zh"),
    ("他长大了，行长在银行里行走，还了钱还要睡着。", "zh"),
    ("Turn left here.", "en"),
)


def megabytes(process: int | str) -> list[float]:
    """RSS and PSS."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = (re.search(rf"^{kind}:\s+(\d+)", told, re.M) for kind in ("Rss", "Pss"))
    return [int(one[1]) / 1024 if one else 0.0 for one in found]


def main() -> None:
    """Print both processes and the sum."""
    clock = RealClock()
    context = Context(name="say", clock=clock, stopping=Stopping(clock), profile=Profile())
    voice = Pyttsx3(Pyttsx3Options(), context)
    for text, language in TEXTS:
        for _ in render(voice, text, language):
            pass
    parent, child = megabytes("self"), megabytes(voice.child_pid)
    voice.close()
    both = [sum(pair) for pair in zip(parent, child, strict=True)]
    for name, (rss, pss) in (("this process", parent), ("the child", child), ("both", both)):
        print(f"{name}: {rss:.0f} MB RSS, {pss:.0f} MB PSS")


if __name__ == "__main__":
    main()
