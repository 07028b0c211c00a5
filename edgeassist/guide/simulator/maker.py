"""Puts a scene together: the walker, the street and the light of a seed, and people and posts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgeassist.guide.simulator import textures
from edgeassist.guide.simulator.camera import Lens
from edgeassist.guide.simulator.gait import random_gait
from edgeassist.guide.simulator.photos import PERSON, Cutout
from edgeassist.guide.simulator.scene import Drop, Light, Scene, Street, Thing
from edgeassist.profile import CameraProfile

Rng = np.random.Generator

WORN_M, WORN_DEG = 0.05, 2.0  # how the camera sits against what the device was told


class Maker:
    """Makes the scenes of one seed from what is random, always drawn in the same order."""

    def __init__(
        self, kind: str, seed: int, camera: CameraProfile, people: Sequence[Cutout]
    ) -> None:
        # The kind's name is in the seed: seed 3 of two kinds are different streets.
        self.rng = np.random.default_rng([seed, *kind.encode()])
        self.kind, self.seed, self.people = kind, seed, people
        rng = self.rng
        self.told = replace(
            camera,
            height_m=float(camera.height_m + rng.uniform(-0.2, 0.2)),
            tilt_deg=float(camera.tilt_deg + rng.uniform(-5, 5)),
        )
        self.speed_m_s = float(rng.uniform(0.7, 1.4))
        self.light = light(rng)
        left, right = (float(rng.uniform(1.8, 5.0)) for _ in range(2))
        self.street = Street(
            ground=textures.paving(rng),
            lower=textures.paving(rng),
            left=textures.facade(rng),
            right=textures.facade(rng),
            far=textures.backdrop(rng),
            left_m=left,
            right_m=right,
            houses_m=float(rng.uniform(4, 9)),
        )
        self.things: list[Thing] = []
        self.drop: Drop | None = None

    def scene(self, seconds: float, *, still: bool = False) -> Scene:
        """The scene with what was put into it."""
        rng, told = self.rng, self.told
        gait = random_gait(
            rng,
            speed_m_s=0.0 if still else self.speed_m_s,
            height_m=told.height_m + float(np.clip(rng.normal(0, WORN_M / 2), -WORN_M, WORN_M)),
            tilt_deg=told.tilt_deg + float(np.clip(rng.normal(0, WORN_DEG / 2), -3, 3)),
            turn_deg=float(np.clip(rng.normal(0, WORN_DEG / 2), -3, 3)),
        )
        return Scene(
            kind=self.kind,
            seed=self.seed,
            seconds=seconds,
            gait=gait,
            camera=told,
            lens=Lens(width=told.width, height=told.height, fov_deg=told.fov_deg),
            street=self.street,
            things=tuple(self.things),
            light=self.light,
            drop=self.drop,
        )

    def person(
        self,
        right_m: float,
        forward_m: float,
        *,
        right_m_s: float = 0.0,
        forward_m_s: float = 0.0,
    ) -> Thing:
        """Somebody, of some height."""
        rng = self.rng
        cut = self.people[int(rng.integers(len(self.people)))]
        height = float(rng.uniform(1.5, 1.85))
        moves = math.hypot(right_m_s, forward_m_s)
        return Thing(
            kind=PERSON,
            label=PERSON,
            texture=cut.texture,
            right_m=right_m,
            forward_m=forward_m,
            width_m=height * cut.width_by_height,
            height_m=height,
            right_m_s=right_m_s,
            forward_m_s=forward_m_s,
            steps_hz=1.5 + 0.35 * moves if moves else 0.0,
            mirrored=bool(rng.random() < 0.5),
        )

    def roadside(self, seconds: float) -> None:
        """Posts and trees well beside the way."""
        rng = self.rng
        forward = float(rng.uniform(2, 6))
        while forward < self.speed_m_s * seconds + 20:
            side = 1 if rng.random() < 0.5 else -1
            width = float(rng.uniform(0.08, 0.35))
            room = (self.street.right_m if side > 0 else self.street.left_m) - 0.3
            off = float(rng.uniform(1.2, max(1.3, room))) + width / 2
            self.things.append(self.post(side * off, forward, width, float(rng.uniform(2.5, 5))))
            forward += float(rng.uniform(4, 12))

    def post(self, right_m: float, forward_m: float, width_m: float, height_m: float) -> Thing:
        """A post that stands."""
        return Thing(
            kind="pole",
            texture=textures.pole(self.rng, width_m, height_m),
            right_m=right_m,
            forward_m=forward_m,
            width_m=width_m,
            height_m=height_m,
        )


def light(rng: Rng) -> Light:
    """By day mostly, sometimes by night or against the sun."""
    kind = str(rng.choice(["day", "dull", "glare", "night"], p=[0.5, 0.2, 0.15, 0.15]))
    noise = float(rng.uniform(1.5, 3.5))
    match kind:
        case "day":
            return Light(exposure_s=float(rng.uniform(0.002, 0.008)), noise=noise)
        case "dull":
            return Light(
                exposure_s=float(rng.uniform(0.008, 0.016)),
                noise=noise + 1,
                brightness=float(rng.uniform(0.6, 0.85)),
                flicker=0.05,
            )
        case "glare":
            return Light(
                exposure_s=float(rng.uniform(0.002, 0.006)),
                noise=noise,
                brightness=float(rng.uniform(0.55, 0.8)),
                glare=(float(rng.uniform(-25, 25)), float(rng.uniform(4, 22))),
                flicker=0.08,
            )
        case _:
            return Light(
                exposure_s=float(rng.uniform(0.016, 0.033)),
                noise=float(rng.uniform(5, 9)),
                brightness=float(rng.uniform(0.5, 0.8)),
                lamp=True,
            )
