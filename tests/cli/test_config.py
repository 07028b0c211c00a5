"""Configs: every mistake named at once with file, key and remedy; ready-made ones are right."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.config import load_config, load_profile
from edgeassist.errors import ConfigError, EdgeAssistError, InputError
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.resources import data_dir

READY_MADE = sorted(path.stem for path in data_dir("configs").glob("*.toml"))
PROFILES = sorted(path.stem for path in data_dir("devices").glob("*.toml"))


def write(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_all_mistakes_of_a_config_are_named_at_once(tmp_path):
    path = write(
        tmp_path,
        """
        langauge = "zh"
        pace = "quick"
        keep_going = "yes"

        [modules.terminal]
        capshuns = true
        partials = 1
        """,
    )
    assert mistakes(path) == [
        f"{path}: pace: expected one of: 'real' or 'fast', got \"quick\"",
        f'{path}: keep_going: expected true or false, got "yes"',
        f"{path}: langauge: unknown key. Did you mean language?",
    ]
    path = write(
        tmp_path,
        """
        language = "fr"
        profile = "toaster"

        [modules.terminal]
        capshuns = true
        partials = 1

        [modules.terminall]

        [modules.wav]
        paths = 3
        gap_s = "long"
        """,
    )
    found = mistakes(path)
    assert f"{path}: language: expected one of: zh, en (fr)" in found
    assert any(line.startswith("toaster: there is no such file") for line in found)
    assert f"{path}: modules.terminal.partials: expected true or false, got 1" in found
    assert f"{path}: modules.terminal.capshuns: unknown key. Did you mean captions?" in found
    assert any("modules.terminall" in line and "no such plug-in" in line for line in found)
    assert any("modules.wav.paths: expected a list, got 3" in line for line in found)
    assert any("modules.wav.gap_s: expected a number" in line for line in found)


def test_a_config_that_does_not_exist_names_the_ready_made_ones():
    with pytest.raises(InputError, match=r"nonesuch: .*Ready-made: .*demo"):
        load_config("nonesuch")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "modules: is required but missing"),
        (b"[modules]\n", "names no modules"),
        (b"modules = 3\n", "modules: expected a table, got 3"),
        (b"= nonsense\n", "is not valid TOML"),
        ("language = '中文'".encode("gb18030"), "is not UTF-8 text (byte 12). Save it as UTF-8"),
    ],
)
def test_a_config_that_cannot_be_read_says_why(tmp_path, content, says):
    path = tmp_path / "my.toml"
    path.write_bytes(content)
    with pytest.raises(EdgeAssistError) as caught:
        load_config(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


@given(content=st.binary(max_size=200))
def test_no_file_makes_a_config_crash(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(content)
    with pytest.raises(EdgeAssistError):
        load_config(path)


@pytest.mark.parametrize("name", READY_MADE)
def test_every_ready_made_config_is_right(name):
    config = load_config(name)
    assert config.modules
    assert config.pace is Pace.REAL


@pytest.mark.parametrize("name", PROFILES)
def test_every_shipped_profile_is_right(name):
    assert load_profile(name).name == name


def test_the_default_profile_is_the_desktop_one_with_the_voice_that_is_always_there():
    desktop = load_profile("desktop")
    assert replace(desktop, speech=Profile().speech) == Profile()
    assert Profile().speech.voice == "pyttsx3"


def test_a_profile_with_an_impossible_camera_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[camera]\nheight_m = -1.0\nfov = 60\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profile(path)
    assert [str(one) for one in caught.value.mistakes] == [
        f"{path}: camera.height_m: expected more than 0.0, got -1.0",
        f"{path}: camera.fov: unknown key. Did you mean fov_deg?",
    ]


def edgeassist(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )


def test_a_wrong_config_ends_a_run_with_lines_and_exit_code_2(tmp_path):
    path = write(tmp_path, "[modules.wav]\npath = 'nosuch.wav'\n[modules.terminal]\nx = 1\n")
    result = edgeassist("run", str(path))
    assert result.returncode == 2
    assert "modules.terminal.x: unknown key" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_input_that_is_not_there_ends_a_run_with_one_line_and_exit_code_2(tmp_path):
    path = write(tmp_path, "[modules.wav]\npaths = ['nosuch.wav']\n[modules.captions]\n")
    result = edgeassist("run", str(path), cwd=tmp_path)
    assert result.returncode == 2
    complaints = [line for line in result.stderr.splitlines() if "nosuch.wav" in line]
    assert complaints, result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "required"),
        (("frobnicate",), "frobnicate"),
        (("run",), "CONFIG"),
        (("run", "demo", "--seconds", "-3"), "--seconds"),
        (("config", "check", "nosuch.toml"), "nosuch.toml: there is no such file"),
    ],
)
def test_a_wrong_command_gets_one_clear_line_and_exit_code_2(arguments, says):
    result = edgeassist(*arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_help_is_quick_because_it_loads_no_library():
    """What makes it slow is imports; they are counted here, seconds in the benchmarks."""
    code = (
        "import sys; from edgeassist.cli.main import build; build();"
        "print(sorted({'numpy', 'cv2', 'pydantic', 'onnxruntime', 'asyncio'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_a_config_is_shown_with_its_defaults():
    result = edgeassist("config", "show", "demo")
    assert result.returncode == 0, result.stderr
    assert "[modules.captions]" in result.stdout
    assert 'language = "auto"' in result.stdout


def test_the_page_shows_the_captions_own_transcript_unless_it_names_another(tmp_path):
    text = """
[modules.microphone]
[modules.web]
[modules.room]
plugin = "captions"
transcript = "talk.jsonl"
"""
    found = {one.name: one for one in load_config(write(tmp_path, text)).modules}
    assert found["web"].options.transcript == Path("talk.jsonl")
    other = text.replace("[modules.web]", '[modules.web]\ntranscript = "old.jsonl"')
    found = {one.name: one for one in load_config(write(tmp_path, other)).modules}
    assert found["web"].options.transcript == Path("old.jsonl")
    alone = text.replace('transcript = "talk.jsonl"', "")
    found = {one.name: one for one in load_config(write(tmp_path, alone)).modules}
    assert found["web"].options.transcript is None


def test_a_tilde_in_any_path_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    text = """
[modules.wav]
paths = ["~/a.wav", "model:demo-speech/b.wav"]
[modules.captions]
hot_words_file = "~/words.txt"
transcript = "~nobody-of-that-name/talk.jsonl"
"""
    wav, captions = (one.options for one in load_config(write(tmp_path, text)).modules)
    assert wav.paths == (tmp_path / "a.wav", Path("model:demo-speech/b.wav"))
    assert captions.hot_words_file == tmp_path / "words.txt"
    assert captions.transcript == Path("~nobody-of-that-name/talk.jsonl")
