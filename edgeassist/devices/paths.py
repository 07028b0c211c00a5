"""Which file a config means, and whether it can be read at all."""

from __future__ import annotations

import os
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import t

MODEL = "model:"


def resolve(path: Path | str) -> Path:
    """The file itself: ``model:CARD/inner/path`` is a file of an installed model.

    Raises `ModelError` if that model is not installed, `InputError` if the path leads out of it.
    """
    text = os.fspath(path)
    if not text.startswith(MODEL):
        return Path(text).expanduser()
    from edgeassist.modelstore import installed

    card, _, inner = text.removeprefix(MODEL).partition("/")
    if not inner or ".." in Path(inner).parts or Path(inner).is_absolute():
        raise InputError(
            text,
            t("is not a file of an installed model"),
            fix=t("Write it as: model:CARD/path/inside"),
        )
    return Path(installed(card)) / inner


def readable(path: Path | str) -> Path:
    """The file `path` means, known to exist, to be a file, readable and not empty.

    Raises `InputError` that names it.
    """
    file = resolve(path)
    if os.path.isdir(file):  # Path.is_dir raises where a folder above may not be looked into
        raise InputError(str(file), t("is a folder"), fix=t("Give one file in it"))
    try:
        with file.open("rb") as stream:
            begins = stream.read(1)
    except FileNotFoundError:
        raise InputError(
            str(file), t("there is no such file"), fix=t("Check the path for typing slips")
        ) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            str(file), t("cannot be read: {why}", why=why), fix=t("Check the path and its rights")
        ) from None
    if not begins:
        raise InputError(str(file), t("is empty"), fix=t("Give a file with something in it"))
    return file
