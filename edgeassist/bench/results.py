"""Reading a result back, and what every reader of results asks of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edgeassist.bench.run import RESULT, SCHEMA
from edgeassist.errors import InputError
from edgeassist.locale import t


def load(path: Path) -> dict[str, Any]:
    """The result in a file, or in a run's folder. Raises `InputError` for anything else."""
    file = path / RESULT if path.is_dir() else path
    fix = t("Give the folder or the result.json of: edgeassist bench run")
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(str(file), t("there is no such file"), fix=fix) from None
    except (OSError, ValueError) as error:
        raise InputError(str(file), t("cannot be read: {why}", why=error), fix=fix) from None
    if not isinstance(found, dict) or "points" not in found:
        raise InputError(str(file), t("is no result of the bench"), fix=fix)
    if found.get("schema") != SCHEMA:
        raise InputError(
            str(file),
            t("is of another version of the bench: {version}", version=found.get("schema")),
            fix=t("Measure again with this version"),
        )
    return found


def done(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The points that have figures, the harness's own left out."""
    return [
        point
        for point in result["points"]
        if point["state"] == "done" and point["module"] != "harness"
    ]


def value(point: dict[str, Any], name: str) -> float | None:
    """A figure's value, or None where the point has none."""
    found = point["figures"].get(name)
    return None if found is None else float(found["value"])
