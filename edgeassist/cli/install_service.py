"""`edgeassist install-service`: the device starts by itself, and again after any failure."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeassist.cli.output import emit, say, show
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.config import Config
    from edgeassist.service.install import Placed
    from edgeassist.service.unit import Plan

MODELS = "/opt/edgeassist/models"  # where an image has them
UPDATED = "/opt/edgeassist/current/bin/edgeassist"  # where offline updates keep the one in use


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "install-service",
        help=t("start with the device, and again after a failure (systemd)"),
        description=t(
            "Writes a systemd unit, udev rules and a config, so that CONFIG runs from the start "
            "of the device, is watched, and is started anew when it fails or hangs. Nothing runs "
            "as root, and the system may be read-only. See docs/service.md."
        ),
        epilog=t(
            "Examples:\n  sudo edgeassist install-service pi5-guide\n"
            "  edgeassist install-service desktop --user\n"
            "  edgeassist install-service pi4-captions --dry-run\n"
            "  sudo edgeassist install-service pi5-guide --root /mnt/image\n"
            "  sudo edgeassist install-service --uninstall"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "config", nargs="?", metavar="CONFIG", help=t("config file, or a ready-made name")
    )
    parser.add_argument("--user", action="store_true", help=t("for the desktop of this user alone"))
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help=t("the root folder of an image, instead of /")
    )
    parser.add_argument(
        "--program", metavar="PATH", help=t("the edgeassist command, as the device will have it")
    )
    parser.add_argument(
        "--models", metavar="DIR", help=t("the folder of the models, as the device will have it")
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=t("print the files instead of writing them")
    )
    parser.add_argument("--uninstall", action="store_true", help=t("take the files out again"))
    parser.add_argument("--json", action="store_true", help=t("one JSON object a line"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write, print or remove the files."""
    from edgeassist.errors import InputError
    from edgeassist.service.install import place, remove

    if args.user and args.root:
        raise InputError("--user", t("does not go together with --root"))
    if args.uninstall:
        files = _files(args, _plan(args, None), "")
        for path, gone in remove(files):
            _tell(args, path, "removed" if gone else "kept")
        return 0
    if args.config is None:
        raise InputError("CONFIG", t("is missing"), fix=t("Ready-made: {names}", names=_ready()))
    config = _config(args.config)
    plan = _plan(args, config)
    files = _files(args, plan, config.texts[str(config.path)])
    if args.dry_run:
        for file in files:
            if args.json:
                emit({"path": str(file.path), "text": file.text, "link": file.target})
            else:
                show(f"# {file.path}" + (f" -> {file.target}" if file.target else ""))
                show(file.text)
    else:
        for path, written in place(files):
            _tell(args, path, "written" if written else "kept")
    _advise(args, plan)
    return 0


def _config(name: str) -> Config:
    from edgeassist.config import load_config

    return load_config(name)


def _ready() -> str:
    from edgeassist.resources import data_dir

    return ", ".join(sorted(file.stem for file in data_dir("configs").glob("*.toml")))


def _plan(args: argparse.Namespace, config: Config | None) -> Plan:
    import os
    import shutil
    import sys

    from edgeassist.locale import language
    from edgeassist.modelstore import models_folder
    from edgeassist.service.install import groups_of
    from edgeassist.service.unit import Plan

    root = args.root or Path("/")
    image = args.root is not None or Path(MODELS).is_dir()
    updated = os.path.lexists(root / UPDATED.lstrip("/"))
    beside = Path(sys.executable).with_name("edgeassist")
    here = str(beside) if beside.exists() else shutil.which("edgeassist") or str(beside)
    program = args.program or (UPDATED if updated else here)
    top = UPDATED.partition("/current/")[0]
    return Plan(
        program=program,
        models=args.models or (MODELS if image else str(models_folder())),
        language=config.language if config is not None else language(),
        groups=groups_of(root),
        network=config is not None and _needs_network(config),
        guard=f"{top}/guard" if program == UPDATED else "",
    )


def _needs_network(config: Config) -> bool:
    """Whether a module talks to more than this machine: a page for others, a broker, a camera."""
    for module in config.modules:
        options = module.options
        far = "://" in str(getattr(options, "device", ""))
        host = str(getattr(options, "host", "") or "")
        away = bool(host) and not host.startswith((":", "localhost", "127."))
        if far or away or getattr(options, "network", False):
            return True
    return False


def _files(args: argparse.Namespace, plan: Plan, config: str) -> list[Placed]:
    from edgeassist.service.install import system_files, user_files

    if args.user:
        import os

        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return user_files(Path(base).expanduser(), plan, config)
    return system_files(args.root or Path("/"), plan, config)


def _tell(args: argparse.Namespace, path: Path, deed: str) -> None:
    if args.json:
        emit({"path": str(path), "done": deed})
    else:
        show(f"{t(deed)}: {path}")


def _advise(args: argparse.Namespace, plan: Plan) -> None:
    """What is left to do, and what will not work here."""
    from edgeassist.service.unit import missing

    if args.user:
        say(t("Now: systemctl --user daemon-reload && systemctl --user restart edgeassist"))
        return
    for group, what in missing(plan.groups).items():
        say(
            t(
                "There is no group {group} here: without it {what} cannot be used.",
                group=group,
                what=t(what),
            )
        )
    if plan.models.startswith(("/home/", "/root/")):
        say(
            t(
                "{path}: a service does not see the folders of users. Install the models once more "
                "for it: sudo EDGEASSIST_MODELS={place} edgeassist models install",
                path=plan.models,
                place=MODELS,
            )
        )
    if plan.program.startswith(("/home/", "/root/")):
        say(
            t(
                "{path}: a service does not see the folders of users. Install EdgeAssist into "
                "/opt/edgeassist and run this command from there",
                path=plan.program,
            )
        )
    if args.root is None:
        say(t("Now: sudo systemctl daemon-reload && sudo systemctl restart edgeassist"))
