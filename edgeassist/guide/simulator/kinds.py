"""The kinds of walks: what each seed of a kind leads into."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from edgeassist.guide.simulator import textures
from edgeassist.guide.simulator.camera import Lens
from edgeassist.guide.simulator.gait import random_gait
from edgeassist.guide.simulator.photos import PERSON, Cutout
from edgeassist.guide.simulator.scene import CONTACT_M, Drop, Light, Scene, Street, Thing
from edgeassist.profile import CameraProfile

Rng = np.random.Generator

AHEAD_S = (5.5, 7.5)  # how long before the contact a walk begins
AFTER_S = 0.05  # and how long after it ends
IN_VIEW = 0.7  # of the camera's field, as an angle: who crosses within it is seen whole
STREET_S = 20.0
STILL_S = 12.0
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


def persons(maker: Maker) -> Scene:
    """Somebody on a collision course: standing, coming, or crossing; half the time not alone.

    Who crosses comes at an angle the camera sees. At equal speeds it would be 45 degrees, outside
    of most cameras' field: no picture tells of that, and `crossers` shows it.
    """
    rng, speed = maker.rng, maker.speed_m_s
    ahead_s = float(rng.uniform(*AHEAD_S))
    aim = float(rng.uniform(-0.3, 0.3))
    course = str(rng.choice(["stands", "comes", "goes", "crosses"], p=[0.4, 0.3, 0.05, 0.25]))
    across = along = 0.0
    if course == "comes":
        along = -float(rng.uniform(0.6, 1.4))
    elif course == "goes":  # the same way, slower: an old person with a stick
        along = 0.3 * speed
    elif course == "crosses":
        widest = math.tan(IN_VIEW * math.radians(maker.told.fov_deg) / 2)
        across = float(rng.uniform(0.4, 1.0)) * speed * widest * (1 if rng.random() < 0.5 else -1)
    seconds = ahead_s + AFTER_S
    forward = CONTACT_M + (speed - along) * ahead_s
    maker.things.append(
        maker.person(aim - across * ahead_s, forward, right_m_s=across, forward_m_s=along)
    )
    if rng.random() < 0.5:
        _passer_by(maker, float(rng.uniform(3, 6)))
    maker.roadside(seconds)
    return maker.scene(seconds)


def crossers(maker: Maker) -> Scene:
    """Somebody who crosses into the walker at a walker's speed, from wherever that is."""
    rng = maker.rng
    ahead_s = float(rng.uniform(*AHEAD_S))
    across = float(rng.uniform(0.4, 1.4)) * (1 if rng.random() < 0.5 else -1)
    aim = float(rng.uniform(-0.3, 0.3))
    forward = CONTACT_M + maker.speed_m_s * ahead_s
    maker.things.append(maker.person(aim - across * ahead_s, forward, right_m_s=across))
    return maker.scene(ahead_s + AFTER_S)


def street(maker: Maker) -> Scene:
    """A street with passers-by, nobody and nothing in the way."""
    maker.street = replace(
        maker.street,
        left_m=max(maker.street.left_m, 2.6),
        right_m=max(maker.street.right_m, 2.6),
    )
    at_s = float(maker.rng.uniform(2, 5))
    while at_s < STREET_S:
        _passer_by(maker, at_s)
        at_s += float(maker.rng.uniform(1.5, 6))
    maker.roadside(STREET_S)
    return maker.scene(STREET_S)


def _passer_by(maker: Maker, beside_s: float) -> None:
    """Somebody who is beside the walker at that moment, an arm's length and more away."""
    rng = maker.rng
    side = 1 if rng.random() < 0.5 else -1
    room = (maker.street.right_m if side > 0 else maker.street.left_m) - 0.4
    off = side * float(rng.uniform(1.35, max(1.4, room)))
    along = float(rng.choice([0.0, -1.0, 0.4], p=[0.3, 0.6, 0.1])) * float(rng.uniform(0.8, 1.5))
    along = min(along, 0.6 * maker.speed_m_s)
    maker.things.append(
        maker.person(off, 0.2 + (maker.speed_m_s - along) * beside_s, forward_m_s=along)
    )


