"""Says a reading and interrupts it by a danger, and listens to the loudspeaker meanwhile.

Reading and danger are tones of 500 and 2000 Hz, so that a recording shows which of them sounds
when. Prints one JSON object, times in ms after the danger came.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

os.environ["PULSE_SOURCE"] = "ea_out.monitor"  # listen to what is played

from edgeassist.devices.microphone import Microphone, MicrophoneOptions
from edgeassist.devices.speaker import Speaker, SpeakerOptions
from edgeassist.loop.clock import NS, RealClock
from edgeassist.loop.events import AudioBlock, Priority, Spoken, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.player import Player

READING_HZ, DANGER_HZ = 500, 2000
STEP = 80  # samples of 16 kHz: 5 ms


@dataclass(frozen=True)
class NoOptions:
    pass


class Tones:
    """A voice with one tone for readings and one for dangers."""

    Options = NoOptions
    rate_hz = 22_050
    name = "tones"

    def synthesize(self, text: str, language: str) -> Iterator[np.ndarray]:
        danger = text == "danger"
        at = np.arange(round((0.4 if danger else 1.5) * self.rate_hz)) / self.rate_hz
        tone = np.sin(2 * np.pi * (DANGER_HZ if danger else READING_HZ) * at + 0.5)
        yield (8000 * tone).astype(np.int16)

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        pass


def main() -> None:
    clock = RealClock()
    context = Context(name="test", clock=clock, stopping=Stopping(clock), profile=Profile())
    microphone = Microphone(MicrophoneOptions(), context)
    microphone.open()
    heard: list[AudioBlock] = []
    listener = threading.Thread(
        target=lambda: heard.extend(e for e in microphone.events() if isinstance(e, AudioBlock))
    )
    listener.start()

    def output() -> Speaker:
        speaker = Speaker(SpeakerOptions(), context)
        speaker.open(Tones.rate_hz)
        return speaker

    told: list[Spoken] = []
    player = Player(Tones(), output(), clock, told.append, output)

    def say(text: str, priority: Priority) -> int:
        now_ns = clock.now_ns()
        player.say(Utterance(captured_ns=now_ns, text=text, language="en", priority=priority))
        return now_ns

    say("reading aloud", Priority.TEXT)
    context.stopping.wait(0.8)
    danger_ns = say("danger", Priority.DANGER)
    player.finish()
    player.close()
    context.stopping.tell(1.0)
    listener.join()
    microphone.close()

    sound = np.concatenate([block.samples for block in heard]).astype(float) / 8000
    stamps = np.array([block.captured_ns for block in heard])
    began_ns = np.median(stamps - np.arange(len(stamps)) * 320 * NS // 16_000)
    steps = sound[: len(sound) // STEP * STEP].reshape(-1, STEP)
    wave = np.exp(-2j * np.pi * np.outer((READING_HZ, DANGER_HZ), np.arange(STEP)) / 16_000)
    reading, danger = 2 * np.abs(wave @ steps.T) / STEP > 0.3
    at_ms = (began_ns + np.arange(len(steps)) * STEP * NS / 16_000 - danger_ns) / 1e6
    first = int(np.argmax(danger))
    started = {spoken.text: spoken.started_ns for spoken in told}
    print(
        json.dumps(
            {
                "reading_stops_ms": float(at_ms[:first][reading[:first]].max()),
                "danger_sounds_ms": float(at_ms[first]),
                "danger_handed_ms": (started["danger"] - danger_ns) / 1e6,
                "both_ms": int((reading & danger).sum()) * 5,
                "danger_ms": int(danger.sum()) * 5,
                "reading_resumes": bool(reading[first:].any()),
                "how": [[spoken.text, spoken.how.value] for spoken in told],
            }
        )
    )


if __name__ == "__main__":
    main()
