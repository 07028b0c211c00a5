"""Braille read back on other Wikipedia clauses than `braille.py back`: tests.measure.back_other.

Choose weights here, report those there. EDGEASSIST_EVAL as in `braille.py`.
"""

from __future__ import annotations

import random
import re
import time

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.chinese.normal import normalise
from tests.measure.braille import cpp, pairs


def other_clauses(count: int) -> list[str]:
    """Clauses of sentences that `back` leaves out."""
    rows = cpp()
    random.seed(7)
    measured = {text for text, _, _ in random.sample(rows, 1500)}
    texts = [text for text, _, _ in rows if text not in measured]
    random.seed(11)
    random.shuffle(texts)
    found = (c for text in texts for c in re.findall(r"[\u4e00-\u9fff]+", normalise(text)))
    return [clause for clause in found if len(clause) >= 4][:count]


if __name__ == "__main__":
    clauses = other_clauses(2500)
    for scheme in (Scheme.GF0019, Scheme.CURRENT):
        for blanks in (True, False):
            cells = [translate(clause, scheme).cells for clause in clauses]
            if not blanks:
                cells = [line.replace("⠀", "") for line in cells]
            started = time.process_time()
            read = [from_braille(line, scheme, alternatives=0).text for line in cells]
            took = time.process_time() - started
            right = sum(
                a == b
                for clause, text in zip(clauses, read, strict=True)
                for a, b in (
                    pairs(clause, text)
                    if len(clause) != len(text)
                    else zip(clause, text, strict=True)
                )
            )
            total = sum(map(len, clauses))
            print(
                f"back, other clauses, {scheme.value}{'' if blanks else ' without blanks'}:"
                f" {right / total:.4f} of {total} characters, {total / took:.0f} characters/s"
            )
