"""The shipped board profiles, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from edgeassist import plugins
from edgeassist.config import load_profile
from edgeassist.errors import ConfigError, InputError
from edgeassist.resources import data_dir


@pytest.mark.parametrize("name", ["desktop", "pi5", "pi4"])
def test_every_shipped_profile_loads_and_names_engines_that_exist(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.title
    assert profile.guide.detector in plugins.found("detectors")
    assert profile.captions.recognizer in plugins.found("recognizers")
    assert profile.speech.voice in plugins.found("voices")


def test_every_profile_file_goes_by_its_own_name():
    for file in data_dir("devices").glob("*.toml"):
        assert load_profile(file).name == file.stem


def test_a_profile_with_mistakes_tells_of_all_of_them_with_their_keys(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[camera]\nhieght_m = 1.2\nfov_deg = 400\n')
    with pytest.raises(ConfigError) as raised:
        load_profile(file)
    message = str(raised.value)
    assert "camera.hieght_m" in message
    assert "camera.fov_deg" in message
    assert len(raised.value.mistakes) == 2


def test_an_unknown_profile_is_told_of_with_those_there_are():
    with pytest.raises(InputError, match="desktop"):
        load_profile("pi9")
