"""What holds for every test: how new cases are chosen, and which tests may run side by side."""

import os
from typing import Any

import pytest
from hypothesis import settings

# Property tests look at new cases on a developer's machine, and at the same ones in CI: a case
# nobody has seen yet is worth finding, but not by whoever happens to submit next.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# What listens, plays, films or waits in real time runs in one process, one test after the other,
# so that no two such tests ever share the two cores; what only computes runs beside it, by files.
COMPUTES = {"bench", "braille", "chinese", "docs", "guide", "modelstore", "plugins", "update"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class InRealTimeApart(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if COMPUTES.intersection(file.split("/")) else "real time"

    return InRealTimeApart(config, log)
