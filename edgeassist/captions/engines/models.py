"""Where an engine's model lies: a model by the name on its card, or the user's own folder."""

from __future__ import annotations

import os
from pathlib import Path

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore import installed
from edgeassist.plugins import Missing


def model_folder(model: str) -> Path:
    """The folder of a model's name or path.

    Raises `ModelError` where it is not installed, or is not a folder.
    """
    path = Path(model).expanduser()
    if os.sep not in model and not path.is_dir():
        return installed(model)
    if not path.is_dir():
        raise ModelError(
            model,
            t("there is no such folder"),
            fix=t("Give the folder that holds the model, or a name from: edgeassist models list"),
        )
    return path


def missing_model(model: str) -> Missing | None:
    """What to install, where a model is not installed."""
    try:
        model_folder(model)
    except ModelError as error:
        return Missing(what=f"{error.subject}: {error.problem}", fix=error.fix)
    return None
