"""The mqtt module: captions and states to a broker, so that other devices can show them.

If wanted, commands come back from there: a button anywhere in the house can stop the voice.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Caption, Command, Event, State, Status
from edgeassist.loop.node import Context
from edgeassist.mqtt.broker import Broker, BrokerOptions
from edgeassist.mqtt.messages import (
    Message,
    Topics,
    as_level,
    caption_message,
    discovered_buttons,
    discovery,
    status_messages,
)
from edgeassist.speech.commands import NAMES

_ORDERS = NAMES | {"describe"}  # the guide's; its "warnings off" is not to come from afar
_TO_FINISH_S = 5.0
_TO_CLOSE_S = 0.5  # of the time to stop, kept for parting


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttOptions(BrokerOptions):
    """Which broker, and what is published there."""

    topic: str = "edgeassist"  # the first level of all topics
    name: str | None = None  # of this device; None: its host name
    partials: bool = False  # captions while they grow, too
    retain: bool = True  # the broker keeps the last caption for those who come later
    discovery: bool = True  # Home Assistant finds the device by itself
    discovery_prefix: str = "homeassistant"
    # Whether who may publish on <topic>/<name>/command may tell the voice what to do. No order
    # silences dangers, and what was said is not told.
    commands: bool = False


class Mqtt:
    """Publishes finals, on request partials, and how the modules are; takes commands if told to."""

    Options = MqttOptions
    requires: ClassVar[dict[str, str]] = {"paho": "pip install 'edgeassist[mqtt]'"}
    consumes: ClassVar[tuple[type[Event], ...]] = (Caption, Status)
    produces: ClassVar[tuple[type[Event], ...]] = (Command,)
    lost: ClassVar[str] = "captions no longer go to other devices"

    def __init__(self, options: MqttOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._name = options.name or socket.gethostname()
        self._topics = Topics(f"{options.topic}/{as_level(self._name)}")
        self._states: dict[str, State] = {}
        self._run = secrets.token_hex(4)
        self._finals = 0
        self._full = False
        self._broker: Broker | None = None

    def open(self) -> None:
        """Begin to connect; a broker that is not there yet is waited for.

        Raises `ConfigError` or `InputError` for a password or certificate that cannot be had.
        """
        topics, options = self._topics, self._options
        births = [Message(topics.availability, "online", retain=True)]
        if options.discovery:
            language = self._context.language
            births += discovery(topics, self._name, options.discovery_prefix, language)
            if options.commands:
                prefix = options.discovery_prefix
                births += discovered_buttons(topics, self._name, prefix, language)
        will = Message(topics.availability, "offline", retain=True)
        self._broker = Broker(
            options,
            as_level(self._name),
            will,
            self._tell,
            topic=topics.command if options.commands else "",
            heard=self._heard,
        )
        self._broker.start(births)

    def handle(self, event: Event) -> Iterable[Event]:
        """Publish one event; never waits for the broker."""
        assert self._broker is not None
        if isinstance(event, Caption):
            if event.text and (event.final or self._options.partials):
                self._publish(self._caption(event))
        elif isinstance(event, Status):
            self._states[event.module] = event.state
            for message in status_messages(self._topics, event, self._states):
                self._publish(message)
        return ()

    def finish(self) -> Iterable[Event]:
        """Wait until the broker has everything, as long as there is time."""
        left_s = self._context.stopping.left_s()
        if self._broker is not None:
            self._broker.wait(_TO_FINISH_S if left_s is None else max(0.0, left_s - _TO_CLOSE_S))
        return ()

    def close(self) -> None:
        """Say that this device is offline, and part."""
        if self._broker is not None:
            self._broker.close(Message(self._topics.availability, "offline", retain=True))
            self._broker = None

    def _caption(self, caption: Caption) -> Message:
        age_s = (self._context.clock.now_ns() - caption.captured_ns) / NS
        said = datetime.now().astimezone() - timedelta(seconds=age_s)
        self._finals += caption.final
        number = f"{self._run}-{self._finals}"
        return caption_message(self._topics, caption, number, said, retain=self._options.retain)

    def _heard(self, order: str) -> None:
        """Somebody wants the voice to do something; what nobody knows is told, not passed on."""
        name, _, value = order.strip().partition(" ")
        if name in _ORDERS:
            now_ns = self._context.clock.now_ns()
            self._context.emit(Command(captured_ns=now_ns, name=name, value=value.strip()))
        else:
            self._tell(t("the broker sent an unknown command: {order}", order=order[:40]))

    def _publish(self, message: Message) -> None:
        assert self._broker is not None
        full = not self._broker.publish(message)
        if full and not self._full:
            self._tell(
                t("the broker has been away for too long; new captions no longer wait for it")
            )
        self._full = full

    def _tell(self, why: str) -> None:
        """The module runs on; `lost` is empty, so that nobody is told it is off."""
        self._context.emit(
            Status(
                captured_ns=self._context.clock.now_ns(),
                module=self._context.name,
                state=State.RUNNING,
                why=why,
            )
        )
