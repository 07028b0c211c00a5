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


def test_motors_and_sensors_are_named_by_their_pins(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "mine"\n[haptics]\nleft = 12\nright = 26\n'
        '[[ranges.ultrasound]]\nname = "front"\ntrigger = 23\necho = 24\n'
        '[[ranges.laser]]\nname = "head"\naddress = 0x2a\nelevation_deg = 20\n'
    )
    profile = load_profile(file)
    assert (profile.haptics.left, profile.haptics.ahead, profile.haptics.right) == (12, None, 26)
    assert [one.echo for one in profile.ranges.ultrasound] == [24]
    assert [(one.address, one.bus) for one in profile.ranges.laser] == [(0x2A, 1)]


def test_a_mistake_in_the_second_sensor_is_told_with_its_place(tmp_path):
    file = tmp_path / "mine.toml"
    sensor = '[[ranges.ultrasound]]\nname = "{0}"\ntrigger = 23\n{1} = {2}\n'
    file.write_text(
        'name = "mine"\n' + sensor.format("a", "echo", 24) + sensor.format("b", "ehco", 40)
    )
    with pytest.raises(ConfigError) as raised:
        load_profile(file)
    message = str(raised.value)
    assert "ranges.ultrasound.1.ehco" in message
    assert "ranges.ultrasound.0" not in message
