"""Measures the braille module; run by hand: python -m tests.measure.braille [WHAT…].

WHAT: polyphones everyday words back published untoned speed memory (all by default).
EDGEASSIST_EVAL names the folder with braille/cpp_dev.tsv and braille/published.
"""

from __future__ import annotations

import csv
import os
import random
import re
import resource
import sys
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from edgeassist.bench.loads.braille import cells_of
from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.cells import TONES
from edgeassist.chinese import reader
from edgeassist.chinese.normal import is_hanzi, normalise

EVAL = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "braille"
LITERARY = Path(__file__).parents[1] / "chinese" / "literary_sentences.txt"
EVERYDAY = Path(__file__).parents[1] / "chinese" / "everyday_sentences.tsv"


def polyphones() -> None:
    """CPP sentences: how many labelled characters are right, as cells and as reading."""
    rows = cpp()
    cells = readings = 0
    for text, index, gold in rows:
        plain = normalise(text)
        found = ""
        for word in reader().read(plain, text):
            if word.start <= index < word.start + len(word.text):
                found = word.syllables[index - word.start]
        readings += found == gold
        cells += bool(found) and cells_of(plain[index], found) == cells_of(plain[index], gold)
    print(f"polyphones: cells {cells / len(rows):.4f} readings {readings / len(rows):.4f}")


def everyday() -> None:
    """Everyday sentences with gold readings; what each batch reached when it was new."""
    right = total = 0
    for text, gold in everyday_sentences(whole=True):
        found = [syllable for word in reader().read(text) for syllable in word.syllables]
        right += sum(a == b for a, b in zip(found, gold, strict=True))
        total += len(gold)
    print(f"everyday readings: {right / total:.4f} of {total} characters, all learned from since")
    for line in EVERYDAY.read_text("utf-8").splitlines():
        if line.startswith("# batch"):
            print(f"  when new, {line.removeprefix('# ')}")


def words() -> None:
    """Word boundaries of two published books against ours, from their own cells.

    The cells are read back without their blanks and written again; boundaries are compared where
    the syllables agree.
    """
    for book in ("chinese_grade9_book2", "massage"):
        word_ends(book)


def word_ends(book: str) -> None:
    """One book of `words`."""
    hits = ours = theirs = 0
    for cells in clauses(EVAL / "published" / f"{book}.txt"):
        text = from_braille(cells, Scheme.CURRENT, alternatives=0).text
        again = translate(text, Scheme.CURRENT, language="zh").cells
        gold, mine = boundaries(cells), boundaries(again)
        if gold and gold[-1] == (mine or [0])[-1]:
            hits += len(set(gold) & set(mine))
            ours += len(mine)
            theirs += len(gold)
    precision, recall = hits / ours, hits / theirs
    f1 = 2 * precision * recall / (precision + recall)
    print(
        f"word ends, {book}: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} of {theirs}"
    )


def clauses(path: Path) -> Iterator[str]:
    """Stretches of syllables between punctuation in a published book."""
    text = path.read_text("utf-8").replace("\f", "\n")
    text = re.sub(r"\n⠤", "", text)
    for paragraph in re.split(r"\n⠀⠀+", text):
        line = paragraph.replace("\n", "⠀")
        for clause in re.split(r"⠐⠆|⠐⠄|⠰⠂|[⠐⠈⠰⠤⠘⠠⠼⠨]+", line):
            clause = re.sub(r"⠀+", "⠀", clause).strip("⠀")
            if clause.count("⠀") >= 2:
                yield clause


def boundaries(cells: str) -> list[int]:
    """After how many syllables each word ends."""
    from edgeassist.braille.decode import SyllableToken, parse

    ends = []
    count = 0
    for token in parse(cells, Scheme.CURRENT):
        if not token.joined and count:
            ends.append(count)
        count += isinstance(token, SyllableToken)
    return [*ends, count]


