"""Single key presses of a terminal, without waiting for Enter."""

from __future__ import annotations

import os
import re
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_NAMED = {
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left",
    b"\x1bOA": "up", b"\x1bOB": "down", b"\x1bOC": "right", b"\x1bOD": "left",
    b" ": "space", b"\r": "enter", b"\n": "enter", b"\x1b": "escape", b"\x04": "end",
}  # fmt: skip
# An escape sequence, another control sign, or a letter in UTF-8.
_KEY = re.compile(rb"\x1b(?:\[[0-9;]*[ -/]*[@-~]|O[@-~])?|[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*")
_LOOK_S = 0.2
_LONGEST = 256


def keys(data: bytes) -> list[str]:
    """The names of the keys that a terminal has sent: "up", "space", "q", …; unknown ones are "".

    >>> keys(b" q" + bytes([27]) + b"[A")
    ['space', 'q', 'up']
    """
    return [_name(found[0]) for found in _KEY.finditer(data)]


@contextmanager
def pressed(take: Callable[[str], None]) -> Iterator[bool]:
    """While it lasts, `take` gets each key, on a thread; false where no terminal is ours.

    Ctrl-C stays a signal. The terminal is left as it was found.
    """
    if not _in_front():
        yield False
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(terminal, take, over), daemon=True)
    tty.setcbreak(terminal)
    listener.start()
    try:
        yield True
    finally:
        over.set()
        listener.join()
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _name(sequence: bytes) -> str:
    if sequence in _NAMED:
        return _NAMED[sequence]
    letter = sequence.decode("utf-8", "replace")
    return letter if letter.isprintable() else ""


def _in_front() -> bool:
    """Whether keys are for us: reading them in the background would stop the program."""
    try:
        terminal = sys.stdin.fileno()
        return os.isatty(terminal) and os.tcgetpgrp(terminal) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # no standard input at all
        return False


def _listen(terminal: int, take: Callable[[str], None], over: threading.Event) -> None:
    while not over.is_set():
        try:
            if not select.select([terminal], [], [], _LOOK_S)[0]:
                continue
            data = os.read(terminal, _LONGEST)
        except OSError:  # the terminal was closed
            return
        if not data:
            return
        for key in keys(data):
            take(key)
