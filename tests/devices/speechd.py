"""A real speech-dispatcher of our own, and a recorder of what a PulseAudio sink plays."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

MODULES = Path("/usr/lib/speech-dispatcher-modules/sd_espeak-ng")


def missing() -> str:
    """What this machine lacks to run it; empty if nothing."""
    if shutil.which("speech-dispatcher") is None:
        return "speech-dispatcher"
    return "" if MODULES.exists() else "speech-dispatcher-espeak-ng"


@contextmanager
def running(folder: Path, env: dict[str, str]) -> Iterator[Path]:
    """Its socket, below `folder`; `env` names the sound server."""
    config = folder / "speechd"
    (config / "modules").mkdir(parents=True)
    (config / "clients").mkdir()
    (config / "modules/espeak-ng.conf").touch()
    (config / "speechd.conf").write_text(
        'AudioOutputMethod "pulse"\n'
        'AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"\n'
        "DefaultModule espeak-ng\n"
        "DisableAutoSpawn\n"
    )
    socket = folder / "speechd.sock"
    pid = folder / "speechd.pid"
    # As a daemon: it goes to the background once it listens.
    subprocess.run(
        [
            *("speech-dispatcher", "--run-daemon", "--config-dir", str(config)),
            *("--socket-path", str(socket), "--log-dir", str(folder), "--timeout", "0"),
            *("--pid-file", str(pid)),
        ],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=20,
    )
    server = psutil.Process(int(pid.read_text()))
    try:
        yield socket
    finally:
        server.terminate()
        psutil.wait_procs([server], timeout=10)


class Recorder:
    """Records what a sink plays, 16 kHz mono, from now until `stop`."""

    def __init__(self, env: dict[str, str], sink: str) -> None:
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={sink}.monitor", "--latency-msec=20"),
                *("--rate=16000", "--channels=1", "--format=s16le"),
            ],
            env=env,
            stdout=subprocess.PIPE,
        )
        self._changed = threading.Condition()
        self._heard = bytearray()
        self._at = 0  # bytes that were read
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.read(0.02)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(640):
            with self._changed:
                self._heard += data
                self._changed.notify_all()

    def read(self, seconds: float) -> np.ndarray:
        """The next so many seconds, waiting for them; what came unread before is skipped."""
        size = 2 * round(16_000 * seconds)
        with self._changed:
            self._at = len(self._heard)
            assert self._changed.wait_for(lambda: len(self._heard) >= self._at + size, 20)
            return np.frombuffer(bytes(self._heard[self._at : self._at + size]), "<i2").astype(int)

    def stop(self) -> np.ndarray:
        """All that was heard."""
        self.read(0.3)
        self._process.terminate()
        self._thread.join(10)
        self._process.wait(10)
        return np.frombuffer(bytes(self._heard[: len(self._heard) // 2 * 2]), "<i2")
