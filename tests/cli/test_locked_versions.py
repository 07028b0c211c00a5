"""constraints.txt pins all that is needed, to the version that is installed."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = ("vosk", "sherpa", "mqtt", "pi", "update", "dev")
PIN = re.compile(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)")


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            pin = PIN.fullmatch(line)
            assert pin, f"not an exact version: {line}"
            found[canonicalize_name(pin[1])] = pin[2]
    return found


def needed() -> set[str]:
    """Everything that edgeassist with all its extras needs here, by name."""
    found: set[str] = set()
    waiting = [("edgeassist", "")] + [("edgeassist", extra) for extra in EXTRAS]
    done = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in done:
            continue
        done.add((name, extra))
        for text in distribution(name).requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                found.add(canonicalize_name(wanted.name))
                waiting += [(wanted.name, one) for one in ("", *wanted.extras)]
    return found


def test_every_dependency_is_pinned_to_the_version_that_is_tested():
    locked = pins()
    wrong = [
        f"{name}: {locked.get(name)} pinned, {distribution(name).version} installed"
        for name in sorted(needed())
        if locked.get(name) != distribution(name).version
    ]
    assert not wrong, "run: make lock"
