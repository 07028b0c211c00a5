"""`edgeassist guide` as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
