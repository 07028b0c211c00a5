"""TOML and JSON that anybody may have written: whatever is wrong with a text is a `ValueError`.

The parsers of the standard library give up on deep nesting with a `RecursionError`, and tomllib on
a number of thousands of digits with an error that is not its own.
"""

from __future__ import annotations

import json
import tomllib
from typing import Any

from edgeassist.locale import t


def toml(text: str) -> dict[str, Any]:
    """The table a TOML text describes; raises `tomllib.TOMLDecodeError`.

    >>> toml("a = " + "[" * 5000)
    Traceback (most recent call last):
    tomllib.TOMLDecodeError: nested too deeply
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(t("nested too deeply")) from None
    except ValueError as error:
        raise tomllib.TOMLDecodeError(str(error)) from None


def json_value(text: str | bytes) -> Any:
    """The value a JSON text describes; raises `ValueError`."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(t("nested too deeply")) from None
