"""pyttsx3 over espeak-ng: rendered in a child process that can be killed, played by us.

pyttsx3 cannot be interrupted, and a crash or a hang of the C library below it would take the
whole device along; a child costs 0.1 s once, and is replaced when it dies or does not answer.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge, Gt, Le

from edgeassist.errors import PluginError, WorkError
from edgeassist.locale import t
from edgeassist.loop.node import Context
from edgeassist.plugins import Missing
from edgeassist.speech.pinyin import spoken_pinyin
from edgeassist.speech.voice import Samples

# Debian's espeak-ng spells hanzi out in English under "cmn"; this one reads pinyin. Its syllables
# are heard better as words, and in the voice f3 (tests/measure/speech_readback.py).
_VOICES = {"zh": "cmn-latn-pinyin+f3", "en": "en"}
_LIBRARIES = ("libespeak-ng.so.1", "libespeak.so.1")  # as pyttsx3 looks for them
_INSTALL = "sudo apt install espeak-ng"
_START_S = 20.0  # a Pi with a slow card imports slowly
_KILL_AFTER_S = 0.2  # a cancelled render that has taken longer costs more than a new child


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyttsx3Options:
    """How it speaks."""

    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute, as espeak counts them
    volume: Annotated[float, Ge(0), Le(1)] = 1.0
    timeout_s: Annotated[float, Gt(0)] = 10.0  # a child that takes longer over a clause hangs


class Pyttsx3:
    """The voice of espeak-ng by way of pyttsx3: Chinese from our own pinyin, English as it is."""

    Options = Pyttsx3Options
    requires: ClassVar[dict[str, str]] = {"pyttsx3": "pip install pyttsx3"}
    rate_hz = 22_050  # written so by pyttsx3, whatever espeak says
    name = "espeak-ng"

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the espeak-ng library is there."""
        for library in _LIBRARIES:
            try:
                ctypes.CDLL(library)
            except OSError:
                continue
            return None
        return Missing(what=t("the espeak-ng library is not installed"), fix=_INSTALL)

    def __init__(self, options: Pyttsx3Options, context: Context) -> None:
        self._options = options
        self._guard = threading.Lock()
        self._cancelled = False
        self._since_s: float | None = None  # when the render under way began
        memory = Path("/dev/shm")  # spares the card of a Pi
        self._folder = tempfile.TemporaryDirectory(
            prefix="edgeassist-speech-", dir=memory if os.access(memory, os.W_OK) else None
        )
        self._child = _Child()
        spoken_pinyin("一")  # its tables load while the child starts
        try:
            self._child.expect_ready()
        except _ChildGoneError as error:
            self.close()
            raise PluginError("pyttsx3", str(error), fix=_INSTALL) from None

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """The whole text in one piece; a child that dies or hangs over it is replaced once.

        Raises `WorkError` if espeak-ng cannot say it.
        """
        with self._guard:
            self._cancelled = False
        request = {
            "text": spoken_pinyin(text, joined=True) if language == "zh" else text,
            "voice": _VOICES.get(language, language),
            "rate": self._options.rate,
            "volume": self._options.volume,
            "path": str(Path(self._folder.name) / "clause.wav"),
        }
        if not request["text"]:
            return
        for attempt in (1, 2):
            try:
                answer = self._ask(request)
                break
            except _ChildGoneError as error:
                if self._cancelled:
                    return
                if attempt == 2:
                    raise WorkError("pyttsx3", str(error), fix=_INSTALL) from None
        if "error" in answer:
            raise WorkError(
                "pyttsx3",
                t("espeak-ng cannot say this: {why}", why=answer["error"]),
                fix=t("Try: espeak-ng -v {voice}", voice=request["voice"]),
            )
        with wave.open(str(request["path"])) as file:
            yield np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)

    def cancel(self) -> None:
        """Make a render that is under way end now, unless it will soon anyway."""
        with self._guard:
            self._cancelled = True
            began_s = self._since_s
        if began_s is not None and time.monotonic() - began_s > _KILL_AFTER_S:
            self._child.kill()

    def close(self) -> None:
        """End the child."""
        self._child.close()
        self._folder.cleanup()

    @property
    def child_pid(self) -> int:
        """The process that renders now."""
        return self._child.pid

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._guard:
            self._since_s = time.monotonic()
        try:
            if self._child.dead:
                self._child.close()
                self._child = _Child()
                self._child.expect_ready()
            return self._child.ask(request, self._options.timeout_s)
        except _ChildGoneError:
            self._child.close()
            raise
        finally:
            with self._guard:
                self._since_s = None


class _ChildGoneError(Exception):
    """The child died, or did not answer in time."""


class _Child:
    """One child process, and the lines that go to and fro."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edgeassist.speech.engines.pyttsx3_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent, which still has to finish
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def dead(self) -> bool:
        return self._process.poll() is not None

    def expect_ready(self) -> None:
        answer = self._read(_START_S)
        if "error" in answer:
            raise _ChildGoneError(answer["error"])

    def ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise _ChildGoneError(t("the speech process ended")) from None
        return self._read(timeout_s)

    def kill(self) -> None:
        """End it; whoever waits for its answer, in any thread, learns that it is gone."""
        self._process.kill()

    def close(self) -> None:
        """End it and let go of it; only by the thread that asks it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # unsent text of a process that is gone
                    continue

    def _read(self, timeout_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = b""
        due_s = time.monotonic() + timeout_s
        try:
            while not line.endswith(b"\n"):
                left_s = due_s - time.monotonic()
                if not select.select([self._process.stdout], [], [], max(0.0, left_s))[0]:
                    raise _ChildGoneError(t("the speech process does not answer"))
                piece = os.read(self._process.stdout.fileno(), 65536)
                if not piece:
                    raise _ChildGoneError(t("the speech process ended"))
                line += piece
        except (OSError, ValueError):  # closed by `kill` in another thread
            raise _ChildGoneError(t("the speech process ended")) from None
        answer: dict[str, Any] = json.loads(line)
        return answer
