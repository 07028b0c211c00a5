"""What is published where: topics and payloads as plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edgeassist import __version__
from edgeassist.locale import t
from edgeassist.loop.events import Caption, State, Status

_LONGEST_STATE = 255  # characters; Home Assistant refuses a longer state of an entity


@dataclass(frozen=True, slots=True)
class Message:
    """One publication. Finals and states are delivered at least once, partials if they can be."""

    topic: str
    payload: str
    retain: bool = False
    surely: bool = True


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one device: everything lies below `base`."""

    base: str

    @property
    def availability(self) -> str:
        """`online` or `offline`, retained; the broker itself says offline when we vanish."""
        return f"{self.base}/availability"

    @property
    def final(self) -> str:
        """Finished captions."""
        return f"{self.base}/caption/final"

    @property
    def partial(self) -> str:
        """Captions while they grow."""
        return f"{self.base}/caption/partial"

    @property
    def problem(self) -> str:
        """Whether anything is off, for a lamp or an automation."""
        return f"{self.base}/problem"

    @property
    def command(self) -> str:
        """Where others tell the voice what to do: `stop`, `rate 250`."""
        return f"{self.base}/command"

    def status(self, module: str) -> str:
        """How one module is."""
        return f"{self.base}/status/{as_level(module)}"


def as_level(name: str) -> str:
    """A name as one level of a topic and as an identifier: letters, digits, "_", "-"."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-").lower() or "edgeassist"


def caption_message(
    topics: Topics, caption: Caption, number: str, said: datetime, *, retain: bool
) -> Message:
    """A caption; `number` is the same if the broker delivers it twice."""
    payload: dict[str, Any] = {
        "text": caption.text,
        "language": caption.language,
        "start_s": round(caption.start_s, 3),
        "end_s": round(caption.end_s, 3),
    }
    if not caption.final:
        payload |= {"utterance": caption.utterance, "stable_chars": caption.stable_chars}
        return Message(topics.partial, _json(payload), surely=False)
    payload |= {"id": number, "said": said.isoformat(timespec="milliseconds")}
    return Message(topics.final, _json(payload), retain=retain)


def status_messages(topics: Topics, status: Status, states: Mapping[str, State]) -> list[Message]:
    """How a module is, and whether anything is off now."""
    off = [
        name
        for name, state in states.items()
        if state in (State.RESTARTING, State.STALLED, State.DEGRADED)
    ]
    module = {"state": status.state.value, "why": status.why, "lost": status.lost}
    return [
        Message(topics.status(status.module), _json(module), retain=True),
        Message(
            topics.problem,
            _json({"problem": "ON" if off else "OFF", "modules": sorted(off)}),
            retain=True,
        ),
    ]


def discovery(topics: Topics, name: str, prefix: str, language: str) -> list[Message]:
    """What makes Home Assistant show the device (MQTT discovery), retained."""
    identity, common = _device(topics, name)
    caption = {
        "name": t("Caption", lang=language),
        "unique_id": f"{identity}_caption",
        "icon": "mdi:closed-caption",
        "state_topic": topics.final,
        "value_template": f"{{{{ value_json.text[:{_LONGEST_STATE}] }}}}",
        "json_attributes_topic": topics.final,
        **common,
    }
    problem = {
        "name": t("Problem", lang=language),
        "unique_id": f"{identity}_problem",
        "device_class": "problem",
        "state_topic": topics.problem,
        "value_template": "{{ value_json.problem }}",
        "json_attributes_topic": topics.problem,
        **common,
    }
    return [
        Message(f"{prefix}/sensor/{identity}/caption/config", _json(caption), retain=True),
        Message(f"{prefix}/binary_sensor/{identity}/problem/config", _json(problem), retain=True),
    ]


def discovered_buttons(topics: Topics, name: str, prefix: str, language: str) -> list[Message]:
    """The same for buttons that tell the voice what to do."""
    identity, common = _device(topics, name)
    titles = {
        "stop": t("Be silent", lang=language),
        "toggle": t("Pause or go on", lang=language),
        "repeat": t("Say it again", lang=language),
        "spell": t("Spell it", lang=language),
        "faster": t("Speak faster", lang=language),
        "slower": t("Speak slower", lang=language),
        "louder": t("Speak louder", lang=language),
        "softer": t("Speak softer", lang=language),
    }
    return [
        Message(
            f"{prefix}/button/{identity}/{order}/config",
            _json(
                {
                    "name": title,
                    "unique_id": f"{identity}_{order}",
                    "command_topic": topics.command,
                    "payload_press": order,
                    **common,
                }
            ),
            retain=True,
        )
        for order, title in titles.items()
    ]


def _device(topics: Topics, name: str) -> tuple[str, dict[str, Any]]:
    """The device's identifier, and what all its entities say of it."""
    identity = f"edgeassist_{as_level(name)}"
    return identity, {
        "availability_topic": topics.availability,
        "device": {
            "identifiers": [identity],
            "name": f"EdgeAssist {name}",
            "manufacturer": "EdgeAssist",
            "sw_version": __version__,
        },
    }


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
