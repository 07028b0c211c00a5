"""The guide at a camera that is unplugged on the way: said, over when it is back, nothing stale."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from camera_stream import StreamCamera

from edgeassist.devices.camera import Camera
from edgeassist.devices.videofile import open_video
from edgeassist.guide.alerts import Verbosity
from edgeassist.guide.node import Guide
from edgeassist.loop.events import Event, Obstacle, State, Status, Utterance, VideoFrame
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile


@pytest.fixture
def camera(street_video: Path) -> Iterator[StreamCamera]:
    """A camera that sees the street again and again."""
    with open_video(street_video) as video:
        pictures = [frame.image() for frame in itertools.islice(video.frames(), 80)]
    served = StreamCamera(itertools.cycle([cv2.resize(one, (480, 360)) for one in pictures]))
    yield served
    served.unplug()


@pytest.mark.usefixtures("centernet")
def test_an_unplugged_camera_is_said_and_nothing_is_warned_of_until_it_is_back(
    camera: StreamCamera,
) -> None:
    events: list[Event] = []
    back = threading.Event()

    def tap(module: str, event: Event) -> None:
        events.append(event)
        match event:
            case Obstacle() if (
                not back.is_set() and sum(isinstance(one, Obstacle) for one in events) == 20
            ):
                camera.unplug()
            case Status(module="camera", state=State.STALLED):
                camera.plug_in()
            case Status(module="camera", state=State.RUNNING) if any(
                isinstance(one, Status) and one.state is State.STALLED for one in events
            ):
                back.set()
            case Obstacle() if back.is_set():
                graph.stop()

    graph = Graph(
        [
            Module(name="camera", plugin=Camera, options=Camera.Options(device=camera.address)),
            Module(name="guide", plugin=Guide, options=Guide.Options(verbosity=Verbosity.FULL)),
        ],
        profile=Profile(),
        language="en",
        pace=Pace.REAL,
        taps=[tap],
    )
    assert graph.run(60)
    assert back.is_set()
    (gone_ns,) = [
        one.captured_ns for one in events if isinstance(one, Status) and one.state is State.STALLED
    ]
    (back_ns,) = [
        one.captured_ns
        for one in events
        if isinstance(one, Status) and one.state is State.RUNNING and one.captured_ns > gone_ns
    ]
    said = [one.text for one in events if isinstance(one, Utterance) and "label" not in one.details]
    assert any("camera" in text.lower() for text in said)
    frames = [one.captured_ns for one in events if isinstance(one, VideoFrame)]
    last_ns = max(captured_ns for captured_ns in frames if captured_ns < gone_ns)
    of_obstacles = [
        one.captured_ns
        for one in events
        if isinstance(one, Obstacle) or (isinstance(one, Utterance) and "label" in one.details)
    ]
    # What was in view before, and what is now: nothing in between.
    assert not [one for one in of_obstacles if last_ns < one < back_ns - 1_000_000_000]
    assert max(of_obstacles) > back_ns - 1_000_000_000


@pytest.mark.usefixtures("centernet")
def test_a_live_run_ends_with_ctrl_c_and_its_report_is_written(
    camera: StreamCamera, tmp_path: Path
) -> None:
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "edgeassist.cli.main", "guide", "camera"),
            *("--device", camera.address, "--verbosity", "full", "--json"),
            *("--report", str(tmp_path / "walk.html"), "--alerts", str(tmp_path / "walk.csv")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )
    # Served first while it starts; thirty more are looked at.
    while len(camera.served_ns) < 60 and running.poll() is None:
        threading.Event().wait(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 0, err
    assert "Watching. Stop with Ctrl-C." in err
    assert (tmp_path / "walk.csv").read_text("utf-8-sig").startswith("t_s,priority")
    assert "Obstacle warnings: camera" in (tmp_path / "walk.html").read_text("utf-8")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["walk.csv", "walk.html"]
