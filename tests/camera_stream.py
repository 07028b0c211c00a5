"""A network camera (MJPEG over HTTP) that OpenCV opens; it can be unplugged and plugged in again.

The nearest real thing to a USB camera where there is none: the same driver, the same library.
"""

from __future__ import annotations

import contextlib
import http.server
import itertools
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BITS = 12
FPS = 20.0


def marked(number: int) -> NDArray[np.uint8]:
    """A picture that bears its number as bars."""
    image = np.full((120, 26 * BITS, 3), 30, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            image[:, 26 * bit : 26 * bit + 26] = 220
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    """The number `marked` wrote."""
    return sum(1 << bit for bit in range(BITS) if image[60, 26 * bit + 13, 0] > 128)


class StreamCamera:
    """Serves pictures one after the other; `served_ns` says when each left (monotonic time)."""

    def __init__(self, pictures: Iterable[NDArray[np.uint8]] | None = None) -> None:
        self._pictures: Iterator[NDArray[np.uint8]] = iter(
            pictures if pictures is not None else map(marked, itertools.count(1))
        )
        self.served_ns: list[int] = []
        self._server: http.server.ThreadingHTTPServer | None = None
        self._unplugged = threading.Event()
        self._port = 0
        self.plug_in()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/camera.mjpg"

    def plug_in(self) -> None:
        self._unplugged = threading.Event()
        self._server = _server(self._port, self)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def unplug(self) -> None:
        """From now on there is nobody at the address."""
        self._unplugged.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def serve(self, out: Any) -> None:
        unplugged = self._unplugged
        for picture in self._pictures:
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.served_ns.append(time.monotonic_ns())
            out.write(head.encode() + data + b"\r\n")
            if unplugged.wait(1 / FPS):
                return


def _server(port: int, camera: StreamCamera) -> http.server.ThreadingHTTPServer:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
            self.end_headers()
            with contextlib.suppress(OSError):  # who looked has gone
                camera.serve(self.wfile)

        def log_message(self, *_: object) -> None:
            """Not into the test's output."""

    class Server(http.server.ThreadingHTTPServer):
        allow_reuse_address = True
        daemon_threads = True

    return Server(("127.0.0.1", port), Handler)
