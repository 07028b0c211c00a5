"""So many connections to the page and no more, and a log without addresses.

Imports aiohttp: only the server itself imports this.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from aiohttp import web

MOST = 256  # altogether; each is a file descriptor of a process that has a thousand
MOST_OF_ONE = 48  # a browser opens six, a household's proxy some more
IDLE_S = 30.0  # without a whole request

_quiet = logging.getLogger("edgeassist.web.requests")


class Counted(web.Server):
    """aiohttp's server; a peer with too many connections gets no further one."""

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take the connection, or cut it at once."""
        peers = Counter(_peer(one.transport) for one in self.connections)
        if peers.total() >= MOST or peers[_peer(transport)] >= MOST_OF_ONE:
            transport.abort()
            return
        super().connection_made(handler, transport)


def without_addresses() -> logging.Logger:
    """A log for what goes wrong with requests; what they asked for (the token!) is not in it."""
    if not _quiet.filters:
        _quiet.addFilter(_shorten)
    return _quiet


def _shorten(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = f"the captions page: {type(error).__name__}", ()
    record.exc_info, record.exc_text = None, None
    return True


def _peer(transport: asyncio.BaseTransport | None) -> str:
    name = transport.get_extra_info("peername") if transport is not None else None
    return str(name[0]) if name else ""
