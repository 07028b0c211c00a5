"""What flows through the loop: small frozen values, each stamped with when its cause was captured.

`captured_ns` is the loop clock's monotonic time at which the *cause* was captured (the sound, the
picture), never when the event was computed: latency is always end to end, and an old
warning can be thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
BLOCK_SAMPLES = 320  # 20 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that flows."""

    captured_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioBlock(Event):
    """Sound: int16 mono at 16 kHz, usually 320 samples (20 ms).

    `captured_ns` is when its first sample was captured; `start_s` is where that sample
    stands in the source's own time (seconds since the source's first sample).
    """

    samples: NDArray[np.int16]
    start_s: float

    @property
    def seconds(self) -> float:
        """How long the block lasts."""
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Event):
    """Sound that was lost before a reader could take it: `seconds` of it from `start_s` on."""

    start_s: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLevel(Event):
    """How loud the sound of the last 100 ms was, for meters: dB below full scale, -100 to 0."""

    peak_dbfs: float
    rms_dbfs: float
    clipped: bool  # it was louder than the microphone's converter can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFrame(Event):
    """A picture: uint8, height x width x 3, BGR. `at_s` is its place in the source's own time."""

    image: NDArray[np.uint8]
    number: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption(Event):
    """What somebody says or said, from `start_s` to `end_s` of the audio's own time.

    The first `stable_chars` characters of a partial never change again; all of a final's are
    stable. `captured_ns` is when the last sound it rests on was captured. A partial replaces the
    partial with the same `utterance`; the final ends it. `language` is "zh", "en", ….
    `heard` is the engine's own text where `text` is a corrected one.
    """

    utterance: int
    text: str
    final: bool
    stable_chars: int
    start_s: float
    end_s: float
    language: str = "zh"
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A detected thing in pixels of the picture it was found in (x right, y down)."""

    label: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle(Event):
    """Something in view that may be in the way, as of one frame."""

    track: int
    label: str  # a COCO class name, in English
    box: Box
    bearing_deg: float  # negative is left of straight ahead
    distance_m: float | None  # None where it cannot be told
    distance_low_m: float | None = None
    distance_high_m: float | None = None
    ttc_s: float | None = None  # time to collision at the present closing speed
    at_s: float = 0.0  # the frame's place in the source's own time
    frame: int = 0  # the frame's number
    free: Side | None = None  # left or right of it the way is surely free


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeReading(Event):
    """What a range sensor (ultrasound, laser) measured: metres to the first thing in its beam.

    `distance_m` is None where nothing came back: nothing is near, or what is there is too soft,
    too slanted or beyond the sensor's reach; it is not a promise of a free way. The beam is a cone
    `beam_deg` wide around `bearing_deg` (negative is left of straight ahead) and, if the sensor
    is worn slanted, `elevation_deg` (positive is up).
    """

    distance_m: float | None
    bearing_deg: float
    beam_deg: float  # the cone's full width
    sensor: str  # its name in messages: "hc-sr04 left"
    elevation_deg: float = 0.0


class Priority(IntEnum):
    """SSIP's ladder (speech-dispatcher), most urgent first."""

    DANGER = 0
    MESSAGE = 1
    TEXT = 2
    NOTIFICATION = 3
    PROGRESS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance(Event):
    """Something to say. It is dropped unsaid after `expires_ns` (loop clock)."""

    text: str
    language: str
    priority: Priority
    expires_ns: int | None = None
    merge_key: str | None = None  # a newer utterance with this key replaces a waiting one
    details: dict[str, Any] = field(default_factory=dict)  # for logs: label, side, distance_m, …


class SpokenHow(StrEnum):
    """How an utterance ended."""

    SAID = "said"
    INTERRUPTED = "interrupted"
    EXPIRED = "expired"
    MERGED = "merged"
    FAILED = "failed"
    MUTED = "muted"  # the user wants to hear less than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken(Event):
    """What became of an utterance; `captured_ns` is the utterance's own."""

    text: str
    language: str
    priority: Priority
    how: SpokenHow
    started_ns: int | None  # when its first sample was handed to the speaker
    ended_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Event):
    """Something a person asks of a module, by key, button, broker or voice: "stop", "rate" 250."""

    name: str
    value: str = ""


class Side(StrEnum):
    """Where, as felt or heard."""

    LEFT = "left"
    AHEAD = "ahead"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse(Event):
    """A vibration: `strength` 0 to 1, `pattern` in alternating on/off milliseconds."""

    side: Side
    strength: float
    pattern: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone(Event):
    """A short sound at once from where something is, whose words have to wait."""

    bearing_deg: float  # negative is left of straight ahead
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class BrailleLine(Event):
    """A text in braille cells (Unicode U+2800 to U+283F).

    `source[i]` is the index in `text` of the character that cell i stands for (for a blank,
    of the character after it).
    """

    text: str
    cells: str
    source: tuple[int, ...]
    final: bool = True
    urgent: bool = False  # a danger: it interrupts what is being read


class State(StrEnum):
    """How a module is."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"  # failed, will be tried again
    STALLED = "stalled"  # alive but not answering
    DEGRADED = "degraded"  # given up on: its function is off
    ENDED = "ended"  # its input is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Event):
    """How `module` is, and why; `lost` says in plain words what the user has to do without."""

    module: str
    state: State
    why: str = ""
    lost: str = ""
