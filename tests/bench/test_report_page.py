"""A developer reads a report of the bench: on a page, in Markdown, by eye and by screen reader."""

import json
import os
import re
import shutil
from importlib import resources
from pathlib import Path

import pytest
from bench_results import SETTINGS, with_board
from bench_runs import bench
from needs import lacking

from edgeassist.bench.figures import MEANINGS
from edgeassist.bench.report import sections, write_reports
from edgeassist.bench.report_blocks import Plot, Table
from edgeassist.bench.report_markdown import plain
from edgeassist.bench.report_names import FIGURES, digits, figure_name
from edgeassist.errors import InputError
from edgeassist.locale import t

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")


@pytest.fixture
def rich(result, tmp_path):
    return with_board(result, tmp_path / "board")


def page_of(tmp_path, *results, name="bench.html"):
    write_reports(tmp_path / name, results)
    return (tmp_path / name).read_text("utf-8")


def blocks(result, kind):
    return [
        block for section in sections(result) for block in section.blocks if isinstance(block, kind)
    ]


def test_a_run_writes_its_reports_beside_its_result(folder):
    assert "braille" in (folder / "report.html").read_text("utf-8")
    assert (folder / "report.md").read_text("utf-8").startswith("# Benchmarks: ")


def test_a_report_is_made_again_from_a_result(folder, tmp_path):
    page, text = tmp_path / "new" / "a.html", tmp_path / "a.md"
    done = bench("report", str(folder), "-o", str(page), "-o", str(text), "--json")
    assert done.returncode == 0, done.stderr
    paths = [json.loads(line)["path"] for line in done.stdout.splitlines()]
    assert paths == [str(page), str(text)]
    assert page.read_text("utf-8").startswith("<!doctype html><html lang='en'>")
    again = "edgeassist bench run braille --quick --only 'to gf0019/single' --report DIR1\n"
    assert f"{again}edgeassist bench report DIR1 -o {text}\n" in text.read_text("utf-8")


def test_ratios_come_first_and_the_origin_last(rich):
    titles = [section.title for section in sections(rich)]
    assert titles[:2] == ["In short", "Ours beside plain calls"]
    assert titles[-1] == "Where these figures come from"


def test_every_picture_is_told_in_words_and_its_numbers_stand_in_a_table(rich):
    for section in sections(rich):
        for place, block in enumerate(section.blocks):
            if isinstance(block, Plot):
                assert len(block.told) > len(block.title)
                assert any(isinstance(one, Table) for one in section.blocks[place + 1 :])
    cells = {cell for table in blocks(rich, Table) for row in table.rows for cell in row}
    for point in rich["points"][1:]:
        for known in point["distributions"].values():
            assert any(str(cell).startswith(digits(known["p90"])) for cell in cells)
            assert digits(known["max"]) in cells
    for _, ap, memory in SETTINGS.values():
        assert {digits(ap), digits(memory)} <= cells
    assert "50.0–64.4" in cells  # the temperature of the first twenty seconds
    assert "102 / 321" in cells  # the last minute of the long run


def test_pictures_are_of_waiting_rightness_memory_and_heat(rich):
    titles = [plot.title for plot in blocks(rich, Plot)]
    for title in (
        "Ours beside plain calls",
        "Right against quick: seeing obstacles",
        "How long one waits: seeing obstacles",
        "Memory: seeing obstacles",
        "Temperature over time",
    ):
        assert title in titles


def test_the_best_choices_are_named_in_the_table(rich):
    (table,) = [
        one for one in blocks(rich, Table) if one.caption.endswith("first: seeing obstacles")
    ]
    best = table.head.index("best choice")
    assert {row[1]: row[best] for row in table.rows} == {
        "quick-320": "yes",
        "right-512": "yes",
        "poor-416": "no",
        "<odd>|name* `x`": "yes",
    }


def test_what_may_be_wrong_is_marked_in_words_wherever_it_is_shown(rich, tmp_path):
    hot = [point for point in rich["points"] if point["doubts"] and point["module"] == "guide"]
    assert {point["subject"] for point in hot} == set(SETTINGS) - {"quick-320"}
    for table in blocks(rich, Table):
        if "doubts" not in table.head:
            continue
        for row in table.rows:
            throttled = any(str(cell).startswith("right-512") for cell in row)
            assert not throttled or "throttled" in row[table.head.index("doubts")]
    page = page_of(tmp_path, rich)
    assert "the firmware says: throttled" in page
    assert "no memory left" in page


