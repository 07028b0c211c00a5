"""OpenCV, quiet and careful: what it complains of we say ourselves, in one line with a remedy."""

from __future__ import annotations

import logging
import os
from typing import Any

log = logging.getLogger("edgeassist.devices")

MOST_PIXELS = 1 << 27  # of a picture file: 16,384 x 8,192; a few bytes can claim to be far more


def opencv() -> Any:
    """The `cv2` module; with EDGEASSIST_DEBUG=1 it says what went wrong underneath."""
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
    loud = log.isEnabledFor(logging.DEBUG)
    if not loud:
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # quiet; read when it first starts
    import cv2

    if not loud:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2
