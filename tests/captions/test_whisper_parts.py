"""What stands between sound and Whisper's network, held against faster-whisper's own."""

import subprocess
import sys

import ctranslate2
import numpy as np
import pytest
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from recordings import noise, quiet, spoken

from edgeassist.captions.engines.log_mel import log_mel
from edgeassist.captions.engines.whisper_encoder import Encoder
from edgeassist.captions.engines.whisper_words import Words
from edgeassist.captions.recognizer import Language
from edgeassist.loop.events import RATE_HZ
from edgeassist.modelstore import installed

FRAMES_A_SECOND = 50


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("sound", [spoken("zh/pangrama"), noise(6.5), quiet(6)])
def test_the_spectrogram_is_that_of_faster_whisper(sound, bands):
    samples = sound.astype(np.float32) / 32768
    theirs = FeatureExtractor(feature_size=bands)(samples, padding=0)
    ours = log_mel(samples, bands)
    assert ours.shape == (bands, len(sound) // 160)
    np.testing.assert_allclose(ours, theirs[:, : ours.shape[1]], atol=1e-5)


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
def test_the_model_is_told_the_same_tokens_and_they_mean_the_same(language):
    file = installed("whisper-base") / "tokenizer.json"
    words = Words(file)
    theirs = Tokenizer(
        tokenizers.Tokenizer.from_file(str(file)), True, "transcribe", language.value
    )
    begin = [*theirs.sot_sequence, theirs.no_timestamps]
    told = "以下是普通话的句子。"
    assert words.prompt(language, "") == begin
    assert words.prompt(language, told) == [theirs.sot_prev, *theirs.encode(told), *begin]
    said = [*theirs.encode("你好，world 𠮷"), theirs.eot, theirs.timestamp_begin + 5]
    for count in range(len(said) + 1):
        assert words.text(said[:count]) == theirs.decode(said[:count])


def test_the_words_of_another_model_are_told_of(tmp_path):
    other = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, unk_token="a"))
    other.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ValueError, match="endoftext"):
        Words(tmp_path / "tokenizer.json")


@pytest.fixture(scope="module")
def network():
    return ctranslate2.models.Whisper(
        str(installed("whisper-base")), device="cpu", compute_type="int8", intra_threads=2
    )


def test_behind_short_sound_stands_the_silence_of_those_very_places(network):
    encoder = Encoder(network)
    hello = spoken("zh/nihao_shijie")
    assert len(hello) < 4 * RATE_HZ
    window = np.array(encoder(hello, 20.0))
    assert window.shape[1] == 20 * FRAMES_A_SECOND
    heard = 6 * FRAMES_A_SECOND
    alone = np.array(encoder(hello, 6.0))
    np.testing.assert_allclose(window[:, :heard], alone, atol=1e-4)
    silence = np.array(encoder(quiet(30), 30.0))
    np.testing.assert_allclose(window[:, heard:], silence[:, heard : 20 * FRAMES_A_SECOND])


def test_long_sound_is_heard_to_its_end_and_a_full_window_whole(network):
    encoder = Encoder(network)
    silence = np.array(encoder(quiet(30), 30.0))
    long = np.tile(spoken("en/quick_brown_fox"), 8)[: 14 * RATE_HZ]
    window = np.array(encoder(long, 20.0))
    spare = slice(14 * FRAMES_A_SECOND, 16 * FRAMES_A_SECOND)
    assert np.abs(window[:, spare] - silence[:, spare]).max() > 0.1
    np.testing.assert_array_equal(
        window[:, 16 * FRAMES_A_SECOND :],
        silence[:, 16 * FRAMES_A_SECOND : 20 * FRAMES_A_SECOND],
    )
    whole = np.array(encoder(long, 30.0))
    assert whole.shape == silence.shape
    assert np.abs(whole[:, -1] - silence[:, -1]).max() > 0.01


def test_hearing_needs_neither_faster_whisper_nor_a_network_client():
    code = (
        "import sys\n"
        "from edgeassist.captions.engines.whisper import Whisper, WhisperOptions\n"
        "from edgeassist.testing import context\n"
        "Whisper(WhisperOptions(), context()).close()\n"
        "sys.exit(','.join({'faster_whisper', 'av', 'huggingface_hub'} & set(sys.modules)) or 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
