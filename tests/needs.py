"""What a test cannot do without: system packages, models."""

import os
from typing import NoReturn

import pytest


def lacking(what: str, packages: str) -> NoReturn:
    """Leave the test out, saying what to install; in CI, where all is installed, it fails."""
    _left_out(f"needs {what}: sudo apt install {packages}")


def lacking_model(error: Exception) -> NoReturn:
    """The same for a model, by the error that says how to install it."""
    _left_out(str(error))


def _left_out(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
