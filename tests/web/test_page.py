"""The page in a real Chromium: what is read, by eye, by keyboard and by screen reader."""

import os
from importlib import resources
from pathlib import Path

import pytest
from viewers import Served, caption

from edgeassist.loop.events import AudioLevel, Priority, State, Status, Utterance

SPOKEN = [
    ("大家好，欢迎来到今天的家长会。", "zh"),
    ("今天我们主要讲三件事情：期末考试的安排，暑假的社会实践，还有开学的时间。", "zh"),
    ("Good morning everyone, and thank you for coming.", "en"),
    ("期末考试从6月28号开始，一共三天。", "zh"),
]
PARTIAL = "如果有什么问题可以随时给我打电"
THEMES = ("system", "dark", "light", "yellow", "cream")
SIZES = {"small": (320, 568), "phone": (390, 844), "television": (1920, 1080)}


def talk(served: Served, times: int = 1) -> None:
    for round_ in range(times):
        for number, (text, language) in enumerate(SPOKEN):
            served.show(caption(round_ * len(SPOKEN) + number, text, language=language))
    served.show(caption(10_000, PARTIAL, stable=9))
    served.show(AudioLevel(captured_ns=1, peak_dbfs=-9.0, rms_dbfs=-24.0, clipped=False))


def shown_lines(page) -> list[str]:
    return page.eval_on_selector_all(
        "#lines > p", "all => all.map(one => one.lastChild.textContent)"
    )


def until(page, condition: str, argument=None) -> None:
    page.wait_for_function(condition, arg=argument, timeout=10_000)


def until_lines(page, count: int) -> None:
    until(page, "count => document.querySelectorAll('#lines > p').length === count", count)


def keep_settings(page, **settings) -> None:
    page.evaluate("settings => keep(settings)", settings)


def violations(page) -> list[str]:
    found = page.evaluate(
        """async () => (await axe.run({
            rules: {"color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}},
        })).violations"""
    )
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


@pytest.fixture
def served(serve) -> Served:
    return serve()


def test_axe_finds_nothing_in_any_theme(served, look):
    talk(served)
    page = look(served.address, color_scheme="light")
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    served.show(
        Status(captured_ns=0, module="captions", state=State.RUNNING, why="磁盘已满"),
        Utterance(captured_ns=0, text="台阶", language="zh", priority=Priority.MESSAGE),
    )
    until(page, "() => document.querySelector('#warning p')")
    assert violations(page) == []
    page.click("#settings-button")
    for theme in THEMES:
        keep_settings(page, theme=theme)
        assert violations(page) == [], theme


def test_partials_grow_with_their_stable_part_marked_and_end_as_a_line(served, look):
    page = look(served.address)
    assert page.inner_text("#empty") == "等待讲话……"
    served.show(caption(1, "今天天汽", stable=2))
    until(page, "() => document.querySelector('#stable').textContent === '今天'")
    assert page.inner_text("#unstable") == "天汽"
    line = page.eval_on_selector("#unstable", "one => getComputedStyle(one).textDecorationLine")
    assert line == "underline"  # not by colour alone
    assert not page.is_visible("#empty")
    before = page.eval_on_selector("#stable", "one => one.getBoundingClientRect().left")
    served.show(caption(1, "今天天气很好。"))
    until_lines(page, 1)
    assert shown_lines(page) == ["今天天气很好。"]
    assert not page.is_visible("#partial")
    left = page.eval_on_selector("#lines > p", "one => one.getBoundingClientRect().left")
    assert left == pytest.approx(before, abs=1)  # the text does not jump


