"""PEF files (Portable Embosser Format 2008-1): pages of Unicode braille in XML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from edgeassist.braille.layout import Page

_OPENING = """\
<?xml version="1.0" encoding="UTF-8"?>
<pef version="2008-1" xmlns="http://www.daisy.org/ns/2008/pef">
<head><meta xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/x-pef+xml</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:language>zh-CN-Brai</dc:language>
</meta></head>
<body>
<volume cols="{columns}" rows="{rows}" rowgap="0" duplex="true">
<section>
"""


class PefForm:
    """How pages are written in a PEF file; `identifier` names the document."""

    closing = "</section>\n</volume>\n</body>\n</pef>\n"

    def __init__(self, identifier: str) -> None:
        clean = "".join(c for c in identifier if c.isprintable())
        self._identifier = escape(clean) or "edgeassist"

    def opening(self, page: Page) -> str:
        """The head; the line of the page number counts as a row."""
        return _OPENING.format(
            identifier=self._identifier, columns=page.columns, rows=page.rows + 1
        )

    def page_start(self, number: int) -> str:
        """Begin a page."""
        return "<page>\n"

    def row(self, cells: str) -> str:
        """One line."""
        return f"<row>{cells}</row>\n" if cells else "<row/>\n"

    def page_end(self) -> str:
        """End a page."""
        return "</page>\n"