def back() -> None:
    """Text to GF 0019 cells and back: characters right, everyday and Wikipedia clauses."""
    everyday_texts = [text for text, _ in everyday_sentences()]
    random.seed(7)
    wiki = [
        clause
        for text, _, _ in random.sample(cpp(), 1500)
        for clause in re.findall(r"[\u4e00-\u9fff]+", normalise(text))
        if len(clause) >= 4
    ][:2000]
    for name, texts in (("everyday", everyday_texts), ("wikipedia", wiki)):
        for blanks in (True, False):
            cells = [translate(text).cells for text in texts]
            if not blanks:
                cells = [line.replace("⠀", "") for line in cells]
            started = time.perf_counter()
            found = [from_braille(line, alternatives=0).text for line in cells]
            took = time.perf_counter() - started
            total = sum(map(len, texts))
            right = sum(
                a == b
                for x, y in zip(texts, found, strict=True)
                for a, b in zip(x, y, strict=False)
            )
            print(
                f"back {name}{'' if blanks else ' without blanks'}: {right / total:.4f}"
                f" of {total} characters, {total / took:.0f} characters/s"
            )


def published() -> None:
    """Published Current Braille to text and back to cells: how many cells come back the same."""
    for book in ("chinese_grade9_book2", "massage"):
        same = total = 0
        for cells in clauses(EVAL / "published" / f"{book}.txt"):
            text = from_braille(cells, Scheme.CURRENT, alternatives=0).text
            again = translate(text, Scheme.CURRENT, language="zh").cells
            matched = SequenceMatcher(None, cells, again, autojunk=False).get_matching_blocks()
            same += sum(block.size for block in matched)
            total += max(len(cells), len(again))
        print(f"published, {book}: {same / total:.4f} of {total} cells the same after text")


def untoned() -> None:
    """Literary sentences as Current Braille without any tone, and back: characters right."""
    tones = str.maketrans("", "", "".join(cell for cell in TONES.values() if cell))
    lines = LITERARY.read_text("utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    right = total = 0
    for text in texts:
        cells = "".join(
            written.translate(tones) if place % 2 == 0 else written
            for place, written in enumerate(
                re.split(r"(⠐⠆|⠐⠄|⠰⠂|[⠐⠈⠰⠤⠘]+⠀?)", translate(text, Scheme.CURRENT).cells)
            )
        )
        found = from_braille(cells, Scheme.CURRENT, alternatives=0).text
        for a, b in pairs(text, found):
            right += is_hanzi(a) and a == b
            total += is_hanzi(a)
    print(f"untoned literary Current Braille: {right / total:.4f} of {total} characters")


def pairs(text: str, found: str) -> Iterator[tuple[str, str]]:
    """Every character of `text` with what was found for it, "" where nothing was."""
    matcher = SequenceMatcher(None, text, found, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        got = found[c:d] if kind != "delete" else ""
        yield from zip(text[a:b], got.ljust(b - a), strict=False)


def speed() -> None:
    """Characters a second, forward, one line at a time."""
    texts = [text for text, _, _ in cpp()[:3000]]
    translate(texts[0])
    started = time.perf_counter()
    for text in texts:
        translate(text)
    took = time.perf_counter() - started
    print(f"forward: {sum(map(len, texts)) / took:.0f} characters/s")


def memory() -> None:
    """Peak resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {peak:.0f} MB")


def cpp() -> list[tuple[str, int, str]]:
    """(sentence, place of the labelled character, its reading)."""
    with (EVAL / "cpp_dev.tsv").open(encoding="utf-8") as file:
        return [
            (row["sentence"], int(row["index"]), row["pinyin"].strip().replace("v", "ü"))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def everyday_sentences(whole: bool = False) -> list[tuple[str, list[str]]]:
    """(sentence, its syllables); with signs between the characters only if `whole`."""
    rows = [
        line.split("\t")
        for line in EVERYDAY.read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    return [(text, gold.split()) for text, gold in rows if whole or all(map(is_hanzi, text))]


_ALL = (polyphones, everyday, words, back, published, untoned, speed, memory)
MEASURES = {measure.__name__: measure for measure in _ALL}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASURES:
        MEASURES[name]()
