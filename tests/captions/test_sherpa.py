"""sherpa-onnx itself, with a tiny network that hears tones as words (no trained one is in the
registries): what streams through our engine is real, how well a real network hears is not tried.
"""

import numpy as np
import pytest
from recordings import quiet
from tones import tone, write_network

from edgeassist.captions.engines.sherpa import Sherpa, SherpaOptions, network, readable
from edgeassist.captions.node import Captions
from edgeassist.captions.recognizer import Language
from edgeassist.errors import ModelError
from edgeassist.loop.events import Caption, Gap
from edgeassist.testing import audio_blocks, check_node, check_recognizer, context


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    return write_network(tmp_path_factory.mktemp("tones"))


@pytest.fixture
def engine(tones):
    made = Sherpa(SherpaOptions(model=str(tones)), context())
    yield made
    made.close()


def said(*words: str, between_s: float = 0.2) -> np.ndarray:
    return np.concatenate([part for word in words for part in (tone(word), quiet(between_s))])


def heard(engine, sound, start_s=0.0):
    return [c for block in audio_blocks(sound, start_s=start_s) for c in engine.feed(block)]


def test_sherpa_keeps_the_contract_of_a_recognizer(tones):
    check_recognizer(Sherpa, SherpaOptions(model=str(tones)), said("你", "好", "吗"))


def test_captions_grow_word_by_word_and_a_pause_ends_them(engine):
    captions = heard(engine, np.concatenate((quiet(1), said("你", "好", "吗"), quiet(1.5))))
    assert [c.text for c in captions] == ["你", "你好", "你好吗", "你好吗"]
    assert [c.final for c in captions] == [False, False, False, True]
    assert captions[-1].start_s == pytest.approx(1.0, abs=0.2)
    assert captions[-1].end_s == pytest.approx(2.6, abs=0.4)
    assert {c.language for c in captions} == {"zh"}


def test_every_utterance_has_its_own_times_and_number(engine):
    sound = np.concatenate((said("你", "好"), quiet(3), said("好"), quiet(3), said("吗")))
    finals = [c for c in [*heard(engine, sound, 100.0), *engine.finish()] if c.final]
    assert [c.text for c in finals] == ["你好", "好", "吗"]
    assert [c.start_s for c in finals] == pytest.approx([100.0, 104.2, 107.8], abs=0.3)
    assert len({c.utterance for c in finals}) == 3


def test_lost_sound_ends_what_was_said(engine):
    captions = heard(engine, said("你", "好"))
    captions += engine.gap(Gap(captured_ns=0, start_s=1.2, seconds=1.0))
    assert captions[-1].final
    assert captions[-1].text == "你好…"
    assert [c.text for c in engine.gap(Gap(captured_ns=0, start_s=9.0, seconds=1.0))] == ["…"]
    assert [c.text for c in heard(engine, np.concatenate((said("吗"), quiet(2))), 20.0)][-1] == "吗"


def test_silence_says_nothing_for_minutes_and_what_follows_is_heard(engine):
    assert heard(engine, quiet(120)) == []
    assert [c.text for c in heard(engine, np.concatenate((said("好"), quiet(2))), 120.0)][
        -1
    ] == "好"


def test_a_network_of_two_languages_marks_each_utterance(tmp_path, tones):
    folder = write_network(tmp_path, ("▁HELLO", "好", "▁WORLD"))
    engine = Sherpa(SherpaOptions(model=str(folder)), context())
    sound = np.concatenate((said("你", "吗"), quiet(2), said("好"), quiet(2)))
    finals = [(c.text, c.language) for c in heard(engine, sound) if c.final]
    engine.close()
    assert finals == [("hello world", "en"), ("好", "zh")]
    engine = Sherpa(SherpaOptions(model=str(folder), language=Language.EN), context())
    captions = heard(engine, np.concatenate((said("好"), quiet(2))))
    engine.close()
    assert {c.language for c in captions} == {"en"}


def test_networks_are_told_apart_by_their_files(tmp_path):
    for name in ("tokens.txt", "encoder-9.onnx", "encoder-9.int8.onnx", "decoder-9.onnx"):
        (tmp_path / name).touch()
    (tmp_path / "decoder-9.int8.onnx").touch()
    kind, files = network(tmp_path)
    assert kind == "from_paraformer"
    assert files["encoder"].endswith("encoder-9.int8.onnx")
    assert files["decoder"].endswith("decoder-9.onnx")
    (tmp_path / "joiner-9.onnx").touch()
    assert network(tmp_path)[0] == "from_transducer"


def test_words_are_simplified_and_not_all_in_capitals():
    assert readable(" HELLO 會議 ") == "hello 会议"
    assert readable("iPhone") == "iPhone"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ((), r"tokens\.txt"),
        (("tokens.txt",), r"encoder\*\.onnx"),
        (("tokens.txt", "model.onnx"), ""),
    ],
)
def test_a_folder_without_a_streaming_model_is_told_of(tmp_path, tones, files, told):
    for name in files:
        (tmp_path / name).write_text("你 1\n", "utf-8")
    with pytest.raises(ModelError, match=f"not a streaming model for sherpa-onnx.*{told}"):
        Sherpa(SherpaOptions(model=str(tmp_path)), context())


def test_a_network_of_another_kind_is_told_of_and_ends_no_program(tmp_path, tones):
    import onnx

    folder = write_network(tmp_path)
    model = onnx.load(folder / "model.onnx")
    del model.metadata_props[:]
    onnx.save(model, folder / "model.onnx")
    with pytest.raises(ModelError, match="not a streaming model"):
        Sherpa(SherpaOptions(model=str(folder)), context())


def test_a_model_of_ones_own_needs_no_default_one(tones, tmp_path):
    options = Captions.Options(engine="sherpa", engine_options={"model": str(tones)})
    sound = audio_blocks(np.concatenate((quiet(1), said("你", "好"), quiet(1.5))))
    given = check_node(Captions, options, sound)
    assert [e.text for e in given if isinstance(e, Caption) and e.final] == ["你好"]
