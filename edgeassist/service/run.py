"""The loop as a service: on with what there is, the last good config if need be, watched."""

from __future__ import annotations

import logging

from edgeassist.config import Config
from edgeassist.errors import ConfigError, EdgeAssistError
from edgeassist.locale import language, t
from edgeassist.loop.events import State, Status
from edgeassist.loop.graph import Graph
from edgeassist.service import last_good
from edgeassist.service.hangs import Hangs, default_path
from edgeassist.service.notify import Notifier
from edgeassist.service.self_test import StartTest
from edgeassist.service.watch import Watchman

log = logging.getLogger("edgeassist.service")

CONFIG = "config"  # the name its troubles go by


def service_graph(name: str) -> Graph:
    """The loop of a config as a service runs it.

    Raises `ConfigError` or `InputError` where there is no config to run; that was said aloud.
    """
    from edgeassist.cli.terminal import Terminal

    try:
        found = last_good.load(name, last_good.default_path())
        if found.wrong:
            for line in found.wrong.splitlines():
                log.error("%s", line)
            log.error("%s", t("the last good config is used"))
        config = found.config
        # What is said and shown does not belong into the system's log.
        modules = [module for module in config.modules if module.plugin is not Terminal]
        watches = (
            Watchman(Notifier(), Hangs(default_path()), config.language),
            StartTest(config.self_test, config.language),
            _Keeper(name, config, found.wrong),
        )
        return Graph(
            modules,
            profile=config.profile,
            language=config.language,
            pace=config.pace,
            keep_going=True,
            watches=watches,
        )
    except EdgeAssistError as error:
        _say_why_not(error)
        raise


class _Keeper:
    """A watch: tells that another config is used, or keeps this one once its modules are open."""

    def __init__(self, name: str, config: Config, wrong: str) -> None:
        self._name = name
        self._config = config
        self._wrong = wrong
        self._done = False

    def __call__(self, graph: Graph) -> None:
        if self._done or (not self._wrong and graph.health().opening):
            return
        self._done = True
        if self._wrong:
            lost = "the settings file is wrong, the one before is used"
            graph.tell(
                CONFIG,
                Status(
                    captured_ns=graph.clock.now_ns(),
                    module=CONFIG,
                    state=State.DEGRADED,
                    why=self._wrong,
                    lost=lost,
                ),
            )
            return
        try:
            last_good.keep(self._name, self._config, last_good.default_path())
        except EdgeAssistError as error:
            log.warning("%s", error)


def _say_why_not(error: EdgeAssistError) -> None:
    from edgeassist.service.aloud import say_aloud

    first = error.mistakes[0] if isinstance(error, ConfigError) else error
    say_aloud(t("The device cannot start: {why}", why=first), language())