def test_an_estimate_is_called_so_everywhere(rich, tmp_path):
    rich["emulation"] = {
        "board": "pi5",
        "method": "duty-cycle",
        "cores": 4,
        "neural_slowdown": 3.0,
        "scalar_slowdown": 2.0,
        "sources": ["a paper"],
    }
    for point in rich["points"]:
        point["estimate"] = True
    text = page_of(tmp_path, rich, name="a.md")
    assert text.startswith("# Benchmarks: estimates for pi5")
    assert "ESTIMATES: every figure is of an emulated pi5" in text
    for table in blocks(rich, Table):
        if "doubts" in table.head:
            place = table.head.index("doubts")
            assert all(row[place].startswith("estimate") for row in table.rows)


def test_a_report_says_where_its_figures_come_from(result, tmp_path):
    text = page_of(tmp_path, result, name="a.md")
    for told in (
        plain(result["command"]),
        plain(result["machine"]["kernel"]),
        result["software"]["git_revision"],
        result["software"]["libraries"]["numpy"],
        result["data"][0]["sha256"][:16],
        result["models"][0]["files"][0]["sha256"][:16],
    ):
        assert told in text


def test_markdown_keeps_its_columns_whatever_a_model_is_called(rich, tmp_path):
    text = page_of(tmp_path, rich, name="a.md")
    assert r"\<odd\>\|name\* \`x\`" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) > 10
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(columns) == 1


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(rich, tmp_path):
    page = page_of(tmp_path, rich)
    assert "<odd>" not in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=['\"](?!#)", page)
    assert "url(" not in page
    assert len(page) < 200_000


def test_two_runs_on_one_page_are_compared(result, tmp_path):
    result["points"][1]["doubts"] = []
    slower = json.loads(json.dumps(result))
    known = slower["points"][1]["distributions"]["latency"]
    for key, value in known.items():
        known[key] = value * 30 if isinstance(value, float) else value
    text = page_of(tmp_path, result, slower, name="a.md")
    assert "### Since the run before" in text
    assert re.search(r"What got worse(.*\n){4}\| braille/to gf0019/single/t1 \| one", text)
    slower["points"][1]["doubts"] = [{"kind": "noisy", "why": "somebody compiled"}]
    assert "measure again" in page_of(tmp_path, result, slower, name="b.md")
    slower["machine"]["cores"] = 64
    assert "these runs cannot be compared" in page_of(tmp_path, result, slower, name="b.md")


def test_a_run_that_was_stopped_says_so(result, tmp_path):
    result |= {"complete": False, "ended": None}
    assert "This run was stopped" in page_of(tmp_path, result)


@pytest.mark.parametrize(
    ("name", "said"), [("a.pdf", "ends in .html or .md"), ("file/a.html", "cannot be written")]
)
def test_a_report_that_cannot_be_written_is_one_line(folder, tmp_path, name, said):
    (tmp_path / "file").write_text("")
    done = bench("report", str(folder), "-o", str(tmp_path / name))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert name in done.stderr


def test_every_figure_has_a_name_in_both_languages(monkeypatch):
    assert set(FIGURES) == set(MEANINGS)
    for name in MEANINGS:
        assert t(FIGURES[name], lang="zh") != FIGURES[name]
    assert figure_name("peer_rtf").endswith(", theirs")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        lacking("Chromium", "chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_the_page_fits_a_phone_and_a_desk(
    browser, rich, result, tmp_path, monkeypatch, language
):
    monkeypatch.setenv("EDGEASSIST_LANG", language)
    path = tmp_path / "bench.html"
    write_reports(path, [rich, result] if language == "zh" else [rich])
    shots = Path(os.environ.get("EDGEASSIST_SHOTS", tmp_path))  # for people to look at
    asked: list[str] = []
    for width, scheme in ((360, "light"), (1280, "dark")):
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
        outside = view.evaluate(
            """() => [...document.querySelectorAll("figure svg.plot *")].filter((one) => {
                const box = one.getBoundingClientRect();
                return box.left < -1 || box.right > innerWidth + 1;
            }).map((one) => one.outerHTML)"""
        )
        assert outside == []
        view.screenshot(path=shots / f"bench-{language}-{width}.png", full_page=True)
        window.close()
    assert {url.partition(":")[0] for url in asked} == {"file"}


def test_an_unknown_kind_of_report_is_refused_before_anything_is_written(result, tmp_path):
    with pytest.raises(InputError, match=r"a\.txt"):
        write_reports(tmp_path / "a.txt", [result])
    assert list(tmp_path.iterdir()) == []
