"""What WCAG 2.2 asks of the captions page and axe does not look at: edges, spacing, turning."""

import re
from pathlib import Path

import pytest
from viewers import caption

import edgeassist.web

STYLE = (Path(edgeassist.web.__file__).parent / "page" / "style.css").read_text("utf-8")
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-bottom: 2em !important }"""


def themes() -> dict[str, dict[str, str]]:
    """Every theme's colours; what one does not name is as in the first."""
    found: dict[str, dict[str, str]] = {}
    for name, rules in re.findall(r':root(?:\[data-theme="(\w+)"\])? \{([^}]*)\}', STYLE):
        colours = dict(re.findall(r"--(\w+): (#\w+);", rules))
        found[name or "dark"] = found.get("dark", {}) | colours
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_reckoned_as_wcag_reckons_it():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["dark", "light", "yellow", "cream"])
def test_edges_of_controls_and_the_focus_are_seen_and_text_stands_out(theme):
    colours = themes()[theme]
    for ground in (colours["ground"], colours["raised"]):
        assert contrast(colours["edge"], ground) >= 3, (theme, ground)
        assert contrast(colours["accent"], ground) >= 3, (theme, ground)
        assert contrast(colours["text"], ground) >= 7, (theme, ground)
        assert contrast(colours["soft"], ground) >= 7, (theme, ground)


def test_text_may_be_spaced_and_the_page_turned_and_nothing_is_cut_off(serve, look):
    served = serve()
    served.show(caption(1, "今天我们主要讲三件事情：期末考试的安排，暑假的社会实践。"))
    page = look(served.address, width=320, height=568)
    page.wait_for_selector("#lines > p")
    page.click("#settings-button")
    page.evaluate(
        """(rules) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(rules);
            document.adoptedStyleSheets = [sheet];
        }""",
        SPACED,
    )
    spacing = page.eval_on_selector("#lines > p", "one => getComputedStyle(one).letterSpacing")
    assert float(spacing.removesuffix("px")) > 1
    for width, height in ((320, 568), (568, 320)):
        page.set_viewport_size({"width": width, "height": height})
        cut = page.evaluate(
            """() => [...document.querySelectorAll("body, header, main, footer, button, a, p")]
                .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
                .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert cut == [], (width, height)


def test_what_a_control_shows_is_part_of_its_name_for_a_voice_command(serve, look):
    page = look(serve().address)
    page.click("#settings-button")
    wrong = page.evaluate(
        """() => [...document.querySelectorAll("button, a")]
            .filter((one) => one.offsetParent && /\\p{L}/u.test(one.textContent))
            .filter((one) => one.hasAttribute("aria-label")
                && !one.getAttribute("aria-label").includes(one.textContent.trim()))
            .map((one) => one.outerHTML)"""
    )
    assert wrong == []
