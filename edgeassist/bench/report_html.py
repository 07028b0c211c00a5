"""The report as one HTML page: contents, pictures with legends, tables."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import replace

from edgeassist.bench.report_blocks import Block, Plot, Section, Table, Words
from edgeassist.locale import t
from edgeassist.pages import parts

STYLE = """
figure { margin: 2rem 0 1rem; } figcaption { font-weight: 600; }
svg.plot { display: block; width: 100%; overflow: visible; }
.rows p { margin: .6rem 0 0; font-size: .95rem; line-height: 1.35; }
@media (min-width: 56rem) { .rows { display: grid; grid-template-columns: 21rem 1fr;
  align-items: center; column-gap: 1rem; } .rows p { margin: .2rem 0; } }
svg text { font-size: 14px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px;
  stroke-linejoin: round; }
svg text.number { font-weight: 700; }
.ours { fill: var(--soft); stroke: var(--ink); stroke-width: 1.4; }
.theirs { fill: var(--paper); stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 2 3; }
.median { stroke: var(--ink); stroke-width: 3.5; }
.full { fill: var(--ink); stroke: var(--ink); stroke-width: 2; }
.empty { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
.front { stroke: var(--told); stroke-width: 2.5; }
.curve { fill: none; stroke: var(--told); stroke-width: 2.2; }
main { max-width: 80rem; } td:first-child:not(.n) { min-width: 10em; }
table:has(th:nth-child(4)) { min-width: 46rem; }
table:has(th:nth-child(9)) { min-width: 76rem; } td:last-child:not(.n) { min-width: 9em; }
"""


def document(title: str, runs: Sequence[tuple[str, Sequence[Section]]]) -> Iterator[str]:
    """The lines of the page; `runs` are results by name, each with its sections."""
    return parts.page(title, _body(runs), STYLE)


def _body(runs: Sequence[tuple[str, Sequence[Section]]]) -> Iterator[str]:
    several = len(runs) > 1
    yield f"<nav aria-label='{html.escape(t('Contents'))}'><ul>"
    for number, (name, sections) in enumerate(runs, 1):
        if several:
            yield f"<li><a href='#run-{number}'>{_run(number, name)}</a><ul>"
        for place, section in enumerate(sections, 1):
            link = f"#part-{number}-{place}"
            yield f"<li><a href='{link}'>{html.escape(section.title)}</a></li>"
        if several:
            yield "</ul></li>"
    yield "</ul></nav>"
    for number, (name, sections) in enumerate(runs, 1):
        if several:
            yield f"<h2 id='run-{number}'>{_run(number, name)}</h2>"
        for place, section in enumerate(sections, 1):
            anchor = f"part-{number}-{place}"
            yield parts.heading(section.title, 3 if several else 2, anchor)
            for block in section.blocks:
                yield from _block(block, number if several else 0)


def _run(number: int, name: str) -> str:
    return html.escape(t("Run {number}: {name}", number=number, name=name))


def _block(block: Block, run: int) -> Iterator[str]:
    if isinstance(block, Words):
        yield parts.paragraph(block.content)
    elif isinstance(block, Table):
        if run:  # captions name parts of the page, and none may be there twice
            caption = t("{what} (run {number})", what=block.caption, number=run)
            block = replace(block, caption=caption)
        yield from parts.table(block.caption, block.head, block.rows)
    elif isinstance(block, Plot):
        yield f"<figure><figcaption>{html.escape(block.title)}</figcaption>"
        if block.legend:
            keys = "".join(f"<li>{key} {html.escape(words)}</li>" for key, words in block.legend)
            yield f"<ul class='legend'>{keys}</ul>"
        yield from block.lines
        yield "</figure>"
