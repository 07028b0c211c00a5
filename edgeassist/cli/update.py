"""`edgeassist update`: signed bundles made, installed beside what runs, gone back from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgeassist.cli.output import emit, say, show
from edgeassist.locale import t


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command `update` and what it can do."""
    parser = commands.add_parser(
        "update",
        help=t("install a new version without a network, and go back"),
        description=t(
            "Installs signed bundles beside the version that runs, without a network. A new "
            "version is tried before it is used; one that does not stay up is gone back from by "
            "itself. See docs/update.md."
        ),
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar=t("ACTION"))

    apply = _action(
        actions,
        "apply",
        _apply,
        t("install a bundle and use it from the next start on"),
        ["sudo edgeassist update apply edgeassist-0.2.0.update"],
    )
    apply.add_argument("bundle", metavar=t("BUNDLE"), type=Path, help=t("the .update file"))
    apply.add_argument(
        "--config",
        action="append",
        metavar="CONFIG",
        help=t("try this config's modules first; remembered for the next update"),
    )
    apply.add_argument(
        "--older", action="store_true", help=t("allow a version older than the one in use")
    )
    _action(
        actions,
        "rollback",
        _rollback,
        t("use the version from before again"),
        ["sudo edgeassist update rollback"],
    )
    _action(
        actions,
        "list",
        _list,
        t("which versions are here, which is in use, whose signatures count"),
        ["edgeassist update list", "edgeassist update list --json"],
    )
    _action(
        actions,
        "keep",
        _keep,
        t("end the trial of a new version: it is good"),
        ["sudo edgeassist update keep"],
    )
    trust = _action(
        actions,
        "trust",
        _trust,
        t("count on bundles that are signed with this key"),
        ["sudo edgeassist update trust centre.pub"],
    )
    trust.add_argument("key", metavar=t("KEY"), type=Path, help=t("the .pub file"))
    check = _action(
        actions,
        "check",
        _check,
        t("say what a bundle is and who signed it; changes nothing"),
        ["edgeassist update check edgeassist-0.2.0.update"],
    )
    check.add_argument("bundle", metavar=t("BUNDLE"), type=Path, help=t("the .update file"))
    tried = _action(
        actions,
        "selftest",
        _selftest,
        t("run a config's modules for a moment on built-in sound and pictures"),
        ["edgeassist update selftest captions"],
        rooted=False,
    )
    tried.add_argument("config", metavar="CONFIG", help=t("config file, or a ready-made name"))
    _add_makers(actions)


def _add_makers(actions: Any) -> None:
    keygen = _action(
        actions,
        "keygen",
        _keygen,
        t("make a pair of keys for signing bundles"),
        ["edgeassist update keygen centre --days 1825"],
        rooted=False,
    )
    keygen.add_argument("name", metavar=t("NAME"), help=t("whose key it is"))
    keygen.add_argument("--days", type=int, default=1825, help=t("how long it is valid"))
    keygen.add_argument("--folder", type=Path, default=Path(), help=t("where the files go"))
    create = _action(
        actions,
        "create",
        _create,
        t("make a signed bundle of wheels and installed models"),
        ["edgeassist update create edgeassist-0.2.0-py3-none-any.whl --key my.key -o new.update"],
        rooted=False,
    )
    create.add_argument(
        "wheels", nargs="+", metavar=t("WHEEL"), type=Path, help=t("ours, and what it newly needs")
    )
    create.add_argument("--key", type=Path, required=True, help=t("the .key file that signs"))
    create.add_argument(
        "--model", action="append", default=[], metavar=t("NAME"), help=t("an installed model")
    )
    create.add_argument("--minimum", help=t("the oldest version that can go to this one"))
    create.add_argument("-o", "--output", type=Path, required=True, help=t("the bundle"))


