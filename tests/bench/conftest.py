"""One real run for all tests of the bench."""

import json

import pytest
from bench_runs import bench, smallest


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
    """The folder of the run."""
    place = tmp_path_factory.mktemp("bench") / "run"
    done = bench(*smallest(place), "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["type"] for one in records] == ["point", "point", "result"]
    return place


@pytest.fixture
def result(folder):
    """Its result; a test may change it."""
    return json.loads((folder / "result.json").read_text("utf-8"))
