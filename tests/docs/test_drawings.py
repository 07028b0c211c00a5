"""The wiring page's drawings, its tables and the program name the same pins."""

import importlib.util
import re
import tomllib
import xml.etree.ElementTree as ET

import pytest

from edgeassist.config import load_profile
from tests.docs.pages import ROOT, chinese, fences

DRAWINGS = ROOT / "docs/drawings"
PAGES = [ROOT / "docs/wiring.md", chinese(ROOT / "docs/wiring.md")]
SVG = "{http://www.w3.org/2000/svg}"

spec = importlib.util.spec_from_file_location("draw", DRAWINGS / "draw.py")
assert spec is not None
assert spec.loader is not None
draw = importlib.util.module_from_spec(spec)
spec.loader.exec_module(draw)

EVERY = [(one, lang) for one in draw.DRAWINGS for lang in draw.LANGUAGES]


@pytest.mark.parametrize(("drawing", "lang"), EVERY)
def test_a_drawing_is_as_its_source_draws_it(drawing, lang):
    file = DRAWINGS / draw.file_name(drawing, lang)
    assert file.read_text("utf-8") == draw.DRAWINGS[drawing](lang).svg()


@pytest.mark.parametrize(("drawing", "lang"), EVERY)
def test_a_drawing_tells_what_it_shows_to_who_does_not_see_it(drawing, lang):
    root = ET.parse(DRAWINGS / draw.file_name(drawing, lang)).getroot()
    named = {child.get("id"): child.text or "" for child in root[:2]}
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == " ".join(named)
    assert all(len(text) > 4 for text in named.values())
    assert len(named["about"]) > 60
    assert bool(re.search("[一-鿿]", named["about"])) == (lang == "zh")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_shows_every_drawing_with_words_in_its_stead(page):
    lang = "zh" if page == PAGES[1] else "en"
    shown = re.findall(r"!\[([^\]]+)\]\(drawings/([^)]+)\)", page.read_text("utf-8"))
    assert [file for _, file in shown] == [
        draw.file_name(one, lang) for one in ("overview", "mount", "header", "motors", "sensors")
    ]
    assert all(len(words) > 8 for words, _ in shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_name_the_pins_of_the_drawings(page):
    lang = int(page == PAGES[1])
    rows = page.read_text("utf-8").splitlines()
    for gpio, (place, words) in draw.PINS.items():
        assert f"| {gpio} | {place} | {words[lang]} |" in rows
    for place, words in draw.SUPPLY.items():
        assert f"| {place} | {words[lang]} |" in rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_profile_shown_uses_these_pins_and_the_driver_takes_it(page, tmp_path):
    (block,) = [one for one in fences(page) if "[haptics]" in one.text]
    file = tmp_path / "wired.toml"
    file.write_text(block.text, "utf-8")
    profile = load_profile(file)
    haptics, (sound,) = profile.haptics, profile.ranges.ultrasound
    used = {haptics.left, haptics.ahead, haptics.right, sound.trigger, sound.echo}
    assert used == {gpio for gpio, (place, _) in draw.PINS.items() if place not in (3, 5)}
    assert "左" in draw.PINS[haptics.left][1][1]
    assert "右" in draw.PINS[haptics.right][1][1]
    assert "echo" in draw.PINS[sound.echo][1][0]


def test_shipped_profiles_name_no_other_pins():
    for file in (ROOT / "devices").glob("*.toml"):
        haptics = tomllib.loads(file.read_text("utf-8")).get("haptics", {})
        sides = {12: "left", 13: "ahead", 26: "right"}
        assert all(sides.get(pin) == side for side, pin in haptics.items()), file.name


def test_the_echo_is_brought_below_what_a_pin_stands_and_above_what_it_hears():
    first, second = draw.DIVIDER_OHM
    assert 2.0 < 5 * second / (first + second) < 3.3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_camera_sees_at_each_tilt_is_reckoned_right(page):
    rows = re.findall(
        r"^\| (\d+)° \| ([\d.]+) \S+ \| ([\d.]+) \S+ \| ([\d.]+) \S+ \| ([\d.]+) \S+ \|$",
        page.read_text("utf-8"),
        re.MULTILINE,
    )
    assert [row[0] for row in rows] == ["0", "5", "10", "15"]
    for tilt, ground, *heights in rows:
        assert float(ground) == pytest.approx(draw.nearest_ground_m(int(tilt)), abs=0.05)
        for away_m, height in enumerate(heights, 1):
            assert float(height) == pytest.approx(draw.seen_up_to_m(int(tilt), away_m), abs=0.005)
