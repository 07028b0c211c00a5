"""A settings file that is damaged while the device is off: the one before is used, and told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from service_supervisor import Supervisor, plugged

RUN = [sys.executable, "-m", "edgeassist.cli.main", "run"]
STRANGE = '''
import os
from dataclasses import dataclass
from edgeassist.errors import DeviceError
from edgeassist.loop.events import BrailleLine, Status, Utterance, VideoFrame

@dataclass(frozen=True, kw_only=True)
class Options:
    there: bool = True

class Camera:
    """Gives nothing, but is there."""
    Options, consumes, produces = Options, (), (VideoFrame,)
    lost, called = "the camera is off", "camera"
    def __init__(self, options, context):
        self._options, self._context = options, context
    def open(self):
        if not self._options.there:
            raise DeviceError("camera 0", "there is no such camera")
    def events(self):
        while not self._context.stopping.wait(0.5):
            pass
        return iter(())
    def close(self): pass

class Dots:
    """A display that waits for its device."""
    Options, consumes, produces = Options, (BrailleLine, Utterance, Status), ()
    lost, called = "the braille display is off", "braille display"
    def __init__(self, options, context):
        self._options = options
    def open(self): pass
    def lacks(self):
        return "" if self._options.there else "未连接"
    def handle(self, event):
        text = getattr(event, "cells", "") or getattr(event, "text", "")
        if text:
            with open(os.environ["TOLD"], "a") as file:
                file.write(text + "\\n")
        return ()
    def finish(self): return ()
    def close(self): pass
'''
GOOD = """language = "zh"
self_test = "{test}"
[modules.cam]
there = {camera}
[modules.dots]
there = {display}
"""
WRONG = {
    "cut short": b'language = "zh"\n[modules.cam',
    "zeros": b"\0" * 200,
    "not text": b"\xff\xfe\x00",
    "a slip": b'language = "zh"\n[modules.cam]\nthere = 3\n',
    "empty": b"",
    "nested": b"a = " + b"[" * 100_000,
    "gone": None,
}


class Device:
    """A folder in which a service runs, for one life at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "edgeassist.toml"
        self.told = folder / "told"
        self.kept = folder / "state/edgeassist/last-good.json"
        self._lives = 0
        self.environment = {
            **os.environ,
            "PYTHONPATH": plugged(folder, STRANGE, cam="Camera", dots="Dots"),
            "TOLD": str(self.told),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_STATE_HOME": str(folder / "state"),
            "EDGEASSIST_LANG": "en",
            "PULSE_SERVER": "/nowhere",  # what is said aloud is not tested here
        }

    def run(self, until: str = "", *, keeps: bool = False, within_s: float = 60) -> tuple[int, str]:
        """Run until the user has been told this (and a config is kept); exit code and log."""
        self.told.unlink(missing_ok=True)
        self._lives += 1
        place = self.folder / str(self._lives)
        place.mkdir()
        supervisor = Supervisor(
            [*RUN, "--service", str(self.config)], self.environment, place, most_lives=1
        )

        def done(lives) -> bool:
            told = until in self.heard() if until else "READY=1" in lives[-1].lines()
            return told and (not keeps or self.kept.exists())

        (life,) = supervisor.run(done, within_s)
        return life.code, supervisor.journal.read_text("utf-8")

    def heard(self) -> str:
        return self.told.read_text("utf-8") if self.told.exists() else ""

    def write(self, *, test: str = "off", camera: bool = True, display: bool = True) -> None:
        text = GOOD.format(test=test, camera=str(camera).lower(), display=str(display).lower())
        self.config.write_text(text, "utf-8")


@pytest.fixture
def device(tmp_path) -> Device:
    return Device(tmp_path)


def test_a_damaged_config_is_told_of_and_the_one_before_is_used(device):
    device.write()
    code, journal = device.run(keeps=True)
    assert code == 0, journal
    assert device.kept.stat().st_mode & 0o077 == 0
    before = device.kept.read_bytes()
    device.config.write_bytes(WRONG["cut short"])
    code, journal = device.run("设置文件有误")
    assert code == 0, journal
    assert "edgeassist.toml: is not valid TOML" in journal
    assert "the last good config is used" in journal
    assert "Traceback" not in journal
    assert device.kept.read_bytes() == before


@pytest.mark.parametrize("how", WRONG)
def test_whatever_has_become_of_the_file_the_kept_one_is_read(device, how, monkeypatch):
    from edgeassist.service import last_good

    monkeypatch.setenv("PYTHONPATH", device.environment["PYTHONPATH"])
    monkeypatch.syspath_prepend(str(device.folder))
    device.write()
    name = str(device.config)
    found = last_good.load(name, device.kept)
    assert found.wrong == ""
    last_good.keep(name, found.config, device.kept)
    if WRONG[how] is None:
        device.config.unlink()
    else:
        device.config.write_bytes(WRONG[how])
    again = last_good.load(name, device.kept)
    assert name in again.wrong
    assert [module.name for module in again.config.modules] == ["cam", "dots"]
    assert again.config.modules[0].options == found.config.modules[0].options


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"name": "x"}', '{"name": 1, "texts": []}'])
def test_where_the_kept_one_is_damaged_too_the_mistake_itself_is_told(device, kept):
    from edgeassist.errors import ConfigError
    from edgeassist.service import last_good

    device.config.write_bytes(WRONG["a slip"])
    device.kept.parent.mkdir(parents=True)
    device.kept.write_text(kept)
    with pytest.raises(ConfigError, match=r"edgeassist\.toml"):
        last_good.load(str(device.config), device.kept)


def test_at_a_terminal_a_wrong_config_is_refused_whatever_was_kept(device):
    device.write()
    device.kept.parent.mkdir(parents=True)
    device.kept.write_text(
        json.dumps(
            {
                "name": str(device.config),
                "texts": {str(device.config): device.config.read_text("utf-8")},
            }
        )
    )
    device.config.write_bytes(WRONG["a slip"])
    done = subprocess.run(
        [*RUN, str(device.config)],
        env=device.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "edgeassist.toml" in done.stderr


def test_a_service_without_any_right_config_ends_with_2_and_says_why(device):
    device.config.write_bytes(WRONG["cut short"])
    code, journal = device.run()
    assert code == 2
    assert "is not valid TOML" in journal
    assert "Traceback" not in journal


def test_after_the_start_the_user_reads_in_braille_and_hears_what_works(device):
    from edgeassist.braille import translate

    device.write(test="all", camera=False, display=False)
    sentence = "摄像头未连接，盲文点显器未连接"
    code, journal = device.run(translate(sentence, language="zh").cells)
    assert code == 0, journal
    assert sentence in device.heard().splitlines()
    assert f"edgeassist: {sentence}" in journal.splitlines()
