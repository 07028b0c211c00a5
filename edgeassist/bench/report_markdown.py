"""The report as Markdown: the same words and tables, without the pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edgeassist.bench.report_blocks import Block, Section, Table, Words
from edgeassist.locale import t
from edgeassist.pages.parts import Cell

_MEANT = re.compile(r"([\\`*_\[\]<>|#~])")  # what Markdown would read as its own


def document(
    title: str, runs: Sequence[tuple[str, Sequence[Section]]], again: Sequence[str]
) -> Iterator[str]:
    """The lines of the file; `again` are the commands that make it again."""
    yield f"# {plain(title)}"
    yield ""
    yield plain(t("This file is made by the bench. To make it again, with DIR1 for a new folder:"))
    yield ""
    yield "```sh"
    yield from again
    yield "```"
    for number, (run, sections) in enumerate(runs, 1):
        if len(runs) > 1:
            yield ""
            yield f"## {plain(t('Run {number}: {name}', number=number, name=run))}"
        for section in sections:
            yield ""
            yield f"{'###' if len(runs) > 1 else '##'} {plain(section.title)}"
            for block in section.blocks:
                yield from _block(block)


def plain(content: Cell) -> str:
    """A text that Markdown shows as it is, on one line."""
    text = content if isinstance(content, str) else content.text
    return _MEANT.sub(r"\\\1", " ".join(text.split()))


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Words):
        yield ""
        yield plain(block.content)
    elif isinstance(block, Table):
        yield ""
        yield f"**{plain(block.caption)}**"
        yield ""
        yield f"| {' | '.join(plain(one) for one in block.head)} |"
        yield f"|{'---|' * len(block.head)}"
        for row in block.rows:
            yield f"| {' | '.join(plain(one) for one in row)} |"
