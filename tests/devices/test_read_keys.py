"""`edgeassist read` in a terminal: what each key does, heard through a sink, typed into a pty."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulse
import pytest

from edgeassist.cli.keyboard import keys
from edgeassist.speech.aloud import sentence

CHAPTERS = 60
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"


class Terminal:
    """A reading in a terminal of its own: types keys, waits for lines and clauses."""

    def __init__(self, sound: pulse.Pulse, folder: Path, *arguments: str) -> None:
        self.lines: list[str] = []
        self.clauses: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._keyboard, slave = pty.openpty()
        (folder / "run").mkdir(mode=0o700, exist_ok=True)
        self.terminal_before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edgeassist.cli.main", "read", "--json", *arguments],
            env={
                **sound.env,
                "EDGEASSIST_LANG": "zh",
                "XDG_STATE_HOME": str(folder),
                "XDG_CONFIG_HOME": str(folder),
                "XDG_RUNTIME_DIR": str(folder / "run"),
            },
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.slave = slave
        self._listeners = [
            threading.Thread(target=self._listen, args=(self.process.stderr, self.lines.append)),
            threading.Thread(
                target=self._listen,
                args=(self.process.stdout, lambda line: self.clauses.append(json.loads(line))),
            ),
        ]
        for listener in self._listeners:
            listener.start()
        self.wait_for(lambda: self.saw("h 键列出所有按键"))

    def press(self, key: str) -> int:
        """Type it; returns how many lines were there before."""
        before = len(self.lines)
        os.write(self._keyboard, key.encode())
        return before

    def answer(self, key: str, part: str) -> str:
        """Type it and wait for a line with `part`."""
        before = self.press(key)
        self.wait_for(lambda: self.saw(part, before))
        return next(line for line in self.lines[before:] if part in line)

    def saw(self, part: str, since: int = 0) -> bool:
        return any(part in line for line in self.lines[since:])

    def wait_for(self, condition: Callable[[], Any]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 30), (self.lines, self.clauses)

    def end(self) -> int:
        code = self.process.wait(20)
        for listener in self._listeners:
            listener.join(10)
        return code

    def close(self) -> None:
        self.process.kill()
        self.end()
        os.close(self._keyboard)
        os.close(self.slave)

    def _listen(self, pipe: Any, take: Callable[[str], None]) -> None:
        for line in pipe:
            with self._changed:
                take(line.rstrip("\n"))
                self._changed.notify_all()


@pytest.fixture
def reading(sound, tmp_path) -> Iterator[Terminal]:
    book = tmp_path / "book.txt"
    # Two clauses a sentence, a second or so each: 0 1, 2 3, …
    book.write_text("".join(f"第{n}章，花都开了。\n" for n in range(CHAPTERS)), "utf-8")
    terminal = Terminal(sound, tmp_path, str(book), "--voice", "silence")
    yield terminal
    terminal.close()


def test_space_pauses_and_goes_on_and_the_place_is_told_meanwhile(reading):
    reading.wait_for(lambda: reading.clauses)
    reading.answer(" ", "已暂停。")
    at = len(reading.clauses)
    place = reading.answer("w", "百分之")
    assert f"共 {2 * CHAPTERS} 句" in place
    assert len(reading.clauses) <= at + 1, "nothing was read while it was paused"
    reading.answer(" ", "继续。")
    reading.wait_for(lambda: len(reading.clauses) > at)


def test_the_arrows_go_about_in_clauses_and_sentences_and_r_repeats(reading):
    for _ in range(6):
        reading.press(DOWN)
    reading.wait_for(lambda: any(said["clause"] >= 12 for said in reading.clauses))
    heard = reading.clauses[-1]["clause"]
    reading.press(UP * 5)
    reading.wait_for(lambda: reading.clauses[-1]["clause"] < heard)
    back = reading.clauses[-1]["clause"]
    assert back % 2 == 0, "a sentence begins with its first clause"
    reading.press(RIGHT * 40)
    reading.wait_for(lambda: reading.clauses[-1]["clause"] > back + 20)
    numbers = [said["clause"] for said in reading.clauses]
    reading.press(LEFT * 3)
    reading.wait_for(lambda: reading.clauses[-1]["clause"] < numbers[-1])


def test_faster_and_spell_are_answered_in_a_line_and_h_lists_the_keys(reading):
    assert "230" in reading.answer("+", "语速")
    assert "200" in reading.answer("-", "语速")
    reading.answer(" ", "已暂停。")
    reading.answer("s", "。" if len(reading.clauses) % 2 else "，")
    reading.answer("h", "退出")
    reading.answer("?", "退出")


def test_q_keeps_the_place_and_leaves_the_terminal_as_it_was(reading, tmp_path):
    reading.wait_for(lambda: reading.clauses)
    reading.answer("q", "下次从这里继续")
    assert reading.end() == 0
    (mark,) = (tmp_path / "edgeassist" / "places").glob("*.json")
    assert json.loads(mark.read_text("utf-8"))["clause"] == reading.clauses[-1]["clause"] + 1
    assert termios.tcgetattr(reading.slave) == reading.terminal_before


def test_ctrl_c_still_ends_it_with_130(reading):
    reading.answer("\x03", "下次从这里继续")
    assert reading.end() == 130


def test_keys_come_apart_however_they_are_sent():
    assert keys(b"\x1b[A\x1bOBq \n") == ["up", "down", "q", "space", "enter"]
    assert keys("é+".encode()) == ["é", "+"]
    assert keys(b"\x1b[5~\x01\x80") == ["", ""], "a page key and a control sign mean nothing here"


def test_a_heading_without_a_full_stop_is_a_sentence():
    text = ["第一章", "春天来了，", "花开了。", "“好！”"]
    assert [sentence(text, at, 1) for at in range(4)] == [1, 3, 3, 4]
    assert [sentence(text, at, -1) for at in (3, 2, 1, 0)] == [1, 1, 0, 0]
