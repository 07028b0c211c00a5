"""`edgeassist privacy`: what is kept on this machine and where; delete it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.privacy.kept import Kept


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "privacy",
        help=t("say what is kept on this machine, and delete it"),
        description=t(
            "Lists everything that is kept on this machine: where it is, how much, how old, and "
            "what is in it. Nothing is sent anywhere. Files you named yourself on a command line "
            "(-o, --json, --report) are yours and not listed."
        ),
        epilog=t(
            "Examples:\n  edgeassist privacy\n  edgeassist privacy --config my.toml --json\n"
            "  edgeassist privacy delete transcripts\n  edgeassist privacy delete all --yes"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _common(parser)
    parser.set_defaults(run=_list)
    deeds = parser.add_subparsers(dest="deed", metavar="list|delete")
    listing = deeds.add_parser(
        "list", help=t("say what is kept"), description=t("say what is kept")
    )
    _common(listing)
    listing.set_defaults(run=_list)
    delete = deeds.add_parser(
        "delete",
        help=t("delete one kind of it, or all"),
        description=t(
            "Deletes what is kept of one kind, or all. Models and your own word lists are "
            "deleted only by name. It asks before."
        ),
    )
    delete.add_argument("what", metavar=t("WHAT"), help=t("a kind as the list shows it, or all"))
    delete.add_argument("--yes", action="store_true", help=t("do not ask"))
    _common(delete)
    delete.set_defaults(run=_delete)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        type=Path,
        metavar="CONFIG",
        help=t("also what the modules of this config keep"),
    )
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))


def _list(args: argparse.Namespace) -> int:
    from edgeassist.privacy.kept import kept

    found = kept(_configs(args))
    for one in found:
        if args.json:
            emit(_record(one))
        else:
            _show(one)
    if not found and not args.json:
        show(t("Nothing is kept on this machine."))
    return 0


def _delete(args: argparse.Namespace) -> int:
    from edgeassist.privacy.kept import kept, running
    from edgeassist.privacy.places import ASKED_ONLY, Kind

    kinds = [kind.value for kind in Kind]
    if args.what not in ("all", *kinds):
        raise InputError(
            args.what,
            t("is not a kind of what is kept"),
            fix=t("There are: {names}", names=", ".join(("all", *kinds))),
        )
    chosen = [
        one
        for one in kept(_configs(args))
        if args.what == one.kind.value or (args.what == "all" and one.kind not in ASKED_ONLY)
    ]
    if not chosen:
        show(t("There is nothing of that to delete.")) if not args.json else None
        return 0
    for process in running():
        say(t("EdgeAssist runs (process {n}); stop it, or it goes on writing.", n=process))
    if not args.yes:
        _ask(chosen)
    code = 0
    for one in chosen:
        left = one.delete()
        if args.json:
            emit({**_record(one), "deleted": not left, "left": left})
        else:
            show(t("Deleted: {path} ({count} files)", path=one.path, count=len(one.files)))
        for problem in left:
            code = 1
            say(f"edgeassist: {problem}")
    return code


def _ask(chosen: list[Kept]) -> None:
    """Raise `InputError` unless the user says yes."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError(
            "privacy delete",
            t("nothing was deleted: nobody is there to be asked"),
            fix=t("If you mean it: --yes"),
        )
    for one in chosen:
        say(_line(one))
    say(t("Delete this? It cannot be brought back. Type yes:"))
    if sys.stdin.readline().strip().lower() not in ("yes", "是"):
        raise InputError("privacy delete", t("nothing was deleted"))


def _configs(args: argparse.Namespace) -> list[Path]:
    for config in args.config:
        if not config.expanduser().is_file():
            raise InputError(str(config), t("there is no such file"))
    return [config.expanduser() for config in args.config]


def _show(one: Kept) -> None:
    from edgeassist.privacy.places import about

    show(_line(one))
    show(f"  {about(one.kind)}")


def _line(one: Kept) -> str:
    return t(
        "{kind}: {path}, {count} files, {size}, last written {age} ago",
        kind=one.kind.value,
        path=one.path,
        count=len(one.files),
        size=_size(one.bytes),
        age=_age(one.newest_s),
    )


def _record(one: Kept) -> dict[str, Any]:
    from edgeassist.privacy.places import ASKED_ONLY, about

    return {
        "kind": one.kind.value,
        "path": str(one.path),
        "files": len(one.files),
        "bytes": one.bytes,
        "oldest_s": round(one.oldest_s),
        "newest_s": round(one.newest_s),
        "about": about(one.kind),
        "with_all": one.kind not in ASKED_ONLY,
    }


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"


def _age(seconds: float) -> str:
    if seconds >= 172_800:
        return t("{n} days", n=round(seconds / 86_400))
    if seconds >= 7_200:
        return t("{n} hours", n=round(seconds / 3_600))
    return t("{n} minutes", n=round(seconds / 60))
