"""The report of a walk and the lists of its warnings: complete, small, readable for everybody."""

from __future__ import annotations

import csv
import html.parser
import json
import re
import shutil
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import lacking

from edgeassist.errors import InputError
from edgeassist.guide.report import LEVELS, About, page, write_report
from edgeassist.guide.report_alerts import COLUMNS, AlertFile
from edgeassist.guide.report_record import Sample, Walk
from edgeassist.guide.report_timeline import Strip, segments, shape, strips
from edgeassist.loop.events import Box, Obstacle, Priority, State, Status, Utterance, VideoFrame
from edgeassist.profile import CameraProfile

ABOUT = About(name="<walk> & co.mp4", language="zh", camera=CameraProfile(), real_pace=True)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def ns(at_s: float) -> int:
    return round(at_s * 1e9)


NOISE = np.random.default_rng(1).integers(0, 255, (48, 64, 3), dtype=np.uint8)
SEEN = np.kron(NOISE, np.ones((10, 10, 1), np.uint8))


def frame(at_s: float) -> VideoFrame:
    return VideoFrame(captured_ns=ns(at_s), image=SEEN, number=round(at_s * 10), at_s=at_s)


def obstacle(at_s: float, track: int, distance_m: float | None) -> Obstacle:
    return Obstacle(
        captured_ns=ns(at_s),
        track=track,
        label="person",
        box=Box(label="person", score=0.9, x1=200, y1=100, x2=300, y2=400),
        bearing_deg=0.0,
        distance_m=distance_m,
        ttc_s=None if distance_m is None else distance_m,
        at_s=at_s,
    )


def warning(
    at_s: float, track: int, priority: Priority, text: str = "小心！前方两米，行人", **more: Any
) -> Utterance:
    details = {
        "t_s": at_s,
        "label": "person",
        "side": "ahead",
        "bearing_deg": 0.4,
        "distance_m": 2.0,
        "ttc_s": None,
        "text": text,
        "priority": priority.name.lower(),
        "latency_ms": 55.0,
        "count": 1,
        "track": track,
        "distance_low_m": 1.8,
        "distance_high_m": 2.2,
        **more,
    }
    return Utterance(
        captured_ns=ns(at_s), text=text, language="zh", priority=priority, details=details
    )


def sight(at_s: float, state: str, text: str) -> Utterance:
    return Utterance(
        captured_ns=ns(at_s),
        text=text,
        language="zh",
        priority=Priority.MESSAGE,
        details={"t_s": at_s, "sight": state},
    )


def walked(seconds: float = 20.0) -> Walk:
    """Somebody comes nearer every eight seconds; for two the camera is covered."""
    walk = Walk()
    for number in range(round(seconds * 10)):
        at_s, track = number / 10, number // 80
        walk("camera", frame(at_s))
        walk("guide", obstacle(at_s, track, 8.5 - at_s % 8))
        for due, priority in (
            (20, Priority.NOTIFICATION),
            (50, Priority.MESSAGE),
            (70, Priority.DANGER),
        ):
            if number % 80 == due:
                walk("guide", warning(at_s, track, priority))
    walk("guide", sight(12.0, "nothing", "摄像头看不见"))
    walk("guide", sight(14.0, "clear", "摄像头恢复了"))
    return walk


