"""A board and what hangs on it: camera geometry, threads, default engines (devices/*.toml)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Gt, Le


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraProfile:
    """How the camera sits on the body and what it sees."""

    height_m: Annotated[float, Gt(0), Le(3)] = 1.3  # lens above the ground
    tilt_deg: Annotated[float, Ge(-45), Le(60)] = 10.0  # looking down is positive
    fov_deg: Annotated[float, Gt(10), Le(170)] = 62.0  # horizontal field of view
    body_m: Annotated[float, Ge(0.3), Le(1.5)] = 0.5  # how wide its wearer is, or a wheelchair
    width: Annotated[int, Ge(64)] = 640
    height: Annotated[int, Ge(48)] = 480
    fps: Annotated[float, Gt(0)] = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideProfile:
    """How the detector runs on this board."""

    detector: str = "centernet"
    # The picture is shrunk to about size² pixels; without it the detector looks as it usually
    # does (centernet twice: at 320 and at 512).
    size: Annotated[int, Ge(128), Le(1024)] | None = None
    threads: Annotated[int, Ge(1)] = 1
    too_hot_c: Annotated[float, Ge(40), Le(110)] = 95.0  # of the processor; boards slow down sooner


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionsProfile:
    """How speech recognition runs on this board."""

    recognizer: str = "whisper"
    threads: Annotated[int, Ge(1)] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechProfile:
    """How the device speaks on this board."""

    voice: str = "pyttsx3"


Pin = Annotated[int, Ge(0), Le(27)]  # a GPIO number, not the place on the header


@dataclass(frozen=True, slots=True, kw_only=True)
class HapticsProfile:
    """Where the vibration motors are; without a middle one, left and right together are it."""

    left: Pin | None = None
    ahead: Pin | None = None
    right: Pin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UltrasoundProfile:
    """An HC-SR04: its pins, and where it looks."""

    name: str
    trigger: Pin
    echo: Pin  # through a divider: the sensor gives 5 V, a pin stands 3.3
    bearing_deg: Annotated[float, Ge(-90), Le(90)] = 0.0  # negative is left
    elevation_deg: Annotated[float, Ge(-90), Le(90)] = 0.0  # positive is up


@dataclass(frozen=True, slots=True, kw_only=True)
class LaserProfile:
    """A VL53L1X: where it is on the I2C bus, and where it looks."""

    name: str
    bus: Annotated[int, Ge(0)] = 1
    address: Annotated[int, Ge(0x08), Le(0x77)] = 0x29
    bearing_deg: Annotated[float, Ge(-90), Le(90)] = 0.0
    elevation_deg: Annotated[float, Ge(-90), Le(90)] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RangesProfile:
    """The range sensors, each a table: [[ranges.ultrasound]], [[ranges.laser]]."""

    ultrasound: tuple[UltrasoundProfile, ...] = ()
    laser: tuple[LaserProfile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One board's settings; read from devices/<name>.toml by `edgeassist.config`."""

    name: str = "desktop"
    title: str = "Desktop or laptop"
    camera: CameraProfile = field(default_factory=CameraProfile)
    guide: GuideProfile = field(default_factory=GuideProfile)
    captions: CaptionsProfile = field(default_factory=CaptionsProfile)
    speech: SpeechProfile = field(default_factory=SpeechProfile)
    haptics: HapticsProfile = field(default_factory=HapticsProfile)
    ranges: RangesProfile = field(default_factory=RangesProfile)
