"""The transcript: every final is on the disk before anybody sees it.

A journal of JSON lines, each written through to the disk. It survives `kill -9`: at worst its last
line is torn, and is cut off when it is opened again. Every time it is opened a session
begins; a session knows when (by the wall clock) its sound began, so that several of one day
stand in one SubRip file in order.

Each final is forced to the disk by itself (fdatasync: data and length, no other metadata): one
comes every few seconds, and what was read by somebody must not be gone after a power cut. Partials
are never written. Journal and SubRip file are for their user's eyes alone.

Room for the next hour or so of finals is set aside in the file ahead of them: when something else
fills the disk, what is said goes on being kept, and there is time to say so.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from edgeassist.captions.formats import BLOCKS, HEADERS, Cue, Format, cue, from_plain, plain
from edgeassist.captions.subtitles import subtitles
from edgeassist.durable import sync_folder
from edgeassist.errors import InputError, WorkError
from edgeassist.locale import t
from edgeassist.loop.events import Caption
from edgeassist.parsing import json_value

_MOST_UNWRITTEN = 10_000
_SET_ASIDE = 256 * 1024  # bytes: 1,000 to 2,000 finals
_KEEP_SIZE = 1  # FALLOC_FL_KEEP_SIZE of fallocate(2): the file has the room, and is no longer


class Journal:
    """Appends finals to `path`; a full disk is told once and tried again with the next final."""

    def __init__(self, path: Path) -> None:
        """Open or continue a journal.

        Raises `InputError` where it cannot be written, or is a file of another kind.
        """
        self.path = path = path.expanduser()
        self._unwritten: list[str] = []
        self._began = False
        self._set_aside_until = 0
        self.nearly_full = False  # whether the disk has no room to set aside any more
        if path == _srt_of(path):
            raise InputError(
                str(path),
                t("is the name of the subtitles that are written beside a transcript"),
                fix=t("Let the transcript's name end in .jsonl"),
            )
        if path.exists() and not path.is_file():
            raise _another_kind(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Name a file in a folder you may write to"),
            ) from None
        try:
            self._check_kind()
            self._end = _end_of_whole_lines(self._file)
            os.truncate(self._file, self._end)
            self._set_room_aside()
            sync_folder(path.parent)
        except BaseException:
            os.close(self._file)
            raise

    def add(self, caption: Caption) -> None:
        """Write a final through to the disk.

        Raises `WorkError` where the disk does not take it; it is kept and tried again at the next.
        """
        if not self._began:
            self._began = True
            zero = datetime.now(UTC).timestamp() - caption.end_s
            self._unwritten.append(_line({"type": "session", "zero": round(zero, 3)}))
        self._unwritten.append(_line({"type": "final", **plain(cue(caption))}))
        del self._unwritten[1:-_MOST_UNWRITTEN]
        self._write_through()

    def close(self) -> None:
        """Close the file; raises `WorkError` if finals are still not on the disk."""
        try:
            if self._unwritten:
                self._write_through()
            os.truncate(self._file, self._end)  # gives back the room that was set aside
        finally:
            os.close(self._file)

    def _write_through(self) -> None:
        data = "".join(self._unwritten).encode()
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
            os.fdatasync(self._file)
        except OSError as error:
            # What of it was written is no whole line; the next attempt begins at the same place.
            with suppress(OSError):
                os.truncate(self._file, self._end)  # which gives back what was set aside
                self._set_aside_until = 0
            raise WorkError(
                str(self.path),
                t("the transcript cannot be written: {why}", why=error.strerror),
                fix=t("Captions go on; make room and it is caught up"),
            ) from None
        self._end += len(data)
        self._unwritten.clear()
        if self._set_aside_until - self._end < _SET_ASIDE // 2:
            self._set_room_aside()

    def _set_room_aside(self) -> None:
        """Have the file own the blocks that come next; some file systems (FAT) cannot."""
        system = ctypes.CDLL(None, use_errno=True)
        length = ctypes.c_longlong(_SET_ASIDE)
        if system.fallocate64(self._file, _KEEP_SIZE, ctypes.c_longlong(self._end), length) == 0:
            self._set_aside_until = self._end + _SET_ASIDE
            self.nearly_full = False
        else:
            self.nearly_full = ctypes.get_errno() in (errno.ENOSPC, errno.EDQUOT)

    def _check_kind(self) -> None:
        first = os.pread(self._file, 256, 0).split(b"\n")[0]
        if first and not first.startswith(b'{"type": "session"'):
            raise _another_kind(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One stretch of recording: when its sound began (Unix time), and its cues."""

    zero: float
    cues: tuple[Cue, ...]