class Tables(html.parser.HTMLParser):
    """The page as a screen reader walks it: tables of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[list[list[str]]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.found.append([])
        elif tag == "tr":
            self.found[-1].append([])
        elif tag in ("td", "th"):
            self._in_cell = True
            self.found[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.found[-1][-1][-1] += data


def test_what_the_picture_shows_also_stands_in_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    summary, warnings, things, blind = Tables("\n".join(page(walked(), ABOUT))).found
    assert ["warnings: danger", "2"] in summary
    assert ["time without possible warnings", "2.0 s"] in summary
    assert len(warnings) == 1 + 7
    assert warnings[1][:5] == ["1", "2.0 s", "nearby", "小心！前方两米，行人", "ahead"]
    assert warnings[3][2] == "danger"
    assert warnings[1][6] == "2.0 m (1.8–2.2)"
    assert warnings[1][7] == "unknown"
    assert things[1][0] == "person"
    assert things[1][5] == "1, 2, 3"
    assert blind[1] == ["摄像头看不见", "12.0 s", "14.0 s"]


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = "\n".join(page(walked(), ABOUT))
    without_pictures = re.sub(r"base64,[^']*", "", text)
    assert "//" not in without_pictures
    assert "url(" not in without_pictures
    assert "<script" not in text
    assert "&lt;walk&gt; &amp; co.mp4" in text
    assert "<walk>" not in text


def test_a_camera_that_was_unplugged_is_a_blind_time() -> None:
    walk = Walk()
    walk("camera", frame(3.0))
    status = {"module": "camera", "lost": "the camera is off"}
    walk("camera", Status(captured_ns=ns(5.0), state=State.STALLED, **status))
    walk("camera", Status(captured_ns=ns(8.0), state=State.RESTARTING, **status))
    walk("camera", Status(captured_ns=ns(15.0), state=State.RUNNING, **status))
    ((begin_s, end_s),) = [(spell.begin_s, spell.end_s) for spell in walk.spells]
    assert (begin_s, end_s) == (5.0, 15.0)


def test_a_long_day_does_not_grow_a_large_page() -> None:
    walk = Walk()
    for number in range(200):
        walk("camera", frame(float(number)))
        priority = Priority.DANGER if number % 10 == 0 else Priority.NOTIFICATION
        walk("guide", warning(float(number), number, priority))
    with_picture = [one for one in walk.warned if one.picture]
    assert len(with_picture) == 120
    assert sum(one.level is Priority.DANGER for one in with_picture) == 20
    assert sum(len(one.picture or b"") for one in with_picture) < 120 * 60_000


def test_without_warnings_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    walk = Walk()
    walk("camera", frame(0.0))
    text = "\n".join(page(walk, ABOUT))
    assert "All warnings in their order: nothing." in text
    assert "Blind times: nothing." in text


def test_levels_differ_by_shape() -> None:
    marks = [shape(level, 10, 10) for level in LEVELS]
    assert len({mark.split(" ")[0] for mark in marks}) == 3


@given(st.floats(0, 100_000))
def test_every_moment_of_a_walk_lies_in_one_strip(length_s: float) -> None:
    parts = strips(length_s)
    assert len(parts) <= 31
    for at_s in (0.0, length_s / 3, length_s):
        assert sum(part.has(at_s) for part in parts) == 1


@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.none() | st.floats(0.1, 60)),
        max_size=60,
        unique_by=lambda x: x[0],
    )
)
def test_curves_keep_what_is_nearest_and_invent_nothing(points: list[Any]) -> None:
    samples = [Sample(at_s, value, None) for at_s, value in sorted(points, key=lambda p: p[0])]
    runs = segments(samples, Strip(0.0, 60.001), "distance_m")
    known = [sample.distance_m for sample in samples if sample.distance_m is not None]
    shown = [value for run in runs for _, value in run]
    assert set(shown) <= set(known)
    assert min(shown, default=None) == min(known, default=None)
    assert all(first[0] < second[0] for run in runs for first, second in pairwise(run))


def test_a_report_that_cannot_be_written_is_told_of_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/walk\.html"):
        write_report(tmp_path / "file" / "walk.html", walked(1.0), ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["w.json", "w.jsonl", "W.CSV"])
def test_warnings_can_be_read_back_from_every_kind_of_list(tmp_path: Path, name: str) -> None:
    told = [
        warning(1.5, 1, Priority.DANGER, 'he said "stop", twice').details,
        warning(9.0, 2, Priority.MESSAGE, ttc_s=2.5, extra="more").details,
    ]
    with AlertFile(tmp_path / "new" / name) as file:
        for one in told:
            file.write(one)
    text = (tmp_path / "new" / name).read_text("utf-8-sig")
    if name == "w.json":
        assert json.loads(text) == told
    elif name == "w.jsonl":
        assert [json.loads(line) for line in text.splitlines()] == told
    else:
        rows = list(csv.DictReader(text.splitlines()))
        assert [row["text"] for row in rows] == ['he said "stop", twice', "小心！前方两米，行人"]
        assert [row["ttc_s"] for row in rows] == ["", "2.5"]
        assert tuple(rows[0]) == COLUMNS
    assert [path.name for path in (tmp_path / "new").iterdir()] == [name]


def test_lines_are_on_the_disk_while_the_walk_goes_on(tmp_path: Path) -> None:
    with AlertFile(tmp_path / "w.jsonl") as file:
        file.write(warning(1.5, 1, Priority.DANGER).details)
        assert len((tmp_path / "w.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize("name", ["w.txt", "w", "taken/w.csv"])
def test_a_list_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(InputError) as raised:
        AlertFile(tmp_path / name)
    assert Path(name).name in str(raised.value)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        lacking("Chromium", "chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_a_phone_shows_it_all(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("EDGEASSIST_LANG", language)
    path = tmp_path / "walk.html"
    write_report(path, walked(), ABOUT)
    asked: list[str] = []
    for width, scheme in ((390, "light"), (1280, "dark")):
        window = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        view = window.new_page()
        view.on("request", lambda request: asked.append(request.url))
        view.goto(path.as_uri())
        view.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        found = view.evaluate(
            "async () => (await axe.run({rules: {'color-contrast-enhanced': {enabled: true}}}))"
            ".violations.map(one => one.id)"
        )
        assert found == []
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        assert view.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
        assert view.locator("figure img").count() == 7
        window.close()
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
