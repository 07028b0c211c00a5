"""A Raspberry Pi camera, by picamera2 (Debian's python3-picamera2 on Raspberry Pi OS)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import DeviceError
from edgeassist.locale import t

_WAIT_S = 2.0  # for one picture
_OLDEST_NS = 1_000_000_000  # a stamp further back is of another clock
_WHOLE = 0.98  # of the widest area: some modes leave out a row or two


class PiCapture:
    """An open camera module; `device` is picamera2 or picamera2:NUMBER."""

    def __init__(self, device: str, width: int, height: int, fps: float) -> None:
        """Raises `DeviceError` where picamera2 is missing or has no such camera."""
        number = device.partition(":")[2] or "0"
        try:
            from picamera2 import Picamera2
        except (ImportError, OSError, RuntimeError) as error:  # libcamera may be missing or old
            raise DeviceError(
                device,
                t("the library is not installed: {why}", why=error),
                fix=t(
                    "For a Raspberry Pi camera: sudo apt install python3-picamera2, and make the "
                    "virtual environment with --system-site-packages. See: edgeassist devices"
                ),
            ) from None
        if not number.isdecimal() or int(number) >= len(Picamera2.global_camera_info()):
            raise DeviceError(
                device,
                t("there is no such camera"),
                fix=t("Is its ribbon cable in on both sides? See: rpicam-hello --list-cameras"),
            )
        self._camera: Any = None
        try:
            self._camera = Picamera2(int(number))
            # "RGB888" of libcamera lies in memory as blue, green, red. Without a queue every
            # picture is taken after it was asked for. Left to itself libcamera takes the smallest
            # mode that fits, which may be cut out of the middle: half the view, and distances
            # that are wrong by as much.
            mode = whole_view(self._camera.sensor_modes, (width, height), fps)
            sensor = {"output_size": mode["size"], "bit_depth": mode["bit_depth"]} if mode else {}
            self._camera.configure(
                self._camera.create_video_configuration(
                    main={"size": (width, height), "format": "RGB888"},
                    controls={"FrameRate": fps},
                    queue=False,
                    sensor=sensor,
                )
            )
            self._camera.start()
        except (RuntimeError, IndexError, OSError) as error:
            self.release()
            raise DeviceError(
                device,
                t("cannot be opened: {why}", why=error),
                fix=t("Is it in use? See: edgeassist devices"),
            ) from None

    def read(self) -> tuple[int, NDArray[np.uint8]] | None:
        """The next picture and its age by the sensor's own stamp; None if none came in time."""
        try:
            job = self._camera.capture_arrays(["main"], wait=False)
            (image,), metadata = job.get_result(timeout=_WAIT_S)
        except (TimeoutError, RuntimeError, OSError):
            return None
        now_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        age_ns = now_ns - int(metadata.get("SensorTimestamp", now_ns))
        return age_ns if 0 <= age_ns <= _OLDEST_NS else 0, image

    def release(self) -> None:
        """Let it go; it can be opened again."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None


def whole_view(
    modes: Sequence[Mapping[str, Any]], size: tuple[int, int], fps: float
) -> Mapping[str, Any] | None:
    """The sensor's mode that sees all the sensor can: fast enough if any is, then the smallest
    that need not be enlarged. None where the sensor tells of no modes.
    """

    def area(mode: Mapping[str, Any]) -> int:
        return int(mode["crop_limits"][2]) * int(mode["crop_limits"][3])

    known = [mode for mode in modes if "crop_limits" in mode]
    widest = max(map(area, known), default=0)
    whole = [mode for mode in known if area(mode) >= _WHOLE * widest]
    whole = [mode for mode in whole if mode["fps"] >= fps] or whole
    large = [mode for mode in whole if all(a >= b for a, b in zip(mode["size"], size, strict=True))]
    return min(large or whole, key=lambda mode: mode["size"][0] * mode["size"][1], default=None)
