"""`edgeassist install-service`: files of a system, an image, a desktop; what systemd says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edgeassist.cli.main import main
from edgeassist.config import load_config
from edgeassist.service.unit import Plan, system_unit
from edgeassist.userprofile import own_path

UNIT = "etc/systemd/system/edgeassist.service"
CONFIG = "etc/edgeassist/edgeassist.toml"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")


@pytest.fixture
def image(tmp_path) -> Path:
    """The root folder of a system with the groups of a Raspberry Pi."""
    (tmp_path / "etc").mkdir()
    names = ("root", "audio", "video", "gpio", "i2c")
    (tmp_path / "etc/group").write_text("".join(f"{name}:x:1:\n" for name in names))
    return tmp_path


def install(*more: str) -> int:
    return main(["install-service", *more])


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_an_image_gets_a_unit_that_starts_with_it_and_a_config_of_its_own(image, capsys):
    assert install("pi5-guide", "--root", str(image)) == 0
    wanted = image / "etc/systemd/system/multi-user.target.wants/edgeassist.service"
    assert os.readlink(wanted) == "../edgeassist.service"
    assert load_config(image / CONFIG).profile.name == "pi5"
    unit = settings((image / UNIT).read_text("utf-8"))
    assert unit["ExecStart"][0].endswith(f"run --service /{CONFIG}")
    assert unit["Type"] == ["notify"]
    assert unit["Restart"] == ["on-failure"]
    assert unit["DynamicUser"] == ["yes"]
    assert "EDGEASSIST_MODELS=/opt/edgeassist/models" in " ".join(unit["Environment"])
    assert str(image) not in (image / UNIT).read_text("utf-8")
    written = [line for line in capsys.readouterr().out.splitlines() if "written: " in line]
    assert len(written) == 4


def test_a_config_that_was_changed_is_kept_by_the_next_installation_and_by_the_removal(image):
    install("pi5-guide", "--root", str(image))
    (image / CONFIG).write_text("# mine\n" + (image / CONFIG).read_text("utf-8"), "utf-8")
    install("pi4-captions", "--root", str(image))
    assert (image / CONFIG).read_text("utf-8").startswith("# mine")
    assert install("--uninstall", "--root", str(image)) == 0
    left = sorted(str(f.relative_to(image)) for f in image.rglob("*") if f.is_file())
    assert left == [CONFIG, "etc/group"]
    assert install("--uninstall", "--root", str(image)) == 0


def test_only_groups_that_the_system_has_are_named_and_the_others_are_told_of(image, capsys):
    install("pi5-guide", "--root", str(image))
    assert settings((image / UNIT).read_text("utf-8"))["SupplementaryGroups"] == [
        "audio video i2c gpio"
    ]
    assert "no group brlapi here: without it braille display" in capsys.readouterr().err
    rules = (image / "etc/udev/rules.d/60-edgeassist.rules").read_text("utf-8")
    assert 'SUBSYSTEM=="gpio"' in rules
    (image / "etc/group").write_text("root:x:0:\n")
    install("pi5-guide", "--root", str(image))
    assert 'GROUP="' not in (image / "etc/udev/rules.d/60-edgeassist.rules").read_text("utf-8")


@pytest.mark.parametrize(("config", "far"), [("pi5-guide", False), ("pi4-captions", True)])
def test_only_a_config_that_asks_for_the_network_may_use_it(image, config, far):
    install(config, "--root", str(image))
    assert ("IPAddressDeny" in settings((image / UNIT).read_text("utf-8"))) is not far


def test_a_dry_run_prints_and_writes_nothing(image, capsys):
    assert install("pi4-captions", "--root", str(image), "--dry-run", "--json") == 0
    files = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(f["path"]).name for f in files] == [
        "edgeassist.service",
        "60-edgeassist.rules",
        "edgeassist.toml",
        "edgeassist.service",
    ]
    assert [f.name for f in image.iterdir()] == ["etc"]


def test_a_desktop_user_gets_a_unit_in_her_own_folders(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert install("desktop", "--user") == 0
    unit = settings((tmp_path / "systemd/user/edgeassist.service").read_text("utf-8"))
    assert unit["ExecStart"][0].endswith(f"run --service {tmp_path}/edgeassist/edgeassist.toml")
    assert "DynamicUser" not in unit
    assert unit["WantedBy"] == ["default.target"]
    assert "systemctl --user" in capsys.readouterr().err
    assert own_path("x").parent.parent == tmp_path / "edgeassist"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--root", "ROOT"), "CONFIG: is missing"),
        (("no-such", "--root", "ROOT"), "no-such: there is no such file"),
        (("pi5-guide", "--user", "--root", "ROOT"), "does not go together"),
        (("pi5-guide", "--root", "/proc/nowhere"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_one_clear_line(image, capsys, words, said):
    given = [str(image) if word == "ROOT" else word for word in words]
    assert install(*given) == 2
    assert said in capsys.readouterr().err
    assert not (image / UNIT).exists()


def test_the_guard_of_an_offline_update_is_asked_before_each_start(image):
    program = image / "opt/edgeassist/current/bin/edgeassist"
    program.parent.mkdir(parents=True)
    program.touch()
    install("pi5-guide", "--root", str(image))
    unit = settings((image / UNIT).read_text("utf-8"))
    assert unit["ExecStart"][0].startswith("/opt/edgeassist/current/bin/edgeassist run")
    assert "/opt/edgeassist/guard" in unit["ExecStartPre"][0]
    assert "EDGEASSIST_GUARDED=1" in unit["Environment"]


@pytest.fixture
def analyze(tmp_path):
    """systemd-analyze on the unit with a program that exists here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    plan = Plan(
        program=sys.executable,
        models="/opt/edgeassist/models",
        language="zh",
        groups=("audio", "video"),
        guard="/opt/edgeassist/guard",
    )
    unit = tmp_path / "edgeassist.service"
    unit.write_text(system_unit(plan), "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["systemd-analyze", *words, str(unit)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    return run


def test_systemd_finds_no_fault_in_the_unit(analyze):
    done = analyze("verify", "--man=no")
    assert done.returncode == 0, done.stderr
    assert "edgeassist.service" not in done.stderr


def test_systemd_rates_the_unit_as_hardly_exposed(analyze):
    done = analyze("security", "--offline=yes")
    exposure = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert exposure is not None, done.stderr
    assert float(exposure[1]) < 2.0
