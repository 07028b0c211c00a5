"""Listens to the microphone for some seconds; says "ready" when it does.

Arguments: seconds, and a wav file for what was heard. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import threading
import wave

import numpy as np

from edgeassist.devices.microphone import Microphone, MicrophoneOptions
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import AudioBlock, Gap
from edgeassist.loop.node import Context, Source, Stopping
from edgeassist.profile import Profile


def main(seconds: float, path: str) -> None:
    clock = RealClock()
    context = Context(name="test", clock=clock, stopping=Stopping(clock), profile=Profile())
    microphone = Microphone(MicrophoneOptions(), context)
    assert isinstance(microphone, Source)
    microphone.open()
    print("ready", flush=True)
    blocks: list[AudioBlock] = []
    ages_ms: list[float] = []
    gaps = 0
    error = ""
    ender = threading.Timer(seconds, context.stopping.tell, (1.0,))
    ender.daemon = True
    ender.start()
    try:
        for event in microphone.events():
            gaps += isinstance(event, Gap)
            if isinstance(event, AudioBlock):
                blocks.append(event)
                ages_ms.append((clock.now_ns() - event.captured_ns) / 1e6)
    except DeviceError as failure:
        error = str(failure)
    microphone.close()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"".join(block.samples.tobytes() for block in blocks))
    captured_s = np.array([block.captured_ns for block in blocks]) / 1e9
    start_s = np.array([block.start_s for block in blocks])
    drift_ms = 1000 * (captured_s - start_s)
    print(
        json.dumps(
            {
                "blocks": len(blocks),
                "sizes": sorted({len(block.samples) for block in blocks}),
                "gaps": gaps,
                "error": error,
                "age_p50_ms": float(np.median(ages_ms)) if ages_ms else None,
                "age_max_ms": max(ages_ms, default=None),
                "stamps_spread_ms": float(np.ptp(drift_ms)) if blocks else None,
            }
        )
    )


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
