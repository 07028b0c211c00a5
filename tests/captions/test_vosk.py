"""Vosk: sound heard once, partials word by word. Korean is the one model in the store."""

import subprocess

import numpy as np
import pytest
from recordings import quiet

from edgeassist.captions.engines.vosk import Vosk, VoskOptions
from edgeassist.devices.wav import open_audio
from edgeassist.errors import ModelError
from edgeassist.loop.events import Gap
from edgeassist.testing import audio_blocks, check_recognizer, context


@pytest.fixture(scope="module")
def korean(tmp_path_factory):
    """A greeting, synthesised: the model hears speech in it, not the very words."""
    path = tmp_path_factory.mktemp("vosk") / "ko.wav"
    text = "안녕하세요. 감사합니다."
    subprocess.run(["espeak-ng", "-v", "ko", "-s", "130", "-w", str(path), text], check=True)
    with open_audio(path) as audio:
        return np.concatenate((*audio.blocks(), quiet(1)))


def test_partials_grow_and_finals_follow(korean):
    captions = check_recognizer(Vosk, VoskOptions(), korean, language="ko")
    partials = [caption for caption in captions if not caption.final]
    assert len(partials) >= 2
    assert len(partials[0].text) < len(captions[-1].text)
    assert any("가" <= character <= "힣" for character in captions[-1].text)
    assert all(caption.language == "ko" for caption in captions)


def test_lost_sound_ends_what_was_said(korean):
    engine = Vosk(VoskOptions(), context())
    half = korean[: len(korean) // 2]
    captions = [c for block in audio_blocks(half) for c in engine.feed(block)]
    captions += engine.gap(Gap(captured_ns=0, start_s=len(half) / 16_000, seconds=1.0))
    assert captions[-1].final
    assert captions[-1].text.endswith("…")
    assert list(engine.finish()) == []
    engine.close()


def test_a_folder_without_a_model_is_told_of_and_nothing_is_downloaded(tmp_path):
    with pytest.raises(ModelError, match=r"final\.mdl"):
        Vosk(VoskOptions(model=str(tmp_path)), context())
