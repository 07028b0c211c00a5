"""What a report is made of, before it is a page or Markdown: words, tables, pictures, sections."""

from __future__ import annotations

from dataclasses import dataclass

from edgeassist.pages.parts import Cell


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    content: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its caption is another than that of any other table of the report."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture; what it shows also stands in the table after it.

    `told` is its text alternative, `lines` are SVG, `legend` has pairs of SVG and words.
    """

    title: str
    told: str
    lines: tuple[str, ...]
    legend: tuple[tuple[str, str], ...] = ()


Block = Words | Table | Plot


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its heading; one without blocks is left out."""

    title: str
    blocks: tuple[Block, ...]


def without_empty_columns(table: Table, keep: int = 1) -> Table:
    """The same without columns in which nothing stands; the first `keep` stay."""
    used = [
        place
        for place in range(len(table.head))
        if place < keep or any(row[place] for row in table.rows)
    ]
    return Table(
        table.caption,
        tuple(table.head[place] for place in used),
        tuple(tuple(row[place] for place in used) for row in table.rows),
    )
