"""The page's web server: files, the stream of news, the transcript; on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from edgeassist.captions.formats import BLOCKS, HEADERS, Cue, Format
from edgeassist.captions.subtitles import subtitles
from edgeassist.loop.clock import Clock
from edgeassist.web.access import Allowance, is_local, may_be_called, same_origin, same_token
from edgeassist.web.history import Line
from edgeassist.web.hub import Hub

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger("edgeassist.web")

MOST_VIEWERS = 32
_LOOK_S = 1.0
_ALIVE_S = 10.0  # a stream is never silent for longer, so that both ends notice a dead one
_STUCK_S = 30.0  # a viewer that takes nothing for so long is let go; it may come again
_REFUSED = (
    "Please use the whole address that the device shows, with the letters at its end.\n"
    "请使用设备上显示的完整地址，包括末尾的字母。\n"
)
_KINDS = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where it listens and whom it lets in."""

    listening: socket.socket
    token: str
    names: tuple[str, ...] = ()  # further names the device goes by
    encryption: ssl.SSLContext | None = None


class Server:
    """Serves `hub` from `start` to `stop`; nothing it does makes the loop wait."""

    def __init__(self, hub: Hub, door: Door, clock: Clock) -> None:
        self._hub = hub
        self._door = door
        self._clock = clock
        self._files = {
            entry.name: entry.read_bytes()
            for entry in (resources.files("edgeassist.web") / "page").iterdir()
            if entry.name.rpartition(".")[2] in _KINDS
        }
        self._requests = Allowance(burst=240, per_s=20)
        self._mistakes = Allowance(burst=10, per_s=1 / 6)
        self._viewers: set[asyncio.Event] = set()
        self._waking = False
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="captions page", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def wake(self) -> None:
        """The hub has news; from any thread, at no cost while nobody looks."""
        if self._loop is not None and self._viewers and not self._waking:
            self._waking = True
            self._tell(self._wake_all)

    def stop(self, within_s: float) -> None:
        """Give the viewers what they lack, say goodbye, let the port go."""
        self._stopping = True
        if self._loop is not None:
            self._tell(self._wake_all)
        self._thread.join(within_s)

    def _tell(self, what: Callable[[], None]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:
            return  # it has ended

    def _wake_all(self) -> None:
        self._waking = False
        for viewer in self._viewers:
            viewer.set()
        if self._stopping and self._over is not None:
            self._over.set()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        from aiohttp import web

        from edgeassist.web.connections import IDLE_S, Counted, without_addresses

        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_in_one_line)
        server = Counted(
            self._handle, access_log=None, logger=without_addresses(), keepalive_timeout=IDLE_S
        )
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.5)
        await runner.setup()
        try:
            door = self._door
            await web.SockSite(runner, door.listening, ssl_context=door.encryption).start()
            while not self._stopping:
                self._hub.look(self._clock.now_ns())
                await _within(_LOOK_S, self._over)
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is not None:
            return refused
        if request.method != "GET":
            return _text(405, "the page can only be looked at", {"Allow": "GET"})
        _, slash, below = request.path[1:].partition("/")
        if not slash:
            return _text(308, "", {"Location": f"/{self._door.token}/"})
        return await self._answer(request, below or "index.html")

    def _refused(self, request: web.BaseRequest) -> web.Response | None:
        """Why this request is not answered, if it is not."""
        peer, now_ns = request.remote or "", self._clock.now_ns()
        if not is_local(peer):
            return _text(403, "local network only")
        if not self._mistakes.left(peer, now_ns) or not self._requests.take(peer, now_ns):
            return _text(429, "too many requests", {"Retry-After": "10"})
        if not may_be_called(request.host, self._door.names):
            return _text(421, "this device has no such name")
        if not same_origin(request.headers.get("Origin"), request.host, request.scheme):
            return _text(403, "other origins may not")
        token = request.path.removeprefix("/").partition("/")[0]
        if not same_token(token, self._door.token):
            if token and token != "favicon.ico":  # browsers ask for it by themselves
                self._mistakes.take(peer, now_ns)
            return _text(403, _REFUSED)
        return None

    async def _answer(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        if name == "events":
            return await self._stream(request)
        if name in self._files:
            from aiohttp import web

            return web.Response(
                body=self._files[name],
                content_type=_KINDS[name.rpartition(".")[2]],
                charset="utf-8",
                headers=_HEADERS,
            )
        kinds = {f"transcript.{kind.value}": kind for kind in Format}
        if name in kinds:
            return _transcript(self._hub.lines(), kinds[name])
        return _text(404, "there is no such page")

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        """Server-sent events for one viewer, from the line after the last it has seen."""
        from aiohttp import web

        if len(self._viewers) >= MOST_VIEWERS:
            return _text(503, "too many viewers", {"Retry-After": "10"})
        response = web.StreamResponse(
            headers={**_HEADERS, "Content-Type": "text/event-stream; charset=utf-8"}
        )
        after = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        seen = self._hub.begin(after)
        news = asyncio.Event()
        self._viewers.add(news)
        try:
            await response.prepare(request)
            await self._send(response, b"retry: 1000\n\n")
            while True:
                news.clear()
                stopping = self._stopping
                if messages := self._hub.news(seen):
                    await self._send(response, b"".join(one.encode() for one in messages))
                elif stopping:
                    await self._send(response, b"event: end\ndata: null\n\n")
                    break
                elif not await _within(_ALIVE_S, news):
                    await self._send(response, b": still here\n\n")
        except (TimeoutError, ConnectionError):
            pass  # it comes again, and is given what it lacks
        finally:
            self._viewers.discard(news)
        return response

    async def _send(self, response: web.StreamResponse, data: bytes) -> None:
        """Wait until the viewer takes it; raises `TimeoutError` if it does not."""
        await asyncio.wait_for(response.write(data), _STUCK_S)


def _in_one_line(loop: asyncio.AbstractEventLoop, found: dict[str, Any]) -> None:
    """What asyncio would print with a traceback, such as that no descriptor is left."""
    log.warning("%s: %s", found["message"], found.get("exception", ""))


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Whether `event` comes within that time."""
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False


def _text(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    from aiohttp import web

    return web.Response(
        status=status,
        text=text,
        content_type="text/plain",
        charset="utf-8",
        headers={**_HEADERS, **(headers or {})},
    )


def _transcript(lines: list[Line], kind: Format) -> web.Response:
    """All lines on the page as a file, timed from the first one on."""
    if not lines:
        return _text(404, "nothing has been said yet")
    zero = lines[0].ended - (lines[0].said[1] - lines[0].said[0])
    cues = [
        Cue(
            start_s=max(line.ended - (line.said[1] - line.said[0]) - zero, 0.0),
            end_s=max(line.ended - zero, 0.0),
            text=line.text,
            language=line.language,
        )
        for line in lines
    ]
    if kind in (Format.SRT, Format.VTT):
        cues = subtitles(cues)
    text = HEADERS.get(kind, "") + "".join(
        BLOCKS[kind](number, one) for number, one in enumerate(cues, 1)
    )
    return _text(200, text, {"Content-Disposition": f'attachment; filename="captions.{kind}"'})
