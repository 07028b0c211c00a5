"""A served page, and one Chromium for all its tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from needs import lacking
from viewers import CHROMIUM, FLAGS, Served


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serves pages; they are closed at the end."""
    open_ones: list[Served] = []

    def served(transcript: Path | None = None, **options) -> Served:
        open_ones.append(Served(transcript, **options))
        return open_ones[-1]

    yield served
    for one in open_ones:
        one.web.close()


@pytest.fixture(scope="package")
def chromium():
    """A headless Chromium; its windows have profiles of their own."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        lacking("Chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium):
    """Opens windows on a page: `look(address, width=…, theme=…)`; what they complain of fails."""
    contexts, complaints = [], []

    def open_window(
        address: str,
        *,
        width: int = 390,
        height: int = 844,
        language: str = "zh-CN",
        **more,
    ):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        page.goto(address)
        page.wait_for_selector("body[data-state=live]")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not complaints
