"""`edgeassist read`: a long text aloud, clause by clause, from where one left off."""

from __future__ import annotations

import argparse
import signal
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from edgeassist.cli.arguments import check_apart
from edgeassist.cli.output import emit, say, show
from edgeassist.cli.voices import add_voice, check_through, tell_why
from edgeassist.errors import ConfigError, EdgeAssistError
from edgeassist.locale import language, t

_MOVES = {"r": (0, False), "left": (-1, False), "right": (1, False)}
_MOVES |= {"up": (-1, True), "down": (1, True)}  # sentences
_SETTINGS = {"+": "faster", "=": "faster", "-": "slower", "l": "louder", "k": "softer"}


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
        epilog=_keys()
        + "\n\n"
        + t(
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
    add_voice(parser)
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
    check_through(args)
    check_apart(args.output, args.file)
    return _Reading(args, places).run()


def _keys() -> str:
    return t(
        "Keys, in a terminal:\n"
        "  space: pause, go on       r: repeat the clause       s: spell it\n"
        "  left, right: the clause before, after                w: where am I\n"
        "  up, down: the sentence before, after                 h: these keys\n"
        "  +: faster   -: slower   l: louder   k: softer        q: quit, keeping the place"
    )


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
    """One run of the command: the voice, the keys, what is shown."""

    def __init__(self, args: argparse.Namespace, places: Any) -> None:
        from edgeassist.speech.aloud import Aloud

        self._args = args
        self._aloud = Aloud(args.file, places, self._show, anew=args.from_start)
        self._session: Any = None
        self._left = False  # with a key, which is no failure
        self._trouble: Exception | None = None  # standard output's

    def run(self) -> int:
        from edgeassist.cli.keyboard import pressed
        from edgeassist.config import load_profile
        from edgeassist.loop.clock import ManualClock, RealClock
        from edgeassist.loop.node import Context, Pace, Stopping
        from edgeassist.speech.session import Session, SpeechOptions
        from edgeassist.speech.settings import Settings

        to_file = self._args.output is not None
        clock = ManualClock() if to_file else RealClock()
        context = Context(
            name="read",
            clock=clock,
            stopping=Stopping(clock),
            profile=load_profile(self._args.profile),
            language=language(),  # of answers to keys; the text says its own
            pace=Pace.FAST if to_file else Pace.REAL,
        )
        options = SpeechOptions(
            output="file" if to_file else self._args.through,
            path=self._args.output,
        )
        aloud = self._aloud
        if aloud.at:
            say(t("Going on at {percent} %.", percent=100 * aloud.at // len(aloud.clauses)))
        session = self._session = Session(
            options, context, aloud.told, given=Settings(voice=self._args.voice)
        )
        before = [
            (number, signal.signal(number, lambda *_: aloud.stop()))
            for number in (signal.SIGINT, signal.SIGTERM)
        ]
        try:
            if self._args.why:
                tell_why(session.options.voice or context.profile.speech.voice, session.voice_name)
            with pressed(self._pressed) if not to_file else nullcontext(False) as keyed:
                if keyed:
                    say(t("Space pauses, h lists the keys."))
                aloud.read(session, clock)
        finally:
            session.close()
            for number, handler in before:
                signal.signal(number, handler)
            aloud.keep()
        if self._trouble is not None:
            raise self._trouble
        if aloud.stopped:
            say(t("Stopped. It goes on here the next time."))
            return 0 if self._left else 130
        return 0

    def _pressed(self, key: str) -> None:
        """Do what a key stands for, and say in a line what was done."""
        try:
            line = self._do(key)
        except EdgeAssistError as error:
            line = str(error)
        if line:
            say(line)

    def _do(self, key: str) -> str:
        from edgeassist.speech.aloud import sentence

        aloud, session = self._aloud, self._session
        clauses, at = aloud.clauses, aloud.at
        if key == "space":
            session.obey("toggle")
            return t("Paused.") if session.paused else t("Going on.")
        if key in _MOVES:
            step, sentences = _MOVES[key]
            session.obey("resume")
            aloud.move(sentence(clauses, at, step) if sentences else at + step, session)
            return ""
        if key in _SETTINGS:
            return "".join(session.obey(_SETTINGS[key]))
        match key:
            case "s":
                return str(aloud.spell(session))
            case "w":
                return str(aloud.where(session))
            case "q":
                self._left = True
                aloud.stop()
                return ""
        return _keys()

    def _show(self, number: int, clauses: list[str]) -> None:
        if self._args.json and self._trouble is None:
            try:
                emit({"clause": number, "of": len(clauses), "text": clauses[number]})
            except (EdgeAssistError, OSError) as error:
                self._trouble = error
                self._aloud.stop()
