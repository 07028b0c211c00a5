"""What the documents point to is there: files, headings, tests, measurements."""

import ast
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.pages import ROOT, anchors, name, pages

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST = re.compile(r"\btests/[\w/*-]+\.(?:py|tsv|txt)(?:::\w+)*")
MODULE = re.compile(r"\bpython3? -m ((?:tests|edgeassist)[\w.]+)")
SOURCE = re.compile(r"`((?:edgeassist|configs|devices|models|scripts|\.ci)/[\w./*-]+)`")


def of_all_pages(pattern):
    return [(name(page), found) for page in pages() for found in pattern.findall(page.read_text())]


def test_every_link_within_the_repository_leads_to_a_file_and_its_heading():
    wrong = []
    for page in pages():
        for target in LINK.findall(page.read_text("utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = unquote(target).partition("#")
            there = (page.parent / path) if path else page
            if not there.exists():
                wrong.append(f"{name(page)}: {target}: no such file")
            elif anchor and anchor not in anchors(there):
                wrong.append(f"{name(page)}: {target}: no such heading")
    assert not wrong, "\n".join(wrong)


@cache
def defined_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    defined = (ast.FunctionDef, ast.ClassDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, defined))


def test_every_test_that_the_documents_name_exists():
    wrong, seen = [], 0
    for page, reference in of_all_pages(TEST):
        path, *names = reference.split("::")
        files = list(ROOT.glob(path))
        if not files:
            wrong.append(f"{page}: {path}")
        for test in names:
            seen += 1
            if not any(test in defined_in(file) for file in files):
                wrong.append(f"{page}: {reference}")
    assert seen, "no document names a test"
    assert not wrong, "\n".join(wrong)


def test_every_measurement_that_the_documents_name_exists():
    wrong = [
        f"{page}: python -m {module}"
        for page, module in of_all_pages(MODULE)
        if not (ROOT / f"{module.replace('.', '/')}.py").exists()
        and not (ROOT / module.replace(".", "/") / "__main__.py").exists()
    ]
    assert not wrong, "\n".join(wrong)


def test_every_file_of_the_program_that_the_documents_name_exists():
    wrong = [f"{page}: {path}" for page, path in of_all_pages(SOURCE) if not list(ROOT.glob(path))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("index", ["docs/README.md", "docs/README.zh-CN.md"])
def test_every_page_can_be_reached_from_the_index(index):
    reached: set[Path] = set()
    ahead = [(ROOT / index).resolve()]
    while ahead:
        page = ahead.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        text = page.read_text("utf-8")
        targets = [one.partition("#")[0] for one in LINK.findall(text)]
        ahead += [(page.parent / one).resolve() for one in targets if one.endswith(".md")]
        ahead += [(ROOT / one).resolve() for one in re.findall(r"`(docs/[\w.-]+\.md)`", text)]
    missing = [name(page) for page in pages() if page.resolve() not in reached]
    assert not missing, f"{index} leads nowhere to {missing}"


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    wrong = []
    for page in pages():
        wide = 0
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
            plain = line.replace("\\|", "")
            cells = plain.count("|") - 1 if plain.startswith("|") else 0
            if wide and cells and cells != wide:
                wrong.append(f"{name(page)}:{number}: {cells} cells, its head has {wide}")
            wide = (wide or cells) if cells else 0
    assert not wrong, "\n".join(wrong)
