"""The text of EPUB books: paragraphs and headings in reading order, nothing unpacked to disk."""

from __future__ import annotations

import codecs
import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from edgeassist.chinese.files import cut
from edgeassist.errors import InputError
from edgeassist.locale import t

_CHUNK = 65_536
_LONG = 10_000  # characters of a paragraph held at once
_MOST_XML = 8_000_000  # bytes of the list of contents
_MOST_TEXT = 1_000_000_000  # bytes of all documents together
_BOMB = 200  # no text is packed so tightly
_MOST_MARKUP = 4_000_000  # characters of one tag or comment
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"

_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt",
     "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
     "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"]
)  # fmt: skip
_SKIPPED = frozenset(["head", "script", "style", "rt", "rp"])  # ruby repeats what stands below it
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)""")
_BROKEN_LINE = re.compile(r"(?<=[^\x00-\xff])[ \t\r]*\n\s*(?=[^\x00-\xff])")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,  # an offset before the file's beginning, a name that is no text
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`level` 0) or heading (1 to 6), or a part of one where not `ends`."""

    text: str
    level: int
    ends: bool


class Epub:
    """An open EPUB. Raises `InputError` for what is none, is damaged, encrypted or a zip bomb."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be read: {why}", why=error.strerror or error),
                fix=t("Check the file's name and permissions."),
            ) from error
        except _UNREADABLE as error:
            raise self._no_epub(str(error)) from error
        try:
            self._documents = self._spine()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    @property
    def sizes(self) -> list[int]:
        """The bytes of each document, in reading order."""
        return [info.file_size for info in self._documents]

    def blocks(self, document: int) -> Iterator[Block]:
        """The paragraphs and headings of one document."""
        info = self._documents[document]
        reads = _Reader()
        try:
            with self._zip.open(info) as file:
                data = file.read(_CHUNK)
                decoder = codecs.getincrementaldecoder(_encoding(data))()
                while data:
                    reads.feed(decoder.decode(data))
                    if len(reads.rawdata) > _MOST_MARKUP:
                        raise self._damaged(info.filename, t("a tag without end"))
                    yield from reads.take()
                    data = file.read(_CHUNK)
                reads.feed(decoder.decode(b"", final=True))
        except (*_UNREADABLE, OSError, LookupError) as error:
            raise self._damaged(info.filename, str(error)) from error
        reads.close()
        reads.end()
        yield from reads.take()

    def _spine(self) -> list[zipfile.ZipInfo]:
        container = self._xml(_CONTAINER)
        root = container.find(".//{*}rootfile")
        package_path = root.get("full-path", "") if root is not None else ""
        package = self._xml(package_path)
        items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
        folder = posixpath.dirname(package_path)
        found: dict[str, zipfile.ZipInfo] = {}
        for reference in package.iterfind(".//{*}spine/{*}itemref"):
            item = items.get(reference.get("idref"))
            if item is None or "html" not in item.get("media-type", "html"):
                continue
            name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
            found.setdefault(name, self._info(name))
        if not found:
            raise self._no_epub(t("it lists no text"))
        self._refuse_encrypted(found)
        self._refuse_bombs(found.values())
        return list(found.values())

    def _info(self, name: str) -> zipfile.ZipInfo:
        try:
            return self._zip.getinfo(name)
        except KeyError:
            raise self._no_epub(t("{name} is missing in it", name=name or "OPF")) from None

    def _xml(self, name: str) -> ET.Element:
        info = self._info(name)
        if info.file_size > _MOST_XML:
            raise self._damaged(name, t("too large"))
        try:
            data = self._zip.read(info)
            if b"<!ENTITY" in data:
                raise self._damaged(name, t("it defines entities"))
            return ET.fromstring(data)
        except (*_UNREADABLE, OSError, ET.ParseError, LookupError) as error:
            raise self._damaged(name, str(error)) from error

    def _refuse_encrypted(self, documents: dict[str, zipfile.ZipInfo]) -> None:
        locked = {name for name, info in documents.items() if info.flag_bits & 1}
        if _ENCRYPTION in self._zip.namelist():
            for reference in self._xml(_ENCRYPTION).iterfind(".//{*}CipherReference"):
                locked.add(posixpath.normpath(unquote(reference.get("URI", ""))))
        if locked & documents.keys():
            raise InputError(
                str(self._path),
                t("is encrypted (copy protection), its text cannot be read"),
                fix=t("Ask the seller for an unprotected or accessible edition."),
            )

    def _refuse_bombs(self, documents: Collection[zipfile.ZipInfo]) -> None:
        total = sum(info.file_size for info in documents)
        packed = sum(info.compress_size for info in documents)
        if total > _MOST_TEXT or (total > 16_000_000 and total > _BOMB * packed):
            raise self._no_epub(t("it would unpack to {size} MB", size=total // 1_000_000))

    def _no_epub(self, why: str) -> InputError:
        return InputError(
            str(self._path),
            t("is not a usable EPUB: {why}", why=why),
            fix=t("Check the file; a text file needs a name that does not end in .epub."),
        )

    def _damaged(self, name: str, why: str) -> InputError:
        return InputError(
            str(self._path),
            t("{name} in it is damaged: {why}", name=name, why=why),
            fix=t("Get the book again."),
        )


class _Reader(HTMLParser):
    """Collects the text of one document, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._text: list[str] = []
        self._length = 0
        self._level = 0
        self._skipping = 0
        self._begun = False  # whether a part of this block was given already

    def take(self) -> list[Block]:
        """What was found since the last call."""
        found, self._found = self._found, []
        return found

    def end(self) -> None:
        """The block ends here."""
        text = _tidy("".join(self._text)).strip()
        if text or self._begun:
            self._found.append(Block(text, self._level, ends=True))
        self._text, self._length, self._begun = [], 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks part paragraphs; cells of a table part words."""
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _BLOCKS:
            self.end()
            self._level = _LEVELS.get(tag, self._level if tag == "br" else 0)
        elif tag in ("td", "th"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """As for the beginning of a block."""
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _BLOCKS and tag != "br":
            self.end()
            self._level = 0

    def handle_data(self, data: str) -> None:
        """Text; a paragraph that grows too long is given in parts."""
        if self._skipping:
            return
        self._text.append(data)
        self._length += len(data)
        if self._length > _LONG:
            text = _tidy("".join(self._text))
            place = cut(text)
            self._found.append(Block(text[:place], self._level, ends=False))
            self._text, self._length, self._begun = [text[place:]], len(text) - place, True

    def unknown_decl(self, data: str) -> None:
        """CDATA is text."""
        if data.startswith("CDATA["):
            self.handle_data(data[6:])


def _tidy(text: str) -> str:
    """White space as a browser shows it, but lines broken between Chinese characters joined."""
    return re.sub(r"\s+", " ", _BROKEN_LINE.sub("", text))


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    found = _ENCODING.search(data[:200])
    code = found[1].decode("ascii") if found else "utf-8"
    return "utf-8-sig" if code.lower() in ("utf-8", "utf8") else code
