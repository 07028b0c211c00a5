"""Piper voices: their description files, and one real voice where it is installed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from heard import recognised, share_understood

from edgeassist.errors import ConfigError, ModelError, PluginError, WorkError
from edgeassist.modelstore import installed
from edgeassist.speech.engines.piper import Piper, PiperOptions, numbers, read
from edgeassist.speech.voice import Voice
from edgeassist.testing import check_voice, context

missing = Piper.check()
here = pytest.mark.skipif(missing is not None, reason=missing.fix if missing else "")

_DESCRIBED = {
    "audio": {"sample_rate": 16000},
    "espeak": {"voice": "cmn"},
    "num_speakers": 3,
    "inference": {"noise_scale": 0.3, "length_scale": 1.2, "noise_w": 0.5},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [7], "b": [8], "\u0303": [9]},
}


def described(tmp_path, **changes):
    path = tmp_path / "voice.onnx.json"
    path.write_text(json.dumps({**_DESCRIBED, **changes}))
    return path


def test_a_blank_stands_after_every_phoneme_and_marks_are_taken_apart():
    known = _DESCRIBED["phoneme_id_map"]
    assert numbers("ab!ã", known) == [1, 0, 7, 0, 8, 0, 7, 0, 9, 0, 2]


def test_a_voice_says_its_language_rate_and_people(tmp_path):
    voice = read(described(tmp_path))
    assert (voice.language, voice.rate_hz, voice.people, voice.length) == ("zh", 16_000, 3, 1.2)
    voice = read(described(tmp_path, espeak={"voice": "en-us"}, num_speakers=0))
    assert (voice.language, voice.people) == ("en", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"audio": {}},
        {"espeak": 3},
        {"phoneme_id_map": {"a": [1]}},
        {"phoneme_id_map": [1]},
        {"phoneme_type": "pinyin"},
    ],
)
def test_a_description_that_will_not_do_is_refused_with_its_name(tmp_path, changes):
    with pytest.raises(ModelError, match=r"voice\.onnx\.json"):
        read(described(tmp_path, **changes))


def test_a_description_that_is_not_there_or_no_json_is_refused(tmp_path):
    with pytest.raises(ModelError, match="beside"):
        read(tmp_path / "voice.onnx.json")
    (tmp_path / "voice.onnx.json").write_text("{")
    with pytest.raises(ModelError, match="beside"):
        read(tmp_path / "voice.onnx.json")


def test_a_file_that_is_no_network_or_not_there_is_refused(tmp_path):
    described(tmp_path)
    with pytest.raises(ModelError, match="no such file"):
        Piper(PiperOptions(model=str(tmp_path / "voice.onnx")), context())
    (tmp_path / "voice.onnx").write_bytes(b"no network")
    with pytest.raises(PluginError):
        Piper(PiperOptions(model=str(tmp_path / "voice.onnx")), context())
    with pytest.raises(ConfigError, match="3 speakers"):
        Piper(PiperOptions(model=str(tmp_path / "voice.onnx"), person=3), context())


@here
def test_a_real_voice_keeps_the_contract_by_name_and_by_path():
    made = check_voice(Piper, PiperOptions(), "Two steps ahead.", "en")
    assert 0.5 < len(made) / 22_050 < 3
    assert np.abs(made.astype(int)).max() > 20_000
    path = next(installed("piper-joe").glob("*.onnx"))
    fast = Piper(PiperOptions(model=str(path), rate=400, volume=0.5), context())
    assert isinstance(fast, Voice)
    (quick,) = fast.synthesize("Two steps ahead.", "en")
    assert len(quick) < 0.75 * len(made)
    assert np.abs(quick.astype(int)).max() < 17_000
    with pytest.raises(WorkError, match="zh"):
        list(fast.synthesize("台阶", "zh"))
    fast.close()


@here
def test_a_listener_understands_a_real_voice():
    text = "Please turn left and walk to the station where my sister waits for the train."
    voice = Piper(PiperOptions(), context())
    (made,) = voice.synthesize(text, "en")
    voice.close()
    heard = recognised(made, "en", voice.rate_hz)
    assert share_understood(text, heard) >= 0.75, heard
