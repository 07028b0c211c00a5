"""What a user installs: the wheel, the sdist, the extras. `make package` tries them for real."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
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


def test_the_sdist_holds_what_builds_and_tests_it_and_nothing_that_was_made(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for file in ("Makefile", "constraints.txt", "README.zh-CN.md", "docs/README.md"):
        assert file in names
    for file in (Path("tests/conftest.py"), *(ROOT / "models").glob("*.toml")):
        assert str(file.relative_to(ROOT) if file.is_absolute() else file) in names
    made = re.compile(
        r"(^|/)(demo-out|\.venv|\.git|__pycache__|\.\w+_cache|dist|build)(/|$)|\.pyc$"
    )
    assert not [name for name in names if made.search(name)]


def extras() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["optional-dependencies"]


def test_every_extra_that_a_message_names_exists():
    texts = [file.read_text("utf-8") for file in (ROOT / "edgeassist").rglob("*.py")]
    named = set(re.findall(r"edgeassist\[(\w+)\]", "\n".join(texts)))
    assert {"mqtt", "pi", "sherpa", "vosk"} <= named <= set(extras())


HIDDEN = {"vosk": "vosk", "sherpa_onnx": "sherpa", "paho": "mqtt"}
REPORTS = """
import json, sys
for package in sys.argv[1:]:
    sys.modules[package] = None
from edgeassist.plugins import found, report
for kind in ("recognizers", "nodes"):
    for name, entry in found(kind).items():
        known = report(kind, entry)
        print(json.dumps([name, known.readiness, known.why, known.fix]))
"""


def test_an_engine_whose_package_is_missing_names_the_extra_that_brings_it():
    result = subprocess.run(
        [sys.executable, "-c", REPORTS, *HIDDEN], capture_output=True, text=True, check=True
    )
    told = {name: rest for name, *rest in map(json.loads, result.stdout.splitlines())}
    for package, extra in HIDDEN.items():
        readiness, why, fix = told[extra]
        assert readiness == "missing"
        assert package in why
        assert f"edgeassist[{extra}]" in fix
        assert any(package.split("_")[0] in one for one in extras()[extra])
    assert told["whisper"][0] != "broken"
