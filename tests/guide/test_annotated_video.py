"""The film of what the guide saw: it plays, keeps its time, and shows the boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgeassist.devices.videofile import open_video
from edgeassist.errors import InputError
from edgeassist.guide.annotate import AnnotatedVideo, AnnotatedVideoOptions
from edgeassist.guide.drawing import draw
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Box, Obstacle, Priority, VideoFrame
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile

BOX = Box(label="person", score=0.9, x1=100, y1=60, x2=180, y2=220)


def node(path: Path, every: int = 1) -> AnnotatedVideo:
    clock = ManualClock()
    context = Context(name="annotate", clock=clock, stopping=Stopping(clock), profile=Profile())
    film = AnnotatedVideo(AnnotatedVideoOptions(path=path, every=every), context)
    film.open()
    return film


def frame(number: int, at_s: float, shape: tuple[int, int] = (240, 320)) -> VideoFrame:
    image = np.full((*shape, 3), 90, np.uint8)
    return VideoFrame(captured_ns=0, image=image, number=number, at_s=at_s)


def obstacle(number: int, at_s: float) -> Obstacle:
    return Obstacle(
        captured_ns=0,
        track=1,
        label="person",
        box=BOX,
        bearing_deg=0,
        distance_m=2.0,
        at_s=at_s,
        frame=number,
    )


def pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with open_video(path) as video:
        return [(one.at_s, one.image()) for one in video.frames()]


def has_box(image: np.ndarray) -> bool:
    return bool(np.ptp(image[140, 90:110].astype(int)) > 60)


def test_the_boxes_are_in_the_picture_they_were_seen_in(tmp_path: Path) -> None:
    film = node(tmp_path / "out" / "seen.mp4")
    for number in range(20):
        film.handle(frame(number, number / 10))
        if number >= 12:  # the guide is two pictures behind
            film.handle(obstacle(number - 2, (number - 2) / 10))
    film.finish()
    film.close()
    shown = pictures(tmp_path / "out" / "seen.mp4")
    assert [round(at_s, 2) for at_s, _ in shown] == [number / 10 for number in range(20)]
    with_box = [number for number, (_, image) in enumerate(shown) if has_box(image)]
    assert with_box == list(range(10, 20))


def test_dropped_pictures_do_not_shorten_the_film(tmp_path: Path) -> None:
    film = node(tmp_path / "seen.mkv")
    for number in (0, 7, 8, 31, 90):
        film.handle(frame(number, number / 30))
    film.finish()
    film.close()
    assert pictures(tmp_path / "seen.mkv")[-1][0] == pytest.approx(3.0, abs=0.05)


def test_every_other_picture_is_enough_if_asked(tmp_path: Path) -> None:
    film = node(tmp_path / "seen.mp4", every=2)
    for number in range(10):
        film.handle(frame(number, number / 10))
    film.finish()
    film.close()
    assert len(pictures(tmp_path / "seen.mp4")) == 5


def test_old_boxes_are_not_shown(tmp_path: Path) -> None:
    film = node(tmp_path / "seen.mp4")
    film.handle(frame(0, 0.0))
    film.handle(obstacle(0, 0.0))
    film.handle(frame(1, 2.0))
    film.finish()
    film.close()
    assert [has_box(image) for _, image in pictures(tmp_path / "seen.mp4")] == [True, False]


def test_odd_and_changing_sizes_are_taken(tmp_path: Path) -> None:
    film = node(tmp_path / "seen.mp4")
    for number, shape in enumerate([(241, 321), (240, 320), (64, 48)]):
        film.handle(frame(number, number / 10, shape))
    film.finish()
    film.close()
    assert {image.shape for _, image in pictures(tmp_path / "seen.mp4")} == {(240, 320, 3)}


def test_without_a_picture_there_is_no_broken_file(tmp_path: Path) -> None:
    film = node(tmp_path / "seen.mp4")
    film.finish()
    film.close()
    assert not (tmp_path / "seen.mp4").exists()


@pytest.mark.parametrize("name", ["seen.txt", "seen", "taken/seen.mp4"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(InputError) as error:
        node(tmp_path / name)
    assert Path(name).name in str(error.value)


def test_lines_differ_by_more_than_colour() -> None:
    inked = set()
    for priority in (Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION, None):
        image = np.zeros((240, 320, 3), np.uint8)
        draw(image, BOX, "", priority)
        inked.add(int((image.sum(axis=2) > 0).sum()))
    assert len(inked) == 4
