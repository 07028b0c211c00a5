"""What a soak runs: every module on recorded input without end, what it talks to, and viewers."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from edgeassist.modelstore import installed
from tests.braille_display.headless_brltty import Brltty, Pins
from tests.braille_display.headless_brltty import missing as no_brltty
from tests.mqtt import mosquitto
from tests.web.viewers import TOKEN, lines_until_ready, listening

NEW_VIEWER_EVERY_S = 5.0


def config(folder: Path, pace: str, voice: str, port: int, more: str) -> Path:
    """Every module on recorded input that has no end."""
    speech = [
        *sorted(installed("demo-speech").glob("*/*.wav")),
        *sorted(_evaluation("speech").glob("**/*.wav")),
    ]
    street = [f"model:demo-street/{path.name}" for path in installed("demo-street").glob("*.mp4")]
    films = [*street, *map(str, sorted(_evaluation("vision/video").glob("*.mp4")))]
    path = folder / "soak.toml"
    path.write_text(
        f"""language = "zh"
profile = "desktop"
pace = "{pace}"
[modules.wav]
paths = {json.dumps([str(one) for one in speech])}
gap_s = 2.0
repeat = true
[modules.video]
paths = {json.dumps(films)}
loop = true
[modules.captions]
language = "auto"
transcript = "{folder}/transcript.jsonl"
[modules.braille]
[modules.brf]
path = "{folder}/braille.brf"
[modules.guide]
verbosity = "full"
while_standing = true
[modules.speech]
voice = "{voice}"
output = "file"
path = "{folder}/speech.wav"
remember = false
[modules.web]
port = {port}
token = "{TOKEN}"
[modules.terminal]
{more}""",
        "utf-8",
    )
    return path


def _evaluation(folder: str) -> Path:
    return Path(os.environ.get("EDGEASSIST_EVAL", "/nonexistent")) / folder


@contextlib.contextmanager
def neighbours(folder: Path) -> Iterator[str]:
    """What runs beside it, where it is installed, and the modules that talk to it."""
    more = ""
    with contextlib.ExitStack() as stack:
        if no_brltty():
            print("without a braille display: brltty is not installed", file=sys.stderr)
        else:
            pins = Pins()
            stack.callback(pins.close)
            brltty = Brltty(folder, pins.port)
            brltty.start()
            stack.callback(brltty.kill)
            more += f'[modules.display]\noutput = "brlapi"\nhost = "{brltty.host}"\n'
        if mosquitto.PROGRAM is None:
            print("without MQTT: mosquitto is not installed", file=sys.stderr)
        else:
            broker = mosquitto.Mosquitto(folder)
            stack.callback(broker.kill)
            more += f'[modules.mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        yield more


class Viewers:
    """One that stays and, one after the other, many that look and go."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._over = threading.Event()
        self.came = self.failed = 0

    def begin(self) -> None:
        """The page is there."""
        for work in (self._stay, self._come_and_go):
            threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """No more."""
        self._over.set()

    def _stay(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError), listening(self._port) as news:
                for _ in news:
                    if self._over.is_set():
                        return
            self._over.wait(1)

    def _come_and_go(self) -> None:
        while not self._over.wait(NEW_VIEWER_EVERY_S):
            try:
                with listening(self._port) as news:
                    lines_until_ready(news)
                self.came += 1
            except OSError:
                self.failed += not self._over.is_set()


def free_port() -> int:
    """One that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
