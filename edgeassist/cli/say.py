"""`edgeassist say`: speak a text, or write it to a wav file."""

from __future__ import annotations

import argparse
import dataclasses
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
    from edgeassist.loop.node import Context


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
    """Say it; exit code 130 if Ctrl-C cut it short. Raises `EdgeAssistError`."""
    from edgeassist.config import load_profile
    from edgeassist.loop.clock import ManualClock, RealClock
    from edgeassist.loop.node import Context, Pace, Stopping
    from edgeassist.speech.node import SpeechOptions, open_voice
    from edgeassist.speech.scripts import language_of
    from edgeassist.speech.settings import default_path, load

    check_apart(args.output, args.file)
    text = _text(args.text, args.file)
    language = language_of(text) if args.language == "auto" else args.language
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
    if args.through == "speech-dispatcher":
        result = _dispatched(args, text, language, context)
        if args.json:
            emit({"text": text, "engine": args.through, **result})
        return 0
    plain = SpeechOptions(
        voice=args.voice,
        output="speaker" if args.output is None else "file",
        path=args.output,
        stereo=False,
    )
    # How the user wants to be spoken to; a voice named here goes before.
    chosen = load(default_path())
    options = dataclasses.replace(chosen.over(plain), voice=args.voice or chosen.voice)
    engine = options.voice or context.profile.speech.voice
    # A phrase that was made ahead of time is said without loading a model.
    voice = open_voice(engine, options, context, lazy=True)
    try:
        if args.why:
            tell_why(engine, voice.name)
        result = _say(text, language, voice, options, context)
        result = {"engine": getattr(voice, "engine", engine), "voice": voice.name, **result}
    finally:
        voice.close()
    if args.json:
        emit({"text": text, **result})
    elif args.output is not None:
        show(t("{path}: {seconds:.1f} s", path=args.output, seconds=result["seconds"]))
    return 0


def _dispatched(
    args: argparse.Namespace, text: str, language: str, context: Context
) -> dict[str, Any]:
    """Say it through speech-dispatcher; raises `WorkError` if that fails, or is cut short."""
    from edgeassist.loop.events import Priority, Spoken, SpokenHow, Utterance
    from edgeassist.speech.session import Session, SpeechOptions

    check_through(args)
    told: list[Spoken] = []
    session = Session(SpeechOptions(output=args.through), context, told.append)
    began_ns = context.clock.now_ns()
    try:
        session.say(
            Utterance(captured_ns=began_ns, text=text, language=language, priority=Priority.TEXT)
        )
        session.finish()
    except KeyboardInterrupt:
        session.drop()
        raise
    finally:
        session.close()
    (spoken,) = told
    if spoken.how is SpokenHow.FAILED or spoken.started_ns is None:
        raise WorkError("say", t("the voice made no sound of this text"))
    return {
        "voice": session.voice_name,
        "seconds": round((spoken.ended_ns - spoken.started_ns) / 1e9, 3),
        "first_audio_ms": round((spoken.started_ns - began_ns) / 1e6, 1),
        "rtf": None,  # it makes the sound itself
    }


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


def _say(text: str, language: str, voice: Any, options: Any, context: Context) -> dict[str, float]:
    """Render clause by clause into the output; the figures of the JSON record.

    `first_audio_ms` is from the request to the first sample given to the output, the voice being
    loaded; `rtf` is the time to render over the time it sounds.
    """
    import numpy as np

    from edgeassist.devices.audiofile import cut
    from edgeassist.speech.clauses import clauses
    from edgeassist.speech.node import open_output
    from edgeassist.speech.voice import render

    try:
        output = open_output(options, context, voice.rate_hz)
    except DeviceError as error:
        if options.path is not None:
            raise
        raise DeviceError(
            error.subject,
            error.problem,
            fix=t("Connect one, or write a file: edgeassist say TEXT -o WAV"),
        ) from None
    size = voice.rate_hz // 50
    began_s = time.perf_counter()
    first_s: float | None = None
    samples, rendering_s = 0, 0.0
    try:
        for clause in clauses(text):
            asked_s = time.perf_counter()
            for block in cut(render(voice, clause, language), size):
                rendering_s += time.perf_counter() - asked_s
                first_s = first_s or time.perf_counter() - began_s
                samples += len(block)
                output.write(np.pad(block, (0, size - len(block))))
                asked_s = time.perf_counter()
        output.drain()
    except KeyboardInterrupt:
        output.stop()
        raise
    finally:
        output.close()
    if not samples or first_s is None:
        raise WorkError("say", t("the voice made no sound of this text"))
    seconds = samples / voice.rate_hz
    return {
        "seconds": round(seconds, 3),
        "first_audio_ms": round(first_s * 1000, 1),
        "rtf": round(rendering_s / seconds, 4),
    }
