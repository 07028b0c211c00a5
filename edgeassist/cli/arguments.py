"""Values that several commands take on their command line."""

from __future__ import annotations

import argparse
import math

from edgeassist.locale import t


def positive(text: str) -> float:
    """A finite number above 0, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(t("expected a number above 0"))
    return value
