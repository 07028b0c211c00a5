"""Our cells beside those of liblouis' own Chinese tests; blanks aside, since liblouis has no words.

    python tests/measure/liblouis_cases.py zhcn-cbs.yaml zhcn-g1.yaml zhcn-g2.yaml

The files are liblouis' tests/braille-specs. Which differences are right, and why, is told in
docs/braille-liblouis.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from edgeassist.braille import Scheme, translate

SCHEMES = {"cbs": Scheme.GF0019, "g1": Scheme.CURRENT, "g2": Scheme.SHUANGPIN}
_CASE = re.compile(r"^\s*- \[([^,\]]+),\s*([^,\]]+?)\s*(?:,\s*\{.*\}\s*)?\]")


def cases(path: Path) -> Iterator[tuple[str, str, str]]:
    """(table, text, cells without blanks) of every test of a file."""
    table = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("table:"):
            table = "g1" if "traditional" in line else ""
        elif "zhcn-" in line:
            table = line.split("zhcn-")[1].split(".")[0]
        found = _CASE.match(line)
        if found:
            text, cells = found.groups()
            yield table, text, re.sub(r"[ \u2800]", "", cells)


def ours(table: str, text: str) -> str:
    """Our cells; the tests of Current Braille mark every tone."""
    scheme = SCHEMES[table]
    made = translate(text, scheme, full_tones=scheme is Scheme.CURRENT)
    return made.cells.replace("\u2800", "")


def main() -> int:
    """Print every difference and the counts; 2 without files."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    for name in sys.argv[1:]:
        right = total = 0
        for table, text, cells in cases(Path(name)):
            total += 1
            found = ours(table, text)
            right += found == cells
            if found != cells:
                print(f"{table}\t{text}\tliblouis {cells}\tours {found}")
        print(f"{Path(name).name}: {right} of {total} the same")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
