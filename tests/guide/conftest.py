"""What the guide's tests share: real models, a real street, boxes of known size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from needs import lacking_model
from numpy.typing import NDArray

from edgeassist.devices.videofile import open_video
from edgeassist.errors import ModelError
from edgeassist.guide.engines.centernet import CenterNet, CenterNetOptions
from edgeassist.modelstore import installed


def _folder(card: str) -> Path:
    try:
        return Path(installed(card))
    except ModelError as error:
        lacking_model(error)


@pytest.fixture(scope="session")
def street_video() -> Path:
    return _folder("demo-video") / "vtest.avi"


@pytest.fixture(scope="session")
def street(street_video: Path) -> NDArray[np.uint8]:
    """A picture of a street, 768 x 576, with people and cars."""
    with open_video(street_video) as video:
        return next(video.frames()).image()


@pytest.fixture(scope="session")
def centernet() -> CenterNet:
    _folder("centernet")
    return CenterNet(CenterNetOptions(size=512))
