"""A developer measures, stops, goes on, compares and asks for advice: real runs of real models."""

import copy
import json
import os
import signal
import subprocess
from importlib import resources

import jsonschema
import psutil
import pytest
from bench_runs import EDGEASSIST, bench, smallest
from needs import lacking_model

from edgeassist.bench import watched
from edgeassist.bench.points import Measured, Point, Scenario
from edgeassist.errors import ModelError
from edgeassist.modelstore import installed


@pytest.fixture
def calm(result, tmp_path):
    """The same run as if nothing else had worked on this machine meanwhile."""
    for point in result["points"]:
        point["doubts"] = []
    return write(tmp_path, "calm", result)


def write(tmp_path, name, result):
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(result), "utf-8")
    return str(path)


def test_a_result_keeps_to_its_published_schema(result):
    schema = json.loads(
        resources.files("edgeassist.bench").joinpath("result.schema.json").read_text("utf-8")
    )
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        result
    )
    assert result["complete"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**result, "mode": "slow"}, schema)


def test_a_result_says_where_its_figures_come_from(result):
    assert {"board", "cpu", "kernel", "cores"} <= set(result["machine"])
    assert result["software"]["libraries"]["numpy"]
    assert "bench run braille --quick" in result["command"]
    assert [one["name"] for one in result["models"]] == ["zh-words"]
    assert result["data"][0]["items"] == 42


def test_measuring_costs_less_than_a_hundredth_of_what_is_measured(result):
    assert result["harness"]["largest_at"] == "braille/to gf0019/single/t1"
    assert result["harness"]["largest_percent"] < 1


def test_speed_memory_and_rightness_stand_together(result):
    point = result["points"][1]
    latency = point["distributions"]["latency"]
    assert latency["n"] >= 20
    assert latency["p50_low"] <= latency["p50"] <= latency["p50_high"] <= latency["max"]
    assert 20 < point["figures"]["pss_mb"]["value"] <= point["figures"]["rss_mb"]["value"]
    right = point["figures"]["cell_accuracy"]
    assert right["low"] < right["value"] < right["high"]
    assert right["value"] > 0.97


def test_the_table_of_a_run_can_be_seen_again(folder):
    shown = bench("show", str(folder))
    assert "braille/to gf0019/single/t1" in shown.stdout
    assert "Measuring itself costs" in shown.stdout


def test_a_run_compared_with_itself_has_not_changed(folder):
    done = bench("compare", str(folder), str(folder), "--fail-over", "0%")
    assert done.returncode == 0
    assert "are the same within noise" in done.stdout
    assert "Worse" not in done.stdout


def test_a_slower_run_fails_the_comparison_and_a_quicker_one_passes(calm, result, tmp_path):
    slower = copy.deepcopy(result)
    latency = slower["points"][1]["distributions"]["latency"]
    for key, value in latency.items():
        if isinstance(value, float):
            latency[key] = value * 3
    path = write(tmp_path, "slower", slower)
    worse = bench("compare", calm, path, "--fail-over", "10%", "--json")
    assert worse.returncode == 1
    changes = [json.loads(line) for line in worse.stdout.splitlines()]
    figures = {one["figure"] for one in changes if one["verdict"] == "worse"}
    # The tail may be so noisy on a busy machine that thrice as slow is still within its noise.
    assert {"latency p50"} <= figures <= {"latency p50", "latency p90"}
    assert bench("compare", calm, path, "--fail-over", "300%").returncode == 0
    assert bench("compare", path, calm).returncode == 0
    slower["points"][1]["doubts"] = [{"kind": "noisy", "why": "somebody compiled"}]
    unsure = bench("compare", calm, write(tmp_path, "noisy", slower))
    assert unsure.returncode == 0
    assert "measure again" in unsure.stdout


def test_less_right_braille_fails_the_comparison(folder, result, tmp_path):
    wrong = copy.deepcopy(result)
    wrong["points"][1]["figures"]["cell_accuracy"] |= {"value": 0.7, "low": 0.65, "high": 0.75}
    assert bench("compare", str(folder), write(tmp_path, "wrong", wrong)).returncode == 1


