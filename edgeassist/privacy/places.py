"""Every place where something is kept, by kind: the folders of the product, and what configs name.

A new thing that is written to a disk belongs into this table; a test runs the ready-made configs
and fails for a file it does not know.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from edgeassist.chinese.cache import cache_dir
from edgeassist.locale import t
from edgeassist.modelstore import models_folder
from edgeassist.resources import data_dir
from edgeassist.speech.control import folder as sockets_folder

_SYSTEM = (Path("/var/lib/edgeassist"), Path("/var/cache/edgeassist"), Path("/var/log/edgeassist"))


class Kind(StrEnum):
    """What a user can ask for by name."""

    TRANSCRIPTS = "transcripts"
    RECORDINGS = "recordings"
    BRAILLE = "braille"
    PLACES = "places"
    SETTINGS = "settings"
    WORDS = "words"
    PASSWORDS = "passwords"
    STATE = "state"
    CACHE = "cache"
    LOGS = "logs"
    DEMO = "demo"
    MODELS = "models"


ASKED_ONLY = frozenset([Kind.MODELS, Kind.WORDS])  # `all` leaves them: not ours, or no one's secret


def about(kind: Kind) -> str:
    """What is in it, in plain words."""
    return {
        Kind.TRANSCRIPTS: t("what was said in the room, word for word, with the time"),
        Kind.RECORDINGS: t("sound or pictures that a config asked to be recorded"),
        Kind.BRAILLE: t("captions as a braille file"),
        Kind.PLACES: t("which files were read aloud, and how far"),
        Kind.SETTINGS: t("your choices for the voice, the camera's height, your configs"),
        Kind.WORDS: t("your own list of names and words, which you wrote yourself"),
        Kind.PASSWORDS: t("a password for the MQTT broker, or the address of the captions page"),
        Kind.STATE: t("what the programs remember from one start to the next, and bench results"),
        Kind.CACHE: t("dictionaries in a quick form, spoken warnings; nothing of what was said"),
        Kind.LOGS: t("what went wrong and when; nothing of what was said"),
        Kind.DEMO: t("results of the demo, with its sound and pictures"),
        Kind.MODELS: t("models from the package registries; the same for everybody"),
    }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder of one kind, or where `inside` is empty a file; it need not exist."""

    kind: Kind
    path: Path
    inside: tuple[str, ...] = ("*",)  # which entries of the folder; the rest is not ours


def config_files(more: Sequence[Path] = ()) -> list[Path]:
    """The configs whose modules may have kept something: ready-made, the system's, the user's."""
    own = _base("XDG_CONFIG_HOME", "~/.config") / "edgeassist"
    folders = (data_dir("configs"), Path("/etc/edgeassist"), own)
    return [*(file for folder in folders for file in sorted(folder.glob("*.toml"))), *more]


def places(configs: Sequence[Path] = ()) -> list[Place]:
    """Every place, those that `configs` name besides the known ones included."""
    config = _base("XDG_CONFIG_HOME", "~/.config") / "edgeassist"
    state = _base("XDG_STATE_HOME", "~/.local/state") / "edgeassist"
    data = models_folder()
    temporary = Path(tempfile.gettempdir())
    known = [
        Place(kind=Kind.PLACES, path=state / "places"),
        Place(kind=Kind.PASSWORDS, path=state / "web-token", inside=()),
        Place(kind=Kind.PASSWORDS, path=state / "web-address", inside=()),
        Place(kind=Kind.STATE, path=state),
        Place(kind=Kind.SETTINGS, path=config),
        Place(kind=Kind.CACHE, path=cache_dir()),
        Place(kind=Kind.CACHE, path=temporary, inside=("edgeassist-*",)),
        Place(kind=Kind.CACHE, path=sockets_folder()),
        Place(kind=Kind.DEMO, path=Path("demo-out").absolute()),
        Place(kind=Kind.STATE, path=_SYSTEM[0]),
        Place(kind=Kind.CACHE, path=_SYSTEM[1]),
        Place(kind=Kind.LOGS, path=_SYSTEM[2]),
        Place(kind=Kind.MODELS, path=data),
    ]
    named = dict.fromkeys(one for file in config_files(configs) for one in _named_in(file))
    return [*named, *known]


def _base(variable: str, usual: str) -> Path:
    return Path(os.environ.get(variable) or usual).expanduser()


def _named_in(config: Path) -> Iterator[Place]:
    """The files that the modules of a config write, or read as the user's own."""
    values: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        values = tomllib.loads(config.read_text("utf-8"))
    modules = values.get("modules")
    for name, options in (modules if isinstance(modules, dict) else {}).items():
        if isinstance(options, dict):
            yield from _kept_by(str(options.get("plugin", name)), options)


def _kept_by(plugin: str, options: Mapping[str, Any]) -> Iterator[Place]:
    def path(option: str) -> Iterator[Path]:
        value = options.get(option)
        if isinstance(value, str) and value:
            yield Path(os.path.expanduser(value)).absolute()

    for transcript in path("transcript"):
        yield Place(kind=Kind.TRANSCRIPTS, path=transcript, inside=())
        yield Place(kind=Kind.TRANSCRIPTS, path=transcript.with_suffix(".srt"), inside=())
    for words in path("hot_words_file"):
        yield Place(kind=Kind.WORDS, path=words, inside=())
    for secret in path("password_file"):
        yield Place(kind=Kind.PASSWORDS, path=secret, inside=())
    kinds = {
        "brf": Kind.BRAILLE,
        "display": Kind.BRAILLE,
        "annotate": Kind.RECORDINGS,
        "speech": Kind.RECORDINGS,
    }
    if plugin in kinds:
        for written in path("path"):
            yield Place(kind=kinds[plugin], path=written, inside=())
