"""What holds for every test: how new cases are chosen, and which tests may run side by side."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Property tests look at new cases on a developer's machine, and at the same ones in CI: a case
# nobody has seen yet is worth finding, but not by whoever happens to submit next. How long a case
# takes says nothing on a machine that has other things to do.
settings.register_profile(
    "usual", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", settings.get_profile("usual"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "usual")

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


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """What a test was given on purpose, half characters too, crosses between processes."""
    return _told((yield))


def _told(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_told(key): _told(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_told, value))
    return value
