"""`edgeassist say`: speak a text, or write it to a wav file."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import check_apart
from edgeassist.cli.output import emit, show
from edgeassist.cli.voices import add_voice, check_through, tell_why
from edgeassist.errors import DeviceError, InputError, WorkError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.loop.events import Spoken
    from edgeassist.speech.session import Session


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `say` to the command line."""
    parser = commands.add_parser(
        "say",
        help=t("speak a text, or write it to a wav file"),
        description=t("Speaks a text in Chinese, English or a mixture, on this device."),
        epilog=t(
            "Examples:\n"
            "  edgeassist say 前方一米，有台阶\n"
            "  edgeassist say 'Turn left' -o left.wav\n"
            "  edgeassist say - -o page.wav < page.txt\n"
            "  edgeassist say --file page.txt\n"
            "  edgeassist say 你好 -o hello.wav --json\n"
            "  edgeassist say 你好 --through speech-dispatcher\n"
            "  edgeassist say 你好 --why"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "text",
        metavar="TEXT",
        nargs="?",
        help=t("what to say; - reads it from standard input"),
    )
    parser.add_argument(
        "-f", "--file", metavar="FILE", type=Path, help=t("say what stands in this text file")
    )
    parser.add_argument(
        "-o", "--output", metavar="WAV", type=Path, help=t("write a wav file instead of playing")
    )
    parser.add_argument(
        "--language",
        choices=("zh", "en", "auto"),
        default="auto",
        help=t("what signs and figures are read in; auto: Chinese if there is a Chinese character"),
    )
    add_voice(parser)
    parser.add_argument("--json", action="store_true", help=t("print one JSON object"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say it; exit code 130 if Ctrl-C or `edgeassist tell stop` cut it short.

    Raises `EdgeAssistError`.
    """
    from edgeassist.config import load_profile
    from edgeassist.loop.clock import ManualClock, RealClock
    from edgeassist.loop.node import Context, Pace, Stopping
    from edgeassist.speech.scripts import language_of
    from edgeassist.speech.session import Session, SpeechOptions
    from edgeassist.speech.settings import Settings

    check_through(args)
    check_apart(args.output, args.file)
    text = _text(args.text, args.file)
    chosen = None if args.language == "auto" else args.language
    language = chosen or language_of(text)
    # A file is as long as what is said: its clock stands still.
    clock = RealClock() if args.output is None else ManualClock()
    context = Context(
        name="say",
        clock=clock,
        stopping=Stopping(clock),
        profile=load_profile(args.profile),
        language=language,
        pace=Pace.REAL if args.output is None else Pace.FAST,
    )
    options = SpeechOptions(
        output=args.through if args.output is None else "file",
        path=args.output,
        stereo=False,
        control=args.output is None,
    )
    told: list[Spoken] = []
    given = Settings(voice=args.voice, language=chosen)
    try:
        # A phrase that was made ahead of time is said without loading a model.
        session = Session(options, context, told.append, given=given, lazy=True)
    except DeviceError as error:
        if args.output is not None or args.through != "speaker":
            raise
        fix = t("Connect one, or write a file: edgeassist say TEXT -o WAV")
        raise DeviceError(error.subject, error.problem, fix=fix) from None
    try:
        if args.why:
            tell_why(session.options.voice or context.profile.speech.voice, session.voice_name)
        figures = _say(text, language, session, told)
        record = {"text": text, "engine": session.engine, "voice": session.voice_name, **figures}
    finally:
        session.close()
    if args.json:
        emit(record)
    elif args.output is not None:
        show(t("{path}: {seconds:.1f} s", path=args.output, seconds=record["seconds"]))
    return 0


def _text(given: str | None, file: Path | None) -> str:
    """What to say; raises `InputError` if there is nothing, or it is no text."""
    if file is not None:
        from edgeassist.chinese.files import lines_of_file

        if given is not None:
            raise InputError(
                "TEXT", t("is given twice"), fix=t("Give either TEXT or --file, not both")
            )
        given = "\n".join(line for _, line in lines_of_file(file))
    if given is None:
        raise InputError(
            "TEXT", t("there is nothing to say"), fix=t("Give at least one letter or character")
        )
    if given == "-":
        try:
            given = sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                t("standard input"),
                t("is not UTF-8 text (byte {position})", position=error.start),
                fix=t("Save it as UTF-8"),
            ) from None
    if not any(sign.isalnum() for sign in given):
        raise InputError(
            "TEXT", t("there is nothing to say"), fix=t("Give at least one letter or character")
        )
    # A lone surrogate stands for a byte of the command line that is not UTF-8.
    return given.encode("utf-8", "replace").decode("utf-8").strip()


def _say(text: str, language: str, session: Session, told: list[Spoken]) -> dict[str, Any]:
    """Say it; the figures of the JSON record.

    `first_audio_ms` is from the request to the first sample there is to play, the voice being
    open; `rtf` is the time to render over the time it sounds, where the sound is made by us.
    Raises `WorkError` if nothing sounds, `KeyboardInterrupt` if it was told to stop.
    """
    from edgeassist.loop.events import Priority, SpokenHow, Utterance

    began_s, began_ns = time.perf_counter(), time.monotonic_ns()
    session.say(Utterance(captured_ns=0, text=text, language=language, priority=Priority.TEXT))
    try:
        session.finish()
    except KeyboardInterrupt:
        session.drop()
        raise
    (spoken,) = told
    if spoken.how is SpokenHow.INTERRUPTED:  # by `edgeassist tell stop`
        raise KeyboardInterrupt
    if spoken.how is SpokenHow.FAILED or spoken.started_ns is None:
        raise WorkError("say", t("the voice made no sound of this text"))
    made = session.made
    if made is None or made.first_s is None:
        return {
            "seconds": round((spoken.ended_ns - spoken.started_ns) / 1e9, 3),
            "first_audio_ms": round((spoken.started_ns - began_ns) / 1e6, 1),
            "rtf": None,  # it makes the sound itself
        }
    return {
        "seconds": round(made.sound_s, 3),
        "first_audio_ms": round((made.first_s - began_s) * 1000, 1),
        "rtf": round(made.making_s / made.sound_s, 4),
    }
