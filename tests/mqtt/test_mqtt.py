"""Captions reach other devices through a real broker, also one that goes and comes back."""

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from mosquitto import PASSWORD, PROGRAM, USER, Listener, Mosquitto
from needs import lacking

from edgeassist.errors import ConfigError, EdgeAssistError, InputError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Caption, Event, State, Status
from edgeassist.mqtt.messages import as_level
from edgeassist.mqtt.node import Mqtt, MqttOptions
from edgeassist.testing import check_node, context

BASE = "edgeassist/kitchen"


def caption(number: int, text: str, *, stable: int | None = None) -> Caption:
    return Caption(
        captured_ns=RealClock().now_ns(),
        utterance=number,
        text=text,
        final=stable is None,
        stable_chars=len(text) if stable is None else stable,
        start_s=number,
        end_s=number + 0.5,
    )


class Publishing:
    """The module, open; what it tells the user is noted."""

    def __init__(self, options: MqttOptions) -> None:
        self.told: list[str] = []
        self._changed = threading.Condition()
        self.node = Mqtt(options, replace(context(), emit=self._note))
        self.node.open()

    def show(self, *events: Event) -> None:
        for event in events:
            assert list(self.node.handle(event)) == []

    def wait_until_told(self, part: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(part in one for one in self.told), 20), (
                self.told
            )

    def _note(self, event: Event) -> None:
        assert isinstance(event, Status)
        with self._changed:
            self.told.append(event.why)
            self._changed.notify_all()


@pytest.fixture
def broker(tmp_path):
    """Starts brokers; they are killed at the end."""
    if PROGRAM is None:
        lacking("mosquitto", "mosquitto")
    brokers = []

    def start(**kind) -> Mosquitto:
        brokers.append(Mosquitto(tmp_path, **kind))
        return brokers[-1]

    yield start
    for one in brokers:
        one.kill()


@pytest.fixture
def publish():
    """Opens the module; it is closed at the end."""
    open_ones = []

    def begin(broker: Mosquitto | None, **options) -> Publishing:
        if broker is not None:
            options.setdefault("port", broker.port)
        options.setdefault("host", "127.0.0.1")
        open_ones.append(Publishing(MqttOptions(name="Kitchen", **options)))
        return open_ones[-1]

    yield begin
    for one in open_ones:
        one.node.close()


@pytest.fixture
def listen():
    """Listeners; they part at the end."""
    listeners = []

    def begin(*arguments) -> Listener:
        listeners.append(Listener(*arguments))
        return listeners[-1]

    yield begin
    for one in listeners:
        one.close()


def test_finals_partials_and_states_are_published(broker, publish, listen):
    server = broker()
    listener = listen(server)
    kitchen = publish(server, partials=True)
    listener.wait_for(lambda: listener.last(f"{BASE}/availability") == "online")
    kitchen.show(caption(1, "你", stable=0), caption(1, "你好。"), caption(2, ""))
    off = Status(
        captured_ns=0, module="captions", state=State.DEGRADED, why="x", lost="captions are off"
    )
    kitchen.show(off)
    listener.wait_for(lambda: listener.last(f"{BASE}/problem"))
    assert listener.finals() == ["你好。"]
    partial = json.loads(listener.last(f"{BASE}/caption/partial"))
    assert (partial["text"], partial["stable_chars"]) == ("你", 0)
    final = json.loads(listener.last(f"{BASE}/caption/final"))
    assert (final["language"], final["start_s"], final["end_s"]) == ("zh", 1, 1.5)
    assert json.loads(listener.last(f"{BASE}/status/captions"))["lost"] == "captions are off"
    assert json.loads(listener.last(f"{BASE}/problem")) == {
        "problem": "ON",
        "modules": ["captions"],
    }
    kitchen.show(Status(captured_ns=0, module="captions", state=State.RUNNING))
    listener.wait_for(lambda: '"OFF"' in listener.last(f"{BASE}/problem"))


def test_home_assistant_finds_the_device_and_who_comes_later_sees_how_it_is(
    broker, publish, listen
):
    server = broker()
    kitchen = publish(server)
    kitchen.show(caption(1, "很长" * 200))
    list(kitchen.node.finish())
    listener = listen(server)
    config = "homeassistant/sensor/edgeassist_kitchen/caption/config"
    problem = "homeassistant/binary_sensor/edgeassist_kitchen/problem/config"
    listener.wait_for(
        lambda: listener.last(config) and listener.last(problem) and listener.finals()
    )
    assert all(retained for _, _, retained in listener.got)
    found = json.loads(listener.last(config))
    assert found["state_topic"] == f"{BASE}/caption/final"
    assert found["availability_topic"] == f"{BASE}/availability"
    assert "[:255]" in found["value_template"]  # a longer state is refused there
    assert found["device"]["identifiers"] == ["edgeassist_kitchen"]
    assert json.loads(listener.last(problem))["device_class"] == "problem"
    kitchen.node.close()
    listener.wait_for(lambda: listener.last(f"{BASE}/availability") == "offline")


