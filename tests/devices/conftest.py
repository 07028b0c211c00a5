"""Sound without a sound card, for every test below this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pulse
import pytest
from needs import lacking


@pytest.fixture(scope="session")
def sound() -> Iterator[pulse.Pulse]:
    """A PulseAudio daemon with a null sink as microphone and another as loudspeaker."""
    missing = pulse.missing()
    if missing:
        lacking(str(missing), "pulseaudio pulseaudio-utils libasound2-plugins")
    # A socket's path may have 107 bytes only: pytest's own folders are too deep.
    with TemporaryDirectory(prefix="ea-pulse-") as folder:
        daemon = pulse.start(Path(folder))
        try:
            yield daemon
        finally:
            daemon.close()
