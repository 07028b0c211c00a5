"""The log of a service: one line each on standard error, with the level that the journal reads."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from collections.abc import Mapping

# sd-daemon(3): "<4>text" is a warning. Only where standard error is the journal's stream.
_LEVELS = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}


class Lines(logging.Formatter):
    """A record on one line, its level before it where the journal reads that."""

    def __init__(self, *, levels: bool) -> None:
        super().__init__("%(message)s" if levels else "edgeassist: %(message)s")
        self._levels = levels

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        text = super().format(record).replace("\n", " | ")
        return f"<{_LEVELS.get(record.levelname, 5)}>{text}" if self._levels else text


def log_to_journal(level: str, environment: Mapping[str, str] = os.environ) -> None:
    """Log from that level on; where the watchdog ends the process, say what each thread was at."""
    logger = logging.getLogger("edgeassist")
    logger.setLevel(level.upper())
    to_error = logging.StreamHandler(sys.stderr)
    to_error.setFormatter(Lines(levels="JOURNAL_STREAM" in environment))
    logging.getLogger().handlers[:] = [to_error]
    faulthandler.enable()
