"""Every built-in engine and source keeps the contract that plug-in authors are held to."""

import numpy as np
import pytest

from edgeassist.devices.speaker_file import FileSpeaker
from edgeassist.devices.video import VideoSource
from edgeassist.devices.videofile import open_video
from edgeassist.devices.wav import WavSource
from edgeassist.guide.engines.centernet import CenterNet
from edgeassist.guide.node import Guide
from edgeassist.loop.events import Priority, Utterance, VideoFrame
from edgeassist.modelstore import installed
from edgeassist.speech.engines.pyttsx3 import Pyttsx3
from edgeassist.speech.engines.silence import Silence
from edgeassist.speech.node import Speech
from edgeassist.testing import check_detector, check_node, check_speaker, check_voice


@pytest.fixture(scope="module")
def street() -> list[np.ndarray]:
    """The first four seconds of a street at eye level, every tenth picture."""
    with open_video(installed("demo-street") / "bikes.mp4") as film:
        return [frame.image() for frame, _ in zip(film.frames(), range(100), strict=False)][::10]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_espeak_is_a_voice(language):
    sound = check_voice(Pyttsx3, Pyttsx3.Options(), "你好" if language == "zh" else "hi", language)
    assert np.abs(sound).max() > 1000


def test_silence_is_a_voice_that_is_not_heard():
    sound = check_voice(Silence, Silence.Options(), "你好", "zh")
    assert not sound.any()


def test_a_file_can_stand_in_for_a_loudspeaker(tmp_path):
    check_speaker(FileSpeaker, FileSpeaker.Options(path=tmp_path / "speech.wav"))


def test_centernet_is_a_detector(street):
    found = check_detector(CenterNet, CenterNet.Options(), street[4])
    assert "person" in {box.label for box in found}


def test_the_guide_is_a_node(street):
    frames = [
        VideoFrame(captured_ns=number, image=image, number=number, at_s=number * 0.4)
        for number, image in enumerate(street)
    ]
    assert check_node(Guide, Guide.Options(), frames)


def test_speech_is_a_node(tmp_path):
    said = Utterance(captured_ns=0, text="好", language="zh", priority=Priority.MESSAGE)
    options = Speech.Options(output="file", path=tmp_path / "speech.wav")
    (spoken,) = check_node(Speech, options, [said])
    assert spoken.how == "said"


def test_files_are_sources():
    check_node(WavSource, WavSource.Options(path="x.wav"), [])
    check_node(VideoSource, VideoSource.Options(path="x.mp4"), [])
