"""What is printed, in a loop and by commands."""

import os
import subprocess
import sys

import pytest

from edgeassist.cli.summary import Tally
from edgeassist.cli.terminal import Terminal
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Caption
from edgeassist.testing import context


def final(text: str) -> Caption:
    return Caption(
        captured_ns=0,
        utterance=1,
        text=text,
        final=True,
        stable_chars=len(text),
        start_s=0.0,
        end_s=1.0,
        language="zh",
    )


def test_what_turns_out_to_be_no_speech_leaves_no_line_and_is_not_counted(capsys):
    terminal, tally = Terminal(Terminal.Options(), context(clock=ManualClock())), Tally()
    for text in ("", "你好。", ""):
        terminal.handle(final(text))
        tally("captions", final(text))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("你好。")
    assert "1 zh" in tally.lines()[1]


@pytest.mark.parametrize("arguments", [["plugins"], ["plugins", "--json"]])
def test_a_full_disk_behind_the_output_is_one_line(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "edgeassist.cli.main", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "EDGEASSIST_LANG": "en"},
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "edgeassist: standard output: cannot be written: No space left on device. "
        "Make room on the disk\n"
    )