def test_a_change_within_the_noise_is_no_regression(folder, result, tmp_path):
    noisy = copy.deepcopy(result)
    noisy["points"][1]["figures"]["cell_accuracy"]["value"] *= 0.5  # its interval stays
    assert bench("compare", str(folder), write(tmp_path, "noisy", noisy)).returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda run: run["machine"].update(cores=64), "cores"),
        (lambda run: run.update(mode="full"), "mode quick / full"),
        (lambda run: run["data"][0].update(sha256="0" * 64), "data everyday sentences"),
    ],
)
def test_unlike_runs_are_not_compared(folder, result, tmp_path, change, said):
    change(result)
    refused = bench("compare", str(folder), write(tmp_path, "unlike", result))
    assert refused.returncode == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_advice_names_the_model_and_what_a_better_one_would_cost(result, tmp_path):
    better = copy.deepcopy(result["points"][1])
    better |= {"id": "braille/other/single/t1", "subject": "other"}
    better["figures"]["cell_accuracy"]["value"] = 1.0
    better["figures"]["rss_mb"]["value"] = 5000.0
    result["points"].append(better)
    path = write(tmp_path, "two", result)
    budget = ["recommend", path, "--module", "braille", "--max-latency", "1s"]
    tight = bench(*budget, "--max-memory", "1GB")
    assert tight.returncode == 0
    assert "Take to gf0019" in tight.stdout
    assert "The next better one: other" in tight.stdout
    wide = json.loads(bench(*budget, "--max-memory", "6GB", "--json").stdout)
    assert wide["best"]["subject"] == "other"
    assert wide["better"] is None
    none = bench(*budget, "--max-memory", "1MB")
    assert none.returncode == 1
    assert "Nothing that was measured fits" in none.stdout


def test_advice_on_speech_is_about_one_language(result, tmp_path):
    for language, errors in (("zh", 0.2), ("en", 0.01)):
        point = copy.deepcopy(result["points"][1])
        point |= {"id": language, "module": "speech", "subject": f"voice {language}"}
        point["options"] = {"language": language}
        point["figures"]["readback_cer"] = {"value": errors}
        result["points"].append(point)
    path = write(tmp_path, "voices", result)
    told = bench("recommend", path, "--module", "speech", "--json").stdout
    assert json.loads(told)["best"]["subject"] == "voice zh"
    told = bench("recommend", path, "--module", "speech", "--language", "en", "--json").stdout
    assert json.loads(told)["best"]["subject"] == "voice en"


def test_a_module_that_was_not_measured_gets_no_advice(folder):
    done = bench("recommend", str(folder), "--module", "speech")
    assert done.returncode == 2
    assert "edgeassist bench run speech" in done.stderr


def test_a_killed_bench_goes_on_and_leaves_no_process_behind(tmp_path):
    place = tmp_path / "run"
    words = smallest(place)
    words[words.index("to gf0019/single")] = "gf0019/single"  # both ways: three points
    running = subprocess.Popen(
        [*EDGEASSIST, *words],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "EDGEASSIST_LANG": "en"},
    )
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("1/3"):
            break
    measuring = []
    while not measuring:  # the second point's process
        measuring = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert not psutil.wait_procs(measuring, timeout=30)[1], "it ends with its parent"
    kept = sorted((place / "points").glob("*.json"))
    before = {file: file.read_bytes() for file in kept}
    assert 1 <= len(before) < 3
    again = bench(*words)
    assert again.returncode == 0, again.stderr
    assert "Going on" in again.stderr
    assert all(file.read_bytes() == data for file, data in before.items())
    result = json.loads((place / "result.json").read_text("utf-8"))
    assert result["complete"]
    assert len(result["points"]) == 3


def test_another_run_does_not_overwrite_one_that_was_begun(folder, tmp_path):
    place = tmp_path / "run"
    (place / "points").mkdir(parents=True)
    (place / "run.json").write_bytes((folder / "run.json").read_bytes())
    refused = bench("run", "guide", "--quick", "--report", str(place))
    assert refused.returncode == 2
    assert "--fresh" in refused.stderr


def test_a_camera_at_its_own_pace_tells_the_age_of_pictures():
    try:
        installed("centernet")
        installed("demo-video")
    except ModelError as error:
        lacking_model(error)
    point = Point(
        module=Measured.GUIDE,
        subject="centernet-128",
        scenario=Scenario.PACED,
        options={"detector": "centernet", "size": 128, "rate": 10.0},
        seconds=1.0,
    )
    heard = []
    record = watched.measure(point, None, tell=heard.append)
    assert record["state"] == "done", record["why"]
    assert heard == sorted(heard)
    assert record["distributions"]["age"]["n"] <= 10
    figures = record["figures"]
    assert figures["delivered"]["value"] <= figures["offered"]["value"] == 20
    assert 0 <= figures["missed_percent"]["value"] <= 100


def test_a_voice_is_measured_at_the_pace_of_warnings():
    point = Point(
        module=Measured.SPEECH,
        subject="pyttsx3",
        scenario=Scenario.PACED,
        options={"voice": "pyttsx3", "language": "zh", "rate": 2.0, "deadline_ms": 500.0},
        seconds=2.0,
    )
    record = watched.measure(point, None)
    assert record["state"] == "done", record["why"]
    assert record["figures"]["offered"]["value"] >= 4


def test_a_model_that_is_missing_leaves_its_point_out_and_says_why():
    point = Point(
        module=Measured.CAPTIONS,
        subject="none",
        scenario=Scenario.SINGLE,
        options={"engine": "whisper", "model": "no-such-model"},
    )
    record = watched.measure(point, None)
    assert record["state"] == "left-out"
    assert "no-such-model" in record["why"]
    assert record["figures"] == {}
