"""What a detector's classes are called and how big they are (classes.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Range = tuple[float, float, float]  # metres: least, usual, most


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class of things; classes.toml says what each field means."""

    name: str
    zh: str
    count_zh: str
    plural: str
    height: Range
    width: Range
    stands: bool
    blocks: bool
    detected: bool = True


@cache
def classes() -> Mapping[str, Class]:
    """The COCO classes by English name, in the order of the detectors' outputs, then the others."""
    table = tomllib.loads(resources.files(__package__).joinpath("classes.toml").read_text("utf-8"))
    return {
        name: Class(
            name=name,
            zh=row["zh"],
            count_zh=row["count_zh"],
            plural=row.get("plural", name + "s"),
            height=_range(row["height"]),
            width=_range(row["width"]),
            stands=row["stands"],
            blocks=row["blocks"],
            detected=row.get("detected", True),
        )
        for name, row in table.items()
    }


@cache
def labels() -> tuple[str, ...]:
    """The English names of what detectors tell apart, by class number."""
    return tuple(name for name, kind in classes().items() if kind.detected)


def class_of(label: str) -> Class:
    """What is known of `label`; a detector of one's own may name things that are not in COCO."""
    known = classes().get(label)
    return known or Class(
        name=label,
        zh=label,
        count_zh=f"个{label}",
        plural=label + "s",
        height=(0.1, 1.0, 3.0),
        width=(0.1, 0.6, 3.0),
        stands=False,
        blocks=True,
    )


def _range(values: list[float]) -> Range:
    least, usual, most = values
    return (least, usual, most)
