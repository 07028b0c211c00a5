"""Simulated walks with the real detector and the real warnings, and what they are scored."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from edgeassist.errors import InputError
from edgeassist.guide.engines.centernet import CenterNet
from edgeassist.guide.simulator import run
from edgeassist.guide.simulator.__main__ import main
from edgeassist.guide.simulator.journal import Journal
from edgeassist.guide.simulator.records import Met, Told, Walked
from edgeassist.guide.simulator.scores import needless, overlapping, repeated, score
from edgeassist.guide.simulator.speech import seconds, syllables
from edgeassist.profile import CameraProfile

SMALL = CameraProfile(width=320, height=240, fps=5)


def told(decided_s: float, text: str = "前方四米，行人", **changes: object) -> Told:
    values = {
        "at_s": decided_s - 0.05,
        "decided_s": decided_s,
        "text": text,
        "label": "person",
        "priority": "message",
        "way": "said",
        "distance_m": 4.0,
        "ttc_s": 3.0,
        "about": "person",
        "right": True,
    }
    return Told(**{**values, **changes})  # type: ignore[arg-type]


def walked(*alerts: Told, kind: str = "persons", met: tuple[Met, ...] = ()) -> Walked:
    return Walked(
        kind=kind,
        seed=0,
        seconds=60.0,
        met=met,
        told=alerts,
        latencies_s=(0.05, 0.06),
        lost=1,
        ttc_errors=(0.1, -0.4),
        ttc_unknown=2,
    )


def test_a_walk_into_a_wall_is_scored_with_the_real_detector(centernet: CenterNet):
    seen: list[Walked] = []
    scores = run(["walls"], [1], detector=centernet, camera=SMALL, progress=seen.append)
    assert scores.walks == len(seen) == 1
    assert scores.warned["wall"].met == 1
    assert scores.latency_p50_s is not None
    assert scores.latency_p50_s > 0.001
    assert json.loads(json.dumps(scores.to_json()))["warned"]["wall"]["met"] == 1


def test_a_person_in_the_way_is_warned_of_two_seconds_ahead(centernet: CenterNet):
    folder = os.environ.get("EDGEASSIST_EVAL")
    if not folder:
        pytest.skip("needs photographs of people: EDGEASSIST_EVAL names a folder with vision/")
    scores = run(["persons"], [0], detector=centernet, photos=Path(folder) / "vision", step_s=0.05)
    assert scores.warned["person"].in_time == scores.warned["person"].met == 1


def test_persons_without_photographs_are_refused_with_a_way_out(centernet: CenterNet):
    with pytest.raises(InputError, match="--photos"):
        run(["persons"], [0], detector=centernet)


def test_a_folder_without_people_is_refused_by_name(centernet: CenterNet, tmp_path: Path):
    with pytest.raises(InputError, match=tmp_path.name):
        run(["street"], [0], detector=centernet, photos=tmp_path)


def test_a_kind_that_is_none_is_refused_with_the_kinds_there_are(centernet: CenterNet):
    with pytest.raises(InputError, match="poles"):
        run(["dragons"], [0], detector=centernet)


def test_a_broken_label_file_is_named_with_its_line(centernet: CenterNet, tmp_path: Path):
    import cv2
    import numpy as np

    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((300, 200, 3), np.uint8))
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.2 0.9\nperson 1\n", "utf-8")
    with pytest.raises(InputError, match=r"a\.txt:2"):
        run(["street"], [0], detector=centernet, photos=tmp_path)


def test_a_run_broken_off_goes_on_where_it_was(tmp_path: Path):
    file = tmp_path / "run.jsonl"
    first = walked(told(2.0), met=(Met(kind="person", contact_s=5.0, warned_s=3.0, said_s=3.0),))
    Journal(file, {"size": 384}).add(first)
    again = Journal(file, {"size": 384})
    assert again.walks == {("persons", 0): first}
    with pytest.raises(InputError, match="size"):
        Journal(file, {"size": 320})


def test_the_command_says_in_one_line_what_is_wrong(capsys, tmp_path: Path):
    assert main(["--seeds", "none"]) == 2
    assert main(["--kinds", "walls", "--seeds", "1", "--json", str(tmp_path / "no" / "x")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2


def test_who_is_warned_too_late_is_not_warned_in_time():
    met = tuple(Met(kind="person", contact_s=5.0, warned_s=lead) for lead in (2.5, 1.9, None))
    warned = score([walked(met=met)]).warned["person"]
    assert (warned.met, warned.in_time, warned.never) == (3, 1, 1)


def test_the_same_words_within_five_seconds_are_a_repetition():
    assert repeated(walked(told(1.0), told(5.9))) == 1
    assert repeated(walked(told(1.0), told(6.1))) == 0
    assert repeated(walked(told(1.0), told(3.0, "小心前方行人"))) == 0


def test_only_a_danger_may_cut_short_what_is_less_urgent():
    message = told(1.0)
    soon = 1.0 + seconds(message.text) / 2
    assert overlapping(walked(message, told(soon, "右前方两米，行人"))) == 1
    assert overlapping(walked(message, told(soon, "小心前方行人", priority="danger"))) == 0
    assert overlapping(walked(message, told(1.1 + seconds(message.text), "右前方"))) == 0


def test_what_is_felt_and_then_said_in_vain_is_one_false_alert():
    felt = told(1.0, way="felt", right=False)
    assert needless(walked(felt, told(2.0, right=False))) == 1
    assert needless(walked(felt, told(2.0, right=False, label="chair"))) == 2


def test_false_alerts_are_counted_by_ten_minutes_of_street():
    scores = score([walked(told(3.0, right=False), kind="street"), walked(kind="street")])
    assert scores.false_per_10_min == pytest.approx(5.0)
    assert scores.ttc_within_30 == 0.5
    assert scores.ttc_known == 0.5


def test_a_warning_takes_as_long_as_its_syllables():
    assert syllables("前方四米，行人") == 6
    assert syllables("person ahead, 2 metres") == 7
    assert seconds("前方四米，行人") < seconds("前方四米，三个行人")
