"""What no detector knows is warned of in time; what is not there is not."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from simulated_walks import CAMERA, contact_s, frames, scene_of

from edgeassist.guide.classless import FIRST_NUMBER, Watch
from edgeassist.guide.obstructions import Obstructions
from edgeassist.guide.regions import Region
from edgeassist.guide.simulator.kinds import make_scene
from edgeassist.loop.events import Box, Obstacle, Side, VideoFrame
from edgeassist.profile import CameraProfile


def told(
    kind: str, seed: int, *, left_s: float = 1.0, camera: CameraProfile = CAMERA
) -> list[tuple[float, Obstacle]]:
    """What was told of, with the seconds left, from 4.5 s until `left_s` before it is reached."""
    scene = make_scene(kind, seed, camera, [])
    reached_s = contact_s(scene)
    watch, found = Watch(scene.camera), []
    for frame in frames(scene, reached_s - 4.5, reached_s - left_s):
        for obstacle, _ in watch.step(frame, []).obstacles:
            found.append((reached_s - frame.at_s, obstacle))
    return found


@pytest.mark.parametrize(
    ("kind", "seed", "label"),
    [
        ("walls", 3, "wall"),
        ("walls", 4, "wall"),
        ("poles", 3, "pole"),
        ("poles", 7, "pole"),
        ("boards", 2, "overhead obstacle"),
        ("branches", 1, "overhead obstacle"),
        ("stairs", 0, "drop"),
        ("stairs", 4, "drop"),
    ],
)
def test_what_stands_hangs_or_drops_away_is_told_in_time(kind: str, seed: int, label: str) -> None:
    found = told(kind, seed)
    assert found[0][0] >= 1.5
    labels = [obstacle.label for _, obstacle in found]
    assert max(set(labels), key=labels.count) == label
    for left_s, obstacle in found:
        assert obstacle.ttc_s is not None
        assert obstacle.distance_low_m is not None
        assert obstacle.distance_high_m is not None
        assert obstacle.distance_m is not None
        assert obstacle.distance_low_m <= obstacle.distance_m <= obstacle.distance_high_m
        # The camera is at it a third of a second after the hands are.
        assert obstacle.ttc_s == pytest.approx(left_s + 0.35, rel=0.4, abs=0.3)
        assert obstacle.track >= FIRST_NUMBER


@pytest.mark.parametrize("seed", [5113, 5140])
def test_a_wall_by_night_is_told_in_time_though_noise_looks_like_itself_anywhere(seed: int) -> None:
    assert make_scene("walls", seed, CameraProfile(), []).light.lamp
    found = told("walls", seed, camera=CameraProfile())
    assert found
    assert found[0][0] >= 1.5
    assert all(
        obstacle.ttc_s == pytest.approx(left_s + 0.35, rel=0.5) for left_s, obstacle in found
    )


def test_an_empty_street_says_nothing() -> None:
    for seed in range(3):  # by day, against the sun, by night
        scene = scene_of("kerbs", seed, empty=True)
        watch = Watch(scene.camera)
        steps = [watch.step(frame, []) for frame in frames(scene, 0, 2.5)]
        assert [step.obstacles for step in steps if step.obstacles] == []


@pytest.mark.parametrize("seed", [0, 8, 13])
def test_the_ground_tells_how_fast_one_walks(seed: int) -> None:
    scene = scene_of("kerbs", seed, empty=True)
    watch = Watch(scene.camera)
    steps = [watch.step(frame, []) for frame in frames(scene, 0, 3)]
    speeds = [step.speed_m_s for step in steps if step.speed_m_s is not None]
    assert len(speeds) > len(steps) / 2
    assert np.median(speeds) == pytest.approx(scene.speed_m_s, rel=0.15)
    assert steps[-1].walking is True


@pytest.mark.parametrize(("kind", "seed"), [("walls", 4), ("poles", 3), ("kerbs", 8)])
def test_who_stands_is_told_of_nothing_that_stands_too(kind: str, seed: int) -> None:
    scene = scene_of(kind, seed, speed=0.0)
    watch = Watch(scene.camera)
    steps = [watch.step(frame, []) for frame in frames(scene, 0, 2.5)]
    assert [step.obstacles for step in steps if step.obstacles] == []
    assert all(step.walking is not True for step in steps)


def test_who_stands_on_paving_is_known_to_stand() -> None:
    scene = scene_of("kerbs", 13, speed=0.0)
    watch = Watch(scene.camera)
    assert [watch.step(frame, []).walking for frame in frames(scene, 0, 2)][-1] is False


def test_posts_beside_the_way_are_not_told() -> None:
    scene = scene_of("poles", 5)
    aside = tuple(thing for thing in scene.things if abs(thing.right_m) > 1)
    assert aside
    watch = Watch(scene.camera)
    scene = replace(scene, things=aside)
    assert not [obstacle for f in frames(scene, 0, 3) for obstacle in watch.step(f, []).obstacles]


def test_what_the_detector_knows_is_not_told_twice() -> None:
    scene = scene_of("poles", 3)
    reached_s = contact_s(scene)
    watch = Watch(scene.camera)
    everywhere = Box(label="person", score=0.9, x1=0, y1=0, x2=320, y2=240)
    for frame in frames(scene, reached_s - 3, reached_s - 1.5):
        assert not watch.step(frame, [everywhere]).obstacles


@pytest.mark.parametrize("kind", ["even", "dark", "noise", "jumping"])
def test_pictures_that_tell_nothing_are_not_made_out_to_tell_something(kind: str) -> None:
    rng = np.random.default_rng(0)
    street = next(frames(scene_of("poles", 3))).image
    watch = Watch(CAMERA)
    for number in range(40):
        match kind:
            case "even":
                image = np.full((240, 320, 3), 128, np.uint8)
            case "dark":
                image = np.clip(rng.normal(4, 3, (240, 320, 3)), 0, 255).astype(np.uint8)
            case "noise":
                image = rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)
            case _:
                move = np.array([[1, 0, rng.normal(0, 40)], [0, 1, rng.normal(0, 40)]])
                image = cv2.warpAffine(street, move, (320, 240), borderMode=cv2.BORDER_REFLECT)
        frame = VideoFrame(captured_ns=0, image=image, number=number, at_s=number / 12)
        assert not watch.step(frame, []).obstacles


def test_a_jump_in_time_or_size_begins_anew_and_does_not_fail() -> None:
    scene = scene_of("poles", 3)
    watch = Watch(scene.camera)
    pictures = list(frames(scene, 2, 3))
    for at_s, image in [
        (2.0, pictures[0].image),
        (2.1, pictures[1].image),
        (1.0, pictures[2].image),
        (90.0, pictures[3].image),
        (90.1, np.zeros((48, 64, 3), np.uint8)),
        (90.2, np.zeros((4, 4, 3), np.uint8)),
        (90.3, np.full((2160, 3840, 3), 90, np.uint8)),
    ]:
        step = watch.step(VideoFrame(captured_ns=0, image=image, number=0, at_s=at_s), [])
        assert not step.obstacles


def test_a_way_round_is_told_only_where_it_was_seen() -> None:
    sides = {o.free for _, o in told("poles", 3)}
    assert sides <= {None, Side.LEFT, Side.RIGHT}
    assert {o.free for _, o in told("walls", 3)} == {None}
    assert {o.free for _, o in told("stairs", 0)} == {None}


def region(ttc_s: float, left_m: float = -0.1, weight: float = 60.0) -> Region:
    return Region(
        label="pole",
        box=(150, 20, 160, 200),
        ttc_s=ttc_s,
        distance_m=1.2 * ttc_s,
        left_m=left_m,
        right_m=left_m + 0.2,
        weight=weight,
    )


def seen_in(pictures: list[list[Region]], fps: float = 10.0) -> list[int]:
    memory = Obstructions()
    return [len(memory.step(i / fps, regions)) for i, regions in enumerate(pictures)]


@pytest.mark.parametrize(
    ("pictures", "sure"),
    [
        ([[region(3 - i / 10)] for i in range(6)], True),  # nearer as time goes by
        ([[region(3 - i / 10)] if i % 3 else [] for i in range(8)], True),  # it flickers
        ([[region(3.0)]], False),  # once is chance
        ([[region(3 - i / 10)] if i % 3 == 0 else [] for i in range(8)], False),
        ([[region(3 - i)] for i in range(4)], False),  # nearer too fast
        ([[region(3 - i / 10, left_m=i)] for i in range(8)], False),  # it jumps aside
        ([[region(3 - i / 10, weight=2)] for i in range(6)], False),  # too faint
    ],
)
def test_only_what_is_seen_again_where_it_should_be_is_there(
    pictures: list[list[Region]], sure: bool
) -> None:
    assert bool(seen_in(pictures)[-1]) is sure


def test_it_is_held_for_a_moment_and_then_forgotten() -> None:
    found = seen_in([[region(3 - i / 10)] for i in range(6)] + [[]] * 6)
    assert found[6:8] == [1, 1]
    assert found[-1] == 0


def test_two_things_are_told_apart_by_when_they_are_reached() -> None:
    memory = Obstructions()
    for i in range(6):
        found = memory.step(i / 10, [region(3 - i / 10), region(1.5 - i / 10, left_m=0.3)])
    assert len({one.number for one in found}) == 2
    assert sorted(round(one.ttc_s, 1) for one in found) == [1.0, 2.5]
    assert not math.isnan(found[0].distance_m)
