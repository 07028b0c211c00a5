"""How one person wants to be spoken to: kept in a file, changed while the device speaks."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.events import Priority
from edgeassist.parsing import toml

log = logging.getLogger("edgeassist.speech")

SLOWEST, FASTEST = 80, 450  # words a minute
_STEPS = {"+": 1, "-": -1}
SOFTEST = 0.1  # nobody can turn warnings off by turning them down


class Verbosity(StrEnum):
    """How much is said. Dangers, messages and what one has asked to be read always are."""

    BRIEF = "brief"
    NORMAL = "normal"  # and notifications
    FULL = "full"  # and progress

    def wants(self, priority: Priority) -> bool:
        """Whether something of that priority is said."""
        most = {"brief": Priority.TEXT, "normal": Priority.NOTIFICATION, "full": Priority.PROGRESS}
        return priority <= most[self]


class Tones(StrEnum):
    """For what a tone tells the direction before the words."""

    OFF = "off"
    DANGERS = "dangers"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Settings:
    """What somebody has chosen; None where the config's choice holds."""

    rate: int | None = None
    volume: float | None = None
    voice: str | None = None
    verbosity: Verbosity | None = None
    language: str | None = None  # that figures and signs are read in, and answers given
    tones: Tones | None = None

    def over(self, options: Any) -> Any:
        """`options` with what was chosen in place of what they say."""
        chosen = {
            field.name: value
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) is not None
        }
        return dataclasses.replace(options, **chosen)


def changed(settings: Settings, name: str, value: str, now: Any) -> Settings:
    """`settings` with one of them set from its text; "+" and "-" go a step from what holds `now`.

    Raises `InputError` naming what is possible.
    """
    if name == "rate":
        if value in _STEPS:
            rate = now.rate * 1.15 ** _STEPS[value]
        else:
            rate = _number(name, value, SLOWEST, FASTEST)
        return dataclasses.replace(settings, rate=round(min(FASTEST, max(SLOWEST, rate))))
    if name == "volume":
        if value in _STEPS:
            volume = now.volume + 0.1 * _STEPS[value]
        else:
            volume = _number(name, value, SOFTEST, 1.0)
        return dataclasses.replace(settings, volume=round(min(1.0, max(SOFTEST, volume)), 2))
    if name == "voice":
        return dataclasses.replace(settings, voice=value or None)
    if name == "language":
        return dataclasses.replace(settings, language=_one_of(name, value, ("zh", "en")))
    if name == "tones":
        return dataclasses.replace(settings, tones=Tones(_one_of(name, value, tuple(Tones))))
    wanted = _one_of(name, value, tuple(Verbosity))
    return dataclasses.replace(settings, verbosity=Verbosity(wanted))


def default_path() -> Path:
    """~/.config/edgeassist/speech.toml, or below XDG_CONFIG_HOME."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "edgeassist" / "speech.toml"


def load(path: Path) -> Settings:
    """The settings in a file; a mistake in it is told of, and costs that setting alone.

    A device that does not speak because of a typing slip could not even say so.
    """
    try:
        values = toml(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        log.warning("%s", t("{path} is not used: {why}", path=path, why=error))
        return Settings()
    settings = Settings()
    for name, value in values.items():
        try:
            if name not in Settings.__slots__:
                names = ", ".join(Settings.__slots__)
                raise InputError(name, t("unknown key"), fix=t("Known keys: {names}", names=names))
            settings = changed(settings, name, str(value).strip("+-"), settings)
        except InputError as error:
            log.warning("%s: %s", path, error)
    return settings


def save(settings: Settings, path: Path) -> None:
    """Write them, whole or not at all; raises `InputError` where the file cannot be written."""
    chosen = {
        name: value for name, value in dataclasses.asdict(settings).items() if value is not None
    }
    text = "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in chosen.items()
    )
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError as error:
        raise InputError(
            str(path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("The setting holds until this ends."),
        ) from None


def _number(name: str, value: str, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise InputError(
            name,
            t("cannot be {value}", value=value or '""'),
            fix=t("Give {least} to {most}, + or -", least=f"{least:g}", most=f"{most:g}"),
        )
    return number


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InputError(
            name,
            t("cannot be {value}", value=value or '""'),
            fix=t("There are: {names}", names=", ".join(choices)),
        )
    return value
