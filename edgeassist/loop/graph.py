"""The loop: nodes wired by what they consume and produce, run until the sources end or a stop.

Nothing here knows a module. A config names modules; an event goes to every node that consumes its
type; the end of a stream travels downstream the same way, so text drains by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from edgeassist.errors import ConfigError, EdgeAssistError, PluginError
from edgeassist.heap import use_one_heap
from edgeassist.locale import t
from edgeassist.loop.channel import LIVE, PATIENT, Inbox
from edgeassist.loop.clock import NS, Clock, RealClock
from edgeassist.loop.events import Command, Event, Pulse, State, Status, Utterance
from edgeassist.loop.health import Answer, Health
from edgeassist.loop.metrics import Metrics
from edgeassist.loop.node import Context, Pace, Stopping
from edgeassist.loop.runner import Runner
from edgeassist.loop.supervisor import announcement
from edgeassist.profile import Profile

log = logging.getLogger("edgeassist.loop")

STOP_WITHIN_S = 2.0
LOOK_EVERY_S = 0.1
SUPERVISOR = "supervisor"

Tap = Callable[[str, Event], None]
Watch = Callable[["Graph"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A node class, the name it goes by and its options."""

    name: str
    plugin: type[Any]
    options: Any


class Graph:
    """A set of modules in one loop. Build, `run`, read `summary`; used once."""

    def __init__(
        self,
        modules: Iterable[Module],
        *,
        profile: Profile,
        language: str = "zh",
        pace: Pace = Pace.REAL,
        clock: Clock | None = None,
        keep_going: bool = False,
        taps: Iterable[Tap] = (),
        watches: Iterable[Watch] = (),
    ) -> None:
        """With `keep_going` a module that cannot start costs its function alone.

        In a live loop nobody waits then for one that takes long, and one that was given up on is
        tried again for ever. `watches` are called ten times a second, on the thread of `run`.
        """
        self.clock = clock or RealClock()
        self.metrics = Metrics()
        self.stopping = Stopping(self.clock)
        self._language = language
        self._keep_going = keep_going
        self._taps = tuple(taps)
        self._watches = tuple(watches)
        self._apart = keep_going and pace is Pace.REAL  # each begins as soon as it is open
        self._told_failed: set[str] = set()
        self._changed = threading.Condition()
        self._states: dict[str, State] = {}
        rules = LIVE if pace is Pace.REAL else PATIENT
        base = Context(
            name="",
            clock=self.clock,
            stopping=self.stopping,
            profile=profile,
            language=language,
            pace=pace,
            given=self._is_given,
        )
        self._runners = [
            Runner(
                module.plugin,
                module.options,
                replace(base, name=module.name, emit=self._emitter(module.name)),
                Inbox(module.plugin.consumes, rules, self.clock),
                self.metrics,
                self._emit,
                self._one_ended,
                lasting=keep_going and pace is Pace.REAL,
            )
            for module in modules
        ]
        self._check_wires()
        self._alive = set(self._runners)
        self._routes: dict[type[Event], list[Inbox]] = {}
        for runner in self._runners:
            for kind in runner.plugin.consumes:
                self._routes.setdefault(kind, []).append(runner.inbox)

    def run(self, seconds: float | None = None) -> bool:
        """Run until every source has ended, `stop` is called, or `seconds` have passed.

        Returns whether all went well: no module was given up on and all ended in time.
        Raises the module's own error if one cannot start and `keep_going` is off.
        """
        self._open()
        due_ns = None if seconds is None else self.clock.now_ns() + round(seconds * NS)
        while not self._wait_for_end(LOOK_EVERY_S):
            self._look_for_stalled()
            self._look_on()
            if self.stopping.left_s() == 0.0:
                break
            if due_ns is not None and self.clock.now_ns() >= due_ns:
                self.stop()
        self._look_on()
        return self._all_ended_well()

    def stop(self, within_s: float = STOP_WITHIN_S) -> None:
        """Ask the sources to end and the rest to finish what they hold; safe in a signal handler.

        The second call does nothing.
        """
        if not self.stopping:
            threading.Thread(target=self.stopping.tell, args=(within_s,), daemon=True).start()

    def summary(self) -> dict[str, Any]:
        """Counts, drops and latencies so far, and how each module is."""
        return {
            "type": "summary",
            "channels": [
                {
                    "module": runner.name,
                    "event": lane.event,
                    "puts": lane.puts,
                    "drops": lane.drops,
                    "waiting": lane.waiting,
                }
                for runner in self._runners
                for lane in runner.inbox.stats()
            ],
            "stages": self.metrics.stages(),
            "work": self.metrics.work(),
            "modules": {runner.name: runner.state.value for runner in self._runners},
        }

    def health(self) -> Health:
        """How the modules are now."""
        now_ns = self.clock.now_ns()
        answers = {runner.name: runner.answers(now_ns) for runner in self._runners}
        off = (State.RESTARTING, State.DEGRADED)
        return Health(
            opening=tuple(runner.name for runner in self._runners if not runner.opened.is_set()),
            stalled=tuple(name for name, found in answers.items() if found >= Answer.STALLED),
            hung=tuple(name for name, found in answers.items() if found is Answer.HUNG),
            off=tuple(runner.name for runner in self._runners if runner.state in off),
            faulty=tuple(
                runner.name for runner in self._runners if runner.state in off and runner.faulty
            ),
            stopping=bool(self.stopping),
        )

    def lacks(self) -> dict[str, str]:
        """What keeps each module that has a name for people from being of use, by that name."""
        return {
            t(runner.plugin.called, lang=self._language): runner.lacks()
            for runner in self._runners
            if getattr(runner.plugin, "called", "")
        }

    def tell(self, module: str, event: Event) -> None:
        """Put an event into the loop from outside, as that module's."""
        self._emit(module, event)

    def is_read(self, kind: type[Event]) -> bool:
        """Whether a module takes events of that type."""
        return kind in self._routes

    def _is_given(self, kind: type[Event]) -> bool:
        """Whether a module that runs, or is about to, gives events of that type."""
        well = (State.STARTING, State.RUNNING)
        return any(
            kind in runner.plugin.produces and runner.state in well for runner in self._runners
        )

    def _open(self) -> None:
        use_one_heap()
        for runner in self._runners:
            runner.start()
            if self._apart:
                runner.go()
        if self._apart:
            return
        for runner in self._runners:
            runner.opened.wait()
        failed = [runner for runner in self._runners if runner.could_not_start]
        if failed and not self._keep_going:
            self.stopping.tell(0.0)
            for runner in self._runners:
                runner.inbox.end()
                runner.go()
            raise ConfigError("", "", mistakes=tuple(_start_error(runner) for runner in failed))
        for runner in self._runners:
            runner.go()
        self._tell_failed()

    def _tell_failed(self) -> None:
        """Name in the log, once each, those that could not start."""
        for runner in self._runners:
            if runner.could_not_start and runner.name not in self._told_failed:
                self._told_failed.add(runner.name)
                log.warning("%s", _start_error(runner))

    def _emitter(self, name: str) -> Callable[[Event], None]:
        return lambda event: self._emit(name, event)

    def _emit(self, name: str, event: Event) -> None:
        self.metrics.emitted(name, event, self.clock.now_ns())
        for tap in self._taps:
            tap(name, event)
        for inbox in self._routes.get(type(event), ()):
            inbox.put(event)
        if isinstance(event, Status) and name != SUPERVISOR:
            was = self._states.get(event.module)
            self._states[event.module] = event.state
            for told in announcement(event, was, self._language):
                self._emit(SUPERVISOR, told)

    def _one_ended(self, runner: Runner) -> None:
        with self._changed:
            self._alive.discard(runner)
            for other in self._alive:
                if other.plugin.consumes and not self._is_fed(other):
                    other.inbox.end()
            self._changed.notify_all()

    def _is_fed(self, runner: Runner) -> bool:
        """Whether another living module may still give it something.

        Commands alone keep nobody going: what takes them would wait for a voice that waits for it.
        """
        wanted = set(runner.plugin.consumes)
        wanted = wanted - {Command} or wanted
        return any(
            wanted.intersection(feeder.plugin.produces)
            for feeder in self._alive
            if feeder is not runner
        )

    def _wait_for_end(self, seconds: float) -> bool:
        with self._changed:
            return self.clock.wait_for(self._changed, lambda: not self._alive, seconds)

    def _look_on(self) -> None:
        for watch in self._watches:
            watch(self)

    def _look_for_stalled(self) -> None:
        self._tell_failed()
        now_ns = self.clock.now_ns()
        for runner in self._runners:
            stalled = runner.answers(now_ns) >= Answer.STALLED
            if stalled and runner.state in (State.STARTING, State.RUNNING):
                runner.say(State.STALLED, t("does not answer"))
            elif not stalled and runner.state is State.STALLED:
                runner.say(State.RUNNING)

    def _all_ended_well(self) -> bool:
        late = [runner for runner in self._runners if not runner.join(0.1)]
        return not late and all(runner.state is State.ENDED for runner in self._runners)

    def _check_wires(self) -> None:
        produced = {kind for runner in self._runners for kind in runner.plugin.produces}
        produced |= {Status, Utterance, Pulse}  # the supervisor's own
        mistakes = [
            ConfigError(
                runner.name,
                t(
                    "nothing in this config produces what it needs: {types}",
                    types=", ".join(kind.__name__ for kind in runner.plugin.consumes),
                ),
                fix=t("Add a module that does; see: edgeassist plugins"),
            )
            for runner in self._runners
            if runner.plugin.consumes and not produced.intersection(runner.plugin.consumes)
        ]
        if all(runner.plugin.consumes for runner in self._runners):
            mistakes.append(
                ConfigError(
                    "modules",
                    t("nothing here listens or looks, so there is nothing to do"),
                    fix=t("Add a source, for example microphone, wav, camera or video"),
                )
            )
        if mistakes:
            raise ConfigError("", "", mistakes=tuple(mistakes))


def _start_error(runner: Runner) -> EdgeAssistError:
    error = runner.could_not_start
    if isinstance(error, EdgeAssistError):
        return error
    return PluginError(
        runner.name,
        t("could not start: {why}", why=f"{type(error).__name__}: {error}"),
        fix=t("See: edgeassist doctor"),
    )
