"""What holds for every test: how new cases are chosen, and which tests may run side by side."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Property tests look at new cases on a developer's machine, and at the same ones in CI: a case
# nobody has seen yet is worth finding, but not by whoever happens to submit next.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# What listens, plays, films or waits in real time runs in one process, one test after the other,
# so that no two such tests ever share the two cores; what only computes runs beside it. The first
# kind comes first, for it is handed out as one piece.
COMPUTES = {"bench", "braille", "chinese", "docs", "guide", "modelstore", "plugins", "update"}
HERE = Path(__file__).parent


def computes(item: pytest.Item) -> bool:
    return item.path.relative_to(HERE).parts[0] in COMPUTES


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not computes(item):
            item.add_marker(pytest.mark.xdist_group("real time"))
    items.sort(key=computes)
