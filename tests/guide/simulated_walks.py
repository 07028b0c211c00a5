"""Short simulated walks as pictures: small and few of them, so that a test takes half a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from edgeassist.guide.simulator.kinds import make_scene
from edgeassist.guide.simulator.render import Renderer
from edgeassist.guide.simulator.scene import Scene
from edgeassist.guide.simulator.truth import drop_contact_s, truth
from edgeassist.loop.clock import NS
from edgeassist.loop.events import VideoFrame
from edgeassist.profile import CameraProfile

CAMERA = CameraProfile(width=320, height=240, fps=12)


def scene_of(kind: str, seed: int, *, empty: bool = False, speed: float | None = None) -> Scene:
    """A scene of the simulator; `empty` takes all things and drops out of it."""
    scene = make_scene(kind, seed, CAMERA, [])
    if empty:
        scene = replace(scene, things=(), drop=None)
    if speed is not None:
        scene = replace(scene, gait=replace(scene.gait, speed_m_s=speed))
    return scene


def contact_s(scene: Scene) -> float:
    """When the walker runs into what the scene is about."""
    if scene.drop is not None:
        reached_s = drop_contact_s(scene, scene.drop)
        assert reached_s is not None
        return reached_s
    eye = Renderer(scene).eye(0.0)
    every = (truth(scene, which, 0.0, eye) for which in range(len(scene.things)))
    return min(real.contact_s for real in every if real.collides and real.contact_s is not None)


def frames(scene: Scene, start_s: float = 0.0, end_s: float | None = None) -> Iterator[VideoFrame]:
    """The camera's pictures between two moments of the walk."""
    renderer, fps = Renderer(scene), scene.camera.fps
    end_s = scene.seconds if end_s is None else end_s
    for number in range(round(max(0.0, start_s) * fps), round(end_s * fps)):
        at_s = number / fps
        yield VideoFrame(
            captured_ns=round(at_s * NS),
            image=renderer.picture(at_s),
            number=number,
            at_s=at_s,
        )
