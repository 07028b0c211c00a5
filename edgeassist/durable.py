"""What outlives a power cut: a file's name as well as its bytes."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make what was made, renamed or removed in a folder last; raises `OSError` as the disk does.

    A file's own bytes are its writer's to sync; its name stands in the folder.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
