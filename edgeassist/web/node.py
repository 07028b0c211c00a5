"""The web module: captions, warnings and troubles on a page for phones, tablets and televisions."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MinLen

from edgeassist.errors import ConfigError, DeviceError, InputError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import AudioLevel, Caption, Event, Status, Utterance
from edgeassist.loop.node import Context
from edgeassist.web.access import in_journal, keep_addresses, kept_token
from edgeassist.web.address import addresses, quick_response
from edgeassist.web.history import History
from edgeassist.web.hub import Hub
from edgeassist.web.server import Door, Server

log = logging.getLogger("edgeassist.web")

_TO_STOP_S = 1.0
_OTHER_PORTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where the page is, who may see it and what it shows."""

    network: bool = False  # true: for the whole local network, not for this machine alone
    port: Annotated[int, Ge(0), Le(65535)] = 8765  # 0: any that is free
    token: Annotated[str, MinLen(8)] | None = None  # in the address; None: the device's own
    names: tuple[str, ...] = ()  # further names of this device, such as "captions.lan"
    certificate: Path | None = None  # a PEM file: the page is encrypted (https)
    key: Path | None = None  # the certificate's, where that is another file
    transcript: Path | None = None  # with what was said before; None: that of the captions
    history_hours: Annotated[float, Ge(0)] = 12.0  # how far back
    warnings: bool = True  # whether what is spoken is shown too


class Web:
    """A page that shows captions as they come."""

    Options = WebOptions
    requires: ClassVar[dict[str, str]] = {"aiohttp": "pip install aiohttp"}
    follows: ClassVar[dict[str, str]] = {"transcript": "captions"}
    consumes: ClassVar[tuple[type[Event], ...]] = (Caption, AudioLevel, Status, Utterance)
    produces: ClassVar[tuple[type[Event], ...]] = ()
    lost: ClassVar[str] = "the captions page is off"
    called: ClassVar[str] = "captions page"

    def __init__(self, options: WebOptions, context: Context) -> None:
        self._options = options
        self._clock = context.clock
        self._name = context.name
        self._hub: Hub | None = None
        self._server: Server | None = None
        self.address = ""  # of the page, once it is open

    def open(self) -> None:
        """Read what was said before, begin to serve, tell the address.

        Raises `DeviceError` if no port can be had, `ConfigError` for a token no address can hold,
        `InputError` for a certificate that cannot be used.
        """
        options = self._options
        encryption = _encryption(options)
        token = options.token or kept_token()
        if not (token.isascii() and token.isalnum()):
            raise ConfigError(
                f"{self._name}: token",
                t("may hold letters and digits alone"),
                fix=t("Leave it out: the device makes one of its own"),
            )
        listening = self._listen()
        port = listening.getsockname()[1]
        if port != options.port and options.port:
            log.warning(
                "%s",
                t("Port {port} is in use; the page has another.", port=options.port),
            )
        since = time.time() - options.history_hours * 3600
        self._hub = Hub(History(options.transcript, since=since))
        door = Door(listening=listening, token=token, names=options.names, encryption=encryption)
        self._server = Server(self._hub, door, self._clock)
        self._hub.changed = self._server.wake
        self._server.start()
        scheme = "https" if encryption else "http"
        self._tell(addresses(token, port, scheme=scheme, network=options.network))

    def handle(self, event: Event) -> Iterable[Event]:
        """Show one event; never waits for a viewer."""
        assert self._hub is not None
        if isinstance(event, AudioLevel):
            self._hub.level(event, self._clock.now_ns())
        elif isinstance(event, Caption):
            age_s = (self._clock.now_ns() - event.captured_ns) / NS
            self._hub.caption(event, time.time() - age_s)
        elif isinstance(event, Status):
            self._hub.status(event)
        elif isinstance(event, Utterance) and self._wants(event):
            self._hub.warning(event)
        return ()

    def finish(self) -> Iterable[Event]:
        """The viewers are given the rest when it closes."""
        return ()

    def close(self) -> None:
        """Let the viewers and the port go."""
        if self._server is not None:
            self._server.stop(_TO_STOP_S)
            self._server = None

    def _wants(self, utterance: Utterance) -> bool:
        # What the supervisor says of a module stands on the page by its status.
        of_status = (utterance.merge_key or "").startswith("status ")
        return self._options.warnings and not of_status

    def _listen(self) -> socket.socket:
        host = "0.0.0.0" if self._options.network else "127.0.0.1"
        first = self._options.port
        ports = [first, *range(first + 1, min(first + _OTHER_PORTS, 65536))] if first else [0]
        why = ""
        for port in ports:
            try:
                return socket.create_server((host, port))
            except OSError as error:
                why = error.strerror or str(error)
        raise DeviceError(
            t("port {port}", port=first),
            t("cannot be opened: {why}", why=why),
            fix=t("Choose another, 1024 or more: port = 8765"),
        )

    def _tell(self, urls: list[str]) -> None:
        self.address = urls[0]
        if in_journal(sys.stderr, os.environ.get("JOURNAL_STREAM")):
            # Others may read the journal: the address with its token is in a file of one's own.
            where = keep_addresses(urls) or t("a file that could not be written")
            print(t("Captions page: its address is in {path}", path=where), file=sys.stderr)
            return
        for url in urls:
            print(t("Captions page: {url}", url=url), file=sys.stderr, flush=True)
        if self._options.network and sys.stderr.isatty():
            print(quick_response(urls[0]), file=sys.stderr, flush=True)


def _encryption(options: WebOptions) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    path, key = options.certificate.expanduser(), options.key and options.key.expanduser()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(path, key)
    except OSError as error:
        raise InputError(
            str(path),
            t("is not a certificate that can be used: {why}", why=error.strerror or error),
            fix=t("Name a PEM file"),
        ) from None
    return context
