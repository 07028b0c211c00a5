"""`edgeassist read`: a long text aloud, clause by clause, from where one left off."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import ConfigError, InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.loop.events import Spoken

_AHEAD = 3  # clauses left with the voice at once
_LOOK_S = 0.02  # so often Ctrl-C is looked for
_SURELY = 20  # clauses; so often the mark is forced to the disk


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "read",
        help=t("read a text file or book aloud, going on where you left off"),
        description=t(
            "Reads a .txt, .md or .epub file aloud. Ctrl-C stops at once, in the middle of a word; "
            "the next time it goes on with the clause it was in, also after a power cut or crash. "
            "While it reads, another terminal or a key can say: edgeassist tell pause."
        ),
        epilog=t(
            "Examples:\n"
            "  edgeassist read novel.epub\n"
            "  edgeassist read notes.md --from-start\n"
            "  edgeassist read --list\n"
            "  edgeassist read novel.txt -o novel.wav"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help=t("what to read"))
    parser.add_argument("--from-start", action="store_true", help=t("forget the place mark"))
    parser.add_argument("--list", action="store_true", help=t("list what has a place mark"))
    parser.add_argument(
        "-o", "--output", metavar="WAV", type=Path, help=t("write a wav file instead of playing")
    )
    parser.add_argument("--voice", metavar="NAME", help=t("the voice; see: edgeassist plugins"))
    parser.add_argument(
        "--through",
        choices=("speaker", "speech-dispatcher"),
        default="speaker",
        help=t("what plays it; speech-dispatcher speaks with the voice chosen for Orca"),
    )
    parser.add_argument(
        "--json", action="store_true", help=t("print one JSON object for each clause")
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read; exit code 130 if it was stopped by Ctrl-C. Raises `EdgeAssistError`."""
    from edgeassist.speech.reading import Places

    places = Places()
    if args.list:
        _list(places, args.json)
        return 0
    if args.file is None:
        raise ConfigError("read", t("no file is given"), fix=t("See what was begun: --list"))
    return _Reading(args, places).run()


def _list(places: Any, as_json: bool) -> None:
    found = places.all()
    for place in found:
        if as_json:
            emit({"path": place.path, "clause": place.clause, "of": place.of, "text": place.text})
        else:
            done = round(100 * place.clause / max(1, place.of))
            show(f"{done:3d} %  {place.path}  {place.text[:20]}")
    if not found and not as_json:
        say(t("There is no place mark yet."))


class _Reading:
    """One text being read: keeps the voice fed, and the mark at the clause that sounds."""

    def __init__(self, args: argparse.Namespace, places: Any) -> None:
        from edgeassist.speech.reading import begin_at, clauses_of_file

        self._path: Path = args.file
        self._args = args
        self._places = places
        self._clauses = clauses_of_file(self._path)
        mark = None if args.from_start else places.get(self._path)
        self._next = self._said = begin_at(mark, self._clauses)
        self._changed = threading.Condition()
        self._waiting: list[int] = []  # clauses left with the voice
        self._stopped = False
        self._error: Exception | None = None

    def run(self) -> int:
        from edgeassist.loop.clock import ManualClock, RealClock
        from edgeassist.loop.node import Context, Pace, Stopping
        from edgeassist.profile import Profile
        from edgeassist.speech.session import Session, SpeechOptions

        to_file = self._args.output is not None
        clock = ManualClock() if to_file else RealClock()
        context = Context(
            name="read",
            clock=clock,
            stopping=Stopping(clock),
            profile=Profile(),
            pace=Pace.FAST if to_file else Pace.REAL,
        )
        options = SpeechOptions(
            voice=self._args.voice,
            output="file" if to_file else self._args.through,
            path=self._args.output,
        )
        if self._said:
            say(t("Going on at {percent} %.", percent=100 * self._said // len(self._clauses)))
        self._places.put(self._path, self._said, self._clauses, surely=True)
        session = Session(options, context, self._told)
        before = [
            (number, signal.signal(number, self._stop))
            for number in (signal.SIGINT, signal.SIGTERM)
        ]
        try:
            self._read(session)
        finally:
            session.close()
            for number, handler in before:
                signal.signal(number, handler)
            self._places.put(self._path, self._said, self._clauses, surely=True)
        if self._stopped:
            say(t("Stopped. It goes on here the next time."))
            return 130
        return 0

    def _read(self, session: Any) -> None:
        """Leave clauses with the voice, a few ahead, until all were said or it is stopped."""
        from edgeassist.loop.events import Priority, Utterance
        from edgeassist.speech.scripts import language_of

        while not self._stopped:
            while self._next < len(self._clauses) and len(self._waiting) < _AHEAD:
                text = self._clauses[self._next]
                with self._changed:
                    self._waiting.append(self._next)
                self._next += 1
                session.say(
                    Utterance(
                        captured_ns=0,
                        text=text,
                        language=language_of(text),
                        priority=Priority.TEXT,
                    )
                )
            with self._changed:
                self._changed.wait(_LOOK_S)
            if self._error is not None:
                raise self._error
            if self._next == len(self._clauses) and session.finish(_LOOK_S):
                break

    def _told(self, spoken: Spoken) -> None:
        """A clause has ended: the mark goes to the next one."""
        from edgeassist.loop.events import Priority, SpokenHow

        if spoken.priority is not Priority.TEXT:
            return
        with self._changed:
            if not self._waiting or self._clauses[self._waiting[0]] != spoken.text:
                return
            number = self._waiting.pop(0)
            if spoken.how is SpokenHow.SAID:
                self._said = number + 1
                try:
                    surely = self._said % _SURELY == 0
                    self._places.put(self._path, self._said, self._clauses, surely=surely)
                except InputError as error:
                    self._error = error
                self._show(number)
            elif spoken.how is SpokenHow.INTERRUPTED:  # by `edgeassist tell stop`
                self._stopped = True
            self._changed.notify_all()

    def _show(self, number: int) -> None:
        if self._args.json:
            emit({"clause": number, "of": len(self._clauses), "text": self._clauses[number]})

    def _stop(self, *_: object) -> None:
        self._stopped = True