def _action(
    actions: Any, name: str, run: Any, about: str, examples: list[str], *, rooted: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name,
        help=about,
        description=about,
        epilog=t("Examples:") + "\n  " + "\n  ".join(examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if rooted:
        parser.add_argument(
            "--root", type=Path, help=t("where the versions are; else /opt/edgeassist")
        )
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.set_defaults(run=run)
    return parser


def _tell(args: argparse.Namespace, record: dict[str, Any], text: str) -> int:
    if args.json:
        emit(record)
    else:
        show(text)
    return 0


def _apply(args: argparse.Namespace) -> int:
    from edgeassist.update.apply import apply
    from edgeassist.update.tree import tree

    root = tree(args.root)
    done = apply(root, args.bundle, configs=args.config, older=args.older, progress=say)
    text = (
        t("Version {new} is in use from the next start on.", new=done.new)
        if done.changed
        else t("Version {new} is in use already.", new=done.new)
    )
    if done.changed and done.old:
        text += " " + t("It is on trial: version {old} comes back if it fails.", old=done.old)
    record = {"version": done.new, "previous": done.old, "changed": done.changed}
    return _tell(args, record, text)


def _rollback(args: argparse.Namespace) -> int:
    from edgeassist.update.tree import tree

    root = tree(args.root)
    with root.alone():
        left, now = root.back()
    text = t("Version {old} is in use from the next start on, no longer {new}.", old=now, new=left)
    return _tell(args, {"version": now, "left": left}, text)


def _list(args: argparse.Namespace) -> int:
    from edgeassist.update.keys import trusted
    from edgeassist.update.tree import STARTS, tree

    root = tree(args.root)
    trial = root.trial()
    states = {root.previous(): t("before"), root.current(): t("in use")}
    for version in root.installed():
        record = {
            "version": version,
            "current": version == root.current(),
            "previous": version == root.previous(),
            "trial": trial is not None and version == trial.new,
            "starts": trial.starts if trial is not None and version == trial.new else None,
        }
        text = f"{version}  {states.get(version, '')}".rstrip()
        if trial is not None and version == trial.new:
            text += "  " + t("on trial, start {n} of {most}", n=trial.starts, most=STARTS)
        _tell(args, record, text)
    if failed := root.failed():
        _tell(args, {"failed": failed}, t("Version {new} did not stay up.", new=failed))
    for key in trusted(root.keys).values():
        record = {"key": key.name, "identity": key.identity, "expires": str(key.expires)}
        text = t("trusted until {date}: {name}", date=key.expires, name=key.name)
        _tell(args, record, f"{text} ({key.identity})")
    if not root.installed() and not args.json:
        show(t("There is no version in {folder}.", folder=root.root))
    return 0


def _keep(args: argparse.Namespace) -> int:
    from edgeassist.update.tree import tree

    root = tree(args.root)
    with root.alone():
        root.forget("trial", "starts")
    version = root.current()
    return _tell(args, {"version": version}, t("Version {new} stays.", new=version))


def _trust(args: argparse.Namespace) -> int:
    from edgeassist.update.keys import trust
    from edgeassist.update.tree import tree

    root = tree(args.root)
    with root.alone():
        key = trust(args.key, root.keys)
    record = {"key": key.name, "identity": key.identity, "expires": str(key.expires)}
    text = t("trusted until {date}: {name}", date=key.expires, name=key.name)
    return _tell(args, record, f"{text} ({key.identity})")


def _check(args: argparse.Namespace) -> int:
    from edgeassist.update.apply import checked
    from edgeassist.update.tree import tree

    bundle = checked(tree(args.root), args.bundle)
    made = bundle.manifest
    record = {
        "version": made.version,
        "minimum": made.minimum,
        "created": made.created,
        "signed_by": bundle.signer.name,
        "files": [member.path for member in made.members],
        "bytes": made.size,
    }
    text = t(
        "Version {new} of {date}, signed by {name}: {count} files, {mb} MB",
        new=made.version,
        date=made.created,
        name=bundle.signer.name,
        count=len(made.members),
        mb=f"{made.size / 1e6:.1f}",
    )
    return _tell(args, record, text)


def _selftest(args: argparse.Namespace) -> int:
    from edgeassist.update.selftest import selftest

    tried = selftest(args.config)
    text = t("Works: {modules}", modules=", ".join(tried))
    return _tell(args, {"config": args.config, "modules": tried}, text)


def _keygen(args: argparse.Namespace) -> int:
    from edgeassist.update.keys import generate, public_key

    private, public = generate(args.name, args.folder, days=args.days)
    record = {"private": str(private), "public": str(public)}
    record["identity"] = public_key(public).identity
    text = t(
        "Keep {private} to yourself; give {public} to the devices.",
        private=private,
        public=public,
    )
    return _tell(args, record, text)


def _create(args: argparse.Namespace) -> int:
    from edgeassist.update.create import create

    made = create(args.output, args.wheels, args.key, models=args.model, minimum=args.minimum)
    record = {"version": made.version, "files": len(made.members), "bytes": made.size}
    text = t("{path}: {mb} MB", path=args.output, mb=f"{made.size / 1e6:.1f}")
    return _tell(args, record, text)
