"""Real detectors on real pictures, upright and odd."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.errors import EdgeAssistError, InputError, ModelError
from edgeassist.guide.classes import labels
from edgeassist.guide.detector import STRIDE, Detector, canvas, open_session
from edgeassist.guide.engines.centernet import CenterNet, CenterNetOptions, peaks
from edgeassist.guide.engines.yolo import YoloOptions
from edgeassist.guide.engines.yolox import YoloX
from edgeassist.guide.tracker import iou
from edgeassist.loop.events import Box
from edgeassist.modelstore import installed

Picture = NDArray[np.uint8]


@pytest.fixture(scope="session")
def yolox_file() -> Path:
    folder = os.environ.get("EDGEASSIST_EVAL")
    if not folder:
        pytest.skip("EDGEASSIST_EVAL is not set: no YOLOX model to try")
    return Path(folder) / "models" / "yolox_nano.onnx"


def persons(boxes: list[Box]) -> list[Box]:
    return [box for box in boxes if box.label == "person"]


def same_place(boxes: list[Box], others: list[Box]) -> float:
    """How many of `boxes` are among `others`, 0 to 1."""
    return float(
        np.mean([max((iou(box, other) for other in others), default=0) > 0.6 for box in boxes])
    )


def test_people_in_a_street_are_found(centernet: CenterNet, street: Picture) -> None:
    found = centernet.detect(street)
    assert len(persons(found)) >= 3
    assert {"person", "car"} & {box.label for box in found}
    for box in found:
        assert 0 <= box.x1 < box.x2 <= 768
        assert 0 <= box.y1 < box.y2 <= 576
        assert 0.3 < box.score <= 1
    assert all(a.score >= b.score for a, b in pairwise(found))


def test_boxes_are_in_pixels_of_the_picture_given(centernet: CenterNet, street: Picture) -> None:
    small = centernet.detect(street)
    large = centernet.detect(cv2.resize(street, (7680, 5760), interpolation=cv2.INTER_CUBIC))
    shrunk = [
        Box(
            label=box.label,
            score=box.score,
            x1=box.x1 / 10,
            y1=box.y1 / 10,
            x2=box.x2 / 10,
            y2=box.y2 / 10,
        )
        for box in large
    ]
    assert same_place(persons(small), persons(shrunk)) > 0.8


def test_a_mirrored_street_has_mirrored_people(centernet: CenterNet, street: Picture) -> None:
    found = persons(centernet.detect(street))
    mirrored = persons(centernet.detect(np.ascontiguousarray(street[:, ::-1])))
    back = [
        Box(label="person", score=box.score, x1=768 - box.x2, y1=box.y1, x2=768 - box.x1, y2=box.y2)
        for box in mirrored
    ]
    assert same_place(found, back) > 0.7


def test_a_grey_street_still_has_people(centernet: CenterNet, street: Picture) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(street, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert len(persons(centernet.detect(grey))) >= 3


def test_a_narrow_cut_keeps_its_people_in_place(centernet: CenterNet, street: Picture) -> None:
    cut = np.ascontiguousarray(street[:, 500:700])
    moved = [
        Box(
            label="person",
            score=box.score,
            x1=box.x1 + 500,
            y1=box.y1,
            x2=box.x2 + 500,
            y2=box.y2,
        )
        for box in persons(centernet.detect(cut))
    ]
    assert moved
    inside = [box for box in persons(centernet.detect(street)) if box.x1 > 510 and box.x2 < 690]
    assert same_place(inside, moved) > 0.6


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (1, 4000), (4000, 1), (31, 33), (4320, 7680)])
def test_odd_sizes_give_boxes_inside_or_none(centernet: CenterNet, shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    for box in centernet.detect(image):
        assert 0 <= box.x1 < box.x2 <= shape[1]
        assert 0 <= box.y1 < box.y2 <= shape[0]


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
    ],
)
def test_anything_but_a_bgr_picture_is_refused(centernet: CenterNet, image: Picture) -> None:
    with pytest.raises(InputError):
        centernet.detect(image)


@pytest.mark.usefixtures("centernet")
def test_our_boxes_are_those_of_the_graph_run_plainly(street: Picture) -> None:
    """Against a decoding of every cell with max-pooling; without our overlap rule, K = 100."""
    ours = CenterNet(CenterNetOptions(size=512, min_score=0.05)).detect(street)
    session = open_session(Path(installed("centernet")) / "centernet.onnx", 1)
    height, width, rows, columns = canvas(576, 768, 512)
    feed = np.full((rows, columns, 3), 114, np.float32)
    x, y = (columns - width) // 2, (rows - height) // 2
    feed[y : y + height, x : x + width] = cv2.resize(street, (width, height))[:, :, ::-1]
    heat, reach = (output[0] for output in session.run(["heatmap", "size"], {"image": feed[None]}))
    plain = []
    for kind, row, column in zip(*np.nonzero(heat > 0.05), strict=True):
        around = heat[kind, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if heat[kind, row, column] < around.max():
            continue
        left, top, right, bottom = reach[:, row, column]
        fx, fy = 768 / width, 576 / height
        plain.append(
            Box(
                label=labels()[kind],
                score=float(heat[kind, row, column]),
                x1=max(0.0, (4 * column - left - x) * fx),
                y1=max(0.0, (4 * row - top - y) * fy),
                x2=min(768.0, (4 * column + right - x) * fx),
                y2=min(576.0, (4 * row + bottom - y) * fy),
            )
        )
    plain = sorted(plain, key=lambda box: -box.score)[:100]
    by_score = {round(box.score, 5): box for box in plain}
    assert ours
    for box in ours:
        twin = by_score[round(box.score, 5)]
        assert twin.label == box.label
        assert (box.x1, box.y1, box.x2, box.y2) == pytest.approx(
            (twin.x1, twin.y1, twin.x2, twin.y2), abs=0.01
        )
    for box in plain:
        assert any(iou(box, other) > 0.6 and box.label == other.label for other in ours)


def test_peaks_are_the_local_maxima_surest_first() -> None:
    heat = np.zeros((2, 5, 6), np.float32)
    heat[0, 0, 0], heat[0, 0, 1] = 0.9, 0.8  # neighbours: one peak
    heat[1, 4, 5] = 0.95
    heat[0, 3, 3] = 0.2  # too low
    kinds, rows, columns, scores = peaks(heat, 0.3)
    found = list(zip(kinds.tolist(), rows.tolist(), columns.tolist(), strict=True))
    assert found == [(1, 4, 5), (0, 0, 0)]
    assert scores.tolist() == pytest.approx([0.95, 0.9])


@pytest.mark.parametrize("size", [128, 320, 384, 512])
@pytest.mark.parametrize("shape", [(480, 640), (640, 480), (1080, 1920), (1, 1), (1, 9999)])
def test_the_canvas_costs_what_the_size_promises(size: int, shape: tuple[int, int]) -> None:
    height, width, rows, columns = canvas(*shape, size)
    assert rows % STRIDE == columns % STRIDE == 0
    assert rows - STRIDE < height <= rows
    assert columns - STRIDE < width <= columns
    assert rows * columns <= 1.35 * max(size, 224) ** 2


@pytest.mark.parametrize("name", ["none.onnx", "text.onnx"])
@pytest.mark.parametrize("make", [CenterNet, YoloX])
def test_a_file_that_is_no_model_is_named(
    tmp_path: Path, name: str, make: type[CenterNet] | type[YoloX]
) -> None:
    (tmp_path / "text.onnx").write_text("not a model")
    with pytest.raises(ModelError) as error:
        make(make.Options(model=tmp_path / name))  # type: ignore[arg-type]
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_model_of_another_make_is_refused(centernet: CenterNet) -> None:
    model = Path(installed("centernet")) / "centernet.onnx"
    with pytest.raises(ModelError, match="yolox"):
        YoloX(YoloOptions(model=model))


def test_a_detector_says_which_model_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGEASSIST_MODELS", str(tmp_path))
    missing = CenterNet.check()
    assert missing is not None
    assert "models install centernet" in missing.fix
    with pytest.raises(EdgeAssistError, match="centernet"):
        CenterNet(CenterNetOptions())


def test_yolox_finds_the_same_people(
    yolox_file: Path, centernet: CenterNet, street: Picture
) -> None:
    detector: Detector = YoloX(YoloOptions(model=yolox_file))
    found = persons(detector.detect(street))
    assert len(found) >= 4
    assert same_place(found, persons(centernet.detect(street))) >= 0.6
    for shape in ((1, 1), (1, 500), (4320, 7680)):
        for box in detector.detect(np.zeros((*shape, 3), np.uint8)):
            assert box.x2 <= shape[1]
    with pytest.raises(ModelError, match="CenterNet"):
        CenterNet(CenterNetOptions(model=yolox_file))
