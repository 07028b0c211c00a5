"""The real thing: this project's own wheels, installed beside each other and gone back from."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bundles import Signer, as_version, built

from edgeassist.update.tree import STARTS, Tree

# A version that answers every question well and fails as soon as it is meant to run.
FAILS = (
    "edgeassist/cli/run.py",
    "    config = load_config(args.config)\n",
    "    raise SystemExit(3)\n",
)
# A version that does not even start.
DEAD = ("edgeassist/cli/main.py", "def main(", "import no_such_module\n\n\ndef main(")


@dataclass
class Device:
    """A root folder, the bundles for it, and the command run there."""

    tree: Tree
    signer: Signer
    bundles: dict[str, Path]

    def update(
        self, *words: str | Path, program: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`edgeassist update …`, of the version in use where there is one."""
        command = [program] if program else [sys.executable, "-m", "edgeassist.cli.main"]
        root = [] if program else ["--root", self.tree.root]
        return subprocess.run(
            [*map(str, command), "update", *map(str, words), *map(str, root)],
            env={**os.environ, "EDGEASSIST_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def program(self) -> Path:
        return self.tree.root / "current" / "bin" / "edgeassist"

    def start(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Start whatever is in use, as a launcher does."""
        return subprocess.run([self.program, *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def device(tmp_path_factory) -> Iterator[Device]:
    """A device that has this version as its first one, and trusts one key."""
    folder = tmp_path_factory.mktemp("device")
    signer = Signer(folder)
    versions = {
        "first": ("0.2.0", None),
        "next": ("0.2.1", None),
        "fails": ("0.2.2", FAILS),
        "old and dead": ("0.1.1", DEAD),
    }
    ours, bundles = built(folder), {}
    for name, (version, change) in versions.items():
        made = as_version(ours, version, change)
        bundles[name] = signer.sealed({f"wheels/{made.name}": made}, version)[0]
    one = Device(Tree(folder / "root"), signer, bundles)
    assert one.update("trust", signer.public).returncode == 0
    done = one.update("apply", bundles["first"])
    assert done.returncode == 0, done.stderr
    return one


def everything(tree: Tree) -> set[str]:
    """What is in the root folder, the lock aside."""
    return {str(path) for path in tree.root.rglob("*") if path.name != ".lock"} | {
        tree.current(),
        tree.previous(),
    }


def test_the_first_version_runs_from_its_folder(device):
    done = device.start("--version")
    assert done.stdout == "edgeassist 0.2.0\n", done.stderr
    assert device.tree.trial() is None, "there is nothing to go back to"
    found = device.start("config", "show", "captions")
    assert found.returncode == 0, found.stderr


def test_what_cannot_be_used_is_one_line_and_changes_nothing(device, tmp_path):
    before = everything(device.tree)
    cut = tmp_path / "cut.update"
    cut.write_bytes(device.bundles["next"].read_bytes()[:-1])
    (tmp_path / "x").mkdir()
    no_wheel = {"wheels/edgeassist-9-x.whl": b"x"}
    stranger = Signer(tmp_path / "x", "stranger").bundle(no_wheel, "9")
    for bundle, why in (
        (cut, "cut short"),
        (stranger, "not trusted"),
        (tmp_path / "none.update", "No such file"),
        (device.bundles["old and dead"], "older than 0.2.0"),
        (device.signer.bundle(no_wheel, "9", minimum="8"), "needs version 8"),
        (device.signer.bundle(no_wheel, "10"), "does not fit"),
    ):
        done = device.update("apply", bundle)
        assert done.returncode == 2, done.stderr
        assert why in done.stderr
        assert "Traceback" not in done.stderr
        assert everything(device.tree) == before


def test_a_version_that_does_not_start_is_never_switched_to(device):
    before = everything(device.tree)
    done = device.update("apply", device.bundles["old and dead"], "--older")
    assert done.returncode == 1
    assert "no_such_module" in done.stderr
    assert "old version stays in use" in done.stderr
    assert everything(device.tree) == before


def test_an_update_killed_in_the_middle_changes_nothing(device):
    before = everything(device.tree)
    command = [sys.executable, "-m", "edgeassist.cli.main", "update", "apply"]
    with subprocess.Popen(
        [*command, device.bundles["next"], "--root", device.tree.root],
        env={**os.environ, "EDGEASSIST_LANG": "en"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        for line in child.stderr:
            if line.startswith("Trying"):
                break
        os.killpg(child.pid, signal.SIGKILL)
    assert device.start("--version").stdout == "edgeassist 0.2.0\n"
    with device.tree.alone():
        pass
    assert everything(device.tree) == before


def test_a_new_version_comes_with_its_modules_tried_and_stays_when_it_has_stayed_up(
    device, tmp_path
):
    config = tmp_path / "own.toml"
    config.write_text(
        '[modules.microphone]\n[modules.captions]\nengine = "vosk"\n'
        f'transcript = "{tmp_path}/said.jsonl"\n[modules.terminal]\n'
    )
    done = device.update("apply", device.bundles["next"], "--config", config)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "said.jsonl").exists(), "a trial writes into nobody's transcript"
    assert device.start("--version").stdout == "edgeassist 0.2.1\n"
    assert device.tree.trial().old == "0.2.0"
    # What `run` does, with five minutes already over.
    stays = (
        "import time; from edgeassist.update.trial import on_trial; "
        "from edgeassist.update.tree import here; good = here().root / 'update-good'\n"
        "with on_trial(lambda: True, after_s=0.0):\n"
        "    while not good.exists(): time.sleep(0.01)\n"
    )
    python = device.tree.root / "current" / "bin" / "python"
    subprocess.run([python, "-c", stays], check=True)
    for _ in range(STARTS + 2):
        assert device.start("run", "none-of-that-name").returncode == 2
    assert device.tree.current() == "0.2.1"
    assert device.tree.trial() is None


def test_a_version_that_fails_when_it_runs_is_gone_back_from_by_itself(device, tmp_path):
    little = tmp_path / "little.toml"
    little.write_text(
        '[modules.wav]\npath = "model:demo-speech/zh/nihao_shijie.wav"\n[modules.terminal]\n'
    )
    done = device.update("apply", device.bundles["fails"], "--json", program=device.program)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["changed"]
    codes = [device.start("run", "none-of-that-name").returncode for _ in range(STARTS + 1)]
    assert codes == [3] * STARTS + [2], "the fourth start is the old version's"
    assert device.tree.current() == "0.2.1"
    again = device.start("run", str(little), "--seconds", "1")
    assert "0.2.2" in again.stderr, "whoever looks after it is told at each start"
    listed = device.update("list", program=device.program)
    assert "0.2.2 did not stay up" in listed.stdout
    assert device.update("rollback").returncode == 2, "what has failed does not come back"


def test_keys_and_bundles_are_made_by_the_command_too(tmp_path, device):
    done = device.update("check", device.bundles["next"], "--json")
    assert json.loads(done.stdout)["signed_by"] == "centre"
    command = [sys.executable, "-m", "edgeassist.cli.main", "update"]

    def run(*words):
        return subprocess.run(
            [*command, *map(str, words)], capture_output=True, text=True, check=False
        )

    made = run("keygen", "home", "--folder", tmp_path, "--json")
    private = json.loads(made.stdout)["private"]
    source = next(device.signer.folder.glob("edgeassist-0.2.1-*.whl"))
    out = tmp_path / "new.update"
    done = run("create", source, "--key", private, "--model", "vosk-ko", "-o", out, "--json")
    record = json.loads(done.stdout)
    assert record["version"] == "0.2.1"
    assert record["files"] > 2
    assert out.stat().st_size > 10_000_000
    assert run("create", tmp_path / "x.whl", "--key", private, "-o", out).returncode == 2
