"""A private PulseAudio with null sinks: real PortAudio streams without a sound card."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEEDED = ("pulseaudio", "pactl", "pacat", "parec")
MIC, OUT = "ea_mic", "ea_out"  # what is played into MIC is heard by the microphone

_ALSA = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


@dataclass
class Pulse:
    """A running daemon; `env` makes PortAudio find nothing but it."""

    daemon: subprocess.Popen[bytes]
    env: dict[str, str]

    def close(self) -> None:
        self.daemon.terminate()
        self.daemon.wait(10)

    def play(self, samples: NDArray[np.int16], sink: str = MIC, rate_hz: int = 16_000) -> None:
        """Play to the end, into the microphone."""
        subprocess.run(
            [
                *("pacat", f"--device={sink}", "--latency-msec=500"),
                *(f"--rate={rate_hz}", "--channels=1", "--format=s16le"),
            ],
            input=samples.astype("<i2").tobytes(),
            env=self.env,
            check=True,
            timeout=60,
        )

    def start(self, program: Path, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """A Python program that uses the sound of this daemon."""
        return subprocess.Popen(
            [sys.executable, str(program), *arguments],
            env={**self.env, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, program: Path, *arguments: str, **env: str) -> Any:
        """Its last line of output, as JSON."""
        running = self.start(program, *arguments, **env)
        output, _ = running.communicate(timeout=60)
        assert running.returncode == 0
        return json.loads(output.splitlines()[-1])


def missing() -> str:
    """What this machine lacks to run it; empty if nothing."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if not Path("/usr/share/alsa/alsa.conf").exists():
        lacking.append("libasound2-data")
    plugins = Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")
    if not list(plugins):
        lacking.append("libasound2-plugins")
    return ", ".join(lacking)


def start(folder: Path) -> Pulse:
    """Start a daemon of our own below `folder`, on a socket of its own."""
    socket = folder / "native"
    alsa = folder / "asound.conf"
    alsa.write_text(_ALSA)
    sinks = [f"module-null-sink sink_name={name} rate=48000" for name in (MIC, OUT)]
    modules = [*sinks, f"module-native-protocol-unix auth-anonymous=1 socket={socket}"]
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PULSE_")},
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_STATE_PATH": str(folder),
        "PULSE_COOKIE": str(folder / "cookie"),
        "PULSE_SERVER": f"unix:{socket}",
        "PULSE_SOURCE": f"{MIC}.monitor",
        "PULSE_SINK": OUT,
        "ALSA_CONFIG_PATH": str(alsa),
    }
    daemon = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
            *("--realtime=no", "--high-priority=yes"),  # the kernel ends greedy real-time threads
            *("--disallow-exit", "--log-target=stderr"),
            *[f"--load={module}" for module in modules],
        ],
        env={key: value for key, value in env.items() if key != "PULSE_SERVER"},
        stderr=subprocess.DEVNULL,
    )
    pulse = Pulse(daemon, env)
    try:
        _wait_until_it_answers(pulse)
    except BaseException:
        pulse.close()
        raise
    return pulse


def _wait_until_it_answers(pulse: Pulse) -> None:
    """pactl fails while there is no socket yet, and blocks until the daemon serves it."""
    for _ in range(200):
        asked = subprocess.run(
            ["pactl", "list", "short", "sinks"],
            env=pulse.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        if OUT in asked.stdout:
            return
        if pulse.daemon.poll() is not None:
            break
    raise RuntimeError(f"pulseaudio does not answer: {asked.stderr}")