def still(maker: Maker) -> Scene:
    """The walker stands; people pass, and in half of the seeds one comes straight on."""
    rng = maker.rng
    for _ in range(int(rng.integers(1, 4))):
        side = 1 if rng.random() < 0.5 else -1
        along = -float(rng.uniform(0.7, 1.4))
        maker.things.append(
            maker.person(
                side * float(rng.uniform(1.4, 2.4)),
                -along * float(rng.uniform(2, 11)),
                forward_m_s=along,
            )
        )
    maker.things.append(maker.person(float(rng.uniform(-1, 1)), float(rng.uniform(2.5, 5))))
    if rng.random() < 0.5:
        along = -float(rng.uniform(0.7, 1.3))
        ahead_s = float(rng.uniform(6, 9))
        maker.things.pop()  # nobody stands between
        maker.things.append(
            maker.person(
                float(rng.uniform(-0.25, 0.25)), CONTACT_M - along * ahead_s, forward_m_s=along
            )
        )
        return maker.scene(ahead_s + AFTER_S, still=True)
    return maker.scene(STILL_S, still=True)


def _standing(maker: Maker, make: Callable[[Maker, float], Thing]) -> Scene:
    ahead_s = float(maker.rng.uniform(*AHEAD_S))
    seconds = ahead_s + AFTER_S
    maker.things.append(make(maker, CONTACT_M + maker.speed_m_s * ahead_s))
    if maker.kind != "walls":
        maker.roadside(seconds)
    return maker.scene(seconds)


def _wall(maker: Maker, forward_m: float) -> Thing:
    rng = maker.rng
    width, height = float(rng.uniform(2.5, 6)), float(rng.uniform(1.6, 3))
    return Thing(
        kind="wall",
        texture=textures.wall(rng, width, height),
        right_m=float(rng.uniform(-0.8, 0.8)),
        forward_m=forward_m,
        width_m=width,
        height_m=height,
        turn_rad=math.radians(float(rng.uniform(-20, 20))),
    )


def _hanging(maker: Maker, forward_m: float) -> Thing:
    rng = maker.rng
    width, height = float(rng.uniform(0.5, 1.2)), float(rng.uniform(0.3, 0.6))
    leaves = maker.kind == "branches"
    return Thing(
        kind="branch" if leaves else "board",
        texture=(textures.branch if leaves else textures.board)(rng, width, height),
        right_m=float(rng.uniform(-0.2, 0.2)),
        forward_m=forward_m,
        width_m=width,
        height_m=height,
        base_m=float(rng.uniform(1.35, 1.7)),
    )


def _pole(maker: Maker, forward_m: float) -> Thing:
    rng = maker.rng
    return maker.post(
        float(rng.uniform(-0.2, 0.2)),
        forward_m,
        float(rng.uniform(0.08, 0.2)),
        float(rng.uniform(2.2, 5)),
    )


def _going_down(maker: Maker, steps: int, rise: tuple[float, float]) -> Scene:
    rng = maker.rng
    ahead_s = float(rng.uniform(*AHEAD_S))
    maker.drop = Drop(
        kind="kerb" if steps == 1 else "stairs",
        forward_m=CONTACT_M + maker.speed_m_s * ahead_s,
        steps=steps,
        rise_m=float(rng.uniform(*rise)),
        tread_m=float(rng.uniform(0.26, 0.34)),
        edge=(60, 220, 235) if rng.random() < 0.3 else None,
    )
    return maker.scene(ahead_s + AFTER_S)


def stairs(maker: Maker) -> Scene:
    """Stairs that lead down."""
    return _going_down(maker, int(maker.rng.integers(3, 10)), (0.14, 0.18))


def kerbs(maker: Maker) -> Scene:
    """A pavement that ends."""
    return _going_down(maker, 1, (0.1, 0.18))


KINDS: Mapping[str, Callable[[Maker], Scene]] = {
    "persons": persons,
    "crossers": crossers,
    "walls": lambda maker: _standing(maker, _wall),
    "boards": lambda maker: _standing(maker, _hanging),
    "branches": lambda maker: _standing(maker, _hanging),
    "poles": lambda maker: _standing(maker, _pole),
    "stairs": stairs,
    "kerbs": kerbs,
    "street": street,
    "still": still,
}
NEED_PEOPLE = frozenset(["persons", "crossers", "street", "still"])


def make_scene(kind: str, seed: int, camera: CameraProfile, people: Sequence[Cutout]) -> Scene:
    """The scene of that seed; the same arguments give the same scene."""
    return KINDS[kind](Maker(kind, seed, camera, people))
