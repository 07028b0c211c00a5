"""`edgeassist calibrate`: a known camera is found again, and kept for this user safely."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rendered import stand, walk

from edgeassist.cli.main import main
from edgeassist.config import load_profile
from edgeassist.errors import ConfigError, InputError
from edgeassist.guide.annotate import Film
from edgeassist.guide.geometry import View
from edgeassist.profile import CameraProfile
from edgeassist.userprofile import laid_over, own_path, save_values, with_values

TRUE = CameraProfile(height_m=1.1, tilt_deg=6.0, fov_deg=62.0)
PERSON_M = 1.7
FAR_M = (2.6, 3.4, 4.6, 6.0)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any figures of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def photographs(
    centernet: Any, street: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Somebody of the street, before a camera that sits where we say, at four distances."""
    found = [box for box in centernet.detect(street) if box.label == "person"]
    box = max(found, key=lambda box: box.score)
    folder = tmp_path_factory.mktemp("person")
    view = View.of(TRUE, 960, 720)
    for far_m in FAR_M:
        picture = stand(street, box, view, person_m=PERSON_M, distance_m=far_m)
        cv2.imwrite(str(folder / f"{far_m}.png"), picture)
    return [str(folder / f"{far_m}.png") for far_m in FAR_M]


@pytest.fixture
def calibrate(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        code = main(["calibrate", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_friend_of_known_height_tells_where_the_camera_sits(
    photographs: list[str], calibrate: Any, home: Path
) -> None:
    code, out, err = calibrate("person", *photographs, "--height", PERSON_M, "--json")
    found = json.loads(out)
    assert code == 0, err
    assert found["kept"]
    assert found["old"] == {"height_m": 1.3, "tilt_deg": 10.0, "fov_deg": 62.0}
    assert found["new"]["height_m"] == pytest.approx(TRUE.height_m, abs=0.12)
    assert found["new"]["tilt_deg"] == pytest.approx(TRUE.tilt_deg, abs=2.0)
    assert {"height_m", "tilt_deg"} <= set(found["learnt"])
    now = load_profile("desktop")
    assert now.camera.height_m == found["new"]["height_m"]
    assert now.camera.width == 640  # what was not measured is the shipped profile's
    assert load_profile("pi5").camera.height_m == 1.3  # another board is another camera
    assert own_path("desktop") == home / "edgeassist" / "devices" / "desktop.toml"


def test_old_and_new_figures_are_said_and_nothing_is_kept_when_only_asked(
    photographs: list[str], calibrate: Any, home: Path
) -> None:
    code, out, _ = calibrate("person", *photographs, "--height", PERSON_M, "--dry-run")
    assert code == 0
    assert "height above the ground: 1.3 m → 1." in out
    assert "(not measured, stays)" in out
    assert not home.exists()


def test_figures_that_cannot_be_true_are_not_kept_unless_one_insists(
    photographs: list[str], calibrate: Any, home: Path
) -> None:
    words = ("person", *photographs, "--height", 0.7)  # the friend is no doll
    code, _, err = calibrate(*words)
    assert code == 1
    assert "is the person as tall as you said" in err
    assert "Nothing was changed" in err
    assert not home.exists()
    assert calibrate(*words, "--force")[0] == 0
    assert load_profile("desktop").camera.height_m < 0.6


def test_walking_tells_how_far_the_camera_looks_down(tmp_path: Path, calibrate: Any) -> None:
    film = Film(tmp_path / "walk.mp4")
    view = View.of(CameraProfile(tilt_deg=18.0), 640, 480)
    for number, picture in enumerate(walk(view, speed_m_s=1.2, seconds=4, fps=10)):
        film.write(picture, number / 10)
    film.close()
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\n[camera]\ntilt_deg = 10.0 # a guess\nfps = 20.0\n')
    code, out, err = calibrate("walk", tmp_path / "walk.mp4", "--profile", mine)
    assert code == 0, err
    assert "looks down by: 10° → 1" in out
    kept = mine.read_text()
    assert "# a guess" in kept
    assert tomllib.loads(kept)["camera"]["tilt_deg"] == pytest.approx(18.0, abs=2.0)
    assert tomllib.loads(kept)["camera"]["fps"] == 20.0
    assert "tilt_deg = 10.0" in (tmp_path / "mine.toml.bak").read_text()
    assert "mine.toml.bak" in err


def test_who_stands_still_is_told_to_walk(
    tmp_path: Path, street: NDArray[np.uint8], calibrate: Any
) -> None:
    film = Film(tmp_path / "still.mp4")
    for number in range(20):
        film.write(street, number / 10)
    film.close()
    code, _, err = calibrate("walk", tmp_path / "still.mp4")
    assert code == 2
    assert "still.mp4: The pictures do not show where the walk goes" in err


@pytest.mark.usefixtures("centernet")
def test_what_shows_no_person_is_named_in_one_line(tmp_path: Path, calibrate: Any) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((480, 640, 3), 120, np.uint8))
    for words, wanted in (
        (("person", grey, "--height", 1.7), "grey.png: No picture shows a person"),
        (("person", tmp_path / "none.png", "--height", 1.7), "none.png: there is no such file"),
        (("walk", grey.with_suffix(".mp4")), "grey.mp4: there is no such file"),
        (("walk", "camera"), "there is no such camera"),
        (("person", grey, "--height", 1.7, "--profile", "nosuch"), "nosuch"),
    ):
        code, out, err = calibrate(*words)
        if "camera" in words and Path("/dev/video0").exists():
            continue
        assert code == 2
        assert wanted in err
        assert len(err.splitlines()) == 1
        assert out == ""


def test_pictures_of_different_cameras_are_refused(
    photographs: list[str], tmp_path: Path, calibrate: Any
) -> None:
    small = tmp_path / "small.png"
    cv2.imwrite(str(small), cv2.resize(cv2.imread(photographs[0]), (480, 360)))
    code, _, err = calibrate("person", photographs[1], small, "--height", PERSON_M)
    assert code == 2
    assert "small.png: is not of the size" in err


def test_a_slip_in_the_users_own_figures_is_named_with_their_file(home: Path) -> None:
    own_path("pi5").parent.mkdir(parents=True)
    own_path("pi5").write_text("[camera]\nhieght_m = 1.2\n")
    with pytest.raises(ConfigError, match=r"home/edgeassist/devices/pi5\.toml: camera\.hieght_m"):
        load_profile("pi5")
    assert load_profile("pi4").name == "pi4"


@pytest.mark.parametrize("text", ["camera = { tilt_deg = 3 }\n", "camera.tilt_deg = 3\n", "[[["])
def test_a_file_that_cannot_be_changed_safely_stays_as_it_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"under \[camera\]: tilt_deg = 4\.5"):
        save_values(path, "camera", {"tilt_deg": 4.5})
    assert path.read_text() == text
    assert [one.name for one in tmp_path.iterdir() if one.name != "home"] == ["mine.toml"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/mine\.toml"):
        save_values(tmp_path / "file" / "mine.toml", "camera", {"tilt_deg": 4.5})


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
COMMENTS = st.sampled_from(["", " # why", "   # [camera] height_m = 3"])
TABLES = st.dictionaries(
    st.sampled_from(["camera", "guide", "speech"]),
    st.dictionaries(
        st.sampled_from(["height_m", "tilt_deg", "fov_deg", "size"]),
        st.tuples(NUMBERS, COMMENTS),
        max_size=4,
    ),
)


@given(
    TABLES,
    st.dictionaries(st.sampled_from(["height_m", "tilt_deg", "fov_deg"]), NUMBERS, min_size=1),
)
def test_only_what_was_measured_changes_in_a_profile(tables: Any, values: Any) -> None:
    text = "# mine\n" + "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {value!r}{note}\n" for key, (value, note) in rows.items())
        for name, rows in tables.items()
    )
    new = with_values(text, "camera", values)
    assert tomllib.loads(new) == laid_over(tomllib.loads(text), {"camera": values})
    assert new.count("#") == text.count("#")
    assert with_values(new, "camera", values) == new