def test_no_final_is_lost_when_the_broker_is_killed_and_comes_back(broker, publish, listen):
    server = broker()
    listener = listen(server)
    kitchen = publish(server)
    kitchen.show(*(caption(number, f"第{number}句") for number in range(10)))
    listener.wait_for(lambda: len(listener.finals()) == 10)
    server.kill()
    kitchen.wait_until_told(str(server.port))
    kitchen.show(*(caption(number, f"第{number}句") for number in range(10, 60)))
    server.start()
    kitchen.show(*(caption(number, f"第{number}句") for number in range(60, 70)))
    listener.wait_for(lambda: len(listener.finals()) == 70)
    assert listener.finals() == [f"第{number}句" for number in range(70)]
    listener.wait_for(lambda: listener.last(f"{BASE}/availability") == "online")
    assert kitchen.told[-1] == ""  # the trouble is over


VANISHES = """
import signal, sys
from edgeassist.mqtt.node import Mqtt, MqttOptions
from edgeassist.testing import context
Mqtt(MqttOptions(host="127.0.0.1", port=int(sys.argv[1]), name="Kitchen"), context()).open()
signal.pause()
"""


def test_a_program_that_vanishes_is_said_to_be_offline_by_the_broker(broker, listen):
    server = broker()
    listener = listen(server)
    child = subprocess.Popen([sys.executable, "-c", VANISHES, str(server.port)])
    listener.wait_for(lambda: listener.last(f"{BASE}/availability") == "online")
    child.kill()
    child.wait()
    listener.wait_for(lambda: listener.last(f"{BASE}/availability") == "offline")


def test_a_broker_that_is_not_there_yet_is_waited_for(broker, publish, listen):
    server = broker()
    server.kill()
    kitchen = publish(server)
    kitchen.wait_until_told(str(server.port))
    kitchen.show(caption(1, "先说的话。"))
    server.start()
    listener = listen(server)
    listener.wait_for(lambda: listener.finals() == ["先说的话。"])


def test_it_speaks_tls_and_knows_its_password(broker, publish, listen, tmp_path):
    server = broker(tls=True, password=True)
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")
    ca = tmp_path / "broker.pem"

    def prepare(client) -> None:
        client.tls_set(str(ca))
        client.username_pw_set(USER, PASSWORD)

    listener = listen(server, prepare)
    kitchen = publish(
        server, host="localhost", tls=True, ca_file=ca, username=USER, password_file=secret
    )
    kitchen.show(caption(1, "悄悄话。"))
    listener.wait_for(lambda: listener.finals() == ["悄悄话。"])


def test_a_wrong_password_is_told_and_never_shown(broker, publish, tmp_path, monkeypatch, capfd):
    server = broker(password=True)
    monkeypatch.setenv("BROKER_PASSWORD", PASSWORD + "x")
    kitchen = publish(server, username=USER, password_env="BROKER_PASSWORD")
    kitchen.wait_until_told(str(server.port))
    kitchen.show(caption(1, "好"))
    told = "".join(kitchen.told) + "".join(capfd.readouterr())
    assert "ot authori" in told
    assert PASSWORD not in told
    assert PASSWORD not in repr(MqttOptions(password_env="BROKER_PASSWORD"))


def test_a_strangers_certificate_is_not_trusted(broker, publish, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    server = broker(tls=True)
    kitchen = publish(server, host="localhost", tls=True)
    kitchen.wait_until_told("self-signed")
    assert "no connection to the broker localhost" in kitchen.told[0]


def test_a_queue_that_is_full_is_told_of_and_holds_nobody_up(publish, monkeypatch):
    monkeypatch.setenv("EDGEASSIST_LANG", "en")
    kitchen = publish(None, port=1, queue=20)
    kitchen.show(*(caption(number, str(number)) for number in range(100)))
    kitchen.wait_until_told("away for too long")


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"password_file": Path("/none/secret"), "username": "x"}, InputError, "/none/secret"),
        ({"password_env": "EDGEASSIST_NO_SUCH", "username": "x"}, ConfigError, "NO_SUCH"),
        ({"tls": True, "ca_file": Path("/none/ca.pem")}, InputError, "/none/ca.pem"),
        ({"tls": True, "ca_file": Path(__file__)}, InputError, "test_mqtt.py"),
    ],
)
def test_a_wrong_setting_is_told_before_anything_runs(options, error, named):
    with pytest.raises(error, match=named) as raised:
        Mqtt(MqttOptions(**options), context()).open()
    assert isinstance(raised.value, EdgeAssistError)


def test_it_is_a_node(broker):
    server = broker()
    events = [caption(1, "你好"), Status(captured_ns=0, module="x", state=State.RUNNING)]
    check_node(Mqtt, MqttOptions(host="127.0.0.1", port=server.port), events)


def test_any_name_makes_a_topic():
    assert as_level("Küche/2 #+") == "k-che-2"
    assert as_level("厨房") == "edgeassist"
