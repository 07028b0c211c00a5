"""A developer's own models and data, and what they are told where something is wrong with them."""

import json
import wave
from itertools import pairwise

import numpy as np
import onnx
import pytest
from bench_runs import bench

from edgeassist.bench import data
from edgeassist.bench.live_sources import to_and_fro
from edgeassist.bench.plan import Wish, points, thread_counts
from edgeassist.bench.points import Measured, Point, Scenario
from edgeassist.cli.main import main
from edgeassist.errors import InputError, ModelError


def record(path, seconds=0.5):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.zeros(round(seconds * 16_000), np.int16).tobytes())


def test_recordings_with_a_text_each_can_be_measured_on(tmp_path):
    record(tmp_path / "zh" / "a.wav")
    (tmp_path / "zh" / "a.txt").write_text("你好\n", "utf-8")
    record(tmp_path / "en" / "b.wav")
    (tmp_path / "en" / "b.txt").write_text("hello", "utf-8")
    record(tmp_path / "c.wav")  # nobody knows what is said in it
    found = data.clips(tmp_path)
    assert {(clip.language, clip.text) for clip in found.items} == {("zh", "你好"), ("en", "hello")}
    assert data.clips(tmp_path, "en").record()["items"] == 1


def test_a_manifest_of_recordings_can_be_measured_on(tmp_path):
    record(tmp_path / "speech" / "wav" / "a.wav")
    manifest = tmp_path / "speech" / "manifest.tsv"
    manifest.write_text("file\tlang\ttext\nwav/a.wav\tzh\t“你好\n", "utf-8")
    assert data.clips(tmp_path).items[0].text == "“你好"
    before = data.clips(tmp_path).record()["sha256"]
    manifest.write_text("file\tlang\ttext\nwav/a.wav\tzh\t您好\n", "utf-8")
    assert data.clips(tmp_path).record()["sha256"] != before
    manifest.write_text("path\ttext\nwav/a.wav\t您好\n", "utf-8")
    with pytest.raises(InputError, match="file, lang"):
        data.clips(tmp_path)


def test_labelled_pictures_can_be_measured_on(tmp_path):
    import cv2

    for part in ("images", "labels"):
        (tmp_path / "vision" / "set" / part).mkdir(parents=True)
    base = tmp_path / "vision" / "set"
    cv2.imwrite(str(base / "images" / "a.png"), np.zeros((50, 100, 3), np.uint8))
    (base / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (picture,) = data.pictures(tmp_path).items
    (box,) = picture.truth
    assert box.label == "person"
    assert (box.x1, box.y1, box.x2, box.y2) == pytest.approx((40, 15, 60, 35))
    (base / "labels" / "a.txt").write_text("person 1 2\n")
    with pytest.raises(InputError, match="class x y width height"):
        data.pictures(tmp_path)


def test_sentences_with_readings_can_be_measured_on(tmp_path):
    (tmp_path / "sentences.tsv").write_text("# mine\n银行\tyin2 hang2\n", "utf-8")
    (sentence,) = data.sentences(tmp_path).items
    assert sentence.syllables == {0: "yin2", 1: "hang2"}
    (tmp_path / "sentences.tsv").write_text("银行\tyin2\n", "utf-8")
    with pytest.raises(InputError, match="one syllable a character"):
        data.sentences(tmp_path)


def test_what_a_folder_lacks_comes_with_the_bench(tmp_path):
    assert len(data.sentences(tmp_path).items) == 42
    assert len(data.spoken(tmp_path, "zh").items) == 100


def test_a_folder_that_is_not_there_is_named():
    done = bench("run", "braille", "--quick", "--only", "to gf0019/single", "--data", "/nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("edgeassist: /nowhere:")


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_text("no model")
    done = bench("run", "guide", "--onnx", str(path), "--list")
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_detector_of_ones_own_is_measured_beside_the_installed_ones(tmp_path):
    import onnx
    from onnx import TensorProto, helper

    side = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 416, 416])
    out = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, 416, 416])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["images"], ["output"])], "g", [side], [out]
    )
    path = tmp_path / "mine.onnx"
    onnx.save(helper.make_model(graph), str(path))
    wish = Wish(modules=(Measured.GUIDE,), onnx=((path, "yolox"),), quick=True, cores=2)
    mine = [point for point in points(wish) if point.subject == "mine-416"]
    assert {point.scenario for point in mine} == {
        Scenario.SINGLE,
        Scenario.BESIDE,
        Scenario.PACED,
    }
    assert mine[0].options["decode"] == "yolox"
    with pytest.raises(ModelError):
        points(Wish(modules=(Measured.GUIDE,), onnx=((tmp_path / "none.onnx", "yolox"),)))


def test_every_point_has_a_name_of_its_own_and_survives_json():
    every = points(Wish(cores=4))
    assert len({point.id for point in every}) == len({point.slug for point in every}) == len(every)
    assert [Point.of(json.loads(json.dumps(point.record()))) for point in every] == every


def test_threads_go_from_one_to_all_cores():
    assert thread_counts(Wish(cores=4)) == (1, 2, 4)
    assert thread_counts(Wish(cores=6)) == (1, 2, 4, 6)
    assert thread_counts(Wish(cores=1)) == (1,)
    assert thread_counts(Wish(cores=4, threads=(3,))) == (3,)


def test_a_film_goes_to_and_fro_without_a_jump():
    places = [to_and_fro(number, 4) for number in range(12)]
    assert all(abs(one - other) == 1 for one, other in pairwise(places))
    assert set(places) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--module", "guide", "--max-latency", "fast"),
        ("recommend", "--module", "guide", "--max-memory", "3 sacks"),
        ("run", "all", "--threads", "0"),
        ("compare", "a", "b", "--fail-over", "-3%"),
    ],
)
def test_a_mistyped_option_is_one_line(words):
    done = bench(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_model_of_ones_own_that_cannot_be_measured_ends_in_2(tmp_path):
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("ReduceMean", ["images"], ["output"], axes=[1], keepdims=1)],
        "no detector",
        [onnx.helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, 64, 64])],
        [onnx.helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, [1, 1, 64, 64])],
    )
    opset = [onnx.helper.make_opsetid("", 13)]
    path = tmp_path / "mine.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    words = ["--onnx", str(path), "--decode", "yolov8", "--only", "mine-64/single/t1"]
    done = bench("run", "guide", "--quick", "--report", str(tmp_path / "run"), *words)
    assert done.returncode == 2
    assert "mine.onnx" in done.stdout
    assert "--decode" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--model", "nobody-knows"], "--engine"),
        (["--engine", "whisper", "--model", "not-there"], "not-there"),
        (["--size", "10"], "64"),
    ],
)
def test_a_model_or_size_that_cannot_be_is_told_before_anything_is_measured(words, told):
    done = bench("run", "captions", "--quick", *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "harness" not in done.stderr


def test_a_models_card_says_which_engine_runs_it(capsys):
    assert main(["bench", "run", "captions", "--model", "vosk-ko", "--list"]) == 0
    listed = capsys.readouterr().out.split()
    assert len(listed) > 1
    assert all("vosk-ko" in point for point in listed if not point.startswith("harness"))
