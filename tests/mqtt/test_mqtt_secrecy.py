"""Captions and the password go to the right broker, encrypted, or they do not go."""

import subprocess
from pathlib import Path

import pytest
from mosquitto import PASSWORD, PROGRAM, USER, Listener, Mosquitto
from needs import lacking
from test_mqtt import Publishing, caption

from edgeassist.errors import ConfigError
from edgeassist.mqtt.node import Mqtt, MqttOptions
from edgeassist.testing import context


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class Authority:
    """A home's own certificate authority."""

    def __init__(self, folder: Path, name: str = "home") -> None:
        self.folder, self.file, self._key = folder, folder / f"{name}.ca", folder / f"{name}.cakey"
        openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "2", "-subj", f"/CN={name} authority", "-keyout", self._key),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", self.file),
        )

    def certify(self, name: str, names: str) -> tuple[Path, Path]:
        """A certificate for `names` and its key."""
        key, wish, made, more = (
            self.folder / f"{name}.{end}" for end in ("key", "csr", "pem", "x")
        )
        openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={name}", "-keyout", key, "-out", wish),
        )
        more.write_text(f"subjectAltName={names}\n")
        openssl(
            *("x509", "-req", "-in", wish, "-CA", self.file, "-CAkey", self._key),
            *("-CAcreateserial", "-days", "2", "-extfile", more, "-out", made),
        )
        return made, key


class Strict(Mosquitto):
    """A broker that shows a certificate, and asks everybody for one."""

    def __init__(self, folder: Path, authority: Authority, names: str, *, asks: bool) -> None:
        self._lines = authority.certify("broker", names), authority.file, asks
        super().__init__(folder)

    def start(self) -> None:
        (certificate, key), authority, asks = self._lines
        with (self._folder / "mosquitto.conf").open("a") as file:
            file.write(f"certfile {certificate}\nkeyfile {key}\ncafile {authority}\n")
            file.write(f"require_certificate {'true' if asks else 'false'}\n")
        super().start()


@pytest.fixture
def home(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def strict(tmp_path, home):
    if PROGRAM is None:
        lacking("mosquitto", "mosquitto")
    brokers = []

    def begin(names: str = "DNS:localhost", *, asks: bool = False) -> Strict:
        brokers.append(Strict(tmp_path, home, names, asks=asks))
        return brokers[-1]

    yield begin
    for one in brokers:
        one.kill()


@pytest.fixture
def publish(monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    open_ones = []

    def begin(broker: Mosquitto, **options) -> Publishing:
        given = {"host": "localhost", "port": broker.port, "name": "Kitchen", **options}
        open_ones.append(Publishing(MqttOptions(tls=True, **given)))
        return open_ones[-1]

    yield begin
    for one in open_ones:
        one.node.close()


def test_a_broker_that_asks_for_a_certificate_gets_ours(home, strict, publish):
    server = strict(asks=True)
    certificate, key = home.certify("kitchen", "DNS:kitchen")
    listener = Listener(
        server, lambda client: client.tls_set(str(home.file), str(certificate), str(key))
    )
    kitchen = publish(server, ca_file=home.file, certificate_file=certificate, key_file=key)
    kitchen.show(caption(1, "悄悄话。"))
    listener.wait_for(lambda: listener.finals() == ["悄悄话。"])
    listener.close()


def test_without_a_certificate_such_a_broker_is_not_reached_and_that_is_told(home, strict, publish):
    server = strict(asks=True)
    kitchen = publish(server, ca_file=home.file)
    kitchen.wait_until_told(str(server.port))


def test_a_certificate_for_another_name_is_not_trusted(home, strict, publish):
    server = strict("DNS:other.lan")
    kitchen = publish(server, ca_file=home.file)
    kitchen.wait_until_told("localhost")
    assert "mismatch" in kitchen.told[0]


def test_a_certificate_of_another_authority_is_not_trusted(strict, publish, tmp_path):
    server = strict()
    kitchen = publish(server, ca_file=Authority(tmp_path, "stranger").file)
    kitchen.wait_until_told("localhost")
    assert "certificate" in kitchen.told[0].lower()


def test_a_password_never_crosses_the_network_for_all_to_read_unasked(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    monkeypatch.setenv("BROKER_PASSWORD", PASSWORD)
    secret = {"username": USER, "password_env": "BROKER_PASSWORD"}
    for host in ("homeassistant.local", "192.168.1.5", "fd00::1"):
        with pytest.raises(ConfigError, match="everybody to read"):
            Mqtt(MqttOptions(host=host, **secret), context()).open()
    for more in ({"host": "127.0.0.1"}, {"host": "::1"}, {"host": "localhost"}):
        node = Mqtt(MqttOptions(port=1, **more, **secret), context())
        node.open()
        node.close()
    meant = Mqtt(MqttOptions(host="192.0.2.1", plain_password=True, port=1, **secret), context())
    meant.open()
    meant.close()


def test_a_password_file_that_others_can_read_is_told_of(tmp_path, caplog, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    path = tmp_path / "secret"
    path.write_text(PASSWORD)
    path.chmod(0o644)
    node = Mqtt(MqttOptions(port=1, username=USER, password_file=path), context())
    node.open()
    node.close()
    assert f"chmod 600 {path}" in caplog.text
    assert PASSWORD not in caplog.text
