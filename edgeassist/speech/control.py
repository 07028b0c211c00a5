"""The socket through which `edgeassist tell`, a key binding or a button script reaches the voice.

Every process that speaks has one, in a folder nobody else may enter:
``$XDG_RUNTIME_DIR/edgeassist/<process>-<number>.sock`` (or ``edgeassist-<user>/`` in the folder for
temporary files). A line in, such as ``pause`` or ``rate 250``, one JSON object back:
``{"done": true, "lines": []}``.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from edgeassist.locale import t
from edgeassist.parsing import json_value

log = logging.getLogger("edgeassist.speech")

_LONGEST = 4096  # bytes of a line
_PATIENCE_S = 2.0
_numbers = itertools.count(1)


def folder() -> Path:
    """Where the sockets are."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "edgeassist"
    return Path(gettempdir()) / f"edgeassist-{os.getuid()}"


class Control:
    """Answers lines with `answer(line)`, one at a time, on a thread of its own."""

    def __init__(self, answer: Callable[[str], dict[str, Any]]) -> None:
        """Listens at once; where no socket can be made it says so in the log and does nothing."""
        self._answer = answer
        self.path = folder() / f"{os.getpid()}-{next(_numbers)}.sock"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(self.path.parent):
                raise PermissionError(t("{path} is open to others", path=self.path.parent))
            self.path.unlink(missing_ok=True)
            self._socket.bind(str(self.path))
            self._socket.listen(4)
        except OSError as error:
            log.warning("%s", t("the voice cannot be told what to do: {why}", why=error))
            self._socket.close()
            return
        threading.Thread(target=self._serve, name="speech-control", daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            with caller, suppress(OSError):
                caller.settimeout(_PATIENCE_S)
                line = _line(caller).decode("utf-8", "replace")
                answer = json.dumps(self._answer(line), ensure_ascii=False)
                caller.sendall(answer.encode() + b"\n")


def tell(line: str) -> list[dict[str, Any]]:
    """Send a line to every process of this user that speaks; their answers, or that one has none.

    Sockets of processes that are gone are cleared away.
    """
    answers: list[dict[str, Any]] = []
    if not _is_private(folder()):
        return answers  # another user may have made it, to hear what we say
    for path in sorted(folder().glob("*.sock")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.settimeout(_PATIENCE_S)
            try:
                caller.connect(str(path))
                caller.sendall(line.encode("utf-8", "replace") + b"\n")
                answers.append(json_value(_line(caller)))
            except (ConnectionRefusedError, FileNotFoundError):
                path.unlink(missing_ok=True)
            except (OSError, ValueError):
                answers.append({"done": False, "why": t("a voice does not answer")})
    return answers


def _is_private(path: Path) -> bool:
    """Whether it is a folder, no link to one, that nobody else may enter."""
    try:
        state = path.lstat()
    except OSError:
        return False
    mine = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
    return mine and not state.st_mode & 0o077


def _line(caller: socket.socket) -> bytes:
    held = b""
    while not held.endswith(b"\n") and len(held) < (1 << 20 if held[:1] == b"{" else _LONGEST):
        piece = caller.recv(_LONGEST)
        if not piece:
            break
        held += piece
    return held
