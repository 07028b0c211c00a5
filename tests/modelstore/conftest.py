"""A models folder, a folder of cards, and a web server of one's own for every test."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelves import Handler, Shelf, Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on this machine."""
    site = Site()
    handler = type("Handler", (Handler,), {"site": site})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Empty folders for cards and models, which this process and its children use."""
    shelf = Shelf(tmp_path / "cards", tmp_path / "models")
    shelf.cards.mkdir()
    monkeypatch.setenv("EDGEASSIST_CARDS", str(shelf.cards))
    monkeypatch.setenv("EDGEASSIST_MODELS", str(shelf.models))
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    return shelf
