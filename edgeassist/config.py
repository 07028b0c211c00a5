"""Configs and profiles: TOML read, every mistake found at once, each with file, key and remedy.

A config names modules and their options, never wires::

    language = "zh"          # what the user is spoken to in
    profile = "desktop"      # devices/<name>.toml, or a path to one's own
    pace = "real"            # "fast": files as fast as the slowest reader
    keep_going = false       # true: go on without a module that cannot start, and say so
    self_test = "all"        # what a service says after its start: "all", "problems" or "off"

    [modules.microphone]     # one table a module; `plugin` where the name is not the plug-in's
    [modules.captions]
    language = "zh"
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints

from edgeassist import plugins
from edgeassist.errors import ConfigError, EdgeAssistError, InputError
from edgeassist.locale import LANGUAGES, t
from edgeassist.loop.graph import Module
from edgeassist.loop.node import Pace
from edgeassist.parsing import toml
from edgeassist.profile import Profile
from edgeassist.resources import data_dir
from edgeassist.userprofile import laid_over, own_path

T = TypeVar("T")


class SelfTest(StrEnum):
    """What a service says after its start."""

    ALL = "all"
    PROBLEMS = "problems"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A config that was read and found right."""

    path: Path
    language: str
    profile: Profile
    pace: Pace
    keep_going: bool
    self_test: SelfTest
    modules: tuple[Module, ...]
    texts: Mapping[str, str]  # of the files it was read from, by path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Top:
    """The keys at the top of a config."""

    modules: dict[str, dict[str, Any]]
    language: str = "zh"
    profile: str = "desktop"
    pace: Pace = Pace.REAL
    keep_going: bool = False
    self_test: SelfTest = SelfTest.ALL


def load_config(name: str | Path, *, kept: Mapping[str, str] | None = None) -> Config:
    """The config at a path, or the ready-made one of that name (configs/<name>.toml).

    With `kept`, the `texts` of an earlier one, those are read instead of the files.
    Raises `ConfigError` holding every mistake in it, `InputError` where it cannot be read.
    """
    path = _find(name, "configs")
    mistakes: list[EdgeAssistError] = []
    files = _Files(kept)
    top = _checked(_Top, files.read(path), str(path), "", mistakes)
    profile = Profile()
    modules: list[Module] = []
    if top is not None:
        if top.language not in LANGUAGES:
            mistakes.append(_choice(str(path), "language", top.language, LANGUAGES))
        try:
            profile = load_profile(top.profile, files)
        except ConfigError as error:
            mistakes += error.mistakes
        except EdgeAssistError as error:
            mistakes.append(error)
        modules = list(_modules(top.modules, str(path), mistakes))
    if top is None or mistakes:
        raise ConfigError("", "", mistakes=tuple(mistakes))
    return Config(
        path=path,
        language=top.language,
        profile=profile,
        pace=top.pace,
        keep_going=top.keep_going,
        self_test=top.self_test,
        texts=files.texts,
        modules=tuple(modules),
    )


def load_profile(name: str | Path, files: _Files | None = None) -> Profile:
    """The profile at a path, or the shipped one of that name with the user's own figures over it.

    Raises as `load_config` does.
    """
    files = files or _Files()
    path = _find(name, "devices")
    values = files.read(path)
    own = own_path(str(name))
    if path == data_dir("devices") / f"{name}.toml" and files.there(own):
        values, path = laid_over(values, files.read(own)), own
    mistakes: list[EdgeAssistError] = []
    profile = _checked(Profile, values, str(path), "", mistakes)
    if profile is None:
        raise ConfigError("", "", mistakes=tuple(mistakes))
    return profile


def parse_options(plugin: Any, values: Mapping[str, Any], subject: str, key: str = "") -> Any:
    """A plug-in's `Options` from plain values; raises `ConfigError` with every mistake."""
    mistakes: list[EdgeAssistError] = []
    options = _checked(plugin.Options, values, subject, key, mistakes)
    if options is None:
        raise ConfigError("", "", mistakes=tuple(mistakes))
    return options


def _find(name: str | Path, folder: str) -> Path:
    path = _at_home(Path(name))
    if path.suffix == ".toml" or len(path.parts) > 1:
        return path
    shipped = data_dir(folder)
    found = shipped / f"{name}.toml"
    if found.is_file():
        return found
    if path.is_file():
        return path
    names = sorted(entry.stem for entry in shipped.glob("*.toml"))
    raise InputError(
        str(name),
        t("there is no such file, and no ready-made one of that name"),
        fix=t("Ready-made: {names}", names=", ".join(names)),
    )


