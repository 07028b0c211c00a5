"""The camera, by OpenCV: always the newest picture, stamped with when it was taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt
from numpy.typing import NDArray

from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, VideoFrame
from edgeassist.loop.node import Context

_GONE_S = 3.0  # a camera that gives nothing for so long is no longer there
_LOOK_S = 0.2  # how often a wait is broken to see whether to stop
_MISREADS = 5  # failed reads in a row that a living camera may have


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """Which camera and what to ask of it; the profile's figures where none are given."""

    device: int | str = 0  # a number, or a path such as /dev/video0 or rtsp://…
    width: Annotated[int, Ge(16)] | None = None
    height: Annotated[int, Ge(16)] | None = None
    fps: Annotated[float, Gt(0)] | None = None


class Camera:
    """Reads as fast as the camera gives, on a thread of its own, so that no picture is stale.

    A picture nobody took in time is replaced by the next; `replaced` counts those.
    """

    Options = CameraOptions
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (VideoFrame,)
    lost = "the camera is off"

    def __init__(self, options: CameraOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._name = str(options.device)
        self._capture: Any = None
        self._changed = threading.Condition()
        self._newest: tuple[int, NDArray[np.uint8]] | None = None
        self._gone = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self.replaced = 0

    def open(self) -> None:
        """Get the camera, and one picture; raises `DeviceError` if it gives none."""
        import cv2

        device = self._options.device
        if isinstance(device, str) and device.isdecimal():
            device = int(device)
        path = Path(f"/dev/video{device}") if isinstance(device, int) else Path(device)
        if "://" not in str(device) and not path.exists():
            raise DeviceError(str(path), t("there is no such camera"), fix=_fix())
        self._capture = cv2.VideoCapture(device)
        camera = self._context.profile.camera
        for key, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, self._options.width or camera.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, self._options.height or camera.height),
            (cv2.CAP_PROP_FPS, self._options.fps or camera.fps),
            (cv2.CAP_PROP_BUFFERSIZE, 1),
        ):
            self._capture.set(key, value)
        if not self._capture.isOpened() or not self._capture.read()[0]:
            self._capture.release()
            raise DeviceError(str(path), t("gives no picture"), fix=_fix())
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def events(self) -> Iterator[Event]:
        """The newest picture whenever there is one; raises `DeviceError` if the camera is gone."""
        began_ns = self._context.clock.now_ns()
        number = 0
        while (got := self._next()) is not None:
            captured_ns, image = got
            at_s = max(0, captured_ns - began_ns) / NS
            yield VideoFrame(captured_ns=captured_ns, image=image, number=number, at_s=at_s)
            number += 1

    def close(self) -> None:
        """Let the camera go."""
        self._closing = True
        if self._thread is not None:
            self._thread.join(_GONE_S)
        if self._capture is not None:
            self._capture.release()

    def _next(self) -> tuple[int, NDArray[np.uint8]] | None:
        waited_s = 0.0
        with self._changed:
            # Real time, whatever the loop's clock: the camera runs on its own.
            while not self._changed.wait_for(lambda: self._newest or self._gone, _LOOK_S):
                waited_s += _LOOK_S
                if self._context.stopping:
                    return None
                if waited_s >= _GONE_S:
                    break
            if self._context.stopping:
                return None
            if self._newest is None:
                raise DeviceError(self._name, t("gives no picture any more"), fix=_fix())
            newest, self._newest = self._newest, None
            return newest

    def _read(self) -> None:
        misreads = 0
        while not self._closing and misreads < _MISREADS:
            grabbed = self._capture.grab()
            captured_ns = self._context.clock.now_ns()
            good, image = self._capture.retrieve() if grabbed else (False, None)
            if not good or image is None:
                misreads += 1
                continue
            misreads = 0
            with self._changed:
                self.replaced += self._newest is not None
                self._newest = (captured_ns, image)
                self._changed.notify()
        with self._changed:
            self._gone = True
            self._changed.notify()


def _fix() -> str:
    if is_raspberry_pi():
        return t(
            "A Pi camera needs rpicam: run the program under libcamerify, or use a USB camera. "
            "See: edgeassist devices"
        )
    return t("Is it connected and not in use? See: edgeassist devices")


def is_raspberry_pi() -> bool:
    """Whether this is one, as its device tree says."""
    try:
        return b"Raspberry Pi" in Path("/proc/device-tree/model").read_bytes()
    except OSError:
        return False
