"""The camera driver: fresh pictures, told of when it is gone, back when it comes back."""

from __future__ import annotations

import threading
import time
import types
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from camera_stream import StreamCamera, number_of

from edgeassist.config import load_profile
from edgeassist.devices.camera import Camera, CameraOptions
from edgeassist.devices.picamera import whole_view
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Event, State, Status, VideoFrame
from edgeassist.loop.node import Context, Pace, Stopping
from edgeassist.profile import Profile


@pytest.fixture
def stream() -> Iterator[StreamCamera]:
    camera = StreamCamera()
    yield camera
    camera.unplug()


def context(emit: Any = lambda event: None) -> Context:
    clock = RealClock()
    return Context(
        name="camera",
        clock=clock,
        stopping=Stopping(clock),
        profile=Profile(),
        pace=Pace.REAL,
        emit=emit,
    )


def test_a_camera_that_is_not_there_is_told_of_with_what_to_do():
    with pytest.raises(DeviceError) as raised:
        Camera(CameraOptions(device=97), context()).open()
    assert "/dev/video97" in str(raised.value)
    assert raised.value.fix


def test_a_stream_nobody_serves_is_told_of(stream, capfd):
    stream.unplug()
    with pytest.raises(DeviceError, match=r"http://127\.0\.0\.1"):
        Camera(CameraOptions(device=stream.address), context()).open()
    assert capfd.readouterr().err == ""  # no complaints of libraries beside ours


def test_something_that_is_no_camera_is_told_of(tmp_path):
    (tmp_path / "video0").write_bytes(b"no camera" * 100)
    with pytest.raises(DeviceError, match="video0: gives no picture"):
        Camera(CameraOptions(device=str(tmp_path / "video0")), context()).open()


def test_pictures_are_as_fresh_as_they_say(stream):
    where = context()
    camera = Camera(CameraOptions(device=stream.address), where)
    camera.open()
    ages_ms, numbers = [], []
    for frame in camera.events():
        assert isinstance(frame, VideoFrame)
        number = number_of(frame.image)
        ages_ms.append((frame.captured_ns - stream.served_ns[number - 1]) / 1e6)
        numbers.append(number)
        if len(numbers) == 20:
            where.stopping.tell(1.0)
    camera.close()
    assert numbers == sorted(set(numbers))
    assert all(age_ms > -1 for age_ms in ages_ms)
    assert sorted(ages_ms)[10] < 50


def test_a_slow_reader_gets_the_newest_picture_not_a_backlog(stream):
    where = context()
    camera = Camera(CameraOptions(device=stream.address), where)
    camera.open()
    events = camera.events()
    next(events)
    while len(stream.served_ns) < 12:
        threading.Event().wait(0.01)
    frame = next(events)
    assert isinstance(frame, VideoFrame)
    assert number_of(frame.image) >= 10
    assert camera.replaced >= 5
    where.stopping.tell(1.0)
    assert next(events, None) is None
    camera.close()


def test_an_unplugged_camera_is_told_of_and_comes_back_without_an_old_picture(stream):
    told: list[tuple[State, int]] = []

    def emit(event: Event) -> None:
        """The user hears that the camera is off, and plugs it in again."""
        assert isinstance(event, Status)
        told.append((event.state, time.monotonic_ns()))
        if event.state is State.STALLED:
            assert event.lost == "the camera is off"
            stream.plug_in()

    where = context(emit)
    camera = Camera(CameraOptions(device=stream.address), where)
    camera.open()
    before, after, gone_ns = [], [], 0
    for frame in camera.events():
        assert isinstance(frame, VideoFrame)
        (after if told else before).append(frame)
        if len(before) == 10 and not gone_ns:
            gone_ns = time.monotonic_ns()
            stream.unplug()
        if len(after) == 10:
            where.stopping.tell(1.0)
    camera.close()
    assert [state for state, _ in told] == [State.STALLED, State.RUNNING]
    assert (told[0][1] - gone_ns) / 1e9 < 3.0
    first = after[0]
    assert first.captured_ns > told[0][1]
    served_ns = stream.served_ns[number_of(first.image) - 1]
    assert 0 <= first.captured_ns - served_ns + 1_000_000 < 500_000_000
    assert first.at_s - before[-1].at_s > 1.5  # the time it was gone has passed
    assert first.number == before[-1].number + 1


def test_the_camera_is_let_go_while_it_is_unplugged(stream):
    where = context(lambda event: where.stopping.tell(1.0))
    camera = Camera(CameraOptions(device=stream.address), where)
    camera.open()
    stream.unplug()
    list(camera.events())
    began_s = time.monotonic()
    camera.close()
    assert time.monotonic() - began_s < 1.0
    assert not any(thread.name == "camera" for thread in threading.enumerate())


