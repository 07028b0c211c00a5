"""Who is let in: with the whole address, from the local network, from the page itself."""

import http.client
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from viewers import TOKEN

from edgeassist.errors import InputError
from edgeassist.loop.clock import NS
from edgeassist.web.access import Allowance, is_local, kept_token, may_be_called
from edgeassist.web.address import addresses, quick_response

SCRIPTS = ("texts.js", "settings.js", "lines.js", "state.js", "page.js")


def test_the_whole_address_is_needed(serve):
    served = serve()
    assert served.get(f"/{TOKEN}/")[0] == 200
    assert served.get(f"/{TOKEN}")[1]["location"] == f"/{TOKEN}/"
    for path in ("/", "/index.html", "/events", "/favicon.ico", f"/{TOKEN[:-1]}/", f"/x/{TOKEN}/"):
        status, _, text = served.get(path)
        assert status == 403, path
        assert "完整地址" in text
        assert TOKEN not in text


def test_guessing_tokens_is_soon_over(serve):
    served = serve()
    found = [served.get(f"/guess{number}/")[0] for number in range(12)]
    assert found == [403] * 10 + [429] * 2


@pytest.mark.parametrize(
    "path",
    [
        "../node.py",
        "..%2fnode.py",
        "%2e%2e/%2e%2e/errors.py",
        "page.js/../../server.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..\\node.py",
        "index.html%00.css",
        "",
    ],
)
def test_no_path_leads_to_other_files(serve, path):
    status, _, text = serve().get(f"/{TOKEN}/static/{path}")
    assert status in (403, 404)
    assert "import" not in text
    assert "root:" not in text


def test_only_the_page_itself_may_ask(serve):
    served = serve()
    path, host = f"/{TOKEN}/events", f"127.0.0.1:{served.port}"
    assert served.get(path, {"Host": "evil.example"})[0] == 421
    assert served.get(path, {"Host": f"evil.example:{served.port}"})[0] == 421
    assert served.get(path, {"Host": "[::1"})[0] in (400, 421)
    assert served.get(path, {"Origin": "http://evil.example"})[0] == 403
    assert served.get(path, {"Origin": "null"})[0] == 403
    assert served.get(f"/{TOKEN}/", {"Origin": f"http://{host}"})[0] == 200
    assert served.get(f"/{TOKEN}/", {"Host": f"localhost:{served.port}"})[0] == 200
    for method in ("POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
        assert served.get(f"/{TOKEN}/", method=method)[0] == 405


def test_a_name_the_user_gave_the_device_is_heeded(serve):
    served = serve(names=("captions.lan",))
    assert served.get(f"/{TOKEN}/", {"Host": "captions.lan:8765"})[0] == 200
    assert may_be_called("192.168.1.7:8765", ())
    assert may_be_called("[fe80::1]:8765", ())
    assert may_be_called(f"{socket.gethostname()}.local", ())
    assert not may_be_called("captions.lan", ())


def test_every_answer_forbids_what_the_page_does_not_need(serve):
    served = serve()
    for path in (f"/{TOKEN}/", f"/{TOKEN}/page.js", f"/{TOKEN}/none", "/"):
        headers = served.get(path)[1]
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


def test_the_page_needs_nothing_from_elsewhere(serve):
    served = serve()
    for name in ("", *SCRIPTS, "style.css", "favicon.svg"):
        status, _, text = served.get(f"/{TOKEN}/{name}")
        assert status == 200
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")
        assert "style=" not in text
        assert "onclick" not in text


def test_it_listens_on_this_machine_alone_unless_asked(serve):
    assert serve().address.startswith("http://127.0.0.1:")
    local, network = serve(), serve(network=True)
    with socket.socket() as tried:
        tried.settimeout(2)
        # Another address of the loopback interface stands for "from elsewhere".
        assert tried.connect_ex(("127.0.0.2", local.port)) != 0
    with socket.create_connection(("127.0.0.2", network.port), timeout=2):
        pass


def test_only_peers_of_the_local_network_are_served():
    assert all(map(is_local, ["127.0.0.1", "192.168.1.2", "10.1.1.1", "fe80::1%eth0", "fd00::1"]))
    assert not any(map(is_local, ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "", "x"]))


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_peer_gets_more_than_its_allowance(waits):
    allowance, now_ns, taken = Allowance(burst=5, per_s=2), 0, 0
    for wait_s in waits:
        now_ns += round(wait_s * NS)
        taken += allowance.take("one", now_ns)
    assert taken <= 5 + 2 * now_ns / NS + 1e-6
    assert allowance.take("another", now_ns)


def test_the_device_keeps_its_token_for_its_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    token = kept_token()
    assert token == kept_token()
    assert len(token) == 12
    assert (tmp_path / "edgeassist" / "web-token").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")  # cannot be written
    assert kept_token() != kept_token()


def test_the_address_is_told_and_can_be_read_by_a_phone():
    (url,) = addresses(TOKEN, 8765, network=False)
    assert url == f"http://127.0.0.1:8765/{TOKEN}/"
    assert quick_response(url).count("\n") > 10


def test_the_page_can_be_encrypted(serve, tmp_path):
    certificate, key = tmp_path / "page.pem", tmp_path / "page.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    served = serve(certificate=certificate, key=key)
    assert served.address.startswith("https://127.0.0.1:")
    trusting = ssl.create_default_context(cafile=certificate)
    connection = http.client.HTTPSConnection("127.0.0.1", served.port, context=trusting)
    origin = served.address.removesuffix(f"/{TOKEN}/")
    connection.request("GET", f"/{TOKEN}/", headers={"Origin": origin})
    assert connection.getresponse().status == 200
    connection.close()
    with pytest.raises(http.client.BadStatusLine):
        served.get(f"/{TOKEN}/")  # not without


def test_a_certificate_that_cannot_be_used_is_named(serve, tmp_path):
    for path in (tmp_path / "none.pem", Path(__file__)):
        with pytest.raises(InputError, match=path.name):
            serve(certificate=path)
