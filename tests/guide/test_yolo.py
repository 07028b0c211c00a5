"""Any YOLO-style ONNX by a stated decoding: small real graphs through the real runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgeassist.cli.main import main
from edgeassist.errors import ModelError
from edgeassist.guide.engines.decoding import DECODERS
from edgeassist.guide.engines.input_size import declared_size, takes
from edgeassist.guide.engines.recipe import RECIPES, recipe_from, recipe_of
from edgeassist.guide.engines.yolo import Yolo, YoloOptions
from edgeassist.guide.engines.yolox import YoloX
from edgeassist.guide.node import make_detector
from edgeassist.loop.events import Box
from edgeassist.testing import check_detector

SIDE = 96
CELLS = SIDE // 8
DOG, CAR = 16, 2  # class numbers in COCO


def graph(path: Path, output: NDArray[Any], layout: str = "nchw", kind: str = "float") -> Path:
    """A model that answers `output` to whatever picture; nought times the input is added."""
    number = {"float": TensorProto.FLOAT, "half": TensorProto.FLOAT16, "byte": TensorProto.UINT8}
    shape = [1, 3, SIDE, SIDE] if layout == "nchw" else [1, SIDE, SIDE, 3]
    nodes = [
        helper.make_node("Cast", ["images"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["real"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nought"], ["nothing"]),
        helper.make_node("Add", ["answer", "nothing"], ["output"]),
    ]
    values = {"answer": output.astype(np.float32), "nought": np.float32(0)}
    return save(path, nodes, values, number[kind], shape, list(output.shape))


def save(
    path: Path,
    nodes: list[Any],
    values: dict[str, Any],
    number: int,
    shape: list[Any],
    out: list[Any],
) -> Path:
    made = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", number, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, out)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def yolox_rows() -> NDArray[np.float32]:
    """A dog of 16 x 24 pixels around (20, 28), in the cell (2, 3) of stride 8."""
    rows = np.zeros((CELLS**2 + (CELLS // 2) ** 2 + (CELLS // 4) ** 2, 85), np.float32)
    rows[3 * CELLS + 2, :5] = [0.5, 0.5, np.log(16 / 8), np.log(24 / 8), 0.9]
    rows[3 * CELLS + 2, 5 + DOG] = 0.8
    return rows


def yolov5_rows() -> NDArray[np.float32]:
    rows = np.zeros((30, 85), np.float32)
    rows[7, :5] = [20, 28, 16, 24, 0.9]
    rows[7, 5 + DOG] = 0.8
    return rows


def yolov8_rows() -> NDArray[np.float32]:
    rows = np.zeros((30, 84), np.float32)
    rows[7, :4] = [20, 28, 16, 24]
    rows[7, 4 + DOG] = 0.72
    return rows


def yolov10_rows() -> NDArray[np.float32]:
    rows = np.zeros((30, 6), np.float32)
    rows[0] = [12, 16, 28, 40, 0.72, DOG]
    return rows


def fastestdet_cells() -> NDArray[np.float32]:
    """The same box from the cell (2, 3): centre (2.5, 3.5) cells of 8 pixels."""
    cells = np.zeros((85, CELLS, CELLS), np.float32)
    logit = [np.log(p / (1 - p)) for p in (16 / SIDE, 24 / SIDE)]
    cells[:5, 3, 2] = [0.9, np.arctanh(0.5), np.arctanh(0.5), *logit]
    cells[5 + DOG, 3, 2] = 0.8
    return cells


def nanodet_cells() -> NDArray[np.float32]:
    """The same box from the cell (2, 3) of 8 pixels: 1, 1.5, 1, 1.5 cells to its sides."""
    cells = np.full((80 + 4 * 11, sum((SIDE // stride) ** 2 for stride in (8, 16, 32))), -50.0)
    cell = 3 * CELLS + 2
    cells[DOG, cell] = np.log(0.72 / 0.28)
    bins = cells[80:, cell].reshape(4, 11)
    bins[:, 1] = bins[[1, 3], 2] = 50
    cells[80:, cell] = bins.reshape(-1)
    return cells.astype(np.float32)


OUTPUTS = {
    "yolox": yolox_rows()[None],
    "yolov5": yolov5_rows()[None],
    "yolov8": yolov8_rows().T[None],
    "yolov8 turned": yolov8_rows()[None],
    "yolov10": yolov10_rows()[None],
    "yolov10 without batch": yolov10_rows(),
    "fastestdet": fastestdet_cells()[None],
    "nanodet": nanodet_cells()[None],
}


def picture(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 255, (height, width, 3), dtype=np.uint8)


def corners(box: Box) -> tuple[float, ...]:
    return (box.x1, box.y1, box.x2, box.y2)


@pytest.mark.parametrize("case", OUTPUTS)
@pytest.mark.parametrize(
    ("layout", "kind"), [("nchw", "float"), ("nhwc", "half"), ("nhwc", "byte")]
)
def test_each_decoding_gives_the_box_that_the_numbers_mean(
    tmp_path: Path, case: str, layout: str, kind: str
) -> None:
    model = graph(tmp_path / "m.onnx", OUTPUTS[case], layout, kind)
    detector = Yolo(YoloOptions(model=model, decode=case.split()[0]))
    (box,) = detector.detect(picture(SIDE, SIDE))
    assert box.label == "dog"
    assert box.score == pytest.approx(0.72, abs=1e-3)
    assert corners(box) == pytest.approx((12, 16, 28, 40), abs=0.02)


@pytest.mark.parametrize(
    ("decode", "expected"),
    [
        ("yolox", (24, 32, 56, 80)),  # in the corner: pixels count from it
        ("yolov8", (24, 0, 56, 32)),  # in the middle: 24 rows of grey above
        ("fastestdet", (24, 16, 56, 40)),  # bent to the square
    ],
)
def test_boxes_are_in_pixels_of_a_wide_picture(
    tmp_path: Path, decode: str, expected: tuple[int, ...]
) -> None:
    model = graph(tmp_path / "m.onnx", OUTPUTS[decode])
    (box,) = Yolo(YoloOptions(model=model, decode=decode)).detect(picture(SIDE, 2 * SIDE))
    assert corners(box) == pytest.approx(expected, abs=0.05)


def test_overlapping_boxes_of_a_class_are_one_unless_the_network_settled_them(
    tmp_path: Path,
) -> None:
    rows = yolov5_rows()
    rows[8] = rows[7]
    rows[8, 0] += 1
    twice = Yolo(YoloOptions(model=graph(tmp_path / "a.onnx", rows[None]), decode="yolov5"))
    assert len(twice.detect(picture(SIDE, SIDE))) == 1
    settled = yolov10_rows()
    settled[1] = settled[0]
    end = Yolo(YoloOptions(model=graph(tmp_path / "b.onnx", settled[None]), decode="yolov10"))
    assert len(end.detect(picture(SIDE, SIDE))) == 2


@pytest.mark.parametrize("case", ["yolov8", "yolox", "fastestdet"])
def test_colours_and_scale_reach_the_network_as_stated(tmp_path: Path, case: str) -> None:
    """The score is the mean of the first channel as the network sees it, over three."""
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[..., 0], image[..., 2] = 51, 102  # blue and red
    nodes = [
        helper.make_node("Slice", ["images", "from", "to", "axis"], ["first"]),
        helper.make_node("ReduceMean", ["first"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["place", "mean"], ["scored"]),
        helper.make_node("Add", ["answer", "scored"], ["output"]),
    ]
    answer, place = np.zeros((1, 84, 5), np.float32), np.zeros((1, 84, 5), np.float32)
    answer[0, :4, 0] = [20, 28, 16, 24]
    place[0, 4 + CAR, 0] = 1
    values = {
        "answer": answer,
        "place": place,
        "from": np.array([0]),
        "to": np.array([1]),
        "axis": np.array([1]),
    }
    shape = [1, 3, SIDE, SIDE]
    model = save(tmp_path / "m.onnx", nodes, values, TensorProto.FLOAT, shape, [1, 84, 5])
    recipe = {"decode": "yolov8", **TOLD[case]}
    told = tmp_path / "r.toml"
    told.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in recipe.items()))
    (box,) = Yolo(YoloOptions(model=model, decode=str(told), min_score=0.05)).detect(image)
    assert box.label == "car"
    assert box.score == pytest.approx(SEEN[case], abs=1e-5)


TOLD: dict[str, dict[str, Any]] = {
    "yolov8": {},  # rgb, 0 to 1
    "yolox": {"colours": "bgr", "std": [64, 1, 1]},
    "fastestdet": {"mean": [2, 0, 0], "std": [200, 100, 100]},
}
SEEN = {"yolov8": 102 / 255, "yolox": 51 / 64, "fastestdet": 0.5}


def test_classes_of_ones_own(tmp_path: Path) -> None:
    rows = np.zeros((1, 4 + 2, 9), np.float32)
    rows[0, :, 3] = [20, 28, 16, 24, 0.1, 0.6]
    model = graph(tmp_path / "m.onnx", rows)
    told = tmp_path / "r.toml"
    told.write_text('[detector]\ndecode = "yolov8"\nlabels = ["kerb", "bollard"]\n')
    (box,) = make_detector("yolo", model=model, decode=str(told), min_score=0.3).detect(
        picture(SIDE, SIDE)
    )
    assert (box.label, round(box.score, 3)) == ("bollard", 0.6)


# Undecoded and decoded YOLOX are both rows of 85: that mistake cannot be told by the shape. Nor
# can another, at 64 pixels alone: NanoDet has 84 cells there, as many as YOLOv8 has columns.
WRONG = [
    (decode, case)
    for decode in DECODERS
    for case in OUTPUTS
    if decode != case.split()[0]
    and (decode, case) not in {("yolov5", "yolox"), ("yolov8", "nanodet")}
]


@pytest.mark.parametrize(("decode", "case"), WRONG)
def test_a_wrong_decoding_is_told_in_one_line_when_the_model_is_opened(
    tmp_path: Path, decode: str, case: str
) -> None:
    model = graph(tmp_path / "mine.onnx", OUTPUTS[case])
    with pytest.raises(ModelError) as error:
        Yolo(YoloOptions(model=model, decode=decode))
    assert "mine.onnx" in str(error.value)
    assert "--decode" in error.value.fix
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "decode"),
        ('decode = "yolov99"', "decode"),
        ('decode = "yolox"\ncolours = "hsv"', "colours"),
        ('decode = "yolox"\nstd = [1, 0, 1]', "std"),
        ('decode = "yolox"\nmean = [1, 2]', "mean"),
        ('decode = "yolox"\ngrey = 300', "grey"),
        ('decode = "yolox"\noverlap = 2', "overlap"),
        ('decode = "yolox"\nlabels = []', "labels"),
        ('decode = "yolox"\nstrides = [8]', "strides"),
    ],
)
def test_a_mistake_in_a_recipe_names_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(ModelError) as error:
        recipe_of(str(path))
    assert "r.toml" in str(error.value)
    assert key in str(error.value)


def test_what_is_not_stated_is_asked_for(tmp_path: Path) -> None:
    model = graph(tmp_path / "m.onnx", OUTPUTS["yolov8"])
    with pytest.raises(ModelError, match=r"m\.onnx"):
        Yolo(YoloOptions(model=model))
    with pytest.raises(ModelError, match="no model"):
        Yolo(YoloOptions())
    with pytest.raises(ModelError, match="yolov8000"):
        Yolo(YoloOptions(model=model, decode="yolov8000"))
    with pytest.raises(ModelError, match=r"none\.toml"):
        recipe_of(str(tmp_path / "none.toml"))
    assert recipe_from({"decode": "yolox"}, "card") == RECIPES["yolox"]


def test_a_card_of_ones_own_states_the_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hashlib import sha256

    from edgeassist.modelstore import card, install

    (tmp_path / "cards").mkdir()
    model = graph(tmp_path / "cards" / "tiny.onnx", OUTPUTS["fastestdet"])
    content = model.read_bytes()
    size = f'bytes = {len(content)}\nsha256 = "{sha256(content).hexdigest()}"\n'
    (tmp_path / "cards" / "tiny.toml").write_text(
        'name = "tiny"\ntitle = "t"\ntask = "object-detection"\nlicence = "none"\n'
        'homepage = "https://example.org"\ndefault = false\n'
        f'[sources.here]\nkind = "file"\npath = "tiny.onnx"\n{size}'
        f'[[files]]\nname = "tiny.onnx"\nfrom = ["here"]\n{size}'
        '[detector]\ndecode = "fastestdet"\n'
    )
    monkeypatch.setenv("EDGEASSIST_CARDS", str(tmp_path / "cards"))
    monkeypatch.setenv("EDGEASSIST_MODELS", str(tmp_path / "models"))
    with pytest.raises(ModelError, match="tiny"):
        Yolo(YoloOptions(model=Path("tiny")))  # not installed yet
    install(card("tiny"))
    (box,) = Yolo(YoloOptions(model=Path("tiny"))).detect(picture(SIDE, SIDE))
    assert box.label == "dog"


def convolutions(path: Path, *, also_fixed: bool) -> Path:
    """A network for 96 pixels: each cell of 8 pixels is a dog as far as it is white.

    Nothing in it depends on the size, unless a map of 12 x 12 noughts is added.
    """
    weight = np.zeros((85, 3, 1, 1), np.float32)
    weight[0] = 0.9 / 3
    bias = fastestdet_cells()[:, 3, 2]
    bias[0] = 0.0
    nodes = [
        helper.make_node("AveragePool", ["images"], ["cells"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["cells", "weight", "bias"], ["seen"]),
        helper.make_node("Add", ["seen", "noughts"], ["output"]),
    ]
    noughts = np.zeros((1, 85, CELLS, CELLS) if also_fixed else (1, 1, 1, 1), np.float32)
    values = {"weight": weight, "bias": bias, "noughts": noughts}
    shape = [1, 3, SIDE, SIDE]
    return save(path, nodes, values, TensorProto.FLOAT, shape, [1, 85, CELLS, CELLS])


@pytest.mark.parametrize("also_fixed", [False, True])
def test_a_file_made_for_one_size_looks_at_another_where_its_network_can(
    tmp_path: Path, also_fixed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    path = convolutions(tmp_path / "dogs.onnx", also_fixed=also_fixed)
    assert declared_size(path) == SIDE
    assert takes(path, 2 * SIDE) is not also_fixed
    picture = np.zeros((2 * SIDE, 2 * SIDE, 3), np.uint8)
    picture[144:152, 40:48] = 255  # one cell at 192 pixels, a quarter of one at 96
    own = Yolo(YoloOptions(model=path, decode="fastestdet", min_score=0.5))
    larger = Yolo(YoloOptions(model=path, decode="fastestdet", min_score=0.5, size=2 * SIDE))
    assert own.detect(picture) == []
    if also_fixed:
        assert larger.detect(picture) == []
        assert "dogs.onnx" in caplog.text
        assert "192" in caplog.text
    else:
        (dog,) = larger.detect(picture)
        centre = ((dog.x1 + dog.x2) / 2, (dog.y1 + dog.y2) / 2)
        assert dog.label == "dog"
        assert centre == pytest.approx((44, 148), abs=1)
        assert caplog.text == ""


def test_the_detector_keeps_the_contract(tmp_path: Path) -> None:
    model = graph(tmp_path / "m.onnx", OUTPUTS["yolov8"])
    options = YoloOptions(model=model, decode="yolov8")
    assert check_detector(Yolo, options, picture(48, 80))
    yolox = graph(tmp_path / "x.onnx", OUTPUTS["yolox"])
    assert check_detector(YoloX, YoloOptions(model=yolox), picture(48, 80))


def test_detect_takes_a_model_and_its_decoding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    model = graph(tmp_path / "m.onnx", OUTPUTS["yolov8"])
    image = tmp_path / "street.png"
    image.write_bytes(cv2.imencode(".png", picture(SIDE, SIDE))[1].tobytes())
    command = ["detect", str(image), "--json", "--onnx", str(model)]
    assert main([*command, "--decode", "yolov8"]) == 0
    (box,) = json.loads(capsys.readouterr().out)["boxes"]
    assert (box["label"], box["x1"], box["y2"]) == ("dog", 12, 40)
    assert main([*command, "--decode", "fastestdet"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "m.onnx" in told.err
    assert "Traceback" not in told.err
