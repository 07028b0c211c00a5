"""`edgeassist braille to FILES --brf|--pef OUT`: books into pages, several at once."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from edgeassist.cli.output import say
from edgeassist.errors import EdgeAssistError, InputError
from edgeassist.locale import t
from edgeassist.progress import Progress

if TYPE_CHECKING:
    from edgeassist.braille.book import Manner, Piece
    from edgeassist.braille.forward import Translation

_WARNINGS = 20  # of one book
_REPORT_BYTES = 16_384


class Job(NamedTuple):
    """A book and the file it is written to."""

    source: Path
    out: Path


def write_books(args: argparse.Namespace, form: str, out: str) -> int:
    """Write every file of `args.text`; the exit code is that of the worst of them."""
    from edgeassist.braille.book import Manner, size
    from edgeassist.braille.encode import Scheme
    from edgeassist.braille.joints import Idioms
    from edgeassist.chinese.userwords import user_words

    manner = Manner(
        form=form,
        scheme=Scheme(args.scheme),
        full_tones=args.full_tones,
        idioms=Idioms(args.idioms),
        dictionary=args.dictionary or "",
        columns=args.columns,
        rows=args.rows,
    )
    if manner.dictionary:
        user_words(Path(manner.dictionary))  # a mistake in it is said before work begins
    jobs = _jobs([Path(text) for text in args.text], out, form)
    total = sum(size(job.source) for job in jobs)
    at_once = min(args.jobs or os.cpu_count() or 1, len(jobs))
    with Progress(t("Braille"), total, "B") as bar:
        if len(jobs) == 1:
            return _write(jobs[0], manner, bar.advance)
        if at_once == 1:
            return max([_attempt(job, manner, bar.advance) for job in jobs])
        return _at_once(jobs, manner, at_once, bar)


def _jobs(sources: list[Path], out: str, form: str) -> list[Job]:
    target = Path(out)
    if len(sources) == 1 and not out.endswith("/") and not target.is_dir():
        return [Job(sources[0], target)]
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            out,
            t("several texts need a folder: {why}", why=error.strerror or error),
            fix=t("Give the name of a folder after --{form}.", form=form),
        ) from error
    jobs = [Job(source, target / f"{source.stem}.{form}") for source in sources]
    for job in jobs:
        same = [other.source for other in jobs if other.out == job.out]
        if len(same) > 1:
            raise InputError(
                str(job.out),
                t("would be written from both {first} and {second}", first=same[0], second=same[1]),
                fix=t("Write one of them with a command of its own."),
            )
    return jobs


def _write(job: Job, manner: Manner, advance: Callable[[float], None]) -> int:
    from edgeassist.braille.book import write_book

    told = 0

    def progress(done: int) -> None:
        nonlocal told
        advance(done - told)
        told = done

    warnings = _Warnings(job.source)
    resumed = write_book(job.source, job.out, manner, progress, warnings)
    warnings.finish()
    if resumed:
        say(t("{file}: went on where the run before had stopped.", file=job.out))
    return 0


def _attempt(job: Job, manner: Manner, advance: Callable[[float], None]) -> int:
    """Write one of several books: what is wrong with it is said, the others go on."""
    try:
        return _write(job, manner, advance)
    except EdgeAssistError as error:
        for line in str(error).splitlines():
            say(f"edgeassist: {line}")
        return error.exit_code


class _Warnings:
    """Names characters without a sign: the first few, then how many more there were."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._count = 0

    def __call__(self, piece: Piece, found: Translation) -> None:
        for place, character in found.unknown:
            self._count += 1
            if self._count <= _WARNINGS:
                say(
                    f"{self._source}: "
                    + t(
                        "Line {line}, character {place}: U+{code} has no braille sign, written ⠨⠿.",
                        line=piece.number,
                        place=place + 1,
                        code=f"{ord(character):04X}",
                    )
                )

    def finish(self) -> None:
        """Say how many were not named."""
        if self._count > _WARNINGS:
            say(t("{file}: {count} more characters have no braille sign.",
                  file=self._source, count=self._count - _WARNINGS))  # fmt: skip


def _at_once(jobs: list[Job], manner: Manner, count: int, bar: Progress) -> int:
    """Write `count` books at a time, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    waiting = list(reversed(jobs))
    links: dict[Connection, tuple[SpawnProcess, Job]] = {}
    for _ in range(count):
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_work, args=(theirs, manner), daemon=True)
        process.start()
        theirs.close()
        job = waiting.pop()
        ours.send(job)
        links[ours] = process, job
    worst = 0
    while links:
        for link in wait(list(links)):
            assert isinstance(link, Connection)
            process, job = links[link]
            try:
                advanced, code = link.recv()
            except EOFError:
                say(f"edgeassist: {job.source}: " + t("its process has died"))
                worst = 1
                del links[link]
                continue
            bar.advance(advanced)
            if code is None:
                continue
            worst = max(worst, code)
            if waiting:
                job = waiting.pop()
                links[link] = process, job
                link.send(job)
            else:
                del links[link]
                link.close()
                process.join()
    for job in waiting:
        say(f"edgeassist: {job.source}: " + t("is not written"))
    return worst


def _work(link: Connection, manner: Manner) -> None:
    """Write the books that come; send (bytes advanced, exit code or None while at work).

    Ends when the command that started it is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the command, which ends us
    try:
        while True:
            job = link.recv()
            link.send((0, _worked(link, job, manner)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _worked(link: Connection, job: Job, manner: Manner) -> int:
    unsent = 0.0

    def advance(more: float) -> None:
        nonlocal unsent
        unsent += more
        if unsent >= _REPORT_BYTES:
            link.send((unsent, None))
            unsent = 0.0

    code = _attempt(job, manner, advance)
    link.send((unsent, None))
    return code
