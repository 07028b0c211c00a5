"""A page served by the real module, and viewers of it: by plain HTTP, and in Chromium."""

import http.client
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Caption, Event
from edgeassist.testing import context
from edgeassist.web.node import Web, WebOptions

TOKEN = "abcdefgh2345"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def caption(
    number: int, text: str, *, stable: int | None = None, language: str = "zh", said_s: float = 2.0
) -> Caption:
    """A final, or with `stable` a partial; utterance `number` begins 3 s after the one before."""
    return Caption(
        captured_ns=RealClock().now_ns(),
        utterance=number,
        text=text,
        final=stable is None,
        stable_chars=len(text) if stable is None else stable,
        start_s=3.0 * number,
        end_s=3.0 * number + said_s,
        language=language,
    )


class Served:
    """The web module, open."""

    def __init__(self, transcript: Path | None = None, **options: Any) -> None:
        given = {"port": 0, "token": TOKEN, **options}
        self.web = Web(WebOptions(transcript=transcript, **given), context())
        self.web.open()
        self.address = self.web.address

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port is not None
        return port

    def show(self, *events: Event) -> None:
        for event in events:
            assert list(self.web.handle(event)) == []

    def get(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], str]:
        """The answer to one request: status, headers (lower case), text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, named, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def listening(port: int, after: str = "") -> Iterator[Iterator[tuple[str, Any, str]]]:
    """The stream of news as a browser reads it: (event, data, id)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Last-Event-ID": after} if after else {}
        connection.request("GET", f"/{TOKEN}/events", headers=headers)
        yield _news(connection.getresponse())
    finally:
        connection.close()


def _news(answer: http.client.HTTPResponse) -> Iterator[tuple[str, Any, str]]:
    fields: dict[str, str] = {}
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], json.loads(fields["data"]), fields.get("id", "")
            fields = {}
        else:
            fields = {}


def lines_until_ready(news: Iterator[tuple[str, Any, str]]) -> tuple[list[str], str]:
    """The texts a viewer gets before it is up to date, and the name of the last."""
    texts: list[str] = []
    last = ""
    for event, data, key in news:
        if event == "lines":
            texts += [line["text"] for line in data]
            last = key
        elif event == "ready":
            break
    return texts, last
