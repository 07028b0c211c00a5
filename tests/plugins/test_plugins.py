"""Plug-ins of anybody's package: found, reported on, configured and run like the built-in ones."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from importlib import metadata
from pathlib import Path

import pytest

from edgeassist import plugins
from edgeassist.errors import PluginError
from edgeassist.testing import check_plugin

EXAMPLE = Path(__file__).parent / "example"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder with the example package installed in it, as pip would leave it."""
    target = tmp_path_factory.mktemp("site")
    shutil.copy(EXAMPLE / "edgeassist_shout.py", target)
    project = (EXAMPLE / "pyproject.toml").read_text("utf-8")
    info = target / "edgeassist_shout-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: edgeassist-shout\nVersion: 1.0\n")
    points = project.split('[project.entry-points."edgeassist.nodes"]')[1].replace('"', "")
    (info / "entry_points.txt").write_text("[edgeassist.nodes]\n" + points)
    return target


def run(site: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = ["-c", code] if code else ["-m", "edgeassist.cli.main"]
    return subprocess.run(
        [sys.executable, *command, *arguments],
        env={**os.environ, "PYTHONPATH": str(site), "EDGEASSIST_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_package_of_ones_own_is_found_and_its_troubles_are_told(site):
    result = run(site, "plugins", "--kind", "nodes", "--json")
    known = {one["name"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert known["shout"]["readiness"] == "available"
    assert known["shout"]["package"] == "edgeassist-shout"
    assert known["shout-broken"]["readiness"] == "broken"
    assert "NotThere" in known["shout-broken"]["why"]
    assert known["shout-needy"]["readiness"] == "missing"
    assert known["shout-needy"]["fix"] == "Run: pip install a-package-nobody-has"
    assert known["terminal"]["readiness"] == "available"


def test_listing_plugins_loads_no_engine(site):
    code = textwrap.dedent("""
        import sys
        from edgeassist.cli.main import main
        main(["plugins"])
        heavy = {"cv2", "onnxruntime", "faster_whisper", "ctranslate2", "vosk", "sounddevice",
                 "pypinyin", "g2pM", "rjieba", "kenlm", "opencc", "onnx", "pyttsx3"}
        sys.exit(",".join(sorted(heavy & set(sys.modules))) or 0)
    """)
    result = run(site, code=code)
    assert result.returncode == 0, result.stderr


def test_a_plugin_of_ones_own_is_configured_and_run(site):
    code = textwrap.dedent("""
        import sys
        from edgeassist.config import parse_options
        from edgeassist.errors import ConfigError
        from edgeassist.loop.events import Caption
        from edgeassist.plugins import ready
        from edgeassist.testing import check_node

        shout = ready("nodes", "shout")
        try:
            parse_options(shout, {"marc": "?"}, "my.toml", "modules.shout")
        except ConfigError as error:
            print(error)
        options = parse_options(shout, {"mark": "!!"}, "my.toml")
        caption = Caption(captured_ns=1, utterance=1, text="mind the step", final=True,
                          stable_chars=13, start_s=0, end_s=1, language="en")
        (said,) = check_node(shout, options, [caption])
        print(said.text)
    """)
    result = run(site, code=code)
    assert result.stdout.splitlines() == [
        "my.toml: modules.shout.marc: unknown key. Did you mean mark?",
        "MIND THE STEP!!",
    ], result.stderr


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (entry.group.removeprefix("edgeassist."), entry.name)
        for entry in metadata.distribution("edgeassist").entry_points
        if entry.group.startswith("edgeassist.")
    ],
)
def test_every_built_in_keeps_what_all_plugins_keep(kind, name):
    assert plugins.KINDS[kind]
    check_plugin(kind, plugins.load(kind, name))


def test_an_unknown_plugin_is_refused_with_the_names_there_are():
    with pytest.raises(PluginError, match=r"frobnicate: .*recognizers.*whisper"):
        plugins.load("recognizers", "frobnicate")
