"""The sentence after the start: what the modules found when they opened, told once."""

import threading
from dataclasses import dataclass

import pytest

from edgeassist.config import SelfTest
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Priority, Utterance, VideoFrame
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.service.self_test import StartTest


@dataclass(frozen=True)
class Options:
    error: Exception | None = None
    opens: threading.Event | None = None


def part(name: str):
    """A source of that name, which opens, fails to open, or takes its time."""

    class Part:
        consumes = ()
        produces = (VideoFrame,)
        lost = ""
        called = name

        def __init__(self, options, context):
            self._options, self._context = options, context

        def open(self):
            if self._options.error is not None:
                raise self._options.error
            if self._options.opens is not None:
                self._options.opens.wait(30)

        def events(self):
            while not self._context.stopping.wait(1):
                pass
            return iter(())

        def close(self):
            pass

    Part.Options = Options
    return Part


def heard(wanted: SelfTest, language: str = "en", **parts: Options) -> list[Utterance]:
    """What is said in the first 20 s with these parts."""
    clock = ManualClock(1)
    told: list[Utterance] = []
    graph = Graph(
        [
            Module(name=name, plugin=part(name.replace("_", " ")), options=options)
            for name, options in parts.items()
        ],
        profile=Profile(),
        language=language,
        pace=Pace.REAL,
        clock=clock,
        keep_going=True,
        watches=[StartTest(wanted, language)],
        taps=[lambda name, event: told.append(event) if isinstance(event, Utterance) else None],
    )
    running = threading.Thread(target=graph.run, args=(20,))
    running.start()
    while running.is_alive():
        clock.advance(0.1)
        running.join(0.005)
        if told:
            for options in parts.values():
                if options.opens is not None:
                    options.opens.set()
    return told


def test_all_that_works_is_named_in_one_sentence_told_once():
    (told,) = heard(SelfTest.ALL, camera=Options(), microphone=Options())
    assert told.text == "camera ok, microphone ok"
    assert told.priority is Priority.MESSAGE


def test_a_device_that_is_not_there_and_a_part_that_fails_are_told_apart():
    missing = DeviceError("/dev/video0", "there is no such camera")
    (told,) = heard(
        SelfTest.ALL, "zh", camera=Options(missing), captions=Options(ValueError()), web=Options()
    )
    assert told.text == "摄像头未连接，字幕无法工作，web正常"


def test_a_part_that_takes_long_holds_up_nobody():
    slow = Options(opens=threading.Event())
    (told,) = heard(SelfTest.PROBLEMS, camera=Options(), captions=slow)
    assert told.text == "camera ok, captions not ready yet"


@pytest.mark.parametrize(
    ("wanted", "error"), [(SelfTest.PROBLEMS, None), (SelfTest.OFF, DeviceError("camera", "gone"))]
)
def test_who_does_not_want_it_hears_nothing(wanted, error):
    assert heard(wanted, camera=Options(error)) == []
