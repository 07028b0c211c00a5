"""Wherever the power fails the old version or the new one is in use; one that fails is left."""

import subprocess
import sys
from pathlib import Path

import pytest

from edgeassist.errors import InputError
from edgeassist.update.tree import STARTS, Tree

# Switches, and kills itself at the n-th change to the disk; says so if it got to the end.
SWITCH = """
import os, signal, sys
from pathlib import Path
from edgeassist.update.tree import Tree
root, left = sys.argv[1], int(sys.argv[2])
tree = Tree(Path(root))
def count(event, args):
    global left
    writes = event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)
    changes = event in ("os.rename", "os.remove", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod")
    if (writes or changes) and str(args[0]).startswith(root):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
tree.switch("2.0")
print("done")
"""


def stage(tree: Tree, version: str, *, starts: bool = True) -> None:
    """A version that says what it is, or fails whatever it is asked."""
    program = tree.stage / "bin" / "edgeassist"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho {version}\n" if starts else "#!/bin/sh\nexit 1\n")
    program.chmod(0o755)


def device(folder: Path) -> Tree:
    """A device with version 1.0 in use and 0.9 before it."""
    tree = Tree(folder)
    for version in ("0.9", "1.0"):
        with tree.alone():
            stage(tree, version)
            tree.switch(version)
    tree.forget("trial")
    return tree


def in_use(tree: Tree) -> str:
    done = subprocess.run(
        [tree.root / "current" / "bin" / "edgeassist"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def guard(tree: Tree, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tree.root / "guard"],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_new_version_is_on_trial_and_the_one_before_stays(tmp_path):
    tree = device(tmp_path)
    stage(tree, "2.0")
    tree.switch("2.0")
    assert in_use(tree) == "2.0"
    assert (tree.previous(), tree.installed()) == ("1.0", ["1.0", "2.0"])
    assert tree.trial().old == "1.0"


def test_a_power_cut_at_any_moment_leaves_the_old_or_the_new_version(tmp_path):
    seen = []
    for moment in range(1000):
        tree = device(tmp_path / str(moment))
        stage(tree, "2.0")
        done = subprocess.run(
            [sys.executable, "-c", SWITCH, str(tree.root), str(moment)],
            capture_output=True,
            text=True,
            check=False,
        )
        seen.append(in_use(tree))
        if seen[-1] == "2.0":
            assert tree.trial().new == "2.0", "a new version must be on trial from its first start"
        guard(tree)  # the next start
        assert in_use(tree) == seen[-1]
        with tree.alone():
            pass
        assert not list(tree.versions.glob(".*")), "what the cut has left is tidied up"
        if done.stdout:
            break
        assert done.returncode == -9, done.stderr
    assert seen == sorted(seen)
    assert {"1.0", "2.0"} == set(seen)
    assert len(seen) > 10


def test_a_version_that_does_not_stay_up_is_left_after_three_starts(tmp_path):
    tree = device(tmp_path)
    stage(tree, "2.0", starts=False)
    tree.switch("2.0")
    for _ in range(STARTS):
        assert not guard(tree).stderr
        assert tree.current() == "2.0"
    assert "2.0 did not stay up; version 1.0" in guard(tree).stderr
    assert in_use(tree) == "1.0"
    assert (tree.failed(), tree.trial()) == ("2.0", None)
    assert not guard(tree).stderr
    with pytest.raises(InputError):  # the failed one is not what "before" means
        tree.back()


def test_a_version_that_says_it_has_stayed_up_is_kept(tmp_path):
    tree, state = device(tmp_path), tmp_path / "state"
    state.mkdir()
    stage(tree, "2.0")
    tree.switch("2.0")
    guard(tree, STATE_DIRECTORY=str(state))
    (state / "update-good").write_text("2.0")
    for _ in range(STARTS + 2):
        guard(tree, STATE_DIRECTORY=str(state))
    assert in_use(tree) == "2.0"
    assert tree.trial() is None


def test_an_old_word_of_another_version_keeps_nothing(tmp_path):
    tree = device(tmp_path)
    (tmp_path / "update-good").write_text("1.0")
    stage(tree, "2.0", starts=False)
    tree.switch("2.0")
    for _ in range(STARTS + 1):
        guard(tree)
    assert in_use(tree) == "1.0"


def test_one_can_go_back_by_hand_and_forth_again(tmp_path):
    tree = device(tmp_path)
    assert tree.back() == ("1.0", "0.9")
    assert in_use(tree) == "0.9"
    assert tree.back() == ("0.9", "1.0")
    assert in_use(tree) == "1.0"
    with pytest.raises(InputError):
        Tree(tmp_path / "none").back()


def test_two_updates_at_once_are_refused_and_said(tmp_path):
    tree = Tree(tmp_path)
    with tree.alone(), pytest.raises(InputError), Tree(tmp_path).alone():
        pass


def test_a_folder_that_may_not_be_written_is_named():
    with (
        pytest.raises(InputError, match="/proc/edgeassist"),
        Tree(Path("/proc/edgeassist")).alone(),
    ):
        pass
