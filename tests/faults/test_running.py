"""A device goes on, or comes back by itself, whatever happens around it; no line is lost."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from device import Desk, Ears, pulse
from headless_brltty import missing
from kinds import DESK, EARS, Fault, inject
from mosquitto import PROGRAM
from needs import lacking, lacking_model

from edgeassist.errors import EdgeAssistError
from edgeassist.modelstore import installed


@pytest.fixture(scope="module")
def ears() -> Iterator[Ears]:
    """A microphone and a voice, running."""
    if pulse.missing():
        lacking(pulse.missing(), "pulseaudio pulseaudio-utils libasound2-plugins")
    with TemporaryDirectory(prefix="ea-ears-") as folder:  # a socket's path may be short only
        device = Ears(Path(folder))
        yield device
        device.close()


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Captions, braille, camera and page, running."""
    if missing() or PROGRAM is None:
        lacking("brltty and mosquitto", "brltty mosquitto")
    try:
        for card in ("demo-speech", "centernet"):
            installed(card)
    except EdgeAssistError as error:
        lacking_model(error)
    with TemporaryDirectory(prefix="ea-desk-") as folder:
        device = Desk(Path(folder))
        yield device
        device.close()


@pytest.mark.parametrize("fault", EARS, ids=lambda fault: fault.name)
def test_the_voice_and_the_microphone_come_back(fault: Fault, ears: Ears) -> None:
    found = inject(fault, ears)
    assert found.told or not fault.says
    assert "Traceback" not in ears.log


@pytest.mark.parametrize("fault", DESK, ids=lambda fault: fault.name)
def test_captions_braille_and_pages_come_back_and_no_line_is_lost(fault: Fault, desk: Desk) -> None:
    if fault.needs_disk and not desk.own_disk:
        pytest.skip("no file system may be mounted here")
    found = inject(fault, desk)
    assert found.told or not fault.says
    assert found.lost == []
    assert "Traceback" not in desk.log