def read_journal(path: Path) -> list[Session]:
    """All sessions of a journal; a torn last line is passed over.

    Raises `InputError` where it cannot be read, or a line inside it is damaged.
    """
    sessions: list[tuple[float, list[Cue]]] = []
    for number, line in enumerate(_lines(path), 1):
        try:
            record = json_value(line)
            if record["type"] == "session":
                sessions.append((record["zero"], []))
            else:
                sessions[-1][1].append(from_plain(record))
        except (ValueError, KeyError, IndexError, TypeError):
            raise InputError(
                str(path),
                t("line {number} is not a line of a transcript", number=number),
                fix=t("Delete that line"),
            ) from None
    return [Session(zero=zero, cues=tuple(cues)) for zero, cues in sessions]


def one_after_another(sessions: list[Session]) -> list[Cue]:
    """All cues on the first session's clock; sessions keep their distance and never overlap."""
    cues: list[Cue] = []
    for session in sessions:
        later_s = session.zero - sessions[0].zero
        if cues and session.cues:
            later_s = max(later_s, cues[-1].end_s - session.cues[0].start_s)
        cues += [
            replace(one, start_s=one.start_s + later_s, end_s=one.end_s + later_s)
            for one in session.cues
        ]
    return cues


def as_text(sessions: list[Session], kind: Format) -> str:
    """Sessions as the text of one caption file, in the first one's time.

    Subtitles are laid out in short lines. JSON lines say when each was said by the wall clock too.
    """
    cues = one_after_another(sessions)
    if kind in (Format.SRT, Format.VTT):
        cues = subtitles(cues)
    blocks = [BLOCKS[kind](number, one) for number, one in enumerate(cues, 1)]
    if kind is Format.JSONL:
        said = [session.zero + one.start_s for session in sessions for one in session.cues]
        blocks = [_with_time(block, at) for block, at in zip(blocks, said, strict=True)]
    return HEADERS.get(kind, "") + "".join(blocks)


def write_srt(journal: Path) -> Path:
    """Write `journal` as SubRip beside it (the same name, .srt); returns that file.

    Raises `WorkError` where it cannot be written; the file is whole or not changed.
    """
    path = _srt_of(journal)
    write_whole(path, as_text(read_journal(journal), Format.SRT), mode=0o600)
    return path


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file that is whole or not changed; raises `WorkError` where that cannot be done."""
    new = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(new, path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise WorkError(
            str(path), t("the transcript cannot be written: {why}", why=error.strerror)
        ) from None


def _with_time(block: str, at: float) -> str:
    try:
        moment = datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    except (OSError, OverflowError, ValueError):  # a damaged line: no calendar has that moment
        return block
    return _line({"time": moment, **json.loads(block)})


def _srt_of(journal: Path) -> Path:
    return journal.with_suffix(".srt")


def _another_kind(path: Path) -> InputError:
    return InputError(
        str(path),
        t("is another kind of file, and is left as it is"),
        fix=t("Name a new file for the transcript"),
    )


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line.decode("utf-8", "replace")
    except OSError as error:
        raise InputError(str(path), t("cannot be read: {why}", why=error.strerror)) from None


def _line(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _end_of_whole_lines(file: int) -> int:
    """Where the last whole line of an open file ends."""
    end = os.fstat(file).st_size
    while end:
        since = max(0, end - 4096)
        at = os.pread(file, end - since, since).rfind(b"\n")
        if at >= 0:
            end = since + at + 1
            break
        end = since
    return end
