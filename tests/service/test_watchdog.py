"""A module that hangs in a real process: the user is told, the supervisor starts it anew."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from service_supervisor import Life, Supervisor, plugged

from edgeassist.service.hangs import Hangs

# What can hang: a camera's read that never returns, a module's work, a voice's loudspeaker. The
# second process of each finds the file that the first one left, and is well.
STRANGE = '''
import os, threading
from dataclasses import dataclass
from pathlib import Path
import numpy as np
from edgeassist.loop.events import Utterance, VideoFrame, Priority

@dataclass(frozen=True, kw_only=True)
class Options:
    hangs: bool = False

def hang():
    mark = Path(os.environ["MARK"])
    if not mark.exists():
        mark.touch()
        threading.Event().wait()

class Camera:
    """Gives pictures, and with `hangs` does not come back for the fifth."""
    Options = Options
    consumes = ()
    produces = (VideoFrame,)
    lost = "the camera is off"
    def __init__(self, options, context):
        self._options, self._context = options, context
    def open(self): pass
    def events(self):
        number = 0
        while not self._context.stopping.wait(0.1):
            if number == 5 and self._options.hangs:
                hang()
            yield VideoFrame(captured_ns=self._context.clock.now_ns(),
                             image=np.zeros((2, 2, 3), np.uint8), number=number, at_s=number / 10)
            number += 1
    def close(self): pass

class Guide:
    """Looks at pictures, and with `hangs` does not come back from the fifth."""
    Options = Options
    consumes = (VideoFrame,)
    produces = ()
    lost = "obstacle warnings are off"
    def __init__(self, options, context):
        self._options = options
    def open(self): pass
    def handle(self, event):
        if event.number == 5 and self._options.hangs:
            hang()
        return ()
    def finish(self): return ()
    def close(self): pass

class Voice(Guide):
    """Its own thread hangs, while it goes on taking what is to be said."""
    consumes = (Utterance, VideoFrame)
    lost = "speech is off"
    def __init__(self, options, context):
        self._options, self._context, self.busy_since_ns = options, context, None
    def open(self):
        if self._options.hangs:
            threading.Thread(target=self._play, daemon=True).start()
    def handle(self, event):
        return ()
    def _play(self):
        self.busy_since_ns = self._context.clock.now_ns()
        hang()
        self.busy_since_ns = None

class Scribe(Guide):
    """Writes down what the user is told."""
    consumes = (Utterance,)
    lost = ""
    def handle(self, event):
        with open(os.environ["TOLD"], "a") as file:
            file.write(event.text + "\\n")
        return ()

class Sleeper(Guide):
    """Holds the interpreter's lock for ever: nothing in this process runs any more."""
    def handle(self, event):
        mark = Path(os.environ["MARK"])
        if event.number == 5 and self._options.hangs and not mark.exists():
            mark.touch()
            import ctypes
            ctypes.PyDLL(None).pause()
        return ()
'''
NODES = {"cam": "Camera", "look": "Guide", "voice": "Voice", "scribe": "Scribe", "lock": "Sleeper"}
HANGING = ("cam", "look", "voice", "lock")


def _watched(folder: Path, hanging: str) -> tuple[list[Life], list[str], str]:
    """Two lives of a service in which one module hangs; what its user was told; its journal."""
    folder.mkdir()
    tables = "".join(
        f"[modules.{name}]\nhangs = {str(name == hanging).lower()}\n" for name in NODES
    )
    (folder / "edgeassist.toml").write_text('language = "zh"\n' + tables, "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": plugged(folder, STRANGE, **NODES),
        "MARK": str(folder / "mark"),
        "TOLD": str(folder / "told"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_STATE_HOME": str(folder / "state"),
        "EDGEASSIST_LANG": "en",
    }
    supervisor = Supervisor(
        [
            sys.executable,
            "-m",
            "edgeassist.cli.main",
            "run",
            "--service",
            str(folder / "edgeassist.toml"),
        ],
        environment,
        folder,
        watchdog_s=10,
    )
    lives = supervisor.run(
        lambda lives: len(lives) > 1 and lives[1].lines().count("WATCHDOG=1") > 1, 120
    )
    told = folder / "told"
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    return lives, lines, supervisor.journal.read_text("utf-8")


@pytest.fixture(scope="module")
def hung(tmp_path_factory) -> dict[str, tuple[list[Life], list[str], str]]:
    """All of them at once: most of their time they wait."""
    folder = tmp_path_factory.mktemp("hung")
    with ThreadPoolExecutor(len(HANGING)) as at_once:
        runs = {name: at_once.submit(_watched, folder / name, name) for name in HANGING}
        return {name: run.result() for name, run in runs.items()}


@pytest.mark.parametrize("name", HANGING)
def test_a_hung_module_ends_in_a_restart_and_the_second_process_is_well(hung, name):
    lives, _, journal = hung[name]
    assert len(lives) == 2, journal
    assert lives[0].killed == ("silence" if name == "lock" else "trigger"), journal
    assert lives[1].killed == ""
    assert lives[1].code == 0, journal
    assert "READY=1" in lives[1].lines()
    assert "STOPPING=1" in lives[1].lines()


@pytest.mark.parametrize(
    ("name", "text"),
    [("cam", "摄像头已关闭"), ("look", "障碍物提醒已停止"), ("voice", "语音已关闭")],
)
def test_the_user_is_told_what_is_lost_before_the_restart(hung, name, text):
    lives, told, journal = hung[name]
    assert told[:1] == [text], journal
    status = f"STATUS=没有响应: {name}"
    assert any(line.startswith("STATUS=") and name in line for line in lives[0].lines()), status


def test_the_journal_says_which_module_hung_and_at_what_each_thread_was(hung):
    _, _, journal = hung["look"]
    assert "hung, started anew: look" in journal
    assert 'strange.py", line' in journal  # faulthandler's list, written as the process is ended
    assert "Traceback" not in journal


def test_a_restart_that_did_not_help_is_not_repeated_at_once(tmp_path):
    path = tmp_path / "run" / "hangs.json"
    first = Hangs(path)
    assert first.may_restart(["camera"])
    first.restarting(["camera"])
    assert list(json.loads(path.read_text())) == ["camera"]
    after = Hangs(path)  # the next process
    assert not after.may_restart(["camera"])
    assert after.may_restart(["camera", "guide"])


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"camera": 3}', '{"camera": ["x"]}'])
def test_a_damaged_note_of_restarts_hinders_none(tmp_path, text):
    (tmp_path / "hangs.json").write_text(text)
    assert Hangs(tmp_path / "hangs.json").may_restart(["camera"])


def test_restarts_of_another_boot_do_not_count(tmp_path):
    (tmp_path / "hangs.json").write_text('{"camera": [1e12]}')
    assert Hangs(tmp_path / "hangs.json").may_restart(["camera"])