class _Files:
    """TOML files, read from the disk or from texts that were kept; `texts` are those read."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        self._kept = kept
        self.texts: dict[str, str] = {}

    def there(self, path: Path) -> bool:
        """Whether there is such a file."""
        return path.is_file() if self._kept is None else str(path) in self._kept

    def read(self, path: Path) -> dict[str, Any]:
        """Raises `InputError` where it cannot be read, `ConfigError` where it is no TOML."""
        try:
            text = self.texts[str(path)] = self._text(path)
            return toml(text)
        except (FileNotFoundError, KeyError):
            raise InputError(str(path), t("there is no such file")) from None
        except UnicodeDecodeError as error:
            raise InputError(
                str(path),
                t("is not UTF-8 text (byte {position})", position=error.start),
                fix=t("Save it as UTF-8"),
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(str(path), t("is not valid TOML: {why}", why=error)) from None
        except OSError as error:
            raise InputError(str(path), t("cannot be read: {why}", why=error.strerror)) from None

    def _text(self, path: Path) -> str:
        if self._kept is None:
            return path.read_bytes().decode("utf-8")
        return self._kept[str(path)]


def _modules(
    tables: Mapping[str, dict[str, Any]], path: str, mistakes: list[EdgeAssistError]
) -> Iterator[Module]:
    found: list[tuple[str, Module]] = []
    if not tables:
        mistakes.append(
            ConfigError(path, t("names no modules"), fix=t("Add one, such as [modules.captions]"))
        )
    for name, table in tables.items():
        key = f"modules.{name}"
        values = dict(table)
        named = values.pop("plugin", name)
        try:
            plugin = plugins.ready("nodes", str(named))
        except EdgeAssistError as error:
            mistakes.append(ConfigError(f"{path}: {key}", str(error)))
            continue
        options = _checked(plugin.Options, values, path, key, mistakes)
        if options is not None:
            found.append((str(named), Module(name=name, plugin=plugin, options=options)))
    options_of = {named: module.options for named, module in reversed(found)}
    for _, module in found:
        yield dataclasses.replace(module, options=_followed(module, options_of))


def _followed(module: Module, options_of: Mapping[str, Any]) -> Any:
    """A module's options; those left out that it `follows` are as another plug-in has them."""
    follows: Mapping[str, str] = getattr(module.plugin, "follows", {})
    return dataclasses.replace(
        module.options,
        **{
            option: getattr(options_of[named], option)
            for option, named in follows.items()
            if named in options_of and getattr(module.options, option) is None
        },
    )


def _checked(
    kind: type[T],
    values: Mapping[str, Any],
    subject: str,
    key: str,
    mistakes: list[EdgeAssistError],
) -> T | None:
    """`values` as a dataclass of that kind, or None with what is wrong added to `mistakes`."""
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    strict = ConfigDict(extra="forbid", strict=True)
    for one in _dataclasses_of(kind):
        one.__pydantic_config__ = strict
    try:
        # As JSON: there a path or a choice may be a string while "4" is still no number.
        return _at_home(TypeAdapter(kind).validate_json(json.dumps(values, default=str)))
    except ValidationError as error:
        for found in error.errors(include_url=False):
            place = ".".join([*([key] if key else []), *(str(step) for step in found["loc"])])
            mistakes.append(_mistake(kind, subject, place, dict(found)))
        return None


def _at_home(value: T) -> T:
    """A path, or a dataclass with paths, whose ~ is the user's home folder."""
    found: Any = value
    if isinstance(value, Path):
        # Unlike Path.expanduser it leaves ~nobody as it is, for whoever opens it to tell of.
        found = Path(os.path.expanduser(value))
    elif isinstance(value, tuple):
        found = tuple(map(_at_home, value))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        inner = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        found = dataclasses.replace(
            value, **{name: _at_home(one) for name, one in inner.items() if one is not None}
        )
    return cast(T, found)


def _dataclasses_of(kind: type[Any]) -> Iterator[Any]:
    yield kind
    for field in dataclasses.fields(kind):
        inner = _dataclass_in(kind, field.name)
        if inner is not None:
            yield from _dataclasses_of(inner)


def _dataclass_in(kind: type[Any], name: str) -> type[Any] | None:
    """The table that a field is, or that it is a list of; None for plain values."""
    hint = get_type_hints(kind)[name]
    for one in (hint, *get_args(hint)):
        if isinstance(one, type) and dataclasses.is_dataclass(one):
            return one
    return None


def _mistake(kind: Any, subject: str, key: str, found: dict[str, Any]) -> ConfigError:
    where = f"{subject}: {key}"
    given = json.dumps(found.get("input"), ensure_ascii=False, default=str)
    match found["type"]:
        case "unexpected_keyword_argument" | "extra_forbidden":
            for step in found["loc"][:-1]:
                if isinstance(step, str):  # else its place in a list
                    kind = _dataclass_in(kind, step)
            names = [field.name for field in dataclasses.fields(kind)]
            near = difflib.get_close_matches(key.rsplit(".", 1)[-1], names, 1)
            fix = t("Did you mean {name}?", name=near[0]) if near else ""
            fix = fix or t("Known keys: {names}", names=", ".join(names) or t("none"))
            return ConfigError(where, t("unknown key"), fix=fix)
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            return ConfigError(where, t("is required but missing"), fix=t("Add it"))
        case _:
            return ConfigError(where, t("{why}, got {given}", why=_expected(found), given=given))


def _expected(found: dict[str, Any]) -> str:
    limits = found.get("ctx", {})
    match found["type"]:
        case "bool_type" | "bool_parsing":
            return t("expected true or false")
        case "int_type" | "int_parsing" | "int_from_float":
            return t("expected a whole number")
        case "float_type" | "float_parsing":
            return t("expected a number")
        case "string_type" | "path_type":
            return t("expected a text")
        case "dict_type" | "dataclass_type":
            return t("expected a table")
        case "list_type" | "tuple_type":
            return t("expected a list")
        case "enum" | "literal_error":
            return t("expected one of: {choices}", choices=limits["expected"])
        case "greater_than_equal":
            return t("expected {limit} or more", limit=limits["ge"])
        case "greater_than":
            return t("expected more than {limit}", limit=limits["gt"])
        case "less_than_equal":
            return t("expected {limit} or less", limit=limits["le"])
        case "less_than":
            return t("expected less than {limit}", limit=limits["lt"])
        case _:
            return str(found["msg"])


def _choice(path: str, key: str, given: str, choices: tuple[str, ...]) -> ConfigError:
    return ConfigError(
        f"{path}: {key}",
        t("expected one of: {choices}", choices=", ".join(choices)) + f" ({given})",
    )
