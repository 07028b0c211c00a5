"""`edgeassist guide` as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.devices.videofile import open_video
from edgeassist.guide.annotate import Film


def edgeassist(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )


@pytest.fixture(scope="session")
def clip(street_video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the street."""
    path = tmp_path_factory.mktemp("clips") / "street.mp4"
    film = Film(path)
    with open_video(street_video) as video:
        for one in video.frames():
            if one.at_s > 4:
                break
            film.write(one.image(), one.at_s)
    film.close()
    return path


@pytest.mark.usefixtures("centernet")
def test_warnings_as_records_and_an_annotated_film(clip: Path, tmp_path: Path) -> None:
    result = edgeassist(
        "guide", clip, "--json", "--language", "zh", "--annotate", tmp_path / "seen.mp4"
    )
    assert result.returncode == 0, result.stderr
    alerts = [json.loads(line) for line in result.stdout.splitlines()]
    assert alerts
    for alert in alerts:
        assert alert["label"]
        assert alert["side"] in ("left", "ahead", "right")
        assert alert["priority"] in ("danger", "message", "notification")
        assert alert["text"]
        assert alert["latency_ms"] > 0
        assert 0 <= alert["t_s"] <= 4
        assert -90 < alert["bearing_deg"] < 90
        assert alert["distance_m"] is None or 0 < alert["distance_m"] < 50
        assert "ttc_s" in alert
    assert "street.mp4: 50 %" in result.stderr
    with open_video(tmp_path / "seen.mp4") as film:
        assert sum(1 for _ in film.frames()) == 41


@pytest.mark.usefixtures("centernet")
def test_warnings_in_a_list_and_a_page_of_the_walk(clip: Path, tmp_path: Path) -> None:
    result = edgeassist(
        *("guide", clip, "--json", "--verbosity", "full", "--language", "zh"),
        *("--alerts", tmp_path / "walk.json", "--report", tmp_path / "out" / "walk.html"),
    )
    assert result.returncode == 0, result.stderr
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert json.loads((tmp_path / "walk.json").read_text("utf-8")) == told
    page = (tmp_path / "out" / "walk.html").read_text("utf-8")
    assert all(alert["text"] in page for alert in told)
    assert page.count("data:image/jpeg") == len(told)
    assert "<polyline" in page


@pytest.mark.usefixtures("centernet")
@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--annotate", "street.mp4"),
        ("--alerts", "walk.xlsx"),
        ("--report", "walk.pdf"),
        ("--report", "street.mp4/walk.html"),
    ],
)
def test_an_output_that_cannot_be_is_told_of_before_the_work(
    clip: Path, option: str, name: str
) -> None:
    before = clip.read_bytes()
    result = edgeassist("guide", clip, option, clip.parent / name)
    assert result.returncode == 2
    assert name in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert clip.read_bytes() == before


@pytest.mark.usefixtures("centernet")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_around_is_one_sentence_of_a_picture(
    street: NDArray[np.uint8], tmp_path: Path, language: str
) -> None:
    picture = tmp_path / "街道.png"
    picture.write_bytes(cv2.imencode(".png", street)[1].tobytes())
    words = ["--json"] if language == "zh" else []
    result = edgeassist("guide", "--describe", picture, "--language", language, *words)
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    if language == "en":
        assert " ahead" in line
        return
    told = json.loads(line)
    assert told["image"] == str(picture)
    assert "前方" in told["text"]
    assert {"label", "count", "side", "distance_m"} == set(told["things"][0])
    assert told["things"][0]["label"] == "person"


@pytest.mark.usefixtures("centernet")
@pytest.mark.parametrize("shape", [(1, 1), (480, 640)])
def test_a_covered_camera_is_not_described_as_an_empty_street(
    tmp_path: Path, shape: tuple[int, int]
) -> None:
    picture = tmp_path / "dark.png"
    picture.write_bytes(cv2.imencode(".png", np.full(shape, 3, np.uint8))[1].tobytes())
    result = edgeassist("guide", "--describe", picture)
    assert result.returncode == 0, result.stderr
    assert "sees nothing" in result.stdout


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["guide"], "--describe"),
        (["guide", "a.mp4", "--describe", "b.png"], "--describe"),
        (["guide", "a.mp4", "--say"], "--say"),
        (["guide", "--describe", "none.png"], "none.png"),
        (["guide", "camera", "--device", "none"], "none: there is no such camera"),
    ],
)
def test_what_does_not_go_together_is_one_line(words: list[str], wanted: str) -> None:
    result = edgeassist(*words)
    assert result.returncode == 2
    assert wanted in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == (2 if "camera" in words else 1)


@pytest.mark.usefixtures("centernet")
def test_at_real_pace_the_warnings_are_as_fresh_as_on_the_way(clip: Path) -> None:
    result = edgeassist("guide", clip, "--json", "--pace", "real")
    assert result.returncode == 0, result.stderr
    alerts = [json.loads(line) for line in result.stdout.splitlines()]
    assert alerts
    assert all(alert["latency_ms"] < 1000 for alert in alerts)


@pytest.mark.usefixtures("centernet")
def test_plain_lines_say_when_and_what(clip: Path) -> None:
    result = edgeassist("guide", clip, "--language", "en", "--verbosity", "full")
    assert result.returncode == 0
    assert " s  person ahead" in result.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.mp4", None), ("empty.mp4", b""), ("text.mp4", b"hello, this is no film\n" * 50)],
)
def test_a_film_that_cannot_be_played_is_one_line(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = edgeassist("guide", tmp_path / name)
    assert result.returncode == 2
    assert name in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("centernet")
@pytest.mark.parametrize(
    "words",
    [
        ["--profile", "nosuch"],
        ["--pace", "slow"],
        ["--annotate", "x.txt"],
        ["--detector", "nosuch"],
    ],
)
def test_a_wrong_option_is_named_and_nothing_runs(clip: Path, words: list[str]) -> None:
    result = edgeassist("guide", clip, *words)
    assert result.returncode == 2
    assert words[1] in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
