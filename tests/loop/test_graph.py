"""The whole loop on a clock that moves when told: wiring, failures, stopping, what is said."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from edgeassist.errors import ConfigError, DeviceError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import (
    AudioBlock,
    Caption,
    Event,
    Gap,
    Priority,
    State,
    Status,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.testing import ReplayOptions, audio_blocks, replay


@dataclass(frozen=True)
class Options:
    act: Callable[[Event], list[Event]] = lambda event: []
    on_open: Callable[[], None] = lambda: None
    on_finish: Callable[[], list[Event]] = list


def node(consumes: tuple[type[Event], ...], produces=(), lost: str = ""):
    """A node class that does what its options say."""

    class Acting:
        def __init__(self, options, context):
            self.options = options

        def open(self):
            self.options.on_open()

        def handle(self, event):
            return self.options.act(event)

        def finish(self):
            return self.options.on_finish()

        def close(self):
            pass

    Acting.Options, Acting.consumes, Acting.produces, Acting.lost = (
        Options,
        consumes,
        produces,
        lost,
    )
    return Acting


def pictures(count: int) -> tuple[VideoFrame, ...]:
    image = np.zeros((2, 2, 3), np.uint8)
    return tuple(
        VideoFrame(captured_ns=n, image=image, number=n, at_s=n / 10) for n in range(count)
    )


def said(text: str) -> Utterance:
    return Utterance(captured_ns=0, text=text, language="zh", priority=Priority.MESSAGE)


def graph(*modules, clock=None, pace=Pace.FAST, **more) -> Graph:
    named = [
        Module(name=f"{plugin.__name__.lower()}{index}", plugin=plugin, options=options)
        for index, (plugin, options) in enumerate(modules)
    ]
    return Graph(named, profile=Profile(), clock=clock, pace=pace, **more)


def source(*events: Event):
    return replay(*{type(event) for event in events}), ReplayOptions(events=events)


def run_moving(loop: Graph, clock: ManualClock, step_s: float = 0.25) -> bool:
    """Run a loop while its clock is pushed on."""
    outcome: list[bool] = []
    running = threading.Thread(target=lambda: outcome.append(loop.run()))
    running.start()
    while running.is_alive():
        clock.advance(step_s)
        running.join(0.001)
    return outcome[0]


def test_events_go_to_every_node_that_consumes_their_type_and_to_no_other():
    seen: dict[str, list[Event]] = {"a": [], "b": [], "text": []}

    def keep(name: str):
        return Options(act=lambda event: seen[name].append(event) or [])

    frames = pictures(5)
    assert graph(
        source(*frames),
        (node((VideoFrame,)), keep("a")),
        (node((VideoFrame,)), keep("b")),
        (node((Utterance,)), keep("text")),
    ).run()
    assert seen["a"] == seen["b"] == list(frames)
    assert seen["text"] == []


def test_a_slow_detector_in_a_live_loop_sees_the_newest_frame():
    """The detector is still busy with its first frame while all the others arrive."""
    all_there = threading.Event()
    seen: list[int] = []

    def detect(event: VideoFrame) -> list[Event]:
        seen.append(event.number)
        all_there.wait(10)
        return []

    class Camera(replay(VideoFrame)):
        def events(self) -> Iterator[Event]:
            yield from super().events()
            all_there.set()

    loop = graph(
        (Camera, ReplayOptions(events=pictures(50))),
        (node((VideoFrame,)), Options(act=detect)),
        pace=Pace.REAL,
    )
    assert loop.run()
    assert seen[-1] == 49
    assert len(seen) <= 3
    (lane,) = [c for c in loop.summary()["channels"] if c["event"] == "VideoFrame"]
    assert lane["drops"] == 50 - len(seen)


def test_a_recogniser_that_was_too_slow_is_told_how_much_sound_it_missed():
    all_there = threading.Event()
    seen: list[Event] = []

    def hear(event: Event) -> list[Event]:
        seen.append(event)
        all_there.wait(10)
        return []

    class Microphone(replay(AudioBlock)):
        def events(self) -> Iterator[Event]:
            yield from super().events()
            all_there.set()

    blocks = audio_blocks(np.zeros(16_000 * 5, np.int16))
    graph(
        (Microphone, ReplayOptions(events=tuple(blocks))),
        (node((AudioBlock, Gap)), Options(act=hear)),
        pace=Pace.REAL,
    ).run()
    gaps = [event for event in seen if isinstance(event, Gap)]
    assert len(gaps) == 1
    assert gaps[0].seconds + sum(e.seconds for e in seen if isinstance(e, AudioBlock)) == (
        pytest.approx(5.0)
    )


def test_a_node_that_fails_is_restarted_then_given_up_on_and_the_user_is_told_while_others_go_on():
    clock = ManualClock()
    told: list[str] = []
    lives: list[int] = []
    counted: list[int] = []

    def fail(event: Event) -> list[Event]:
        raise ValueError("bad luck")

    loop = graph(
        source(*pictures(30)),
        (
            node((VideoFrame,), (Caption,), "obstacle warnings are off"),
            Options(act=fail, on_open=lambda: lives.append(clock.now_ns())),
        ),
        (node((VideoFrame,)), Options(act=lambda event: counted.append(event.number) or [])),
        (node((Utterance,)), Options(act=lambda event: told.append(event.text) or [])),
        clock=clock,
    )
    assert not run_moving(loop, clock)
    assert counted == list(range(30))
    assert told == ["障碍物提醒已停止"]
    assert loop.summary()["modules"]["acting1"] == "degraded"
    waits_s = [(later - before) / 1e9 for before, later in itertools.pairwise(lives)]
    assert len(waits_s) == 5
    assert all(wait_s >= least_s for wait_s, least_s in zip(waits_s, [1, 2, 4, 8, 16], strict=True))


def test_a_node_that_failed_once_works_again():
    clock = ManualClock()
    seen: list[int] = []

    def stumble(event: VideoFrame) -> list[Event]:
        if event.number == 3:
            raise RuntimeError("once")
        seen.append(event.number)
        return []

    loop = graph(source(*pictures(10)), (node((VideoFrame,)), Options(act=stumble)), clock=clock)
    assert run_moving(loop, clock)
    assert seen == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_a_device_that_is_not_there_stops_the_start_with_its_own_error():
    def missing() -> None:
        raise DeviceError("camera 7", "there is no such camera", fix="Plug it in")

    loop = graph(source(*pictures(3)), (node((VideoFrame,)), Options(on_open=missing)))
    with pytest.raises(ConfigError, match=r"camera 7: there is no such camera\. Plug it in"):
        loop.run()


def test_a_user_who_asked_to_keep_going_is_told_what_is_missing_and_the_rest_works():
    clock = ManualClock()
    told: list[str] = []
    counted: list[int] = []

    def missing() -> None:
        raise DeviceError("display", "not connected")

    loop = graph(
        source(*pictures(5)),
        (node((VideoFrame,), (), "braille is off"), Options(on_open=missing)),
        (node((VideoFrame,)), Options(act=lambda event: counted.append(event.number) or [])),
        (node((Utterance,)), Options(act=lambda event: told.append(event.text) or [])),
        clock=clock,
        keep_going=True,
    )
    assert not run_moving(loop, clock)
    assert counted == [0, 1, 2, 3, 4]
    assert told == ["盲文输出已停止"]


def test_a_node_that_does_not_answer_is_reported_and_its_return_too():
    clock = ManualClock()
    told: list[str] = []
    release = threading.Event()

    def hang(event: Event) -> list[Event]:
        release.wait(20)
        return []

    def hear(event: Utterance) -> list[Event]:
        told.append(event.text)
        release.set()
        return []

    class Patient(replay(VideoFrame)):
        def events(self) -> Iterator[Event]:
            yield from super().events()
            release.wait(20)
            self._context.stopping.wait(1.0)

    loop = graph(
        (Patient, ReplayOptions(events=pictures(1))),
        (node((VideoFrame,), (), "obstacle warnings are off"), Options(act=hang)),
        (node((Utterance,)), Options(act=hear)),
        clock=clock,
    )
    assert run_moving(loop, clock)
    assert told[0] == "障碍物提醒已停止"
    assert told[1:] in (["已恢复：障碍物提醒已停止"], [])


def test_stopping_lets_text_that_is_under_way_arrive():
    kept: list[str] = []
    began = threading.Event()

    class Endless(replay(VideoFrame)):
        def events(self) -> Iterator[Event]:
            yield pictures(1)[0]
            began.set()
            while not self._context.stopping.wait(10):
                pass

    loop = graph(
        (Endless, ReplayOptions()),
        (
            node((VideoFrame,), (Utterance,)),
            Options(
                act=lambda event: [said("one")], on_finish=lambda: [said("two"), said("three")]
            ),
        ),
        (node((Utterance,)), Options(act=lambda event: kept.append(event.text) or [])),
        pace=Pace.REAL,
    )
    threading.Thread(target=lambda: (began.wait(10), loop.stop(), loop.stop())).start()
    assert loop.run()
    assert kept == ["one", "two", "three"]


def test_a_node_that_will_not_end_cannot_hold_up_a_stop_for_longer_than_two_seconds():
    clock = ManualClock()
    forever = threading.Event()

    def dawdle() -> list[Event]:
        forever.wait(60)
        return []

    loop = graph(
        source(*pictures(1)),
        (node((VideoFrame,)), Options(on_finish=dawdle)),
        clock=clock,
    )
    loop.stop()
    began_ns = clock.now_ns()
    assert not run_moving(loop, clock, 0.05)
    forever.set()
    assert (clock.now_ns() - began_ns) / 1e9 >= 2.0


def test_a_run_of_so_many_seconds_ends_by_itself():
    clock = ManualClock()

    class Endless(replay(VideoFrame)):
        def events(self) -> Iterator[Event]:
            while not self._context.stopping.wait(10):
                yield pictures(1)[0]

    loop = graph((Endless, ReplayOptions()), (node((VideoFrame,)), Options()), clock=clock)
    outcome: list[bool] = []
    running = threading.Thread(target=lambda: outcome.append(loop.run(seconds=5)))
    running.start()
    while running.is_alive():
        clock.advance(0.25)
        running.join(0.001)
    assert outcome == [True]
    assert clock.now_ns() >= 5e9


def test_a_config_in_which_nobody_looks_or_listens_is_refused():
    with pytest.raises(ConfigError, match="nothing here listens or looks"):
        graph((node((Utterance,)), Options()))


def test_a_module_that_nobody_feeds_is_named():
    with pytest.raises(ConfigError, match=r"acting1: .*AudioBlock"):
        graph(source(*pictures(1)), (node((AudioBlock,)), Options()))


def test_latency_is_counted_from_the_capture_of_the_cause():
    clock = ManualClock()

    def think(event: VideoFrame) -> list[Event]:
        clock.advance(0.080)
        return [
            Utterance(
                captured_ns=event.captured_ns, text="a", language="zh", priority=Priority.DANGER
            )
        ]

    loop = graph(
        source(*pictures(1)),
        (node((VideoFrame,), (Utterance,)), Options(act=think)),
        (node((Utterance,)), Options()),
        clock=clock,
    )
    assert loop.run()
    (stage,) = [s for s in loop.summary()["stages"] if s["event"] == "Utterance"]
    assert stage["p50_ms"] == pytest.approx(80, rel=0.02)
    assert stage["count"] == 1


def test_every_state_of_a_module_can_be_followed():
    states: list[State] = []

    def follow(module: str, event: Event) -> None:
        if isinstance(event, Status) and module == "acting1":
            states.append(event.state)

    graph(source(*pictures(1)), (node((VideoFrame,)), Options()), taps=[follow]).run()
    assert states == [State.RUNNING, State.ENDED]
