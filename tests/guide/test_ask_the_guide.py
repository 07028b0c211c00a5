"""`edgeassist tell describe` reaches the guide through the voice, which says the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.guide.node import Guide, GuideOptions
from edgeassist.loop.events import Event, Spoken, SpokenHow, VideoFrame
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Context, Pace
from edgeassist.profile import Profile
from edgeassist.speech.control import tell
from edgeassist.speech.node import Speech, SpeechOptions


@dataclass(frozen=True)
class StreetOptions:
    """A picture that is looked at until somebody has seen enough."""

    picture: NDArray[np.uint8]
    enough: threading.Event


class Street:
    """A camera before a street that stands still but for the sensor's noise."""

    Options = StreetOptions
    consumes: ClassVar[tuple[type[Event], ...]] = ()
    produces: ClassVar[tuple[type[Event], ...]] = (VideoFrame,)
    lost = ""

    def __init__(self, options: StreetOptions, context: Context) -> None:
        self._options = options
        self._context = context

    def open(self) -> None:
        pass

    def events(self) -> Iterator[Event]:
        for number in range(1000):
            if self._options.enough.is_set() or self._context.stopping:
                return
            image = self._options.picture.copy()
            image[number % 50, 0] ^= 1
            now_ns = self._context.clock.now_ns()
            yield VideoFrame(captured_ns=now_ns, image=image, number=number, at_s=number / 10)

    def close(self) -> None:
        pass


@pytest.mark.usefixtures("centernet")
def test_somebody_who_presses_the_key_hears_what_is_around_and_the_walk_can_end(
    street: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    enough, seen, said = threading.Event(), threading.Semaphore(0), []
    heard = threading.Event()

    def tap(module: str, event: Event) -> None:
        if isinstance(event, VideoFrame):
            seen.release()
        if isinstance(event, Spoken):
            said.append(event)
            heard.set()

    voice: dict[str, Any] = {"voice": "silence", "output": "file", "remember": False}
    graph = Graph(
        [
            Module(name="street", plugin=Street, options=StreetOptions(street, enough)),
            Module(name="guide", plugin=Guide, options=GuideOptions()),
            Module(
                name="speech",
                plugin=Speech,
                options=SpeechOptions(path=tmp_path / "said.wav", **voice),
            ),
        ],
        profile=Profile(),
        language="en",
        pace=Pace.FAST,
        taps=[tap],
    )
    ended = threading.Event()
    loop = threading.Thread(target=lambda: (graph.run(), ended.set()), daemon=True)
    loop.start()
    try:
        for _ in range(8):
            assert seen.acquire(timeout=60)
        assert tell("describe") == [{"done": True, "lines": []}]
        assert heard.wait(60)
        (answer,) = tell("warnings loud")
        assert not answer["done"]
        assert "off, quiet, normal, full" in answer["why"]
    finally:
        enough.set()
    # Voice and guide each wait for what the other may still send: they end all the same.
    assert ended.wait(60)
    assert said[0].how is SpokenHow.SAID
    assert "people" in said[0].text or "person" in said[0].text
    assert "metres" in said[0].text
