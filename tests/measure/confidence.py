"""Measures how often words read back with a confidence are right.

python -m tests.measure.confidence; EDGEASSIST_EVAL names the folder with braille/cpp_dev.tsv. The
one number behind the confidences (`_SHARPNESS` in edgeassist/chinese/rivals.py) was chosen on
clauses drawn with another seed.
"""

from __future__ import annotations

import random
import re

from edgeassist.braille import translate
from edgeassist.braille.backward import from_braille
from edgeassist.chinese.normal import normalise
from tests.measure.braille import cpp, everyday_sentences

LEAST = (0.0, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999)


def main() -> None:
    """For everyday sentences and clauses of CPP: words by confidence, said and found right."""
    random.seed(23)
    wiki = [
        clause
        for text, _, _ in random.sample(cpp(), 1500)
        for clause in re.findall(r"[\u4e00-\u9fff]+", normalise(text))
        if len(clause) >= 4
    ][:2000]
    for name, texts in (("everyday", [t for t, _ in everyday_sentences()]), ("CPP", wiki)):
        show(name, judged(texts))


def judged(texts: list[str]) -> list[tuple[float, bool]]:
    """(confidence, whether right) of every word read back from GF 0019."""
    found = []
    for text in texts:
        at = 0
        reading = from_braille(translate(text).cells)
        if len(reading.text) != len(text):
            continue
        for word in reading.words:
            found.append((word.confidence, text[at : at + len(word.text)] == word.text))
            at += len(word.text)
    return found


def show(name: str, words: list[tuple[float, bool]]) -> None:
    """A line for each range of confidences, and what marking words below .9 catches."""
    for least, below in zip(LEAST, (*LEAST[1:], 1.1), strict=True):
        some = [(said, right) for said, right in words if least <= said < below]
        if some:
            said = sum(confidence for confidence, _ in some) / len(some)
            right = sum(right for _, right in some) / len(some)
            print(f"{name}: confidence from {least}: {len(some)} words, said {said:.3f},"
                  f" right {right:.3f}")  # fmt: skip
    wrong = [said for said, right in words if not right]
    marked = sum(said < 0.9 for said, _ in words)
    caught = sum(said < 0.9 for said in wrong)
    print(
        f"{name}: {marked / len(words):.1%} of {len(words)} words are marked as unsure (below .9),"
        f" {caught / max(1, len(wrong)):.0%} of the {len(wrong)} wrong ones among them"
    )


if __name__ == "__main__":
    main()
