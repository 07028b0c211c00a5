"""Measures Two-cell Braille on printed pages kept aside: python -m tests.measure.shuangpin [text].

EDGEASSIST_EVAL names the folder with braille/published/shaver.txt. No rule of word writing was made
with these pages; the tables of the scheme were checked with them. With `text` the story is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.decode import SyllableToken, TextToken, Token, UnreadableToken, parse

PAGES = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "braille" / "published" / "shaver.txt"
SCHEME = Scheme.SHUANGPIN
_BLANK = "⠀"


def paragraphs() -> Iterator[str]:
    """The paragraphs of the pages, lines joined, page numbers left out.

    Every page was scanned with a margin of its own.
    """
    held = ""
    for page in PAGES.read_text("utf-8").split("\f"):
        rows = [row for row in page.split("\n") if row.strip(_BLANK)]
        margin = min(_indent(row) for row in rows) if rows else 0
        for row in rows:
            if _indent(row) > 20:
                continue  # the page number
            text = row.strip(_BLANK)
            if text.startswith("⠤"):
                held += text[1:]
            elif _indent(row) > margin:
                yield from filter(None, [held])
                held = text
            else:
                held += _BLANK * bool(held) + text
    yield from filter(None, [held])


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(_BLANK))


def clauses() -> Iterator[str]:
    """Stretches of three words or more between marks and numbers."""
    for paragraph in paragraphs():
        tokens = [*parse(paragraph, SCHEME), None]
        first: Token | None = None
        last = 0
        for token in tokens:
            if isinstance(token, SyllableToken):
                first = first or token
                last = token.end
                continue
            if first and paragraph[first.start : last].count(_BLANK) >= 2:
                yield paragraph[first.start : last]
            first = None


def cells() -> None:
    """How much of the pages reads as syllables, marks and numbers."""
    tokens = [token for paragraph in paragraphs() for token in parse(paragraph, SCHEME)]
    syllables = sum(isinstance(token, SyllableToken) for token in tokens)
    marks = sum(isinstance(token, TextToken) for token in tokens)
    nothing = sum(token.end - token.start for token in tokens if isinstance(token, UnreadableToken))
    print(f"pages: {syllables} syllables, {marks} marks and numbers, {nothing} unreadable cells")


def words() -> None:
    """Word ends of the pages against ours, where the syllables agree; cells after text."""
    hits = ours = theirs = same = total = letters = spoken = 0
    for clause in clauses():
        text = from_braille(clause, SCHEME, alternatives=0).text
        again = translate(text, SCHEME, language="zh").cells
        gold, mine = boundaries(clause), boundaries(again)
        if gold[-1] == (mine or [0])[-1]:
            hits += len(set(gold) & set(mine))
            ours += len(mine)
            theirs += len(gold)
        same += _same(clause, again)
        total += max(len(clause), len(again))
        plain, plain_again = clause.replace(_BLANK, ""), again.replace(_BLANK, "")
        letters += _same(plain, plain_again)
        spoken += max(len(plain), len(plain_again))
    precision, recall = hits / ours, hits / theirs
    f1 = 2 * precision * recall / (precision + recall)
    print(f"word ends: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} of {theirs}")
    print(f"cells the same after text: {same / total:.4f} of {total}")
    print(f"blanks aside: {letters / spoken:.4f} of {spoken}")


def _same(left: str, right: str) -> int:
    matched = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched)


def boundaries(line: str) -> list[int]:
    """After how many syllables each word ends."""
    ends = []
    count = 0
    for token in parse(line, SCHEME):
        if not token.joined and count:
            ends.append(count)
        count += isinstance(token, SyllableToken)
    return [*ends, count]


def without_blanks() -> None:
    """The pages' clauses with their blanks left out: syllables found again."""
    from edgeassist.braille.shuangpin_read import likeliest

    right = total = 0
    for clause in clauses():
        gold = _spelled(list(parse(clause, SCHEME)))
        found = _spelled(likeliest(clause.replace(_BLANK, "")))
        right += _hits(gold, found)
        total += max(len(gold), len(found))
    print(f"without blanks: {right / total:.4f} of {total} syllables")


def _spelled(tokens: list[Token]) -> list[str]:
    return [
        token.character or token.letters[0] + token.tones
        for token in tokens
        if isinstance(token, SyllableToken)
    ]


def _hits(left: list[str], right: list[str]) -> int:
    matched = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched)


def text() -> None:
    """The story as text."""
    for paragraph in paragraphs():
        print(from_braille(paragraph, SCHEME, alternatives=0).text)


MEASURES = {measure.__name__: measure for measure in (cells, words, without_blanks, text)}

if __name__ == "__main__":
    for name in sys.argv[1:] or ("cells", "words", "without_blanks"):
        MEASURES[name]()
