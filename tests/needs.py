"""System packages a test cannot do without."""

import os
from typing import NoReturn

import pytest


def lacking(what: str, packages: str) -> NoReturn:
    """Leave the test out, saying what to install; in CI, where all is installed, it fails."""
    reason = f"needs {what}: sudo apt install {packages}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
