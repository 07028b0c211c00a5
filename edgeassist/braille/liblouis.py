"""English and other languages in braille by liblouis, where it is installed.

Debian's python3-louis is one pure Python file for the system's interpreter; it is loaded from
there by its path, since a virtual environment does not see it.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from edgeassist.errors import PluginError
from edgeassist.locale import t

ENGLISH = "en-ueb-g1.ctb"  # Unified English Braille, uncontracted
_DEBIAN = Path("/usr/lib/python3/dist-packages/louis/__init__.py")


def available() -> bool:
    """Whether liblouis can be used here."""
    try:
        _louis()
    except PluginError:
        return False
    return True


def translate(text: str, table: str = ENGLISH) -> tuple[str, list[int]]:
    """`text` in Unicode cells, and for each cell its character's index.

    Raises `PluginError` where liblouis is not installed.
    """
    cells, to_text, _, _ = _louis().translate(["unicode.dis", table], text)
    return cells, list(to_text)


def back(cells: str, table: str = ENGLISH) -> str:
    """Unicode cells as text. Raises `PluginError` where liblouis is not installed."""
    text: str = _louis().backTranslateString(["unicode.dis", table], cells)
    return text


def version() -> str:
    """liblouis's own. Raises `PluginError` where it is not installed."""
    found: str = _louis().version()
    return found


@cache
def _louis() -> Any:
    fix = t("Run: sudo apt install liblouis20 python3-louis liblouis-data")
    spec = importlib.util.find_spec("louis")
    if spec is None and _DEBIAN.is_file():
        spec = importlib.util.spec_from_file_location("louis", _DEBIAN)
    if spec is None or spec.loader is None:
        raise PluginError("liblouis", t("is not installed"), fix=fix)
    louis = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(louis)
    except (ImportError, OSError) as error:
        raise PluginError("liblouis", t("cannot be loaded: {why}", why=error), fix=fix) from error
    return louis
