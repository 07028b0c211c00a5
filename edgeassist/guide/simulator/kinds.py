"""The kinds of walks: what each seed of a kind leads into."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from edgeassist.guide.simulator import textures
from edgeassist.guide.simulator.maker import Maker
from edgeassist.guide.simulator.photos import Cutout
from edgeassist.guide.simulator.scene import CONTACT_M, Drop, Scene, Thing
from edgeassist.profile import CameraProfile

AHEAD_S = (5.5, 7.5)  # how long before the contact a walk begins
AFTER_S = 0.05  # and how long after it ends
IN_VIEW = 0.7  # of the camera's field, as an angle: who crosses within it is seen whole
STREET_S = 20.0
STILL_S = 12.0


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


def bicycles(maker: Maker) -> Scene:
    """A bicycle comes straight on, as fast as bicycles are where people walk."""
    rng = maker.rng
    ahead_s = float(rng.uniform(*AHEAD_S))
    along = -float(rng.uniform(2.5, 4.5))
    forward = CONTACT_M + (maker.speed_m_s - along) * ahead_s
    on_foot = maker.person(float(rng.uniform(-0.25, 0.25)), forward, forward_m_s=along)
    texture = textures.rider(rng, on_foot.texture)
    height = 1.15 * on_foot.height_m
    wide, high = texture.sizes[0].shape[1], texture.sizes[0].shape[0]
    maker.things.append(
        replace(
            on_foot,
            kind="bicycle",
            texture=texture,
            height_m=height,
            width_m=height * wide / high,
            steps_hz=0.0,
        )
    )
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
    "bicycles": bicycles,
    "walls": lambda maker: _standing(maker, _wall),
    "boards": lambda maker: _standing(maker, _hanging),
    "branches": lambda maker: _standing(maker, _hanging),
    "poles": lambda maker: _standing(maker, _pole),
    "stairs": stairs,
    "kerbs": kerbs,
    "street": street,
    "still": still,
}
NEED_PEOPLE = frozenset(["persons", "crossers", "bicycles", "street", "still"])


def make_scene(kind: str, seed: int, camera: CameraProfile, people: Sequence[Cutout]) -> Scene:
    """The scene of that seed; the same arguments give the same scene."""
    return KINDS[kind](Maker(kind, seed, camera, people))
