"""The wheel a user installs holds the program, model cards, profiles and configs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_all_that_is_needed_at_run_time_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("models", "devices", "configs"):
        for file in (ROOT / folder).glob("*.toml"):
            assert f"edgeassist/data/{folder}/{file.name}" in names
    assert "edgeassist/locale/zh_cli.toml" in names
    assert "edgeassist/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_the_installed_wheel_finds_its_configs_without_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import edgeassist, sys; from edgeassist.config import load_config;"
        "print(edgeassist.__file__, load_config('captions').path)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.split() == [
        str(tmp_path / "edgeassist" / "__init__.py"),
        str(tmp_path / "edgeassist" / "data" / "configs" / "captions.toml"),
    ], result.stderr
