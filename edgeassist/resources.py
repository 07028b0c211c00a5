"""Where the shipped data is: model cards, device profiles and ready-made configs."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_dir(name: str) -> Path:
    """The folder `name` ("models", "devices" or "configs").

    It lies inside an installed wheel, and at the top of a checkout.
    """
    inside = _PACKAGE / "data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
