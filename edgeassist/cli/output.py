"""What commands print: JSON lines or plain text on standard output, the rest on standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from edgeassist.errors import WorkError
from edgeassist.locale import t


def emit(record: dict[str, Any]) -> None:
    """One JSON object on one line of standard output, readable Chinese, flushed at once."""
    show(json.dumps(record, ensure_ascii=False, allow_nan=False))


def show(text: str) -> None:
    """One plain line of the result.

    Raises `WorkError` where it cannot be written, `BrokenPipeError` where nobody reads it any more.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        raise output_error(error) from None


def output_error(error: OSError) -> Exception:
    """What to raise where standard output failed: see `show`."""
    if isinstance(error, BrokenPipeError):
        return error
    let_go()
    return WorkError(
        t("standard output"),
        t("cannot be written: {why}", why=error.strerror),
        fix=t("Make room on the disk"),
    )


def let_go() -> None:
    """Keep Python from complaining at exit of what it could not write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """One line about the work, not of its result."""
    print(text, file=sys.stderr, flush=True)
