"""Videos and pictures: upright, on time, damaged ones counted, bad ones told of in one line."""

from __future__ import annotations

import gc
import logging
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
import pytest

from edgeassist.devices.images import ImageFolder, ImageFolderOptions, read_image
from edgeassist.devices.video import VideoOptions, VideoSource
from edgeassist.devices.videofile import open_video
from edgeassist.errors import InputError
from edgeassist.loop.clock import ManualClock, RealClock
from edgeassist.loop.events import VideoFrame
from edgeassist.loop.node import Context, Pace, Source, Stopping
from edgeassist.profile import Profile


def context(clock: ManualClock | RealClock, pace: Pace = Pace.FAST) -> Context:
    return Context(name="test", clock=clock, stopping=Stopping(clock), profile=Profile(), pace=pace)


def video(path: Path, times_s: list[float], *, noisy: bool = False) -> Path:
    """A video whose picture number n is of brightness 10 n (or noise), at these times."""
    noise = np.random.default_rng(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 5
        for number, at_s in enumerate(times_s):
            picture = np.full((48, 64, 3), 10 * number % 250, np.uint8)
            if noisy:
                picture = noise.integers(0, 256, picture.shape).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = round(at_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def frames(path: Path, **options: object) -> list[VideoFrame]:
    source = VideoSource(VideoOptions(path=path, **options), context(ManualClock()))
    assert isinstance(source, Source)
    source.open()
    found = [event for event in source.events() if isinstance(event, VideoFrame)]
    source.close()
    return found


def test_every_picture_of_a_video_comes_with_its_own_time(tmp_path):
    uneven = [0.0, 0.04, 0.5, 0.54, 1.2]
    found = frames(video(tmp_path / "a.mp4", uneven))
    assert [frame.at_s for frame in found] == pytest.approx(uneven, abs=0.002)
    assert [frame.number for frame in found] == [0, 1, 2, 3, 4]
    assert found[0].image.shape == (48, 64, 3)
    assert found[4].image.mean() == pytest.approx(40, abs=4)


def test_a_long_film_begins_no_thread_for_each_of_its_pictures(tmp_path):
    with open_video(video(tmp_path / "a.mp4", [n / 25 for n in range(60)])) as film:
        before = psutil.Process().num_threads()
        kept = [(frame, frame.image()) for frame in film.frames()]
        assert psutil.Process().num_threads() <= before + 4  # the decoder's own
    assert len(kept) == 60


def test_pictures_of_a_film_go_as_soon_as_nobody_holds_them(tmp_path):
    """A picture that refers to itself waits for the collector, with all its bytes."""
    with open_video(video(tmp_path / "a.mp4", [n / 25 for n in range(60)])) as film:
        gc.collect()
        gc.disable()
        try:
            for frame in film.frames():
                frame.image()
            waiting = sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
        finally:
            gc.enable()
    assert waiting <= 10  # what the decoder holds, and the first


def test_a_part_of_a_video_begins_at_zero(tmp_path):
    path = video(tmp_path / "a.mp4", [n / 10 for n in range(20)])
    found = frames(path, start_s=0.5, seconds=1.0)
    assert len(found) == 10
    assert found[0].at_s == pytest.approx(0.0, abs=0.002)
    assert found[0].image.mean() == pytest.approx(50, abs=4)


def test_a_repeated_video_goes_on_in_time(tmp_path):
    path = video(tmp_path / "a.mp4", [0.0, 0.1, 0.2])
    clock = ManualClock()
    where = context(clock)
    source = VideoSource(VideoOptions(path=path, loop=True), where)
    source.open()
    times = []
    for event in source.events():
        assert isinstance(event, VideoFrame)
        times.append(event.at_s)
        if len(times) == 9:
            where.stopping.tell(1.0)
    assert len(times) == 9
    assert times == sorted(set(times))


def test_a_late_reader_gets_the_newest_picture_and_the_rest_are_counted(tmp_path):
    path = video(tmp_path / "a.mp4", [n / 10 for n in range(20)])
    clock = ManualClock()
    source = VideoSource(VideoOptions(path=path, seconds=1.0), context(clock, Pace.REAL))
    source.open()
    events = source.events()
    first = next(events)
    clock.advance(0.75)
    second = next(events)
    assert isinstance(first, VideoFrame)
    assert isinstance(second, VideoFrame)
    assert second.at_s == pytest.approx(0.7, abs=0.002)
    assert second.captured_ns == pytest.approx(0.7e9, abs=2e6)
    assert source.skipped == 6
    assert second.number == 7
    source.close()


def test_damaged_pictures_are_left_out_and_counted(tmp_path, caplog):
    path = video(tmp_path / "a.avi", [n / 25 for n in range(100)], noisy=True)
    data = bytearray(path.read_bytes())
    noise = np.random.default_rng(7)
    for place in noise.integers(3_000, len(data) - 3_000, 12):
        data[place : place + 40] = noise.integers(0, 256, 40).astype(np.uint8).tobytes()
    (tmp_path / "bad.avi").write_bytes(data)
    with caplog.at_level(logging.WARNING):
        found = frames(tmp_path / "bad.avi")
    assert 0 < len(found) < 100
    assert "damaged" in caplog.text


def test_a_video_cut_short_gives_what_is_there(tmp_path):
    path = video(tmp_path / "a.avi", [n / 25 for n in range(100)], noisy=True)
    (tmp_path / "cut.avi").write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 10 < len(frames(tmp_path / "cut.avi")) < 90


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.mp4", None),
        ("empty.mp4", b""),
        ("text.mp4", b"not a video\n" * 100),
        ("header.avi", b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(40)),
    ],
)
def test_a_bad_video_is_one_clear_line_with_its_name(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as raised:
        frames(tmp_path / name)
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.fix


def test_a_video_without_a_picture_is_told_of_before_the_loop_starts(tmp_path):
    path = video(tmp_path / "none.avi", [])
    with pytest.raises(InputError, match=r"none\.avi"):
        VideoSource(VideoOptions(path=path), context(ManualClock())).open()


def test_a_start_beyond_the_end_is_told_of(tmp_path):
    with pytest.raises(InputError, match="second 60"):
        frames(video(tmp_path / "a.mp4", [0.0, 0.1]), start_s=60.0)


def picture(path: Path, pixels: np.ndarray, *options: int) -> Path:
    good, data = cv2.imencode(path.suffix, pixels, list(options))
    assert good
    path.write_bytes(data.tobytes())
    return path


RED = np.zeros((20, 30, 3), np.uint8)
RED[:, :, 2] = 200


def test_a_picture_with_a_chinese_name_is_read(tmp_path):
    image = read_image(picture(tmp_path / "前方 台阶.png", RED))
    assert np.array_equal(image, RED)


def test_grey_and_16_bit_pictures_become_bgr(tmp_path):
    grey = read_image(picture(tmp_path / "grey.png", RED[:, :, 2]))
    deep = read_image(picture(tmp_path / "deep.png", RED.astype(np.uint16) * 257))
    assert grey.shape == deep.shape == (20, 30, 3)
    assert grey.dtype == deep.dtype == np.uint8
    assert (grey == 200).all()
    assert np.abs(deep.astype(int) - RED).max() <= 1


def test_what_is_transparent_shows_as_paper(tmp_path):
    pixels = np.dstack((RED, np.full((20, 30), 255, np.uint8)))
    pixels[:10, :, 3] = 0
    image = read_image(picture(tmp_path / "logo.png", pixels))
    assert (image[:10] == 255).all()
    assert np.array_equal(image[10:], RED[10:])


def test_a_photo_taken_upright_stands_upright(tmp_path):
    plain = picture(tmp_path / "a.jpg", RED).read_bytes()
    turn = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    (tmp_path / "turned.jpg").write_bytes(
        plain[:2] + b"\xff\xe1" + (len(turn) + 2).to_bytes(2, "big") + turn + plain[2:]
    )
    assert read_image(tmp_path / "turned.jpg").shape == (30, 20, 3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_a_picture_cut_short_is_told_of_and_not_shown_half_grey(tmp_path, suffix):
    noise = np.random.default_rng(1).integers(0, 256, (80, 80, 3)).astype(np.uint8)
    whole = picture(tmp_path / f"whole{suffix}", noise)
    assert read_image(whole).shape == (80, 80, 3)
    for share in (0.02, 0.3, 0.6, 0.95):
        data = whole.read_bytes()
        cut_short = tmp_path / f"cut{suffix}"
        cut_short.write_bytes(data[: max(1, round(len(data) * share))])
        with pytest.raises(InputError, match=f"cut{suffix}"):
            read_image(cut_short)


@pytest.mark.parametrize(
    "content", [None, b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]
)
def test_a_bad_picture_is_one_clear_line_with_its_name(tmp_path, content):
    file = tmp_path / "bad.jpg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_image(file)
    assert "bad.jpg" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_of_pictures_plays_in_counting_order_without_its_bad_ones(tmp_path, caplog):
    for number in (1, 2, 10):
        picture(tmp_path / f"{number}.png", np.full((8, 8, 3), number, np.uint8))
    (tmp_path / "3.png").write_bytes(b"broken")
    (tmp_path / "notes.txt").write_text("no picture")
    source = ImageFolder(ImageFolderOptions(path=tmp_path, fps=4.0), context(ManualClock()))
    assert isinstance(source, Source)
    source.open()
    with caplog.at_level(logging.WARNING):
        found = [event for event in source.events() if isinstance(event, VideoFrame)]
    assert [int(frame.image[0, 0, 0]) for frame in found] == [1, 2, 10]
    assert [frame.at_s for frame in found] == [0.0, 0.25, 0.5]
    assert "3.png" in caplog.text


def test_a_folder_without_a_picture_is_told_of(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError):
            ImageFolder(ImageFolderOptions(path=path), context(ManualClock())).open()
