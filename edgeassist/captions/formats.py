"""Captions as files other programs read: SRT, WebVTT, plain text, JSON lines.

Every format is written caption by caption, so that a file is complete up to the last one whatever
happens. Blank lines of a text are left out: they would end the cue.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.events import Caption

_LEAST_SHOWN_S = 0.5  # a cue without duration is not displayed by players


class Format(StrEnum):
    """A kind of caption file; the value is its usual ending."""

    SRT = "srt"
    VTT = "vtt"
    TXT = "txt"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    text: str
    language: str = "zh"
    heard: str = ""  # the engine's own text, where the correction changed it


def cue(caption: Caption) -> Cue:
    """The cue of a final caption."""
    return Cue(
        start_s=caption.start_s,
        end_s=max(caption.end_s, caption.start_s + _LEAST_SHOWN_S),
        text=caption.text,
        language=caption.language,
        heard=caption.heard,
    )


def srt(number: int, cue: Cue) -> str:
    """One SRT block; `number` counts from 1. SRT has no escapes: "-->" is taken apart."""
    text = _lines(cue.text).replace("-->", "->")
    return f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n{text}\n\n"


def vtt(number: int, cue: Cue) -> str:
    """One WebVTT block (W3C WebVTT 1: &, < and > are escaped, so "-->" cannot occur)."""
    text = _lines(cue.text)
    for character, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, escape)
    return f"{number}\n{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n{text}\n\n"


def txt(number: int, cue: Cue) -> str:
    """One line of text."""
    return _one_line(cue.text) + "\n"


def jsonl(number: int, cue: Cue) -> str:
    """One JSON object on a line."""
    return json.dumps(plain(cue), ensure_ascii=False) + "\n"


def plain(cue: Cue) -> dict[str, Any]:
    """A cue as JSON has it; `heard` where it differs from `text`. `from_plain` turns it back."""
    return {
        "start_s": round(cue.start_s, 3),
        "end_s": round(cue.end_s, 3),
        "text": cue.text,
        "language": cue.language,
        **({"heard": cue.heard} if cue.heard else {}),
    }


def from_plain(record: dict[str, Any]) -> Cue:
    """The cue of a record; raises `KeyError`, `ValueError` or `TypeError` where it is none."""
    return Cue(
        start_s=float(record["start_s"]),
        end_s=float(record["end_s"]),
        text=str(record["text"]),
        language=str(record["language"]),
        heard=str(record.get("heard", "")),
    )


HEADERS = {Format.VTT: "WEBVTT\n\n"}
BLOCKS: dict[Format, Callable[[int, Cue], str]] = {
    Format.SRT: srt,
    Format.VTT: vtt,
    Format.TXT: txt,
    Format.JSONL: jsonl,
}


class CaptionFile:
    """A new file of captions, written through after each one; use as a context manager.

    Raises `InputError` where it cannot be written.
    """

    def __init__(self, path: Path, kind: Format) -> None:
        self._path = path
        self._block = BLOCKS[kind]
        self._laid_out = kind in (Format.SRT, Format.VTT)
        self._count = 0
        self._end_s = 0.0
        try:
            self._file = path.open("w", encoding="utf-8", newline="\n")
            self._write(HEADERS.get(kind, ""))
        except OSError as error:
            raise self._not_written(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, cue: Cue) -> None:
        """Write one more cue; in a subtitle file as lines and times that players show well."""
        cues = [cue]
        if self._laid_out:
            from edgeassist.captions.subtitles import subtitles  # it builds on this module

            start_s = max(cue.start_s, self._end_s)
            cues = subtitles([replace(cue, start_s=start_s)], until_s=cue.end_s)
        for one in cues:
            self._count += 1
            self._end_s = one.end_s
            try:
                self._write(self._block(self._count, one))
            except OSError as error:
                raise self._not_written(error) from None

    def close(self) -> None:
        """Finish the file."""
        try:
            self._file.close()
        except OSError as error:
            raise self._not_written(error) from None

    def _write(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()

    def _not_written(self, error: OSError) -> InputError:
        return InputError(
            str(self._path),
            t("cannot be written: {why}", why=error.strerror),
            fix=t("Make room on the disk")
            if error.errno == errno.ENOSPC
            else t("Name a file in a folder you may write to"),
        )


def record(caption: Caption, shown_s: float) -> dict[str, Any]:
    """A caption as `edgeassist caption --json` prints it; times in the sound's own clock."""
    return {
        "type": "final" if caption.final else "partial",
        "text": caption.text,
        "start_s": round(caption.start_s, 3),
        "end_s": round(caption.end_s, 3),
        "shown_s": round(shown_s, 3),
        "stable_chars": caption.stable_chars,
        "language": caption.language,
        "utterance": caption.utterance,
    }


def _lines(text: str) -> str:
    return "\n".join(one for line in text.split("\n") if (one := _one_line(line)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _time(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02d}:{minutes:02d}:{whole:02d}{point}{milliseconds:03d}"
