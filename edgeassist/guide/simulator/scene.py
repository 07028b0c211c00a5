"""What a simulated walk leads through: things, the street, a drop in the ground, the light."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgeassist.guide.simulator.camera import Lens
from edgeassist.guide.simulator.canvas import Texture
from edgeassist.guide.simulator.gait import Gait
from edgeassist.profile import CameraProfile

CONTACT_M = 0.4  # from the camera to what the walker's hands and feet touch
BODY_M = 0.3  # half of a walker's width: what comes nearer than that is run into
CORRIDOR_M = 0.6  # half of the way that should be free: shoulders and a swinging arm
CLEAR_M = 0.9  # what passes with more room than that is no reason to warn
HEAD_M = 1.8  # what hangs higher is passed under


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something upright that faces the walker; it moves straight on, if it moves.

    `right_m` and `forward_m` are of its middle, at the start of the walk.
    """

    kind: str
    texture: Texture
    right_m: float
    forward_m: float
    width_m: float
    height_m: float
    base_m: float = 0.0  # of its lower edge above the ground
    right_m_s: float = 0.0
    forward_m_s: float = 0.0
    turn_rad: float = 0.0  # away from facing the walker
    steps_hz: float = 0.0  # it bobs, if it walks
    label: str | None = None  # the detector's class, if it has one
    mirrored: bool = False

    def at(self, t_s: float) -> tuple[float, float, float]:
        """Metres right, up (of its lower edge) and forward of its middle at that moment."""
        bob = 0.02 * abs(math.sin(math.pi * self.steps_hz * t_s)) if self.steps_hz else 0.0
        return (
            self.right_m + self.right_m_s * t_s,
            self.base_m + bob,
            self.forward_m + self.forward_m_s * t_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Where the ground goes down: a kerb is one step, stairs are many."""

    kind: str
    forward_m: float
    steps: int
    rise_m: float
    tread_m: float
    edge: tuple[int, int, int] | None  # BGR of a warning stripe on each edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """What is around: the ground, houses to both sides, what the street ends at."""

    ground: Texture
    lower: Texture  # the ground beyond a drop
    left: Texture
    right: Texture
    far: Texture
    left_m: float  # from our way to the houses on the left
    right_m: float
    houses_m: float  # high


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What the light does to the picture."""

    exposure_s: float  # how long the camera gathers light: what moves is smeared
    noise: float  # deviation in grey levels
    brightness: float = 1.0
    lamp: bool = False  # night: light falls off with the distance from the middle
    glare: tuple[float, float] | None = None  # degrees right and up of straight ahead
    flicker: float = 0.0  # the exposure control hunts: relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One walk; `camera` is what the device was told of the camera, the gait holds the truth."""

    kind: str
    seed: int
    seconds: float
    gait: Gait
    camera: CameraProfile
    lens: Lens
    street: Street
    things: tuple[Thing, ...]
    light: Light
    drop: Drop | None = None

    @property
    def speed_m_s(self) -> float:
        """How fast the walker walks."""
        return self.gait.speed_m_s
