"""Texts for people, in English and Chinese: `t("no such file")`.

The English text is the key. Its Chinese counterpart stands in a TOML file
beside this one, ``zh_<package>.toml`` (one a package, table ``[text]``). Placeholders are
`str.format` fields and must be the same in both; a test holds every call to it.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")


def language() -> str:
    """The language for messages: EDGEASSIST_LANG, else the locale's, else English."""
    for name in ("EDGEASSIST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def t(text: str, /, *, lang: str | None = None, **values: object) -> str:
    """`text` in the user's language (or in `lang`), with `values` filled in.

    A text without a Chinese counterpart is given in English rather than lost.
    """
    if (lang or language()) == "zh":
        text = chinese().get(text, text)
    return text.format(**values) if values else text


@cache
def chinese() -> dict[str, str]:
    """All Chinese texts by their English key."""
    texts: dict[str, str] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.startswith("zh_") and file.name.endswith(".toml"):
            texts |= tomllib.loads(file.read_text("utf-8"))["text"]
    return texts
