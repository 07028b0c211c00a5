"""A real brltty without a screen, its display a socket of ours: what a reader feels and presses."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

FIRST_PORT = 4101  # BrlAPI counts its TCP ports from here


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing() -> str:
    """Why brltty cannot be run here; empty if it can."""
    return "" if shutil.which("brltty", path="/bin:/usr/bin") else "brltty"


class Pins:
    """The display: brltty's driver `vr` connects to it, and tells each change of its pins."""

    def __init__(self, cells: int = 40, port: int = 0) -> None:
        self.cells = cells
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = int(self._server.getsockname()[1])
        self._changed = threading.Condition()
        self._shown = ""
        self._driver: socket.socket | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def reads(self, cells: str, timeout_s: float = 10.0) -> bool:
        """Wait until these cells are felt, and blanks after them; dots 7 and 8 aside."""
        with self._changed:
            return self._changed.wait_for(lambda: self.felt == cells, timeout_s)

    def feels(self, wanted: Callable[[str], bool], timeout_s: float = 10.0) -> bool:
        """Wait until what is felt is wanted."""
        with self._changed:
            return self._changed.wait_for(lambda: wanted(self.felt), timeout_s)

    def driven(self, timeout_s: float = 10.0) -> bool:
        """Wait until brltty has found this display and shows anything on it."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._shown), timeout_s)

    @property
    def felt(self) -> str:
        return "".join(chr(ord(cell) & ~0xC0) for cell in self._shown).rstrip("\u2800")

    @property
    def marked(self) -> list[int]:
        """The cells with dots 7 and 8: the mark that there is more, or the cursor."""
        return [at for at, cell in enumerate(self._shown) if ord(cell) & 0xC0 == 0xC0]

    def press(self, command: str) -> None:
        """Press the key that brltty binds to a command; it takes one line at a time."""
        assert self._driver is not None
        self._driver.sendall(command.encode() + b"\n")

    def unplug(self) -> None:
        assert self._driver is not None
        self._driver.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed before
            self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._server.close()
        if self._driver is not None:
            self._driver.close()

    def _serve(self) -> None:
        while True:
            try:
                self._driver, _ = self._server.accept()
            except OSError:
                return
            with self._driver.makefile("rb") as lines, contextlib.suppress(OSError):
                self._driver.sendall(f"cells {self.cells}\n".encode())
                for line in lines:
                    self._take(line.decode("utf-8", "replace"))
            self._set("")

    def _take(self, line: str) -> None:
        if not line.startswith("Braille "):
            return
        self._set(
            "".join(
                chr(0x2800 + sum(1 << (int(dot) - 1) for dot in cell.strip()))
                for cell in line.split('"')[1].split("|")
            )
        )

    def _set(self, shown: str) -> None:
        with self._changed:
            self._shown = shown
            self._changed.notify_all()


class Brltty:
    """The process, with its BrlAPI at `host`."""

    def __init__(self, folder: Path, pins_port: int, auth: str = "none") -> None:
        self._folder = folder
        self._pins_port = pins_port
        self._auth = auth
        self._port = free_port()
        self.host = f"127.0.0.1:{self._port - FIRST_PORT}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        folder = str(self._folder)
        command = ["brltty", "-n", "-e", "-q", "-b", "vr", "-d"]
        command += [f"client:127.0.0.1:{self._pins_port}", "-x", "no", "-s", "no"]
        command += ["-f", "/dev/null", "-W", folder, "-U", folder, "-P", f"{folder}/pid"]
        command += ["-A", f"host={self.host},auth={self._auth}"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log)
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                log_text = (self._folder / "log").read_text("utf-8", "replace")
                assert self._process.poll() is None, log_text
                assert time.monotonic() < deadline, log_text

    def kill(self) -> None:
        """End it without a chance to say good-bye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
