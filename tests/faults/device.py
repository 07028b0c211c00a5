"""Real `edgeassist run` processes with what they talk to: for faults that come from outside."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

for _folder in ("devices", "braille_display", "mqtt", "web"):
    sys.path.append(str(Path(__file__).parent.parent / _folder))

import pulse  # noqa: E402
from camera_stream import StreamCamera  # noqa: E402
from headless_brltty import Brltty, Pins  # noqa: E402
from mosquitto import Listener, Mosquitto  # noqa: E402
from viewers import TOKEN  # noqa: E402

PATIENCE_S = 120.0  # on a busy machine; how long it takes is measured elsewhere
_MOUNTED = 'mount -t tmpfs -o size=3m none "$1" && shift && exec "$@"'
_APART = ["unshare", "--map-root-user", "--mount"]
Record = dict[str, Any]


def can_mount() -> bool:
    """Whether a file system may be mounted here, in a space of one's own."""
    if shutil.which("unshare") is None:
        return False
    tried = [*_APART, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


class Running:
    """One `edgeassist run`; `wait` and `event` look at what it gave, `here` on."""

    def __init__(self, folder: Path, *, own_disk: bool = False) -> None:
        self.folder = folder
        self.kept = folder / "kept"  # a small disk of its own, if wanted
        self.kept.mkdir()
        self.own_disk = own_disk
        self.records: list[Record] = []
        self.shown: list[str] = []  # finals that somebody could see
        self.process: subprocess.Popen[bytes]
        self._changed = threading.Condition()
        self._environment: dict[str, str] = dict(os.environ)

    def start(self, config: str, modules: tuple[str, ...]) -> None:
        """Run it, and wait until these modules run."""
        (self.folder / "device.toml").write_text(config, "utf-8")
        fifo = self.folder / "events"
        os.mkfifo(fifo)
        command = [sys.executable, "-m", "edgeassist.cli.main", "run"]
        command += [str(self.folder / "device.toml"), "--json", str(fifo)]
        if self.own_disk:
            command = [*_APART, "sh", "-c", _MOUNTED, "sh", str(self.kept), *command]
        environment = {
            **self._environment,
            "EDGEASSIST_LANG": "zh",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_RUNTIME_DIR": str(self.folder),
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        threading.Thread(target=self._read, args=(fifo,), daemon=True).start()
        for module in modules:
            self.event("Status", module, 0, state="running")

    @property
    def here(self) -> int:
        """The place of the next event."""
        return len(self.records)

    def wait(self, wanted: Callable[[Record], bool], since: int, what: str = "") -> Record:
        """The first event from `since` on that is wanted; fails where it does not come."""
        found: list[Record] = []
        at = since

        def look() -> bool:
            nonlocal at
            while at < len(self.records) and not found:
                found.extend(one for one in self.records[at : at + 1] if wanted(one))
                at += 1
            return bool(found) or self.process.poll() is not None

        with self._changed:
            self._changed.wait_for(look, PATIENCE_S)
        assert found, f"{what or 'it'} did not come; {self.troubles(since)}; {self.log[-1500:]}"
        return found[0]

    def event(self, kind: str, module: str, since: int, **values: Any) -> Record:
        """The first event of that kind from `since` on with these values."""
        return self.wait(
            lambda r: _is(r, kind, module) and all(r[k] == v for k, v in values.items()),
            since,
            f"{kind} of {module} {values}",
        )

    def told(self, since: int) -> list[str]:
        """What was said of the state of the modules since then."""
        with self._changed:
            return [r["text"] for r in self.records[since:] if _is(r, "Utterance", "supervisor")]

    def troubles(self, since: int) -> list[str]:
        """Why modules were off since then, as it stands on the page and in the terminal."""
        with self._changed:
            return [
                f"{r['module']} {r['state']}: {r['why']}"
                for r in self.records[since:]
                if r["type"] == "Status" and r["why"] and r["state"] != "ended"
            ]

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "log").read_text("utf-8", "replace")

    @property
    def itself(self) -> psutil.Process:
        """The process."""
        return psutil.Process(self.process.pid)

    def child(self, name: str) -> psutil.Process:
        """The process it started whose command has `name`."""
        for one in self.itself.children(recursive=True):
            if name in " ".join(one.cmdline()):
                return one
        raise AssertionError(f"no child {name}")

    def order(self, line: str) -> Record:
        """Tell the voice something, as a key binding does."""
        path = self.folder / "edgeassist" / f"{self.process.pid}-1.sock"
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(PATIENCE_S)
            caller.connect(str(path))
            caller.sendall(line.encode() + b"\n")
            answer: Record = json.loads(caller.makefile().readline())
            return answer

    def transcript(self) -> str:
        """The journal as it stands on its disk."""
        return self.inside("transcript.jsonl").read_text("utf-8", "replace")

    def inside(self, name: str) -> Path:
        """A file of its small disk, looked at from outside."""
        folder = Path(f"/proc/{self.process.pid}/root{self.kept}") if self.own_disk else self.kept
        return folder / name

    def lost(self) -> list[str]:
        """Finals that were shown and do not stand in the transcript."""
        with self._changed:
            shown = Counter(self.shown)
        if not shown:
            return []
        lines = [json.loads(line) for line in self.transcript().splitlines()]
        return [*(shown - Counter(line.get("text") for line in lines)).elements()]

    def close(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _read(self, fifo: Path) -> None:
        with fifo.open("r", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                with self._changed:
                    self.records.append(record)
                    if record["type"] == "Caption" and record["final"] and record["text"]:
                        self.shown.append(record["text"])
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


class Ears(Running):
    """A microphone and a loudspeaker on a sound server of our own, and the voice."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sound = pulse.start(folder)
        self._environment = self.sound.env
        self.start(
            "keep_going = true\n[modules.microphone]\n[modules.terminal]\n"
            '[modules.speech]\nvoice = "pyttsx3"\noutput = "speaker"\n',
            ("microphone", "speech"),
        )

    def says(self) -> Record:
        """Have it say something, and wait until it was said."""
        here = self.here
        self.order("volume 1")
        return self.event("Spoken", "speech", here, how="said")

    def close(self) -> None:
        """End everything."""
        super().close()
        with contextlib.suppress(ProcessLookupError):
            self.sound.daemon.send_signal(signal.SIGCONT)
        self.sound.close()


class Desk(Running):
    """Speech from a file without end, a camera, a braille display, the page, a broker.

    It is heard by a recogniser of the tests' own (`edgeassist_lines`), which can be made to fail.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, own_disk=can_mount())
        self.fault = folder / "fault"  # how the recogniser is to fail
        self._environment |= {
            "PYTHONPATH": str(_site(folder)),
            "EDGEASSIST_TEST_FAULT": str(self.fault),
        }
        self.camera = StreamCamera()
        self.pins = Pins()
        self.brltty = Brltty(folder, self.pins.port)
        self.brltty.start()
        self.broker = Mosquitto(folder)
        self.listener = Listener(self.broker)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.start(
            f"""language = "zh"
keep_going = true
[modules.wav]
path = "model:demo-speech/zh/nihao_shijie.wav"
gap_s = 1.5
repeat = true
[modules.camera]
device = "{self.camera.address}"
[modules.captions]
engine = "lines"
transcript = "{self.kept}/transcript.jsonl"
[modules.braille]
[modules.brf]
path = "{self.kept}/captions.brf"
[modules.display]
host = "{self.brltty.host}"
cells_per_s = 1000
[modules.guide]
size = 96
[modules.mqtt]
host = "127.0.0.1"
port = {self.broker.port}
[modules.web]
port = {self.port}
token = "{TOKEN}"
[modules.terminal]
""",
            ("wav", "camera", "captions", "braille", "brf", "display", "guide", "mqtt", "web"),
        )

    def close(self) -> None:
        """End everything."""
        super().close()
        for pid in (self.brltty._process, self.broker._process):
            if pid is not None and pid.poll() is None:
                pid.send_signal(signal.SIGCONT)
        self.listener.close()
        self.brltty.kill()
        self.pins.close()
        self.broker.kill()
        self.camera.unplug()


def _site(folder: Path) -> Path:
    """A folder with the recogniser installed in it, as pip would leave it."""
    info = folder / "site" / "edgeassist_lines-1.0.dist-info"
    info.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("edgeassist_lines.py"), info.parent)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: edgeassist-lines\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[edgeassist.recognizers]\nlines = edgeassist_lines:Lines\n"
    )
    return info.parent


def _is(record: Record, kind: str, module: str) -> bool:
    return record["type"] == kind and record.get("module") == module
