"""What the tests of the model store stand on: a real web server, folders, the real command."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Site:
    """What the server has, how it misbehaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: list[int] = field(default_factory=list)  # bytes of each next answer, then all
    resumes: bool = True
    stall_after: int | None = None  # send so many bytes, then hold the line
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    ranges: list[str] = field(default_factory=list)
    url: str = ""


class Handler(http.server.BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        wanted = self.headers.get("Range", "")
        site.ranges.append(wanted)
        body = site.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = 0
        if wanted and site.resumes:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        kind = "text/html" if body.startswith(b"<!DOCTYPE") else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        rest = body[start:]
        if site.stall_after is not None:
            self.wfile.write(rest[: site.stall_after])
            self.wfile.flush()
            site.stalled.set()
            site.go_on.wait(60)
            return
        if site.cut_after:
            rest = rest[: site.cut_after.pop(0)]
        self.wfile.write(rest)

    def log_message(self, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Shelf:
    """The folders a test works in, and the command run against them."""

    cards: Path
    models: Path

    def card(self, name: str, text: str) -> None:
        """Write a card; its head is filled in."""
        head = f'name = "{name}"\ntitle = "T"\ntask = "demo"\nlicence = "MIT"\n'
        home = 'homepage = "https://example.org"\n'
        (self.cards / f"{name}.toml").write_text(head + home + text, "utf-8")

    def from_url(self, name: str, url: str, body: bytes, *, sha256: str = "") -> None:
        """A card for one file behind a URL."""
        known = described(body, sha256)
        source = f'[sources.site]\nkind = "url"\nurl = "{url}"\n{known}'
        self.card(name, f'{source}[[files]]\nname = "model.bin"\nfrom = ["site"]\n{known}')

    @property
    def environment(self) -> dict[str, str]:
        """For a child process."""
        return {
            **os.environ,
            "EDGEASSIST_CARDS": str(self.cards),
            "EDGEASSIST_MODELS": str(self.models),
            "EDGEASSIST_LANG": "en",
        }

    def command(self, *words: str) -> list[str]:
        """The command line of `edgeassist models ...`."""
        return [sys.executable, "-m", "edgeassist.cli.main", "models", *words]

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `edgeassist models ...` and wait for it."""
        return subprocess.run(
            self.command(*words),
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def described(body: bytes, sha256: str = "") -> str:
    """The two keys of a card that say what a file must be."""
    digest = sha256 or hashlib.sha256(body).hexdigest()
    return f'bytes = {len(body)}\nsha256 = "{digest}"\n'


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    """The JSON objects a command printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of error a command printed; fails if there is more (progress lines aside)."""
    said = [line for line in done.stderr.splitlines() if not line.endswith(" %")]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("edgeassist: ")
    return said[0]
