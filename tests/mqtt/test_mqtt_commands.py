"""A button somewhere in the house tells the voice what to do, through a real broker."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mosquitto import PROGRAM, Listener, Mosquitto
from needs import lacking
from paho.mqtt import publish

from edgeassist.loop.events import Command, Event, Priority, Spoken, SpokenHow, Utterance
from edgeassist.mqtt.node import Mqtt, MqttOptions
from edgeassist.speech.node import Speech, SpeechOptions
from edgeassist.testing import context

BASE = "edgeassist/kitchen"


@pytest.fixture
def broker(tmp_path) -> Iterator[Mosquitto]:
    if PROGRAM is None:
        lacking("mosquitto", "mosquitto")
    server = Mosquitto(tmp_path)
    yield server
    server.kill()


class Kitchen:
    """The mqtt module and what it put out, and (if wanted) a voice that hears its commands."""

    def __init__(self, broker: Mosquitto, folder: Path | None = None, **options: object) -> None:
        self.events: list[Event] = []
        self.port = broker.port
        self._changed = threading.Condition()
        self.speech: Speech | None = None
        if folder is not None:
            plain = SpeechOptions(
                voice="silence", output="file", path=folder / "a.wav", remember=False
            )
            self.speech = Speech(
                replace(plain, remember=False), replace(context(), emit=self._take)
            )
            self.speech.open()
        self.node = Mqtt(
            MqttOptions(host="127.0.0.1", port=broker.port, name="Kitchen", **options),
            replace(context(), emit=self._take),
        )
        self._listener = Listener(broker)
        self.node.open()
        self._listener.wait_for(lambda: self._listener.last(f"{BASE}/availability") == "online")

    def order(self, text: str, *, retain: bool = False) -> None:
        order(self.port, text, retain=retain)

    def commands(self) -> list[tuple[str, str]]:
        return [(event.name, event.value) for event in self.events if isinstance(event, Command)]

    def spoken(self) -> dict[str, SpokenHow]:
        return {event.text: event.how for event in self.events if isinstance(event, Spoken)}

    def say(self, text: str, priority: Priority = Priority.TEXT) -> None:
        assert self.speech is not None
        utterance = Utterance(captured_ns=0, text=text, language="zh", priority=priority)
        list(self.speech.handle(utterance))

    def wait_for(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 20), self.events

    def config(self, topic: str) -> dict:
        self._listener.wait_for(lambda: self._listener.last(topic))
        return json.loads(self._listener.last(topic) or "")

    @property
    def topics(self) -> list[str]:
        return [topic for topic, _, _ in self._listener.got]

    def close(self) -> None:
        self.node.close()
        self._listener.close()
        if self.speech is not None:
            self.speech.close()

    def _take(self, event: Event) -> None:
        if self.speech is not None and isinstance(event, Command):
            list(self.speech.handle(event))
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()


def order(port: int, text: str, *, retain: bool = False) -> None:
    publish.single(f"{BASE}/command", text, qos=1, retain=retain, hostname="127.0.0.1", port=port)


@pytest.fixture
def kitchen(broker) -> Iterator[Callable[..., Kitchen]]:
    opened: list[Kitchen] = []

    def begin(*arguments: Path, **options: object) -> Kitchen:
        opened.append(Kitchen(broker, *arguments, **options))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def test_orders_come_as_commands_and_what_nobody_knows_is_told(kitchen):
    one = kitchen(commands=True)
    for text in ("stop", " rate 250 ", "dance", "faster"):
        one.order(text)
    one.wait_for(lambda: ("faster", "") in one.commands())
    assert one.commands() == [("stop", ""), ("rate", "250"), ("faster", "")]
    assert any("dance" in getattr(event, "why", "") for event in one.events)


def test_an_order_that_the_broker_has_kept_is_not_obeyed_at_every_start(broker, kitchen):
    order(broker.port, "stop", retain=True)
    one = kitchen(commands=True)
    one.order("repeat")
    one.wait_for(one.commands)
    assert one.commands() == [("repeat", "")]


def test_nobody_tells_the_voice_anything_unless_the_set_up_allows_it(kitchen):
    deaf = kitchen()
    deaf.order("stop")
    deaf.node.close()
    allowed = kitchen(commands=True)
    allowed.order("repeat")
    allowed.wait_for(allowed.commands)
    assert not deaf.commands()
    assert not any("/button/" in topic for topic in deaf.topics)


def test_the_voice_obeys_what_the_broker_says(kitchen, tmp_path):
    one = kitchen(tmp_path, commands=True)
    one.order("pause")
    one.wait_for(one.commands)
    one.say("一段话。")
    one.say("停。", Priority.DANGER)
    one.wait_for(lambda: one.spoken().get("停。") is SpokenHow.SAID)
    assert "一段话。" not in one.spoken(), "a danger is said though somebody paused the voice"
    one.order("resume")
    one.wait_for(lambda: one.spoken().get("一段话。") is SpokenHow.SAID)
    one.order("spell")
    one.wait_for(lambda: any("话，" in text or "的话" in text for text in one.spoken()))
    one.say("很长的一段话，" * 20)
    one.order("stop")
    one.wait_for(lambda: SpokenHow.INTERRUPTED in one.spoken().values())
    one.order("louder")
    one.wait_for(lambda: any("音量" in text for text in one.spoken()))


def test_home_assistant_finds_a_button_for_each_order(kitchen):
    one = kitchen(commands=True)
    found = one.config("homeassistant/button/edgeassist_kitchen/stop/config")
    assert (found["command_topic"], found["payload_press"]) == (f"{BASE}/command", "stop")
    one.order(found["payload_press"])
    one.wait_for(lambda: one.commands() == [("stop", "")])
