"""The camera: always the newest picture, stamped with when it was taken; back when it comes back.

USB cameras and streams by OpenCV, Raspberry Pi cameras by picamera2, which OpenCV cannot open.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

import numpy as np
from annotated_types import Ge, Gt
from numpy.typing import NDArray

from edgeassist.devices.opencv import opencv
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, State, Status, VideoFrame
from edgeassist.loop.node import Context

log = logging.getLogger("edgeassist.devices")

_GONE_S = 1.5  # a camera that gives nothing for so long is told of
_LOOK_S = 0.2  # how often a wait is broken to see whether to stop
_MISREADS = 5  # failed reads in a row that a living camera may have
_RETRY_S = (0.5, 4.0)  # how long after a failed try the next comes: first, and at most
_NETWORK_MS = 4000  # a stream that does not answer for so long is broken
PICAMERA = "picamera2"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """Which camera and what to ask of it; the profile's figures where none are given.

    `device` is a number, a path such as /dev/video0, an address such as rtsp://… or http://…, or
    picamera2 (picamera2:1 for the second). If not given: on a Raspberry Pi with picamera2
    installed that, else the first camera.
    """

    device: int | str | None = None
    width: Annotated[int, Ge(16)] | None = None
    height: Annotated[int, Ge(16)] | None = None
    fps: Annotated[float, Gt(0)] | None = None


class Capture(Protocol):
    """An open camera, used from one thread."""

    def read(self) -> tuple[int, NDArray[np.uint8]] | None:
        """The next picture, BGR, and how many ns ago it was taken; None where there is none."""

    def release(self) -> None:
        """Let the camera go."""


class Camera:
    """Reads as fast as the camera gives, on a thread of its own, so that no picture is stale.

    A picture nobody took in time is replaced by the next; `replaced` counts those. One that is
    gone is told of (`State.STALLED`) and tried again for as long as it takes; no picture from
    before is given again.
    """

    Options = CameraOptions
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (VideoFrame,)
    lost = "the camera is off"
    called = "camera"

    def __init__(self, options: CameraOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._changed = threading.Condition()
        self._newest: tuple[int, NDArray[np.uint8]] | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.replaced = 0
        self.busy_since_ns: int | None = None  # in the driver

    def open(self) -> None:
        """Get the camera, and one picture; raises `DeviceError` if it gives none."""
        capture = self._connect()
        if capture.read() is None:
            capture.release()
            raise DeviceError(self._name(), t("gives no picture"), fix=_fix())
        self._thread = threading.Thread(
            target=self._watch, args=(capture,), name="camera", daemon=True
        )
        self._thread.start()

    def events(self) -> Iterator[Event]:
        """The newest picture whenever there is one, until told to stop."""
        began_ns = self._context.clock.now_ns()
        number = 0
        while (got := self._next()) is not None:
            captured_ns, image = got
            at_s = max(0, captured_ns - began_ns) / NS
            yield VideoFrame(captured_ns=captured_ns, image=image, number=number, at_s=at_s)
            number += 1

    def close(self) -> None:
        """Let the camera go."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(_GONE_S)

    def _next(self) -> tuple[int, NDArray[np.uint8]] | None:
        """The newest picture; None when told to stop. Tells when the camera goes and comes."""
        waited_s, gone = 0.0, False
        fps = self._options.fps or self._context.profile.camera.fps
        patience_s = max(_GONE_S, 3 / fps)
        while not self._context.stopping:
            with self._changed:
                # Real time, whatever the loop's clock: the camera runs on its own.
                self._changed.wait_for(lambda: self._newest is not None, _LOOK_S)
                newest, self._newest = self._newest, None
            if newest is not None:
                if gone:
                    self._tell(State.RUNNING)
                return newest
            waited_s += _LOOK_S
            self._context.alive()
            if waited_s >= patience_s and not gone:
                gone = True
                self._tell(State.STALLED, t("gives no picture any more"))
        return None

    def _tell(self, state: State, why: str = "") -> None:
        if why:
            log.warning(str(DeviceError(self._name(), why, fix=_fix())))
        now_ns = self._context.clock.now_ns()
        self._context.emit(
            Status(
                captured_ns=now_ns,
                module=self._context.name,
                state=state,
                why=f"{self._name()}: {why}" if why else "",
                lost=self.lost,
            )
        )

    def _watch(self, capture: Capture | None) -> None:
        """The thread that reads, and gets the camera anew where it fails."""
        misreads, retry_s = 0, _RETRY_S[0]
        while not self._closing.is_set():
            if capture is None:
                self.busy_since_ns = None
                if self._closing.wait(retry_s):
                    break
                retry_s = min(2 * retry_s, _RETRY_S[1])
                self.busy_since_ns = self._context.clock.now_ns()
                try:
                    capture = self._connect()
                except DeviceError as error:
                    log.debug(str(error))
                    continue
            self.busy_since_ns = self._context.clock.now_ns()
            got = capture.read()
            if got is not None:
                misreads, retry_s = 0, _RETRY_S[0]
                age_ns, image = got
                self._put(self._context.clock.now_ns() - age_ns, image)
                continue
            misreads += 1
            if misreads >= _MISREADS:
                misreads = 0
                capture.release()
                capture = None
        if capture is not None:
            capture.release()

    def _put(self, captured_ns: int, image: NDArray[np.uint8]) -> None:
        with self._changed:
            self.replaced += self._newest is not None
            self._newest = (captured_ns, image)
            self._changed.notify()

    def _connect(self) -> Capture:
        """The open camera; raises `DeviceError` where there is none."""
        device, camera = self._device(), self._context.profile.camera
        width = self._options.width or camera.width
        height = self._options.height or camera.height
        fps = self._options.fps or camera.fps
        if isinstance(device, str) and device.partition(":")[0] == PICAMERA:
            from edgeassist.devices.picamera import PiCapture

            return PiCapture(device, width, height, fps)
        return _OpenCV(device, width, height, fps)

    def _device(self) -> int | str:
        device = self._options.device
        if device is None:
            return PICAMERA if is_raspberry_pi() and _has_picamera() else 0
        return int(device) if isinstance(device, str) and device.isdecimal() else device

    def _name(self) -> str:
        device = self._device()
        return f"/dev/video{device}" if isinstance(device, int) else device


