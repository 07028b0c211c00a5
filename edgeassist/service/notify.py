"""What a service tells the program that supervises it: sd_notify(3), over its socket."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger("edgeassist.service")


class Notifier:
    """Sends lines such as ``READY=1``; does nothing where nobody asked for them.

    `watchdog_s` is how long the supervisor waits for a sign of life, None where it does not.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        microseconds = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        asked = bool(address) and meant and microseconds.isdecimal() and int(microseconds) > 0
        self.watchdog_s = int(microseconds) / 1e6 if asked else None
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._socket is not None:
            self._socket.setblocking(False)  # a supervisor that does not read holds nobody up

    def __bool__(self) -> bool:
        return self._socket is not None

    def tell(self, *lines: str) -> None:
        """Send these in one message; one that cannot be sent is lost."""
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.debug("NOTIFY_SOCKET: %s", error)