def test_a_pi_camera_without_its_library_is_told_of_with_the_command_that_brings_it():
    with pytest.raises(DeviceError, match="sudo apt install python3-picamera2"):
        Camera(CameraOptions(device="picamera2"), context()).open()


def _modes(*rows: tuple[tuple[int, int], float, tuple[int, int, int, int]]) -> list[dict[str, Any]]:
    return [
        {"size": size, "fps": fps, "crop_limits": crop, "bit_depth": 10} for size, fps, crop in rows
    ]


# As `rpicam-hello --list-cameras` lists them of Camera Module 2 (imx219) and 3 (imx708).
MODULE_2 = _modes(
    ((640, 480), 103.3, (1000, 752, 1280, 960)),
    ((1640, 1232), 41.9, (0, 0, 3280, 2464)),
    ((1920, 1080), 47.6, (680, 692, 1920, 1080)),
    ((3280, 2464), 21.2, (0, 0, 3280, 2464)),
)
MODULE_3 = _modes(
    ((1536, 864), 120.1, (768, 432, 3072, 1728)),
    ((2304, 1296), 56.0, (0, 0, 4608, 2592)),
    ((4608, 2592), 14.4, (0, 0, 4608, 2592)),
)


class FakePicamera2:
    """What the driver calls of picamera2 0.3, by its source; there is no Raspberry Pi here.

    It holds the driver to the calls and their order, not to what a real camera does.
    """

    cameras: ClassVar[list[dict[str, Any]]] = [{"Model": "imx708", "Num": 0}]
    calls: ClassVar[list[str]] = []

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        return cls.cameras

    def __init__(self, camera_num: int = 0) -> None:
        self.calls.append(f"open {camera_num}")

    sensor_modes: ClassVar[list[dict[str, Any]]] = []

    def create_video_configuration(self, *, main, controls, queue, sensor) -> dict[str, Any]:
        assert main["format"] == "RGB888"
        assert queue is False
        self.calls.append(f"sensor {sensor['output_size']}")
        return {"main": main, "controls": controls}

    def configure(self, config: dict[str, Any]) -> None:
        self.size = config["main"]["size"]

    def start(self) -> None:
        self.calls.append("start")

    def capture_arrays(self, names: list[str], wait: bool) -> Any:
        assert (names, wait) == (["main"], False)
        stamp_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - 40_000_000
        image = np.full((self.size[1], self.size[0], 3), 7, np.uint8)

        def get_result(timeout: float) -> Any:
            if len(self.calls) > 20:
                raise TimeoutError
            self.calls.append("picture")
            return [image], {"SensorTimestamp": stamp_ns}

        return types.SimpleNamespace(get_result=get_result)

    def close(self) -> None:
        self.calls.append("close")


def test_a_pi_camera_is_opened_read_and_closed_and_its_own_stamp_counts(monkeypatch):
    module = types.ModuleType("picamera2")
    module.Picamera2 = FakePicamera2
    FakePicamera2.sensor_modes = MODULE_3
    monkeypatch.setitem(__import__("sys").modules, "picamera2", module)
    where = context()
    with pytest.raises(DeviceError, match="picamera2:1: there is no such camera"):
        Camera(CameraOptions(device="picamera2:1"), where).open()
    camera = Camera(CameraOptions(device="picamera2", width=320, height=240), where)
    camera.open()
    frame = next(camera.events())
    assert isinstance(frame, VideoFrame)
    assert frame.image.shape == (240, 320, 3)
    assert 40 <= (RealClock().now_ns() - frame.captured_ns) / 1e6 < 1000
    where.stopping.tell(1.0)
    camera.close()
    assert FakePicamera2.calls[:3] == ["open 0", "sensor (2304, 1296)", "start"]
    assert FakePicamera2.calls[-1] == "close"


def test_a_pi_camera_looks_with_its_whole_sensor_not_with_the_middle_of_it():
    def chosen(modes, fps: float = 15.0):
        mode = whole_view(modes, (640, 480), fps)
        return mode and mode["size"]

    assert chosen(MODULE_2) == (1640, 1232)  # not 640 x 480, which sees 39 % of the width
    assert chosen(MODULE_3) == (2304, 1296)  # not 1536 x 864, which sees two thirds
    assert chosen(MODULE_3, fps=200) == (2304, 1296)  # a slower picture rather than a narrow one
    assert chosen([{"format": "YUYV"}]) is None  # a sensor that tells nothing of its modes


def test_the_pi_5s_picture_has_the_shape_of_its_camera_so_that_nothing_is_cut_off_its_sides():
    camera = load_profile("pi5").camera
    assert camera.width / camera.height == pytest.approx(4608 / 2592)
    camera = load_profile("pi4").camera
    assert camera.width / camera.height == pytest.approx(3280 / 2464, rel=0.01)
