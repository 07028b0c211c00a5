"""Long texts read aloud: their clauses in order, and where the reader was, kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgeassist.chinese.files import lines_of_file
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.parsing import json_value
from edgeassist.speech.clauses import clauses

_LONGEST = 200  # characters given to the voice at once
_MARKDOWN = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),  # a picture by its description
    (re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"<(https?://[^>]+)>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->"), ""),
    (re.compile(r"(\*\*|__|~~|`+)(.+?)\1"), r"\2"),
    (re.compile(r"(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?![\w*])"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|>+|[-*+](?=\s))\s*"), ""),
    (re.compile(r"\s#+\s*$"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|-])"), r"\1"),
)
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^[\s|:-]*-{3,}[\s|:-]*$|^\[[^\]]+\]:\s")


def clauses_of_file(path: Path) -> list[str]:
    """All clauses of a .txt, .md or .epub file, in reading order.

    Text is UTF-8 or GB 18030. Raises `InputError` for what cannot be read, or has no text.
    """
    found = [clause for paragraph in _paragraphs(path) for clause in _clauses(paragraph)]
    if not found:
        raise InputError(
            str(path), t("there is nothing to read in it"), fix=t("Choose a file with text.")
        )
    return found


def plain_markdown(line: str) -> str:
    """A line of Markdown without its marks; "" for what is none of its text.

    >>> plain_markdown("## 第 **1** 章：[春](a.html)")
    '第 1 章：春'
    """
    if _RULE.match(line):
        return ""
    for pattern, instead in _MARKDOWN:
        line = pattern.sub(instead, line)
    return line.replace("|", "，").strip("， \t") if "|" in line else line.strip()


def _paragraphs(path: Path) -> Iterator[str]:
    if path.suffix.lower() == ".epub":
        from edgeassist.braille.epub import Epub

        with Epub(path) as book:
            for document in range(len(book.sizes)):
                yield from (block.text for block in book.blocks(document))
        return
    markdown = path.suffix.lower() in (".md", ".markdown")
    fenced = False
    for _, line in lines_of_file(path):
        if markdown and line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        else:
            yield plain_markdown(line) if markdown and not fenced else line


def _clauses(paragraph: str) -> Iterator[str]:
    for clause in clauses(paragraph):
        for at in range(0, len(clause), _LONGEST):
            part = clause[at : at + _LONGEST]
            if any(sign.isalnum() for sign in part):
                yield part


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in a file: the clause to be read next, by number and by its words."""

    path: str
    clause: int
    of: int
    text: str


class Places:
    """Place marks, one small file each, in ``~/.local/state/edgeassist/places``.

    A mark is written whole or not at all: it survives a crash of the program at any moment. After
    a loss of power it may be the one of some seconds before (`surely` waits for the disk).
    """

    def __init__(self, folder: Path | None = None) -> None:
        base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        self._folder = folder or Path(base).expanduser() / "edgeassist" / "places"

    def get(self, path: Path) -> Place | None:
        """The mark of a file; None if it has none."""
        return self._load(self._file(path))

    def all(self) -> list[Place]:
        """All marks, the latest first."""
        try:
            files = sorted(self._folder.glob("*.json"), key=lambda f: f.stat().st_mtime)
        except OSError:
            return []
        return [place for file in reversed(files) if (place := self._load(file)) is not None]

    def put(self, path: Path, clause: int, all_clauses: list[str], *, surely: bool = False) -> None:
        """Mark the clause to be read next; raises `InputError` where that cannot be kept."""
        text = all_clauses[clause] if clause < len(all_clauses) else ""
        place = Place(str(path.resolve()), clause, len(all_clauses), text)
        file = self._file(path)
        new = file.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with new.open("w", encoding="utf-8") as written:
                json.dump(asdict(place), written, ensure_ascii=False)
                if surely:
                    written.flush()
                    os.fsync(written.fileno())
            new.replace(file)
        except OSError as error:
            raise InputError(
                str(file),
                t("the place in the text cannot be kept: {why}", why=error.strerror),
                fix=t("Free some space, or set XDG_STATE_HOME to a folder you may write to."),
            ) from None

    def _file(self, path: Path) -> Path:
        name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{name[:24]}.json"

    def _load(self, file: Path) -> Place | None:
        try:
            values: dict[str, Any] = json_value(file.read_text("utf-8"))
            return Place(
                str(values["path"]), int(values["clause"]), int(values["of"]), str(values["text"])
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return None


def begin_at(place: Place | None, found: list[str]) -> int:
    """The clause to go on with: the marked one, looked for by its words if the file has changed.

    From the beginning where there is no mark, or all was read.
    """
    if place is None or place.clause >= place.of:
        return 0
    if place.clause < len(found) and found[place.clause] == place.text:
        return place.clause
    same = [number for number, clause in enumerate(found) if clause == place.text]
    near = min(same, key=lambda number: abs(number - place.clause), default=place.clause)
    return near if near < len(found) else 0
