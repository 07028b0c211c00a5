"""Parts of an HTML page that holds all it needs: its frame, headings, tables; how it is kept.

Such a page asks nothing of the network and runs nothing. It is readable at any width, in the
dark, in forced colours and on paper; a table that is wider than the screen scrolls by itself.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edgeassist.errors import InputError
from edgeassist.locale import language, t

STYLE = """
:root { color-scheme: light dark; --ink: #111; --paper: #fff; --faint: #595959; --line: #8a8a8a;
  --danger: #b00020; --told: #0b4a8f; --soft: #c9dcf2; }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f5; --paper: #121212; --faint: #b0b0b0;
  --line: #8a8a8a; --danger: #ff8a80; --told: #9ecbff; --soft: #24405e; } }
@media (forced-colors: active) { :root { --ink: CanvasText; --paper: Canvas; --faint: CanvasText;
  --line: CanvasText; --danger: CanvasText; --told: CanvasText; --soft: Canvas; } }
body { font: 1.1rem/1.6 system-ui, "Noto Sans CJK SC", sans-serif; color: var(--ink);
  background: var(--paper); margin: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1, h2, h3, p, li { overflow-wrap: anywhere; } h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; border-bottom: 3px solid currentColor; }
a { color: var(--told); } a:focus-visible { outline: 3px solid var(--told); }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 3px solid var(--told); }
table { border-collapse: collapse; min-width: 60%; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; }
caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 2rem); }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th, td.n { white-space: nowrap; } td span { display: inline-block; min-width: 11em; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
.legend svg { vertical-align: middle; }
svg text { font: 15px system-ui, "Noto Sans CJK SC", sans-serif; fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: .6; } .axis { stroke: var(--ink); stroke-width: 1.4; }
figure { margin: 0; }
@media print { body { font-size: 11pt; } figure, tr { break-inside: avoid; } }
"""
NUMBER = re.compile(r"[-+×]? ?[\d.,]+ ?(m|s|ms|µs|°|°C|MB|kB|W|MHz|%|/s)?( [(\[][-\d.,– ]+[)\]])?")


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A text in a language that may be another than the page's: a screen reader must be told."""

    text: str
    language: str


Cell = str | InLanguage


def page(title: str, body: Iterable[str], style: str = "") -> Iterator[str]:
    """The whole page in the user's language; `style` comes after ours."""
    yield f"<!doctype html><html lang='{language()}'><head><meta charset='utf-8'>"
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    yield f"<title>{html.escape(title)}</title><style>{STYLE}{style}</style></head><body><main>"
    yield f"<h1>{html.escape(title)}</h1>"
    yield from body
    yield "</main></body></html>"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A table with its heading; a sentence instead where there is no row.

    Captions name regions of the page: each must be another.
    """
    lines = [f"<tr>{''.join(_column(one) for one in row)}</tr>" for row in rows]
    if not lines:
        yield paragraph(t("{what}: nothing.", what=caption))
        return
    label = html.escape(caption)
    yield f"<div class='wide' role='region' tabindex='0' aria-label='{label}'>"
    yield f"<table><caption><span>{label}</span></caption><thead><tr>"
    yield "".join(f"<th scope='col'>{html.escape(one)}</th>" for one in head)
    yield f"</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"


def cell(content: Cell) -> str:
    """What stands in a cell, or in a sentence."""
    if isinstance(content, str):
        return html.escape(content)
    return f"<span lang='{content.language}'>{html.escape(content.text)}</span>"


def heading(text: str, level: int = 2, anchor: str = "") -> str:
    """A heading; `anchor` is what links to it name."""
    named = f" id='{html.escape(anchor)}'" if anchor else ""
    return f"<h{level}{named}>{html.escape(text)}</h{level}>"


def paragraph(content: Cell) -> str:
    """A paragraph."""
    return f"<p>{cell(content)}</p>"


def write(path: Path, lines: Iterable[str]) -> None:
    """Write a page, whole or not at all; raises `InputError` where it cannot be written."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("\n".join(lines) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise InputError(
            str(path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Name a file in a folder you may write to"),
        ) from None


def _column(content: Cell) -> str:
    whole = isinstance(content, str) and NUMBER.fullmatch(content)  # not to be broken into lines
    return f"<td class='n'>{cell(content)}</td>" if whole else f"<td>{cell(content)}</td>"
