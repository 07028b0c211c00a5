"""Requests that no browser sends: the page answers or hangs up, and neither tells nor dies."""

import os
import select
import socket
import subprocess
import sys
import time

import pytest
from viewers import TOKEN, caption, lines_until_ready, listening

from edgeassist.web.access import in_journal, same_token
from edgeassist.web.connections import MOST_OF_ONE

HOST = b"Host: 127.0.0.1\r\n"


def answer(port: int, request: bytes) -> bytes:
    """All the server says to these bytes, until it hangs up or has answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stream:
        stream.sendall(request)
        stream.settimeout(10)
        held = b""
        try:
            while b"\r\n\r\n" not in held and (piece := stream.recv(65536)):
                held += piece
        except ConnectionResetError:
            pass
        return held


@pytest.mark.parametrize(
    ("request_bytes", "codes"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", (b"400",)),  # somebody speaks TLS
        (b"NONSENSE\r\n\r\n", (b"400",)),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", (b"400", b"403")),
        (b"GET /\xff\xfe/ HTTP/1.1\r\n" + HOST + b"\r\n", (b"400", b"403")),
        (b"GET /%ff%fe/ HTTP/1.1\r\n" + HOST + b"\r\n", (b"403",)),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", (b"400", b"403")),
        (b"CONNECT evil:80 HTTP/1.1\r\n" + HOST + b"\r\n", (b"400", b"403", b"421")),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", (b"421", b"400")),
        (b"GET / HTTP/1.1\r\n\r\n", (b"400", b"403", b"421")),  # no Host at all
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (b"400", b"414")),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 20_000 + b"\r\n\r\n", (b"400", b"431")),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 2000 + b"\r\n", (b"400", b"431")),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", (b"400",)),
        (
            b"GET / HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            (b"400",),
        ),
    ],
)
def test_a_request_that_is_none_is_refused(serve, request_bytes, codes):
    served = serve()
    said = answer(served.port, request_bytes)
    assert said[9:12] in codes, said[:200]
    assert TOKEN.encode() not in said
    assert b"Traceback" not in said
    assert served.get(f"/{TOKEN}/")[0] == 200


def test_something_huge_that_is_sent_is_not_read(serve):
    served = serve()
    head = f"POST /{TOKEN}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999999\r\n\r\n"
    assert answer(served.port, head.encode() + b"x" * 1000)[9:12] == b"405"


def test_what_a_broken_request_asked_for_is_in_no_log(serve, caplog, capfd):
    served = serve()
    answer(served.port, f"GET /{TOKEN}/ HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n".encode())
    answer(served.port, f"GET /{TOKEN}/page.js HTTP/1.1\r\n {TOKEN}\r\n\r\n".encode())
    served.get(f"/{TOKEN}/", {"Host": "evil.example"})
    served.get(f"/{TOKEN}x/")
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capfd.readouterr()).replace(served.address, "")


def test_one_peer_gets_only_so_many_connections_and_the_page_lives_on(serve):
    served = serve()
    with listening(served.port) as news:
        lines_until_ready(news)
        idle = [
            socket.create_connection(("127.0.0.1", served.port), timeout=5)
            for _ in range(MOST_OF_ONE + 20)
        ]
        assert _cut(idle) >= 20
        served.show(caption(1, "还在说。"))
        assert next(data for event, data, _ in news if event == "lines")[0]["text"] == "还在说。"
        for one in idle:
            one.close()
        # They are forgotten once they are gone.
        until = time.monotonic() + 20
        while True:
            try:
                assert served.get(f"/{TOKEN}/")[0] == 200
                break
            except OSError:
                assert time.monotonic() < until


def _cut(streams: list[socket.socket]) -> int:
    """How many the server has hung up on; it says nothing to the others, who ask nothing."""
    found, until = set(), time.monotonic() + 10
    while len(found) < 20 and time.monotonic() < until:
        found.update(select.select(streams, [], [], 0.1)[0])
    return len(found)


def test_tokens_are_compared_whole_whatever_they_are():
    assert same_token(TOKEN, TOKEN)
    for other in ("", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "字", "\udcff\udcfe"):
        assert not same_token(other, TOKEN)


def test_the_referrer_and_other_pages_never_learn_the_address(serve):
    served = serve()
    headers = served.get(f"/{TOKEN}/")[1]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "microphone=()" in headers["permissions-policy"]
    page = served.get(f"/{TOKEN}/")[2]
    assert TOKEN not in page


OPENS = """
import os, sys
from edgeassist.testing import context
from edgeassist.web.node import Web, WebOptions
state = os.fstat(2)
os.environ["JOURNAL_STREAM"] = f"{state.st_dev}:{state.st_ino}"
web = Web(WebOptions(port=0), context())
web.open()
print(web.address)
web.close()
"""


def test_the_journal_is_told_where_the_address_is_and_not_the_address(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OPENS],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "EDGEASSIST_LANG": "en"},
        capture_output=True,
        text=True,
        check=True,
    )
    kept = tmp_path / "edgeassist" / "web-address"
    token = (tmp_path / "edgeassist" / "web-token").read_text().strip()
    assert str(kept) in done.stderr
    assert token not in done.stderr
    assert kept.read_text().strip() == done.stdout.strip()
    assert token in done.stdout
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_terminal_or_a_file_is_no_journal(tmp_path):
    with (tmp_path / "log").open("w") as file:
        assert not in_journal(file, None)
        assert not in_journal(file, "1:2")
        state = os.fstat(file.fileno())
        assert in_journal(file, f"{state.st_dev}:{state.st_ino}")
