"""Pages for readers exist in English and Chinese, and both show the same."""

import re

import pytest

from tests.docs.pages import (
    CHINESE,
    ROOT,
    chinese,
    english_pages,
    fences,
    headings,
    name,
    table_rows,
)

READERS = (
    "for-helpers",
    "for-caption-readers",
    "for-proofreaders",
    "for-developers",
    "wiring",
    "conformance",
    "hardware-not-tried",
    "captions-page",
    "README",
)
TWO_LANGUAGES = [page for page in english_pages() if chinese(page).exists()]


def test_every_page_for_readers_has_its_chinese_one():
    missing = [one for one in READERS if not (ROOT / "docs" / f"{one}{CHINESE}").exists()]
    assert not missing


def shown(page) -> list[str]:
    """Commands and settings of a page: its blocks without remarks and without words for people."""
    lines = []
    for block in fences(page):
        for line in block.text.splitlines():
            plain = re.sub(r"\s*(?<![\"'\w])#.*", "", line).rstrip()
            if plain and not re.search("[一-鿿]", plain.replace("edgeassist", "")):
                lines.append(plain)
    return lines


@pytest.mark.parametrize("page", TWO_LANGUAGES, ids=name)
def test_both_languages_show_the_same_commands_and_settings(page):
    ours, theirs = shown(page), shown(chinese(page))
    english_only = [line for line in ours if line not in theirs and not _prose(line)]
    chinese_only = [line for line in theirs if line not in ours and not _prose(line)]
    assert (english_only, chinese_only) == ([], [])


def _prose(line: str) -> bool:
    """Output, or a docstring: words that differ by language."""
    return '"""' in line or line.endswith((":", "：")) or ": http" in line


@pytest.mark.parametrize("page", TWO_LANGUAGES, ids=name)
def test_both_languages_have_the_same_parts_and_tables(page):
    other = chinese(page)
    assert headings(page) == headings(other)
    assert table_rows(page) == table_rows(other)


@pytest.mark.parametrize("page", TWO_LANGUAGES, ids=name)
def test_each_language_leads_to_the_other_and_to_pages_of_its_own(page):
    other = chinese(page)
    text = other.read_text("utf-8")
    assert f"]({other.name})" in page.read_text("utf-8")
    assert f"]({page.name})" in text
    wrong = [
        target
        for target in re.findall(r"\]\(([^)#\s]+\.md)(?:#[^)]*)?\)", text)
        if not target.endswith(CHINESE)
        and target != page.name
        and target.removesuffix(".md").rpartition("/")[2] in READERS
        and chinese(other.parent / target).exists()
    ]
    assert not wrong, f"{name(other)} links English pages that exist in Chinese: {wrong}"
