"""A braille display on a real brltty, and short ways to write braille lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import headless_brltty
import pytest
from headless_brltty import Brltty, Pins
from needs import lacking


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Brltty, Pins]]:
    """One brltty for all tests that leave it as it was."""
    _need_brltty()
    pins = Pins()
    process = Brltty(tmp_path_factory.mktemp("brltty"), pins.port)
    process.start()
    yield process, pins
    process.kill()
    pins.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Brltty, Pins]]:
    """A brltty of the test's own, not started yet."""
    _need_brltty()
    pins = Pins()
    process = Brltty(tmp_path, pins.port)
    yield process, pins
    process.kill()
    pins.close()


def _need_brltty() -> None:
    missing = headless_brltty.missing()
    if missing:
        lacking(str(missing), "brltty")
