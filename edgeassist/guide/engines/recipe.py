"""What one must know of a YOLO-style network to use it: its input's form and its output's.

The name of a decoding brings what its authors' export scripts do; a card's `[detector]` table, or
a TOML file of one's own, may say otherwise for each key. docs/guide-detectors.md lists them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from edgeassist.errors import ModelError
from edgeassist.guide.classes import labels
from edgeassist.locale import t
from edgeassist.parsing import toml

Three = tuple[float, float, float]

NONE: Three = (0.0, 0.0, 0.0)
WHOLE: Three = (1.0, 1.0, 1.0)
BYTE: Three = (255.0, 255.0, 255.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a picture becomes the network's input, and its output boxes."""

    decode: str  # edgeassist.guide.engines.decoding.DECODERS
    colours: str = "rgb"  # order of the input's channels; or "bgr"
    mean: Three = NONE  # the input is (pixel - mean) / std; pixels are 0 to 255, channel by channel
    std: Three = BYTE
    fit: str = "centre"  # where the picture lies in the input; "corner", "stretch": aspect not kept
    grey: int = 114  # what fills the rest
    overlap: float = 0.6  # above this IoU two boxes of a class are one thing
    labels: tuple[str, ...] = ()  # names by class number; empty for COCO's 80

    @property
    def names(self) -> tuple[str, ...]:
        """The class names by number."""
        return self.labels or labels()


RECIPES: Mapping[str, Recipe] = {
    recipe.decode: recipe
    for recipe in (
        Recipe(decode="yolox", colours="bgr", std=WHOLE, fit="corner"),
        Recipe(decode="yolov5"),
        Recipe(decode="yolov8"),
        Recipe(decode="yolov10", overlap=1.0),
        Recipe(decode="fastestdet", colours="bgr", fit="stretch", overlap=0.45),
        Recipe(
            decode="nanodet",
            colours="bgr",
            mean=(103.53, 116.28, 123.675),
            std=(57.375, 57.12, 58.395),
        ),
    )
}


def recipe_of(decode: str) -> Recipe:
    """The recipe of that name, or in that TOML file; raises `ModelError` for anything else."""
    if decode in RECIPES:
        return RECIPES[decode]
    path = Path(decode).expanduser()
    if path.suffix != ".toml":
        raise ModelError(
            decode,
            t("there is no such decoding"),
            fix=t("There are: {names}", names=", ".join([*RECIPES, t("or a TOML file")])),
        )
    try:
        values = toml(path.read_text("utf-8"))
    except OSError as error:
        raise ModelError(decode, str(error.strerror), fix=t("Check the path")) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(
            decode, t("is not a TOML file: {why}", why=error), fix=t("Mend the file")
        ) from None
    return recipe_from(values.get("detector", values), decode)


def recipe_from(values: Mapping[str, Any], source: str) -> Recipe:
    """The recipe a table describes; raises `ModelError` naming `source` and the key."""

    def wrong(key: str, what: str) -> ModelError:
        return ModelError(
            f"{source}: {key}",
            t("must be {what}", what=what),
            fix=t("Mend the file"),
        )

    decode = values.get("decode")
    if not isinstance(decode, str) or decode not in RECIPES:
        raise wrong("decode", t("one of: {names}", names=", ".join(RECIPES)))
    given: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            raise wrong(key, t("one of: {names}", names=", ".join(_KEYS)))
        what, read = _KEYS[key]
        given[key] = read(value)
        if given[key] is None:
            raise wrong(key, t(what))
    return replace(RECIPES[decode], **given)


def _three(value: Any) -> Three | None:
    if not isinstance(value, list) or len(value) != 3 or not all(map(_is_number, value)):
        return None
    return (float(value[0]), float(value[1]), float(value[2]))


def _spread(value: Any) -> Three | None:
    three = _three(value)
    return three if three is not None and all(three) else None


def _texts(value: Any) -> tuple[str, ...] | None:
    good = isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
    return tuple(value) if good else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _among(*names: str) -> Callable[[Any], str | None]:
    return lambda value: value if value in names else None


# What a key must be, and its reader, which returns None for anything else.
_KEYS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "decode": ("a text", lambda value: value),
    "colours": ("rgb or bgr", _among("rgb", "bgr")),
    "mean": ("three numbers", _three),
    "std": ("three numbers other than 0", _spread),
    "fit": ("centre, corner or stretch", _among("centre", "corner", "stretch")),
    "grey": (
        "a whole number from 0 to 255",
        lambda value: value if type(value) is int and 0 <= value <= 255 else None,
    ),
    "overlap": (
        "a number from 0 to 1",
        lambda value: float(value) if _is_number(value) and 0 <= value <= 1 else None,
    ),
    "labels": ("a list of texts", _texts),
}
assert set(_KEYS) == {field.name for field in fields(Recipe)}
