"""What commands print: JSON lines or plain text on standard output, the rest on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any


def emit(record: dict[str, Any]) -> None:
    """One JSON object on one line of standard output, readable Chinese, flushed at once."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def show(text: str) -> None:
    """One plain line of the result."""
    print(text, flush=True)


def say(text: str) -> None:
    """One line about the work, not of its result."""
    print(text, file=sys.stderr, flush=True)
