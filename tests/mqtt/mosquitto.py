"""A real mosquitto on a free port, and a listener that notes what it is sent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "captions", "s3cret-Passw0rd"


class Mosquitto:
    """A broker that remembers its subscribers over a restart."""

    def __init__(self, folder: Path, *, tls: bool = False, password: bool = False) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "user root",
        ]
        if password:
            passwords = folder / "passwords"
            passwords.touch(mode=0o600)
            subprocess.run(
                ["mosquitto_passwd", "-b", passwords, USER, PASSWORD],
                check=True,
                capture_output=True,
            )
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        else:
            lines.append("allow_anonymous true")
        if tls:
            lines += [f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key"]
            _certificate(folder)
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.start()

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, "-v", "-c", self._folder / "mosquitto.conf"],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.rstrip().endswith("running"):
                break
        # Its log has to be read, or it stops when the pipe is full.
        threading.Thread(target=self._process.stderr.read, daemon=True).start()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", folder / "broker.key", "-out", folder / "broker.pem"),
        ],
        check=True,
        capture_output=True,
    )


class Listener:
    """Subscribes to everything and waits for what is expected."""

    def __init__(self, broker: Mosquitto, prepare: Callable[[paho.Client], Any] = id) -> None:
        self.got: list[tuple[str, str, bool]] = []
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False
        )
        prepare(self._client)
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.reconnect_delay_set(1, 1)
        self._client.connect_async("localhost" if prepare is not id else "127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def wait_for(self, condition: Callable[[], Any], seconds: float = 20.0) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), self.got

    def finals(self) -> list[str]:
        """Texts of finals in the order they came, those that came twice once."""
        numbered = {}
        for topic, payload, _ in self.got:
            if topic.endswith("/caption/final"):
                record = json.loads(payload)
                numbered.setdefault(record["id"], record["text"])
        return list(numbered.values())

    def last(self, topic: str) -> str | None:
        return next((text for name, text, _ in reversed(self.got) if name == topic), None)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, client: Any, data: Any, message: Any) -> None:
        with self._changed:
            self.got.append((message.topic, message.payload.decode(), message.retain))
            self._changed.notify_all()
