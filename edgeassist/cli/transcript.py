"""`edgeassist transcript`: what a kept transcript holds, and files of it for other programs."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.arguments import check_apart
from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.captions.transcript import Session

FORMATS = ("srt", "vtt", "txt", "jsonl")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "transcript",
        help=t("list or export the transcripts that captions keep"),
        description=t(
            "A transcript (.jsonl) holds every line that was ever shown, session after session. "
            "List its sessions, or write them as subtitles or text."
        ),
        epilog=t(
            "Examples:\n  edgeassist transcript list ~/captions.jsonl\n  edgeassist transcript "
            "export ~/captions.jsonl -o today.srt --session last\n  edgeassist transcript export "
            "~/captions.jsonl --format txt"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar=t("ACTION"))
    listing = actions.add_parser("list", help=t("when something was said, and how it began"))
    _add_path(listing)
    listing.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    listing.set_defaults(run=run_list)
    export = actions.add_parser("export", help=t("write SRT, WebVTT, text or JSON lines"))
    _add_path(export)
    export.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help=t("where to; its ending says the format (without it: standard output)"),
    )
    export.add_argument(
        "--format", choices=FORMATS, help=t("the format, where no file's ending says it")
    )
    export.add_argument(
        "--session",
        default="all",
        metavar="N|last|all",
        help=t("one session by its number in the list, the last, or all (default all)"),
    )
    export.set_defaults(run=run_export)


def _add_path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="TRANSCRIPT", type=Path, help=t("a .jsonl that was kept"))


def run_list(args: argparse.Namespace) -> int:
    """One line a session."""
    for number, session in enumerate(_sessions(args.path), 1):
        began = datetime.fromtimestamp(session.zero).astimezone()
        seconds = session.cues[-1].end_s if session.cues else 0.0
        if args.json:
            emit(
                {
                    "session": number,
                    "began": began.isoformat(timespec="seconds"),
                    "seconds": round(seconds, 1),
                    "lines": len(session.cues),
                    "text": session.cues[0].text if session.cues else "",
                }
            )
            continue
        first = session.cues[0].text if session.cues else ""
        lines = t("{count} lines", count=len(session.cues))
        show(f"{number}  {began:%Y-%m-%d %H:%M}  {seconds / 60:.0f} min  {lines}  {first[:24]}")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write the sessions asked for."""
    from edgeassist.captions.formats import Format
    from edgeassist.captions.transcript import as_text, write_whole

    kind = Format(args.format or _kind_of(args.output))
    sessions = _chosen(_sessions(args.path), args.session)
    text = as_text(sessions, kind)
    if args.output is None:
        show(text.removesuffix("\n"))
        return 0
    check_apart(args.output, args.path)
    write_whole(args.output.expanduser(), text)
    lines = sum(len(session.cues) for session in sessions)
    say(t("{path}: {count} lines", path=args.output, count=lines))
    return 0


def _kind_of(output: Path | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output is not None else ""
    if ending in FORMATS:
        return ending
    raise InputError(
        str(output or "--format"),
        t("the format is not given"),
        fix=t("Add --format: {formats}", formats=", ".join(FORMATS)),
    )


def _sessions(path: Path) -> list[Session]:
    from edgeassist.captions.transcript import read_journal

    sessions = [session for session in read_journal(path.expanduser()) if session.cues]
    if not sessions:
        raise InputError(str(path), t("nothing has been said in this transcript"))
    return sessions


def _chosen(sessions: list[Session], which: str) -> list[Session]:
    if which == "all":
        return sessions
    if which == "last":
        return sessions[-1:]
    if which.isascii() and which.isdigit() and 1 <= int(which) <= len(sessions):
        return [sessions[int(which) - 1]]
    raise InputError(
        which,
        t("there is no such session"),
        fix=t("There are {count}; see: edgeassist transcript list", count=len(sessions)),
    )