class _OpenCV:
    """A camera or a stream that OpenCV reads."""

    def __init__(self, device: int | str, width: int, height: int, fps: float) -> None:
        cv2 = opencv()
        name = f"/dev/video{device}" if isinstance(device, int) else device
        if "://" in name:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _NETWORK_MS]
            limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, _NETWORK_MS]
            self._capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG, limits)
        elif not Path(name).exists():
            raise DeviceError(name, t("there is no such camera"), fix=_fix())
        else:
            self._capture = cv2.VideoCapture(device)
        for key, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, width),
            (cv2.CAP_PROP_FRAME_HEIGHT, height),
            (cv2.CAP_PROP_FPS, fps),
            (cv2.CAP_PROP_BUFFERSIZE, 1),
        ):
            self._capture.set(key, value)
        if not self._capture.isOpened():
            self._capture.release()
            raise DeviceError(name, t("gives no picture"), fix=_fix())

    def read(self) -> tuple[int, NDArray[np.uint8]] | None:
        """The next picture; its age is the time it took to unpack."""
        import time

        if not self._capture.grab():
            return None
        grabbed_ns = time.monotonic_ns()
        good, image = self._capture.retrieve()
        if not good or image is None:
            return None
        return time.monotonic_ns() - grabbed_ns, image

    def release(self) -> None:
        """Let it go."""
        self._capture.release()


def _fix() -> str:
    if is_raspberry_pi() and not _has_picamera():
        return t(
            "For a Raspberry Pi camera: sudo apt install python3-picamera2, and make the virtual "
            "environment with --system-site-packages. See: edgeassist devices"
        )
    return t("Is it connected and not in use? See: edgeassist devices")


def _has_picamera() -> bool:
    from importlib.util import find_spec

    return find_spec(PICAMERA) is not None


def is_raspberry_pi() -> bool:
    """Whether this is one, as its device tree says."""
    try:
        return b"Raspberry Pi" in Path("/proc/device-tree/model").read_bytes()
    except OSError:
        return False
