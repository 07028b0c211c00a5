"""Making a bundle: our wheel, the wheels it newly needs, and models as they are installed here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.modelstore import installed
from edgeassist.update.bundle import write_bundle
from edgeassist.update.manifest import PRODUCT, Manifest

_OURS = re.compile(rf"{PRODUCT}-([^-]+)-.+\.whl")


def create(
    output: Path,
    wheels: Sequence[Path],
    key: Path,
    *,
    models: Sequence[str] = (),
    minimum: str | None = None,
) -> Manifest:
    """Write the bundle `output`, signed with `key`; `minimum` is 0 where none is given.

    Raises `InputError` for wheels without ours among them, `ModelError` for a model that is not
    installed whole.
    """
    versions = [found[1] for wheel in wheels if (found := _OURS.fullmatch(wheel.name))]
    if len(versions) != 1:
        raise InputError(
            ", ".join(wheel.name for wheel in wheels),
            t("there has to be one wheel of EdgeAssist among them"),
            fix=t("Make it with: python -m pip wheel --no-deps ."),
        )
    files = {f"wheels/{wheel.name}": wheel for wheel in wheels}
    for name in models:
        folder = installed(name)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            files[f"models/{name}/{file.relative_to(folder).as_posix()}"] = file
    return write_bundle(
        output,
        files,
        key,
        version=versions[0],
        minimum=minimum or "0",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