def test_a_screen_reader_is_given_every_final_once_and_no_partial_by_itself(served, look):
    talk(served)
    page = look(served.address)
    until(page, "() => document.querySelector('#lines').getAttribute('aria-live') === 'polite'")
    page.evaluate(
        """() => {
            window.announced = [];
            new MutationObserver((changes) => {
              for (const change of changes) {
                const live = "[aria-live=polite], [role=status], [role=alert]";
                if (!change.target.closest(live)) continue;
                announced.push(...[...change.addedNodes].map((one) => one.textContent));
              }
            }).observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )
    for stable in range(1, 5):
        served.show(caption(20_000, "我们下次再见", stable=stable))
    served.show(caption(20_000, "我们下次再见。"))
    until_lines(page, 5)
    assert page.evaluate("announced") == ["我们下次再见。"]
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [
        one["name"]["value"] for one in tree if one.get("role", {}).get("value") == "StaticText"
    ]
    for text in [text for text, _ in SPOKEN] + ["我们下次再见。"]:
        assert names.count(text) == 1
    log = [one for one in tree if one.get("role", {}).get("value") == "log"]
    assert [one["name"]["value"] for one in log] == ["已说的话"]
    languages = page.eval_on_selector_all("#lines > p", "all => all.map(one => one.lang)")
    assert languages == ["zh-CN", "zh-CN", "en", "zh-CN", "zh-CN"]


def test_what_was_said_before_the_page_was_opened_is_there_but_not_read_out(serve, chromium):
    served = serve()
    talk(served, 100)
    page = chromium.new_page()
    page.add_init_script(
        """new MutationObserver((changes) => {
            for (const {target, addedNodes} of changes)
              if (target.id === "lines" && target.getAttribute("aria-live") === "polite")
                window.announced = (window.announced || 0) + addedNodes.length;
        }).observe(document, {subtree: true, childList: true});"""
    )
    page.goto(served.address)
    until_lines(page, 400)
    until(page, "() => document.querySelector('#lines').getAttribute('aria-live') === 'polite'")
    assert page.evaluate("window.announced") is None
    page.close()


def test_reading_back_is_not_disturbed_by_what_is_said_now(served, look):
    talk(served, 10)
    page = look(served.address)
    until_lines(page, 40)
    until(page, "() => atNewest()")
    page.eval_on_selector("#scroll", "one => { one.scrollTop = 100; }")
    until(page, "() => document.querySelector('#follow').textContent === '回到最新'")
    served.show(caption(30_000, "新的一句。"))
    until_lines(page, 41)
    assert page.eval_on_selector("#scroll", "one => one.scrollTop") == 100
    assert page.inner_text("#follow") == "回到最新（1 条新字幕）"
    page.click("#follow")
    until(page, "() => atNewest()")
    assert page.inner_text("#follow") == "暂停"


def test_pause_holds_everything_still_and_loses_nothing(served, look):
    talk(served)
    page = look(served.address)
    until_lines(page, 4)
    page.click("#follow")
    assert page.inner_text("#state-text") == "已暂停"
    served.show(caption(1, "一。"), caption(2, "二。"), caption(3, "三", stable=0))
    until(page, "() => document.querySelector('#follow').textContent === '继续（2 条新字幕）'")
    assert len(shown_lines(page)) == 4
    assert page.inner_text("#stable") + page.inner_text("#unstable") == PARTIAL
    page.click("#follow")
    until_lines(page, 6)
    assert shown_lines(page)[-2:] == ["一。", "二。"]
    assert page.inner_text("#unstable") == "三"


def test_everything_can_be_done_by_keyboard_and_the_focus_is_seen(served, look):
    talk(served, 10)
    page = look(served.address)
    until_lines(page, 40)
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 3
        if reached[-1] == "settings-button":
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.press("ArrowRight")
            assert page.evaluate("settings.size") == 1.25
            page.keyboard.press("Escape")
            assert not page.is_visible("#settings")
    assert reached[:3] == ["settings-button", "scroll", "follow"]
    page.focus("#scroll")
    page.keyboard.press("Home")
    until(page, "() => document.querySelector('#scroll').scrollTop === 0")
    page.focus("#follow")
    page.keyboard.press("Space")
    until(page, "() => atNewest()")


def test_the_page_speaks_the_readers_language_and_can_be_changed(served, look):
    english = look(served.address, language="en-GB")
    assert english.inner_text("#follow") == "Pause"
    assert english.get_attribute("html", "lang") == "en"
    german = look(served.address, language="de-DE")
    assert german.inner_text("#follow") == "Pause"
    english.click("#settings-button")
    english.select_option("#language", "zh")
    assert english.inner_text("#follow") == "暂停"
    assert english.get_attribute("html", "lang") == "zh-CN"
    english.reload()
    english.wait_for_selector("body[data-state=live]")
    assert english.inner_text("#follow") == "暂停"  # it is remembered


def test_both_languages_have_every_text(served, look):
    page = look(served.address)
    texts = page.evaluate("TEXTS")
    assert set(texts["en"]) == set(texts["zh"])
    needed = page.eval_on_selector_all(
        "[data-text], [data-label]", "all => all.map(one => one.dataset.text || one.dataset.label)"
    )
    assert set(needed) <= set(texts["en"])


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen_at_every_text_size(served, look, size, tmp_path):
    talk(served, 3)
    width, height = SIZES[size]
    page = look(served.address, width=width, height=height, color_scheme="dark")
    until_lines(page, 12)
    until(page, "() => atNewest()")
    folder = Path(os.environ.get("EDGEASSIST_SHOTS", tmp_path))  # for people to look at
    page.screenshot(path=folder / f"captions-page-{size}.png")
    served.show(caption(9, "https://example.org/" + "averylongaddress" * 8, language="en"))
    until_lines(page, 13)
    developer = page.context.new_cdp_session(page)
    for pixels in (16, 32):  # the browser's own text size: usual, and 200 %
        developer.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})
        root = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        assert root >= pixels
        for scale in (0.5, 1, 2, 6):
            keep_settings(page, size=scale)
            wide = page.evaluate(
                """() => [...document.querySelectorAll("body, header, main, footer, button")]
                    .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
                    .map((one) => one.outerHTML.slice(0, 60))"""
            )
            assert wide == [], (pixels, scale)
            assert page.eval_on_selector("#scroll", "one => one.clientHeight") > height / 3
    page.screenshot(path=folder / f"captions-page-{size}-200-percent.png")


def test_a_browser_enlarged_to_400_percent_still_has_room_for_captions(served, look):
    talk(served)
    page = look(served.address, width=320, height=256)
    assert page.eval_on_selector("#scroll", "one => one.clientHeight") > 128
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_nothing_glides_for_those_who_asked_for_stillness(served, look):
    def glides(page) -> str:
        style = "one => getComputedStyle(one).transitionDuration"
        return page.eval_on_selector("#meter span", style)

    assert glides(look(served.address)) != "0s"
    assert glides(look(served.address, reduced_motion="reduce")) == "0s"


def test_two_viewers_and_one_that_was_away_show_the_same(served, look):
    first, second = look(served.address), look(served.address, width=1920, height=1080)
    talk(served)
    until_lines(first, 4)
    until_lines(second, 4)
    first.context.set_offline(True)
    first.evaluate("stream.dispatchEvent(new Event('error'))")
    until(first, "() => document.body.dataset.state === 'lost'")
    served.show(caption(50, "他不在的时候说的。"))
    until_lines(second, 5)
    first.context.set_offline(False)
    until_lines(first, 5)
    until(first, "() => document.body.dataset.state === 'live'")
    assert shown_lines(first) == shown_lines(second)


def test_a_deaf_microphone_and_a_warning_are_told_in_words(served, look):
    page = look(served.address)
    for tenth in range(60):
        level = AudioLevel(
            captured_ns=tenth * 100_000_000, peak_dbfs=-100.0, rms_dbfs=-100.0, clipped=False
        )
        served.show(level)
    until(page, "() => document.querySelector('#notices').textContent.includes('麦克风')")
    assert page.get_attribute("#meter", "aria-valuetext") == "安静"
    page.click("#notices button")
    assert page.inner_text("#notices") == ""
    served.show(Utterance(captured_ns=0, text="前方台阶", language="zh", priority=Priority.DANGER))
    until(page, "() => document.querySelector('[role=alert]').textContent === '前方台阶'")


def test_a_caption_is_text_and_never_markup(served, look):
    page = look(served.address)
    odd = "<img src=x onerror=alert(1)>&amp;"
    served.show(caption(1, odd), caption(2, odd, stable=3))
    until_lines(page, 1)
    assert shown_lines(page) == [odd]
    assert page.locator("img").count() == 0
