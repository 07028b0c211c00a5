"""For authors of plug-ins: twins to feed a loop with, and the contract each kind has to keep.

In your own tests::

    from edgeassist.testing import check_node

    def test_my_node_keeps_the_contract():
        check_node(MyNode, MyOptions(), events=[...])
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from edgeassist.locale import chinese
from edgeassist.loop.clock import NS, Clock, ManualClock, RealClock
from edgeassist.loop.events import (
    BLOCK_SAMPLES,
    RATE_HZ,
    AudioBlock,
    Box,
    Caption,
    Event,
    Gap,
    State,
    Status,
)
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Context, Node, Pace, Source, Stopping
from edgeassist.plugins import KINDS, Missing
from edgeassist.profile import Profile


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """The events to give."""

    events: tuple[Event, ...] = ()


def replay(*produced: type[Event]) -> type[Source]:
    """A source class that gives the events in its options, then ends."""

    class Replay:
        Options: ClassVar[type[Any]] = ReplayOptions
        consumes: ClassVar[tuple[type[Event], ...]] = ()
        produces: ClassVar[tuple[type[Event], ...]] = produced
        lost: ClassVar[str] = ""

        def __init__(self, options: ReplayOptions, context: Context) -> None:
            self._events = options.events
            self._context = context

        def open(self) -> None:
            """Nothing to get."""

        def events(self) -> Iterator[Event]:
            """The events, unless told to stop."""
            for event in self._events:
                if self._context.stopping:
                    return
                yield event

        def close(self) -> None:
            """Nothing to release."""

    return Replay


def run_node(
    plugin: type[Node],
    options: Any,
    events: Sequence[Event],
    *,
    language: str = "zh",
    profile: Profile | None = None,
) -> list[Event]:
    """What a node makes of `events`, in a real loop that waits for its slowest reader.

    Status events are left out. Raises what the node raises when it cannot start; a node that
    fails later is an `AssertionError` with its reason.
    """
    given: list[Event] = []
    troubles: list[str] = []

    def tap(module: str, event: Event) -> None:
        if module == "node" and not isinstance(event, Status):
            given.append(event)
        elif isinstance(event, Status) and event.state is not State.RUNNING and event.why:
            troubles.append(event.why)

    kinds = tuple({type(event): None for event in events})
    graph = Graph(
        [
            Module(
                name="replay",
                plugin=replay(*(kinds or plugin.consumes)),
                options=ReplayOptions(events=tuple(events)),
            ),
            Module(name="node", plugin=plugin, options=options),
        ],
        profile=profile or Profile(),
        language=language,
        pace=Pace.FAST,
        taps=[tap],
    )
    graph.run()
    assert not troubles, troubles
    return given


def context(
    name: str = "test",
    *,
    clock: Clock | None = None,
    profile: Profile | None = None,
    language: str = "zh",
    pace: Pace = Pace.FAST,
) -> Context:
    """A context for an engine or a node that is tried outside a loop."""
    clock = clock or RealClock()
    return Context(
        name=name,
        clock=clock,
        stopping=Stopping(clock),
        profile=profile or Profile(),
        language=language,
        pace=pace,
    )


def audio_blocks(samples: NDArray[np.int16], *, start_s: float = 0.0) -> list[AudioBlock]:
    """16 kHz mono sound cut into 20 ms blocks, captured at their own time from 0 on."""
    return [
        AudioBlock(
            captured_ns=round((start_s + at / RATE_HZ) * NS),
            samples=samples[at : at + BLOCK_SAMPLES],
            start_s=start_s + at / RATE_HZ,
        )
        for at in range(0, len(samples), BLOCK_SAMPLES)
    ]


def check_plugin(kind: str, plugin: Any) -> None:
    """What every plug-in keeps, whatever its kind: describes itself, and loads nothing heavy."""
    assert kind in KINDS, f"kinds are {', '.join(KINDS)}"
    assert plugin.__doc__, "a plug-in says what it is in its docstring"
    assert dataclasses.is_dataclass(plugin.Options), "Options is a dataclass"
    frozen = getattr(plugin.Options, "__dataclass_params__").frozen  # noqa: B009 - mypy knows it not
    assert frozen, "Options is frozen"
    missing = plugin.check() if hasattr(plugin, "check") else None
    assert missing is None or isinstance(missing, Missing), "check() returns None or Missing"
    for package, fix in getattr(plugin, "requires", {}).items():
        assert package, "requires maps a package's import name to the command that installs it"
        assert fix, "requires maps a package's import name to the command that installs it"


def check_node(plugin: type[Any], options: Any, events: Sequence[Event]) -> list[Event]:
    """The contract of a node; returns what it made of `events`.

    It names its event types and what is lost without it (in both languages), is cheap to build,
    takes every event it says it consumes, gives only what it says it produces, keeps capture
    times, ends when its input ends, and can be closed after doing nothing.
    """
    check_plugin("nodes", plugin)
    for kinds in (plugin.consumes, plugin.produces):
        assert all(issubclass(kind, Event) for kind in kinds), "event types"
    assert isinstance(plugin.lost, str), "`lost` is a text"
    assert not plugin.lost or not _is_ours(plugin) or plugin.lost in chinese(), (
        "`lost` has a Chinese counterpart"
    )
    idle = plugin(options, context(clock=ManualClock()))
    idle.close()
    if not plugin.consumes:
        assert isinstance(idle, Source), "a node that consumes nothing has events()"
        return []
    assert isinstance(idle, Node), "open, handle, finish, close"
    for event in events:
        assert type(event) in plugin.consumes, f"it does not consume {type(event).__name__}"
    given = run_node(plugin, options, events)
    for event in given:
        assert type(event) in plugin.produces, f"it does not say it produces {type(event).__name__}"
    if events:
        latest_ns = max(event.captured_ns for event in events)
        assert all(event.captured_ns <= latest_ns for event in given), "captured_ns is the cause's"
    return given


def check_recognizer(
    plugin: type[Any], options: Any, speech: NDArray[np.int16], language: str = "zh"
) -> list[Caption]:
    """The contract of a speech recogniser; returns the captions of `speech` (16 kHz mono).

    Partials carry a stable prefix that never changes, a final ends its utterance, times lie
    within the sound, silence says nothing, and a gap ends what was being said.
    """
    check_plugin("recognizers", plugin)
    recognizer = plugin(options, context(language=language))
    try:
        quiet = audio_blocks(np.zeros(RATE_HZ, np.int16))
        captions = [c for block in quiet for c in recognizer.feed(block)]
        assert not any(c.final and c.text for c in captions), "silence says nothing"
        blocks = audio_blocks(speech, start_s=1.0)
        tail = audio_blocks(np.zeros(2 * RATE_HZ, np.int16), start_s=1.0 + len(speech) / RATE_HZ)
        captions = [c for block in (*blocks, *tail) for c in recognizer.feed(block)]
        captions += recognizer.finish()
    finally:
        recognizer.close()
    assert any(c.final and c.text for c in captions), "speech gives a final"
    _check_captions(captions, 1.0 + len(speech) / RATE_HZ + 2.0)
    recognizer = plugin(options, context(language=language))
    try:
        for block in blocks:
            list(recognizer.feed(block))
        end_s = blocks[-1].start_s
        lost = Gap(captured_ns=blocks[-1].captured_ns, start_s=end_s, seconds=0.5)
        cut = [*recognizer.gap(lost), *recognizer.finish()]
        assert all(c.final for c in cut[-1:]), "a gap leaves no partial open"
    finally:
        recognizer.close()
    return captions


def _check_captions(captions: Iterable[Caption], end_s: float) -> None:
    stable: dict[int, str] = {}
    ended: set[int] = set()
    for caption in captions:
        assert caption.utterance not in ended, "nothing follows a final of its utterance"
        assert 0 <= caption.stable_chars <= len(caption.text)
        assert 0 <= caption.start_s <= caption.end_s <= end_s + 0.1, "times lie within the sound"
        known = stable.get(caption.utterance, "")
        if not caption.final:
            assert caption.text.startswith(known), f"stable text changed: {known!r}"
            stable[caption.utterance] = caption.text[: caption.stable_chars]
        else:
            ended.add(caption.utterance)


def check_voice(plugin: type[Any], options: Any, text: str, language: str) -> NDArray[np.int16]:
    """The contract of a speech synthesis engine; returns `text` as sound (int16 mono)."""
    check_plugin("voices", plugin)
    voice = plugin(options, context(language=language))
    try:
        assert voice.rate_hz > 0
        chunks = list(voice.synthesize(text, language))
        assert all(chunk.dtype == np.int16 and chunk.ndim == 1 for chunk in chunks)
        length = sum(map(len, chunks))
        again = sum(map(len, voice.synthesize(text, language)))
        assert abs(again - length) <= 0.2 * length, "the same text lasts about the same"
    finally:
        voice.close()
    return np.concatenate(chunks) if chunks else np.zeros(0, np.int16)


def check_speaker(plugin: type[Any], options: Any, rate_hz: int = 22_050) -> None:
    """The contract of what plays speech: 20 ms blocks in order, a stop at once, a quiet end.

    It holds no more than two blocks that are not heard yet, so that what is urgent waits for at
    most two; it can be written to again after a stop.
    """
    check_plugin("speakers", plugin)
    world = context(pace=Pace.REAL)
    block = np.zeros(rate_hz // 50, np.int16)
    plugin(options, world).close()  # closing what was never opened does nothing
    speaker = plugin(options, world)
    speaker.open(rate_hz)
    try:
        began_ns = world.clock.now_ns()
        for _ in range(10):
            speaker.write(block)
        assert world.clock.now_ns() - began_ns >= 0.1 * NS, "write waits while two are queued"
        speaker.stop()
        speaker.write(block)
        speaker.drain()
        speaker.stop()
    finally:
        speaker.close()


def check_detector(plugin: type[Any], options: Any, image: NDArray[np.uint8]) -> list[Box]:
    """The contract of an object detector; returns what it finds in `image` (H x W x 3, BGR)."""
    check_plugin("detectors", plugin)
    detector = plugin(options)
    try:
        before = image.copy()
        boxes: list[Box] = detector.detect(image)
        height, width = image.shape[:2]
        for box in boxes:
            assert 0 <= box.x1 < box.x2 <= width, "boxes lie in the picture"
            assert 0 <= box.y1 < box.y2 <= height, "boxes lie in the picture"
            assert 0 <= box.score <= 1
        assert boxes == detector.detect(image), "the same picture gives the same boxes"
        assert np.array_equal(before, image), "the picture is left as it is"
        detector.detect(np.zeros((16, 16, 3), np.uint8))
    finally:
        detector.close()
    return boxes


def _is_ours(plugin: type[Any]) -> bool:
    return plugin.__module__.startswith("edgeassist.")
