"""Events as no module should give them, by the thousand: no module fails over one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgeassist.braille.brf import BrfWriter
from edgeassist.braille.display_node import Display, DisplayOptions, DisplayOutput
from edgeassist.braille.node import Braille
from edgeassist.cli.terminal import Terminal
from edgeassist.guide.node import Guide, GuideOptions
from edgeassist.loop.events import (
    AudioLevel,
    BrailleLine,
    Caption,
    Command,
    Event,
    Priority,
    Pulse,
    RangeReading,
    Side,
    State,
    Status,
    Tone,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.speech.node import Speech, SpeechOptions
from edgeassist.testing import ReplayOptions, replay
from edgeassist.web.node import Web, WebOptions

TEXTS = (
    *(
        "",
        " ",
        "\n",
        "\0",
        "\x1b[2J",
        "a" * 3000,
        "中" * 1500,
        "\udcff",
        "𠮷\u202e👩‍👩‍👧",
        "…",
        "\u2800",
    ),
    *("<script>alert(1)</script>", "-->", "data: x\n\nevent: y", "1e999 % 0/0", "²½", "ｆｕｌｌ"),
)
NUMBERS = (0.0, -1.0, 1e-9, 1e18, float("nan"), float("inf"), float("-inf"))
TIMES_NS = (0, -1, 1, 2**62)


def events(kind: type[Event], count: int, seed: int = 1) -> Iterator[Event]:
    chance = random.Random(seed)
    for _ in range(count):
        yield MAKE[kind](chance)


def _any(chance: random.Random) -> dict[str, Any]:
    return {"captured_ns": chance.choice(TIMES_NS)}


def _caption(chance: random.Random) -> Caption:
    text = chance.choice(TEXTS)
    return Caption(
        **_any(chance),
        utterance=chance.choice((0, -1, 1, 2, 10**12)),
        text=text,
        final=chance.random() < 0.6,
        stable_chars=chance.choice((0, len(text), 10**6, -1)),
        start_s=chance.choice(NUMBERS),
        end_s=chance.choice(NUMBERS),
        language=chance.choice(("zh", "en", "", "xx-YY")),
        heard=chance.choice(TEXTS),
    )


def _braille(chance: random.Random) -> BrailleLine:
    text = chance.choice(TEXTS)
    cells = chance.choice(("", "⠁", "⠿" * 500, "⠀⠀⠀", text))
    return BrailleLine(
        **_any(chance),
        text=text,
        cells=cells,
        source=chance.choice(((), tuple(range(len(cells))), (10**6,) * len(cells))),
        final=chance.random() < 0.6,
        urgent=chance.random() < 0.1,
    )


def _utterance(chance: random.Random) -> Utterance:
    return Utterance(
        **_any(chance),
        text=chance.choice(TEXTS)[:200],
        language=chance.choice(("zh", "en", "", "xx")),
        priority=chance.choice(tuple(Priority)),
        expires_ns=chance.choice((None, 0, -1, 2**62)),
        merge_key=chance.choice((None, "", "a")),
    )


def _frame(chance: random.Random) -> VideoFrame:
    high, wide = chance.choice(((1, 1), (1, 900), (700, 2), (48, 64), (33, 31)))
    return VideoFrame(
        **_any(chance),
        image=np.full((high, wide, 3), chance.randrange(256), np.uint8),
        number=chance.choice((0, -1, 5, 5, 10**9)),
        at_s=chance.choice((0.0, 0.0, 5.0, -3.0, 1e9)),
    )


MAKE: dict[type[Event], Any] = {
    Caption: _caption,
    BrailleLine: _braille,
    Utterance: _utterance,
    VideoFrame: _frame,
    AudioLevel: lambda chance: AudioLevel(
        **_any(chance),
        peak_dbfs=chance.choice(NUMBERS),
        rms_dbfs=chance.choice(NUMBERS),
        clipped=chance.random() < 0.5,
    ),
    Status: lambda chance: Status(
        **_any(chance),
        module=chance.choice(TEXTS)[:50],
        state=chance.choice(tuple(State)),
        why=chance.choice(TEXTS),
        lost=chance.choice(TEXTS),
    ),
    Pulse: lambda chance: Pulse(
        **_any(chance), side=chance.choice(tuple(Side)), strength=chance.choice(NUMBERS), pattern=()
    ),
    Tone: lambda chance: Tone(
        **_any(chance), bearing_deg=chance.choice(NUMBERS), priority=chance.choice(tuple(Priority))
    ),
    Command: lambda chance: Command(
        **_any(chance),
        name=chance.choice(("describe", "warnings", "rate", "stop", "spell", "")),
        value=chance.choice(TEXTS),
    ),
    RangeReading: lambda chance: RangeReading(
        **_any(chance),
        distance_m=chance.choice((None, *NUMBERS)),
        bearing_deg=chance.choice(NUMBERS),
        beam_deg=chance.choice(NUMBERS),
        sensor=chance.choice(TEXTS)[:30],
        elevation_deg=chance.choice(NUMBERS),
    ),
}
COUNTS = {VideoFrame: 25, Caption: 150, Utterance: 40, Command: 40}


def _nodes(folder: Path) -> dict[str, tuple[type[Any], Any]]:
    return {
        "braille": (Braille, Braille.Options()),
        "brf": (BrfWriter, BrfWriter.Options(path=folder / "a.brf")),
        "display": (Display, DisplayOptions(output=DisplayOutput.VIRTUAL, path=folder / "cells")),
        "guide": (Guide, GuideOptions(size=96)),
        "speech": (
            Speech,
            SpeechOptions(
                voice="silence", output="file", path=folder / "a.wav", control=False, remember=False
            ),
        ),
        "terminal": (Terminal, Terminal.Options()),
        "web": (Web, WebOptions(port=0, token="abcdefgh2345")),
    }


@pytest.mark.parametrize(
    "name", ["braille", "brf", "display", "guide", "speech", "terminal", "web"]
)
def test_no_event_however_odd_makes_a_module_fail(name: str, tmp_path: Path) -> None:
    plugin, options = _nodes(tmp_path)[name]
    kinds = [kind for kind in plugin.consumes if kind in MAKE]
    each = max(25, 1000 // len(kinds))
    lanes = [list(events(kind, min(each, COUNTS.get(kind, each)))) for kind in kinds]
    mixed = [one for group in itertools.zip_longest(*lanes) for one in group if one is not None]
    troubles: list[str] = []

    def tap(module: str, event: Event) -> None:
        """What the module's own runner tells; the odd ones come from the replay."""
        if module == "node" and isinstance(event, Status) and event.state is State.RESTARTING:
            troubles.append(event.why)

    Graph(
        [
            Module(name="odd", plugin=replay(*kinds), options=ReplayOptions(events=tuple(mixed))),
            Module(name="node", plugin=plugin, options=options),
        ],
        profile=Profile(),
        pace=Pace.FAST,
        taps=[tap],
    ).run()
    assert not troubles
