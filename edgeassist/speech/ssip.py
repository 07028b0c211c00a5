"""A client of speech-dispatcher by its own protocol, SSIP, over a Unix socket.

Commands are lines, answered by lines that begin with three digits; events (700 and above) come in
between, each as two identifiers and a name. See `info ssip` of Debian's speech-dispatcher-doc-cs.
"""

from __future__ import annotations

import os
import queue
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from edgeassist.errors import DeviceError
from edgeassist.locale import t

_ANSWER_S = 5.0
_SPAWN_S = 5.0
NAME = "speech-dispatcher"
BEGIN, END, CANCELED = 701, 702, 703


class Ssip:
    """One connection. `heard(message, event)` is called from a thread; `gone()` when it breaks."""

    def __init__(self, heard: Callable[[int, int], None], gone: Callable[[], None]) -> None:
        """Connect, starting the server if that is how it is set up; raises `DeviceError`."""
        self._heard = heard
        self._gone = gone
        self._guard = threading.Lock()
        self._answers: queue.Queue[list[str]] = queue.Queue()
        self._closed = False
        self._socket = _connected()
        threading.Thread(target=self._read, name="ssip", daemon=True).start()

    def ask(self, line: str) -> list[str]:
        """Send a command; the lines of its answer, without their numbers.

        Raises `DeviceError` if it is refused, or the server is gone.
        """
        with self._guard:
            return self._ask(line)

    def speak(self, text: str) -> int:
        """Leave a message; its number. Raises as `ask` does."""
        lines = [f".{line}" if line.startswith(".") else line for line in text.splitlines()]
        with self._guard:
            self._ask("SPEAK")
            number = self._ask("\r\n".join([*lines, "."]))[0]
        if not number.isdecimal():
            raise _refused("SPEAK", number)
        return int(number)

    def close(self) -> None:
        """Say goodbye."""
        self._closed = True
        with suppress(OSError):
            self._socket.sendall(b"QUIT\r\n")
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _ask(self, line: str) -> list[str]:
        try:
            self._socket.sendall(line.encode("utf-8", "replace") + b"\r\n")
            answer = self._answers.get(timeout=_ANSWER_S)
        except (OSError, queue.Empty):
            answer = []
        if not answer:
            raise DeviceError(NAME, t("does not answer"), fix=t("Is it still running?"))
        if answer[-1][:1] not in "12":
            raise _refused(line.split("\r\n")[0], answer[-1])
        return [part[4:] for part in answer]

    def _read(self) -> None:
        held: list[str] = []
        try:
            with self._socket.makefile("r", encoding="utf-8", errors="replace") as lines:
                for raw in lines:
                    line = raw.rstrip("\r\n")
                    held.append(line)
                    if line[3:4] != " ":
                        continue
                    if line.startswith("7"):
                        self._heard(int(held[0][4:]), int(line[:3]))
                    else:
                        self._answers.put(held)
                    held = []
        except (OSError, ValueError):
            pass
        self._answers.put([])
        if not self._closed:
            self._gone()


def _refused(command: str, why: str) -> DeviceError:
    return DeviceError(
        NAME,
        t("refuses {command}: {why}", command=command, why=why),
        fix=t("Check its settings: spd-conf"),
    )


def _connected() -> socket.socket:
    address = os.environ.get("SPEECHD_ADDRESS", "")
    path = Path(address.removeprefix("unix_socket:")) if address else _default()
    found = _try(path)
    if found is None and not address and shutil.which(NAME):
        # As its own library does; the server forks once it listens.
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([NAME, "--spawn"], capture_output=True, check=False, timeout=_SPAWN_S)
        found = _try(path)
    if found is None:
        raise DeviceError(
            NAME,
            t("does not run ({path})", path=path),
            fix=t("Run: {command}", command=f"sudo apt install {NAME}"),
        )
    return found


def _default() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return Path(runtime) / NAME / "speechd.sock"


def _try(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection
