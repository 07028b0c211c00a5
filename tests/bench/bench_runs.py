"""Real results for the tests of the bench: small runs, made once."""

import os
import subprocess
import sys
from pathlib import Path

EDGEASSIST = [sys.executable, "-m", "edgeassist.cli.main", "bench"]


def bench(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`edgeassist bench …`, in English, as lines rather than bars."""
    environment = {**os.environ, "EDGEASSIST_LANG": "en", **more}
    return subprocess.run(
        [*EDGEASSIST, *words], capture_output=True, text=True, check=False, env=environment
    )


def smallest(folder: Path) -> list[str]:
    """The quickest real run there is: writing braille, and the harness's own cost."""
    return ["run", "braille", "--quick", "--only", "to gf0019/single", "--report", str(folder)]
