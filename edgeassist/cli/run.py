"""`edgeassist run`: every module of a config in one loop, until its sources end or you stop it."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

from edgeassist.cli.arguments import positive
from edgeassist.cli.output import output_error, say, show
from edgeassist.locale import t

LEVELS = ("error", "warning", "info", "debug")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "run",
        help=t("run the modules of a config together"),
        description=t(
            "Runs all modules of a config under one real-time loop. CONFIG is a file or the name "
            "of a ready-made one (demo, captions, guide, braille). Stop with Ctrl-C: what was "
            "said and shown is kept."
        ),
        epilog=t(
            "Examples:\n  edgeassist run captions\n  edgeassist run my.toml --seconds 60 "
            "--json events.jsonl\n  edgeassist run demo --report demo-out/report.html\n"
            "  edgeassist run --service /etc/edgeassist/edgeassist.toml"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("config", metavar="CONFIG", help=t("config file, or a ready-made name"))
    parser.add_argument("--seconds", type=positive, help=t("stop by itself after that long"))
    parser.add_argument(
        "--json", metavar="FILE", help=t("write every event as a JSON line to FILE (- to output)")
    )
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help=t("write a one-page HTML report with pictures")
    )
    parser.add_argument(
        "--service",
        action="store_true",
        help=t(
            "run as the device's service: go on without what is missing, with the last good config "
            "if this one is wrong; tell systemd how it is; see install-service"
        ),
    )
    parser.add_argument(
        "--log",
        choices=LEVELS,
        default=None,
        help=t("how much is logged to standard error (default: warning; info as a service)"),
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the config; exit code 1 if a module was given up on."""
    import sys

    if args.log:
        logging.getLogger("edgeassist").setLevel(args.log.upper())
    if args.service:
        return run_service(args)
    from edgeassist.cli.memory import MemoryWatch
    from edgeassist.cli.stoppable import run_stoppable
    from edgeassist.cli.summary import Tally, table
    from edgeassist.cli.terminal import Terminal
    from edgeassist.config import load_config
    from edgeassist.loop.clock import RealClock
    from edgeassist.loop.graph import Graph
    from edgeassist.loop.record import EventLog
    from edgeassist.update.trial import on_trial

    def not_written(error: OSError) -> str:
        why = t("cannot be written: {why}", why=error.strerror)
        return f"edgeassist: {args.json}: {why}"

    config = load_config(args.config)
    modules = config.modules
    clock = RealClock()
    log = None
    if args.json == "-":
        modules = tuple(module for module in modules if module.plugin is not Terminal)
        log = EventLog(None, clock, sys.stdout, lambda error: graph.stop())
    elif args.json:
        # Warnings and captions outrank their record: they go on.
        log = EventLog(Path(args.json), clock, when_broken=lambda error: say(not_written(error)))
    history = _History(clock) if args.report else None
    tally = Tally()
    graph = Graph(
        modules,
        profile=config.profile,
        language=config.language,
        pace=config.pace,
        clock=clock,
        keep_going=config.keep_going,
        taps=[tally, *(tap for tap in (log, history) if tap is not None)],
    )
    say(t("Running {name}. Stop with Ctrl-C.", name=config.path.name))
    with MemoryWatch() as memory, on_trial(lambda: graph.health().well):
        well = run_stoppable(graph, args.seconds)
    summary = {**graph.summary(), "peak_memory_mb": memory.peak_mb}
    if log is not None:
        log.write(summary)
        log.close()
        if log.broken is not None and args.json == "-":
            raise output_error(log.broken)
        well = well and log.broken is None
    if history is not None:
        from edgeassist.cli.report import write_report

        write_report(args.report, config, history.records, summary)
        say(t("Report: {path}", path=args.report))
    if args.json != "-":
        for line in (*tally.lines(), *table(summary)):
            show(line)
    return 0 if well else 1


def run_service(args: argparse.Namespace) -> int:
    """Run until told to stop; exit code 1 where the loop ended by itself and was not well."""
    from edgeassist.cli.stoppable import run_stoppable
    from edgeassist.service.journal import log_to_journal
    from edgeassist.service.run import service_graph
    from edgeassist.update.trial import on_trial

    log_to_journal(args.log or "info")
    graph = service_graph(args.config)
    with on_trial(lambda: graph.health().well):
        well = run_stoppable(graph, args.seconds)
    return 0 if well or graph.stopping else 1


class _History:
    """Keeps the events a report is made of: text, not media."""

    def __init__(self, clock: Any) -> None:
        self.records: list[dict[str, Any]] = []
        self._clock = clock
        self._began_ns = clock.now_ns()

    def __call__(self, module: str, event: Any) -> None:
        from edgeassist.loop.events import BrailleLine, Caption, Spoken, Status, Utterance
        from edgeassist.loop.record import as_record

        if isinstance(event, (BrailleLine, Caption, Spoken, Status, Utterance)):
            self.records.append(as_record(module, event, self._clock.now_ns(), self._began_ns))
