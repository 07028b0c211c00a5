"""What systemd does with a service of Type=notify, on its own socket: listen, kill, start anew.

The supervisor's rules are those of systemd.service(5): the watchdog counts from READY=1, each
WATCHDOG=1 begins it anew, WATCHDOG=trigger or too long a silence sends SIGABRT, and a process that
did not end well is started again.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Life:
    """One process of the service: what it told, and how it ended."""

    began_s: float
    told: list[tuple[float, str]] = field(default_factory=list)
    ended_s: float = 0.0
    killed: str = ""  # why, if the supervisor did
    code: int | None = None

    def at(self, line: str) -> float:
        """Seconds from the start until it told this."""
        return next(at_s for at_s, told in self.told if told == line) - self.began_s

    def lines(self) -> list[str]:
        return [line for _, line in self.told]


class Supervisor:
    """Keeps a command running as systemd would."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        watchdog_s: float = 10.0,
        restart_s: float = 1.0,
        most_lives: int = 2,
    ) -> None:
        self._address = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._address))
        self._command = command
        self._environment = {
            **environment,
            "NOTIFY_SOCKET": str(self._address),
            "WATCHDOG_USEC": str(round(watchdog_s * 1e6)),
        }
        self._watchdog_s = watchdog_s
        self._restart_s = restart_s
        self._most_lives = most_lives
        self.journal = folder / "journal"
        self.lives: list[Life] = []

    def run(self, until: Callable[[list[Life]], bool], within_s: float) -> list[Life]:
        """Until `until(lives)` or the time is over; then stop it with SIGTERM."""
        over_s = time.monotonic() + within_s
        with self.journal.open("ab") as journal:
            while len(self.lives) < self._most_lives:
                self._live(journal, until, over_s)
                if until(self.lives) or time.monotonic() > over_s or self.lives[-1].code == 0:
                    break
                self._listen(self.lives[-1], self._restart_s)
        self._socket.close()
        return self.lives

    def _live(self, journal, until: Callable[[list[Life]], bool], over_s: float) -> None:
        process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=journal,
            start_new_session=True,
        )
        life = Life(began_s=time.monotonic())
        self.lives.append(life)
        fed_s: float | None = None
        while process.poll() is None:
            now_s = time.monotonic()
            for line in self._listen(life, 0.05):
                if line in ("READY=1", "WATCHDOG=1"):
                    fed_s = now_s if line == "READY=1" or fed_s is not None else None
                if line == "WATCHDOG=trigger":
                    life.killed = "trigger"
            if fed_s is not None and now_s - fed_s > self._watchdog_s:
                life.killed = "silence"
            if life.killed:
                process.send_signal(signal.SIGABRT)
                process.wait(10)
            elif until(self.lives) or now_s > over_s:
                process.send_signal(signal.SIGTERM)
                process.wait(20)
        while self._listen(life, 0):
            pass
        life.ended_s = time.monotonic()
        life.code = process.returncode

    def _listen(self, life: Life, seconds: float) -> list[str]:
        lines: list[str] = []
        if select.select([self._socket], [], [], seconds)[0]:
            lines = self._socket.recv(4096).decode().splitlines()
        life.told += [(time.monotonic(), line) for line in lines]
        return lines


def plugged(folder: Path, source: str, **nodes: str) -> str:
    """A package of plug-ins (module `strange`) in that folder; returns its place for PYTHONPATH."""
    (folder / "strange.py").write_text(source, "utf-8")
    info = folder / "strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n", "utf-8")
    entries = "".join(f"{name} = strange:{kind}\n" for name, kind in nodes.items())
    (info / "entry_points.txt").write_text(f"[edgeassist.nodes]\n{entries}", "utf-8")
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
