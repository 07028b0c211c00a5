"""The guide's own warnings, as the speech module sounds them: on the side where the danger is."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeassist.guide.node import Guide, GuideOptions
from edgeassist.loop.events import Priority, Utterance, VideoFrame
from edgeassist.profile import CameraProfile, Profile
from edgeassist.speech.earcons import earcon_of
from edgeassist.speech.node import Speech, SpeechOptions
from edgeassist.testing import context

CAMERA = CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62)
DETECTOR = '''
"""A detector that sees one person, {right_m} m right of the way, come nearer."""
from dataclasses import dataclass
from edgeassist.guide.geometry import View
from edgeassist.loop.events import Box
from edgeassist.profile import CameraProfile

@dataclass(frozen=True, kw_only=True)
class Options:
    size: int = 384

class Coming:
    Options = Options
    def __init__(self, options):
        self.away_m = 4.5
    def detect(self, image):
        view = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62), 640, 480)
        self.away_m = max(0.8, self.away_m - 0.12)
        x, foot = view.project({right_m}, 0, self.away_m)
        _, head = view.project({right_m}, 1.65, self.away_m)
        half = (foot - head) * 0.15
        return [Box(label="person", score=0.8, x1=x - half, y1=max(0.0, head), x2=x + half,
                    y2=min(480.0, foot))]
    def close(self):
        pass
'''


@pytest.fixture
def danger(tmp_path, monkeypatch, request) -> Utterance:
    """What the real guide says of somebody so many metres right of the way, once it is urgent."""
    name = f"coming_{'left' if request.param < 0 else 'right' if request.param else 'ahead'}"
    (tmp_path / f"{name}.py").write_text(DETECTOR.format(right_m=request.param), "utf-8")
    info = tmp_path / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[edgeassist.detectors]\n{name} = {name}:Coming\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    guide = Guide(GuideOptions(detector=name), replace(context(), profile=Profile(camera=CAMERA)))
    noise = np.random.default_rng(3)
    guide.open()
    try:
        given = [
            event
            for number in range(35)
            for event in guide.handle(
                VideoFrame(
                    captured_ns=number * 100_000_000,
                    image=noise.integers(0, 255, (480, 640, 3), dtype=np.uint8),
                    number=number,
                    at_s=number / 10,
                )
            )
        ]
    finally:
        guide.close()
    said = [event for event in given if isinstance(event, Utterance)]
    return next(event for event in said if event.priority is Priority.DANGER)


def ears(path: Path) -> np.ndarray:
    """The energy in the left ear and in the right one."""
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 2
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    energy: np.ndarray = (both.astype(float) ** 2).sum(axis=0)
    return energy


@pytest.mark.parametrize(
    ("danger", "louder"), [(-0.4, 0), (0.4, 1), (0.0, None)], indirect=["danger"]
)
def test_a_warning_of_the_guide_sounds_on_the_side_of_what_it_warns_of(danger, louder, tmp_path):
    tone = earcon_of(danger)
    assert tone is not None
    assert tone.danger
    options = SpeechOptions(
        voice="silence", output="file", path=tmp_path / "a.wav", stereo=True, remember=False
    )
    speech = Speech(options, context())
    speech.open()
    # As it stands, but for its time: the clock of this test is another.
    list(speech.handle(replace(danger, expires_ns=None)))
    list(speech.finish())
    speech.close()
    left, right = ears(tmp_path / "a.wav")
    assert max(left, right) > 0
    if louder is None:
        assert left == pytest.approx(right, rel=0.3)
    else:
        assert (left, right)[louder] > 1.3 * (right, left)[louder]
