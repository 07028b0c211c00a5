"""The connection to the broker: kept up on a thread of its own, finals wait while it is down."""

from __future__ import annotations

import ipaddress
import logging
import os
import ssl
import stat
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le

from edgeassist.errors import ConfigError, InputError
from edgeassist.locale import t
from edgeassist.mqtt.messages import Message

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

log = logging.getLogger("edgeassist.mqtt")

_QOS = 1  # at least once
_KEEP_ALIVE_S = 20
_CONNECT_WITHIN_S = 3.0
_RETRY_S = (1, 10)
_TO_CLOSE_S = 1.0
_LONGEST = 200  # bytes of what is heard


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOptions:
    """Where the broker is and how it knows us. A password is never written into the config."""

    host: str = "localhost"
    port: Annotated[int, Ge(1), Le(65535)] | None = None  # None: 1883, or 8883 with tls
    username: str | None = None
    password_file: Path | None = None  # its first line
    password_env: str | None = None  # the environment variable that holds it
    plain_password: bool = False  # whether it may cross the network unencrypted
    tls: bool = False
    ca_file: Path | None = None  # who signed the broker's certificate; None: the system's list
    certificate_file: Path | None = None  # our own, where the broker asks for one
    key_file: Path | None = None
    queue: Annotated[int, Ge(1), Le(60_000)] = 10_000  # messages that wait while it is away


class Broker:
    """Publishes messages; `told(why)` is called with each new trouble, and with "" after it."""

    def __init__(
        self,
        options: BrokerOptions,
        name: str,
        will: Message,
        told: Callable[[str], None],
        *,
        topic: str = "",
        heard: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Prepare the connection; nothing is sent before `start`.

        What is published on `topic` goes to `heard`, on a thread of the connection; what the broker
        had kept for us does not, an order of an hour ago is none.

        Raises `ConfigError` or `InputError` for a password or certificate that cannot be had.
        """
        from paho.mqtt import client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        self._where = f"{options.host}:{options.port or (8883 if options.tls else 1883)}"
        self._options = options
        self._told = told
        self._trouble = ""
        self._births: list[Message] = []
        self._last: MQTTMessageInfo | None = None
        self._closing = False
        self._topic = topic
        self._heard = heard
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"edgeassist-{name}")
        client.connect_timeout = _CONNECT_WITHIN_S
        client.max_queued_messages_set(options.queue)
        client.reconnect_delay_set(*_RETRY_S)
        client.will_set(will.topic, will.payload, _QOS, retain=True)
        if options.username is not None:
            _demand_secrecy(options)
            client.username_pw_set(options.username, _password(options))
        if options.tls:
            client.tls_set_context(_tls(options))
        client.on_connect = self._connected
        client.on_connect_fail = self._not_connected
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        self._client: Client = client

    def start(self, births: list[Message]) -> None:
        """Connect, now or when the broker is there; `births` are sent after every connection."""
        self._births = births
        port = self._options.port or (8883 if self._options.tls else 1883)
        self._client.connect_async(self._options.host, port, _KEEP_ALIVE_S)
        self._client.loop_start()

    def publish(self, message: Message) -> bool:
        """Send it, or keep it until that is possible; whether there was room for it."""
        from paho.mqtt.enums import MQTTErrorCode

        if not message.surely:
            if self._client.is_connected():
                self._client.publish(message.topic, message.payload, 0)
            return True
        sent = self._client.publish(message.topic, message.payload, _QOS, retain=message.retain)
        if sent.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            return False
        if sent.rc == MQTTErrorCode.MQTT_ERR_NO_CONN:
            sent.rc = MQTTErrorCode.MQTT_ERR_SUCCESS  # it waits in the queue, and is waited for
        self._last = sent
        return True

    def wait(self, seconds: float) -> bool:
        """Wait until the broker has everything; whether it has."""
        if self._last is None:
            return True
        self._last.wait_for_publish(seconds)
        return self._last.is_published()

    def close(self, last: Message) -> None:
        """Send the last message if that can be done at once, and part."""
        self._closing = True
        if self._client.is_connected():
            self.publish(last)
            self.wait(_TO_CLOSE_S)
        self._client.disconnect()
        # It may be waiting for a broker that does not answer.
        ending = threading.Thread(target=self._client.loop_stop, daemon=True)
        ending.start()
        ending.join(_TO_CLOSE_S)

    def _connected(self, client: Any, data: Any, flags: Any, reason: Any, more: Any) -> None:
        if reason.is_failure:
            self._tell(t("the broker {where} refuses: {why}", where=self._where, why=reason))
            return
        if self._topic:
            client.subscribe(self._topic, 0)  # twice "faster" would be worse than none
        for message in self._births:
            client.publish(message.topic, message.payload, _QOS, retain=message.retain)
        self._tell("")

    def _message(self, client: Any, data: Any, message: Any) -> None:
        if not message.retain and not self._closing:
            self._heard(message.payload[:_LONGEST].decode("utf-8", "replace"))

    def _not_connected(self, client: Any, data: Any) -> None:
        error = sys.exc_info()[1]  # paho calls this while it handles the error
        why = (
            error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else ""
        ) or getattr(error, "strerror", "")
        self._tell(
            t("no connection to the broker {where}: {why}", where=self._where, why=why or error)
        )

    def _disconnected(self, client: Any, data: Any, flags: Any, reason: Any, more: Any) -> None:
        # A refusal was told already, and ends the connection too.
        if not self._closing and not self._trouble:
            self._tell(t("the broker {where} has gone; captions wait for it", where=self._where))

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble and not self._closing:
            self._trouble = trouble
            self._told(trouble)


def _demand_secrecy(options: BrokerOptions) -> None:
    """Raise `ConfigError` where anybody in the network could read the password."""
    secret = options.password_file is not None or options.password_env is not None
    if secret and not (options.tls or options.plain_password or _is_here(options.host)):
        raise ConfigError(
            "tls",
            t("the password would go to {host} for everybody to read", host=options.host),
            fix=t("Set tls = true; or plain_password = true if the network is yours alone"),
        )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _password(options: BrokerOptions) -> str | None:
    if options.password_env is not None:
        try:
            return os.environ[options.password_env]
        except KeyError:
            raise ConfigError(
                "password_env",
                t("the environment variable {name} is not set", name=options.password_env),
                fix=t("Set it, or use password_file"),
            ) from None
    if options.password_file is None:
        return None
    path = options.password_file.expanduser()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            log.warning(
                "%s",
                t("{path} can be read by others. Run: chmod 600 {path}", path=path),
            )
        return path.read_text("utf-8").split("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(str(path), t("cannot be read: {why}", why=why)) from None


def _tls(options: BrokerOptions) -> ssl.SSLContext:
    path = options.ca_file
    try:
        context = ssl.create_default_context(cafile=path.expanduser() if path else None)
        path = options.certificate_file
        if path is not None:
            key = options.key_file
            context.load_cert_chain(path.expanduser(), key.expanduser() if key else None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            str(path),
            t("is not a certificate that can be used: {why}", why=error.strerror or error),
            fix=t("Name a PEM file"),
        ) from None
    return context
