"""`edgeassist voices`: which voice speaks here and why; phrases made ahead of time."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import add_profile
from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError, ModelError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.loop.node import Context


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "voices",
        help=t("measure the voices here, and speak frequent phrases ahead of time"),
        description=t(
            "Says which voice speaks where a set-up leaves the choice to this machine (auto), and "
            "why. With measure, each voice says a sentence first, and how fast it was is kept. "
            "With prepare, the voice that was chosen speaks what obstacle warnings are made of, so "
            "that it sounds without a delay later."
        ),
        epilog=t(
            "Examples:\n  edgeassist voices\n  edgeassist voices measure\n"
            "  edgeassist voices prepare --language zh"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=("show", "measure", "prepare"), default="show")
    parser.add_argument(
        "--language", choices=("zh", "en"), default="zh", help=t("of the phrases to prepare")
    )
    parser.add_argument("--voice", metavar="NAME", help=t("prepare with this voice"))
    parser.add_argument(
        "--rate", metavar="WORDS", type=int, default=200, help=t("words a minute (200)")
    )
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure or prepare if asked to, then say what is known."""
    if args.action == "prepare":
        return _prepare(args)
    from edgeassist.speech.choosing import consider, measure_all

    if args.action == "measure":
        measure_all(_context(args.language))
    for choice in consider():
        if args.json:
            emit(asdict(choice))
        else:
            show(f"{'*' if choice.taken else ' '} {choice.name}: {choice.why}")
    return 0


def add_voice(parser: argparse.ArgumentParser) -> None:
    """Add what every command that speaks lets one choose: whose voice, and what plays it."""
    parser.add_argument(
        "--voice", metavar="NAME", help=t("the voice (the profile's); see: edgeassist voices")
    )
    add_profile(parser)
    parser.add_argument(
        "--through",
        choices=("speaker", "speech-dispatcher"),
        default="speaker",
        help=t("what plays it; speech-dispatcher speaks with the voice chosen for Orca"),
    )
    parser.add_argument(
        "--why", action="store_true", help=t("tell which voice speaks, and why that one")
    )


def tell_why(engine: str, voice: str) -> None:
    """On standard error: which voice speaks, and why it was chosen; `engine` is what was asked."""
    say(t("{voice} speaks.", voice=voice))
    if engine == "auto":
        from edgeassist.speech.choosing import consider

        for choice in consider():
            say(f"{'*' if choice.taken else ' '} {choice.name}: {choice.why}")


def check_through(args: argparse.Namespace) -> None:
    """Raise `InputError` for options that speech-dispatcher has in its own hands."""
    if args.through != "speech-dispatcher":
        return
    for name, given in (("--output", args.output), ("--voice", args.voice)):
        if given is not None:
            raise InputError(
                name,
                t("does not go with --through speech-dispatcher"),
                fix=t("Leave it out: speech-dispatcher has its own voice and loudspeaker"),
            )


def _context(language: str) -> Context:
    from edgeassist.loop.clock import RealClock
    from edgeassist.loop.node import Context, Stopping
    from edgeassist.profile import Profile

    clock = RealClock()
    return Context(
        name="voices", clock=clock, stopping=Stopping(clock), profile=Profile(), language=language
    )


def _prepare(args: argparse.Namespace) -> int:
    from edgeassist.guide.frequent import frequent
    from edgeassist.progress import Progress
    from edgeassist.speech.choosing import consider, open_engine
    from edgeassist.speech.engines.auto import AutoOptions
    from edgeassist.speech.phrasebook import Phrasebook

    if not 80 <= args.rate <= 450:
        raise InputError(
            "--rate",
            t("{rate} is out of range", rate=args.rate),
            fix=t("Give 80 to 450 words a minute"),
        )
    chosen = [choice.name for choice in consider() if choice.taken]
    name = args.voice or (chosen[0] if chosen else "")
    voice = open_engine(name, AutoOptions(rate=args.rate), _context(args.language))
    try:
        edition = getattr(voice, "edition", "")
        made = kept = 0
        if edition:
            book = Phrasebook(edition, voice.rate_hz)
            texts = list(frequent(args.language))
            with Progress(t("phrases"), len(texts), "") as progress:
                for new in book.prepare(voice, texts, args.language):
                    made, kept = made + new, kept + (not new)
                    progress.advance(1)
    except OSError as error:
        raise ModelError(
            str(error.filename or name),
            t("cannot be written: {why}", why=error.strerror or error),
            fix=t("Make room, or set XDG_CACHE_HOME to a folder that can be written"),
        ) from error
    finally:
        voice.close()
    if args.json:
        emit({"voice": name, "made": made, "kept": kept})
    elif edition:
        show(t("{voice}: {made} phrases made, {kept} were there", voice=name, made=made, kept=kept))
    else:
        show(t("{voice} is quick enough without", voice=name))
    return 0
