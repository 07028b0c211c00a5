"""`edgeassist config`: check a config, or show it with everything filled in."""

from __future__ import annotations

import argparse
from typing import Any

from edgeassist.cli.output import emit, show
from edgeassist.locale import t


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "config",
        help=t("check a config, or show all its options"),
        description=t("Checks a config and names every mistake in it, or shows it in full."),
        epilog=t("Examples:\n  edgeassist config check my.toml\n  edgeassist config show demo"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="check|show")
    for deed, purpose in (
        ("check", t("name every mistake")),
        ("show", t("print it with the defaults filled in")),
    ):
        one = deeds.add_parser(deed, help=purpose, description=purpose)
        one.add_argument("config", metavar="CONFIG", help=t("config file, or a ready-made name"))
        one.add_argument("--json", action="store_true", help=t("one JSON object a line"))
        one.set_defaults(run=check if deed == "check" else show_all)


def check(args: argparse.Namespace) -> int:
    """Exit code 2 and a line a mistake where the config is wrong."""
    from edgeassist.config import load_config
    from edgeassist.errors import ConfigError, EdgeAssistError

    try:
        config = load_config(args.config)
    except EdgeAssistError as error:
        if args.json:
            mistakes = error.mistakes if isinstance(error, ConfigError) else (error,)
            for one in mistakes:
                emit({"ok": False, "where": one.subject, "problem": one.problem, "fix": one.fix})
            return error.exit_code
        raise
    if args.json:
        emit({"ok": True, "config": str(config.path)})
    else:
        show(t("{path} is right: {count} modules", path=config.path, count=len(config.modules)))
    return 0


def show_all(args: argparse.Namespace) -> int:
    """Print every key, defaults included."""
    from dataclasses import asdict, fields

    from edgeassist.config import load_config

    config = load_config(args.config)
    modules = {
        module.name: {
            field.name: getattr(module.options, field.name) for field in fields(module.options)
        }
        for module in config.modules
    }
    if args.json:
        from edgeassist.loop.record import plain

        emit(
            plain(
                {
                    "language": config.language,
                    "pace": config.pace.value,
                    "keep_going": config.keep_going,
                    "self_test": config.self_test.value,
                    "profile": asdict(config.profile),
                    "modules": modules,
                }
            )
        )
        return 0
    show(f'language = "{config.language}"')
    show(f'profile = "{config.profile.name}"  # {config.profile.title}')
    show(f'pace = "{config.pace.value}"')
    show(f"keep_going = {_toml(config.keep_going)}")
    show(f'self_test = "{config.self_test.value}"')
    for name, options in modules.items():
        show(f"\n[modules.{name}]")
        for key, value in options.items():
            # TOML has no null: an option that is not set is left out, and shown so.
            show(f"# {key} = " if value is None else f"{key} = {_toml(value)}")
    return 0


def _toml(value: Any) -> str:
    import json

    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)
