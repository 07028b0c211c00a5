"""Nothing that comes from outside ends in anything but a result or one clear error.

A share of the cases of tests/measure/fuzz.py, which has them all.
"""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from measure.fuzz import TARGETS, go, hang, silence
from measure.fuzz_mutate import damaged

CASES = 12


@pytest.fixture
def apart() -> Iterator[Path]:
    """A short folder (sockets), and no trace of the test in the environment, nor in the log."""
    before = dict(os.environ)
    handler = signal.signal(signal.SIGALRM, hang)
    logging.disable()
    silence()
    with TemporaryDirectory(prefix="ea-fuzz-") as folder:
        yield Path(folder)
    logging.disable(logging.NOTSET)
    signal.signal(signal.SIGALRM, handler)
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_taken_or_refused_in_words(name: str, apart: Path) -> None:
    found = go(TARGETS[name], 0, CASES, apart, None)
    assert found["wrong"] == []
    assert found["cases"] == CASES


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    seeds = [b"[a]\nb = 1\n", b"RIFF0000WAVE"]
    cases = [damaged(seeds, number) for number in range(200)]
    assert cases == [damaged(seeds, number) for number in range(200)]
    assert len(set(cases)) > 150
