"""`edgeassist detect` as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


def edgeassist(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )


def lines(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def photo(tmp_path: Path, street: NDArray[np.uint8]) -> Path:
    path = tmp_path / "街道.png"
    path.write_bytes(cv2.imencode(".png", street)[1].tobytes())
    return path


@pytest.mark.usefixtures("centernet")
def test_one_object_a_picture_in_its_pixels(photo: Path) -> None:
    result = edgeassist("detect", photo, "--json", "--size", 512)
    assert result.returncode == 0
    assert result.stderr == ""
    (record,) = lines(result)
    assert (record["image"], record["width"], record["height"]) == (str(photo), 768, 576)
    people = [box for box in record["boxes"] if box["label"] == "person"]
    assert len(people) >= 3
    for box in record["boxes"]:
        assert set(box) == {"label", "score", "x1", "y1", "x2", "y2"}
        assert 0 <= box["x1"] < box["x2"] <= 768
        assert box["score"] >= 0.3


@pytest.mark.usefixtures("centernet")
def test_a_folder_with_odd_pictures_and_bad_ones_is_gone_through_to_the_end(
    tmp_path: Path, street: NDArray[np.uint8]
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    grey16 = cv2.cvtColor(street, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257
    for name, image in {
        "a_grey16.png": grey16,
        "b_alpha.png": cv2.cvtColor(street, cv2.COLOR_BGR2BGRA),
        "c_tiny.png": street[:1, :1],
        "d_turned.jpg": cv2.rotate(street, cv2.ROTATE_90_CLOCKWISE),
    }.items():
        (folder / name).write_bytes(cv2.imencode(name[-4:], image)[1].tobytes())
    (folder / "e_text.jpg").write_text("no picture")
    (folder / "f_empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("not looked at")
    result = edgeassist("detect", folder, tmp_path / "nowhere.jpg", "--json", "--min-score", 0.2)
    assert result.returncode == 2
    sizes = {Path(r["image"]).name: (r["width"], r["height"]) for r in lines(result)}
    assert sizes == {
        "a_grey16.png": (768, 576),
        "b_alpha.png": (768, 576),
        "c_tiny.png": (1, 1),
        "d_turned.jpg": (576, 768),
    }
    complaints = result.stderr.splitlines()
    assert len(complaints) == 3
    for name, complaint in zip(["e_text", "f_empty", "nowhere"], complaints, strict=True):
        assert name in complaint
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("centernet")
def test_plain_lines_and_drawn_pictures(photo: Path, tmp_path: Path) -> None:
    result = edgeassist("detect", photo, "--annotate", tmp_path / "out" / "drawn")
    assert result.returncode == 0
    assert "found" in result.stdout
    assert "person" in result.stdout
    drawn = np.fromfile(tmp_path / "out" / "drawn" / "街道.jpg", np.uint8)
    assert cv2.imdecode(drawn, cv2.IMREAD_COLOR).shape == (576, 768, 3)


@pytest.mark.usefixtures("centernet")
def test_a_higher_score_leaves_the_surest(photo: Path) -> None:
    few, many = (
        lines(edgeassist("detect", photo, "--json", "--min-score", score))[0]["boxes"]
        for score in (0.5, 0.2)
    )
    assert few == [box for box in many if box["score"] > 0.5]
    assert len(few) < len(many)


@pytest.mark.parametrize(
    "words",
    [
        ["--min-score", "2"],
        ["--min-score", "nan"],
        ["--size", "3"],
        ["--size", "big"],
        ["--detector", "nosuch"],
        ["--model", "nowhere.onnx"],
    ],
)
def test_a_wrong_option_is_one_line(photo: Path, words: list[str]) -> None:
    result = edgeassist("detect", photo, *words)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
