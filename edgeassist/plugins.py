"""Plug-ins: found by entry point, imported only when named, checked before use.

A kind is an entry-point group ``edgeassist.<kind>``; built-ins register in the same way as
anybody's package. A plug-in is a class:

- ``Options``: a frozen dataclass whose fields are its config keys;
- ``requires`` (optional): names of importable packages it needs, each with the command that
  installs it, so that `check` can tell without importing them;
- ``check()`` (optional class method): anything else it needs; returns what is missing;
- ``follows`` (optional, of a node): options that are None unless named, and are then as another
  module of the config has them, by that one's plug-in: ``{"transcript": "captions"}``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from edgeassist.errors import EdgeAssistError, PluginError
from edgeassist.locale import t

KINDS: Mapping[str, str] = {
    "nodes": "modules a config can name",
    "recognizers": "speech recognition engines (captions)",
    "voices": "speech synthesis engines (speech)",
    "speakers": "where speech is played",
    "detectors": "object detectors (guide)",
}


class Readiness(StrEnum):
    """Whether a plug-in can be used here."""

    AVAILABLE = "available"
    MISSING = "missing"  # it lacks something that can be installed
    BROKEN = "broken"  # it cannot be loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of one plug-in: `why` not available, and the command or deed that mends it."""

    kind: str
    name: str
    target: str  # module:Class
    package: str  # the distribution it comes from
    readiness: Readiness
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a plug-in's `check` returns if it lacks something."""

    what: str
    fix: str


def found(kind: str) -> dict[str, EntryPoint]:
    """All plug-ins of a kind by name; imports none of them."""
    return {entry.name: entry for entry in entry_points(group=f"edgeassist.{kind}")}


def load(kind: str, name: str) -> Any:
    """The class behind `name`, imported now.

    Raises `PluginError` if there is none, or if it cannot be imported.
    """
    plugins = found(kind)
    if name not in plugins:
        raise PluginError(
            name,
            t("there is no such plug-in among the {kind}", kind=kind),
            fix=t("There are: {names}", names=", ".join(sorted(plugins)) or "-"),
        )
    try:
        return plugins[name].load()
    except Exception as error:
        raise PluginError(
            name,
            t("plug-in cannot be loaded: {why}", why=_one_line(error)),
            fix=t("See: edgeassist plugins"),
        ) from error


def ready(kind: str, name: str, *, defaults: bool = True) -> Any:
    """The class behind `name`, once it is known that it has what it needs.

    Without `defaults` its own `check`, which is about its default options, is left out.
    Raises `PluginError` saying what is missing and how to get it.
    """
    plugin = load(kind, name)
    missing = _missing(plugin, defaults)
    if missing:
        raise PluginError(name, missing.what, fix=missing.fix)
    return plugin


def report(kind: str, entry: EntryPoint) -> Report:
    """Whether one plug-in can be used; a broken one is reported, never raised."""
    package = entry.dist.name if entry.dist else "?"

    def say(readiness: Readiness, why: str = "", fix: str = "") -> Report:
        return Report(
            kind=kind,
            name=entry.name,
            target=entry.value,
            package=package,
            readiness=readiness,
            why=why,
            fix=fix,
        )

    try:
        missing = _missing(entry.load())
    except Exception as error:
        return say(Readiness.BROKEN, _one_line(error))
    if missing:
        return say(Readiness.MISSING, missing.what, missing.fix)
    return say(Readiness.AVAILABLE)


def _missing(plugin: Any, defaults: bool = True) -> Missing | None:
    for package, fix in getattr(plugin, "requires", {}).items():
        if importlib.util.find_spec(package) is None:
            return Missing(what=t("Python package {name} is not installed", name=package), fix=fix)
    check = getattr(plugin, "check", None) if defaults else None
    result: Missing | None = check() if check else None
    return result


def _one_line(error: BaseException) -> str:
    if isinstance(error, EdgeAssistError):
        return str(error)
    return f"{type(error).__name__}: {error}".replace("\n", " ")
