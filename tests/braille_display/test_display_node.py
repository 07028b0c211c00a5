"""The display module in the loop: on a virtual display, by a clock that moves when told."""

import threading

import pytest
from lines import cells, danger, line

from edgeassist.braille import translate
from edgeassist.braille.display_node import Display, DisplayOptions, DisplayOutput
from edgeassist.braille.display_screen import FOUND_WITHIN_S, LAST_RETRY_S, Screen
from edgeassist.braille.display_session import FELT_S, Session
from edgeassist.braille.node import Braille
from edgeassist.config import load_config
from edgeassist.devices.braille_display import Key, VirtualDisplay
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Caption, State, Status
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import Profile
from edgeassist.testing import ReplayOptions, check_node, context, replay

VIRTUAL = DisplayOptions(output=DisplayOutput.VIRTUAL, cells=10)


class Unreliable(VirtualDisplay):
    """A display that is not there for the first `missing` times it is looked for."""

    def __init__(self, missing):
        super().__init__(10)
        self.missing = missing
        self.tries = 0

    def open(self, hear):
        self.tries += 1
        if self.tries <= self.missing:
            raise DeviceError("braille display", "is not there")
        return super().open(hear)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def screen_on(clock):
    """Begin a session of the tests on a display."""
    begun = []

    def begin(display, **options):
        screen = Screen(Session(10, cells_per_s=0), display, clock, **options)
        begun.append(screen)
        screen.start()
        return screen

    yield begin
    for screen in begun:
        screen.close()


def comes(clock, display, text, step_s=0.1):
    """Whether the display shows this some time soon, as the clock goes."""
    for _ in range(200):
        if display.reads(cells(text), 0.02):
            return True
        clock.advance(step_s)
    return False


def test_the_display_module_keeps_the_contract_of_nodes():
    check_node(Display, VIRTUAL, [line("abc"), danger("iii")])


def test_captions_become_braille_on_the_display(tmp_path):
    caption = Caption(
        captured_ns=0, utterance=1, text="你好。", final=True, stable_chars=3, start_s=0, end_s=1
    )
    path = tmp_path / "frames.txt"
    options = DisplayOptions(output=DisplayOutput.VIRTUAL, cells=20, path=path)
    graph = Graph(
        [
            Module(name="replay", plugin=replay(Caption), options=ReplayOptions(events=(caption,))),
            Module(name="braille", plugin=Braille, options=Braille.Options()),
            Module(name="display", plugin=Display, options=options),
        ],
        profile=Profile(),
        pace=Pace.FAST,
    )
    assert graph.run()
    assert path.read_text("utf-8").startswith(translate("你好。").cells)


def test_a_danger_comes_and_goes_by_the_clock_of_the_loop(clock, screen_on):
    display = VirtualDisplay(10)
    screen = screen_on(display)
    screen.show(line("aaa"))
    assert display.reads(cells("aaa"))
    screen.show(danger("iii"))
    assert display.reads(cells("iii"))
    assert comes(clock, display, "aaa")
    assert 3.9e9 <= clock.now_ns() <= 6e9


def test_keys_reach_the_session(screen_on):
    display = VirtualDisplay(10)
    screen = screen_on(display)
    screen.show(line("aaaaaa bbbbbb"))
    assert display.reads(cells("aaaaaa"))
    display.press(Key.PAN_RIGHT)
    assert display.reads(cells("bbbbbb"))


def test_an_unchanged_frame_is_not_sent_again(clock, screen_on):
    display = VirtualDisplay(10)
    screen = screen_on(display)
    screen.show(line("aaa"))
    assert display.reads(cells("aaa"))
    display.press(Key.LINE_START)
    display.press(Key.LINE_START)
    screen.show(danger("iii"))
    assert display.reads(cells("iii"))
    assert len(display.frames) == 2


def test_a_missing_display_is_told_of_once_and_looked_for_until_it_is_there(clock, screen_on):
    told = []
    display = Unreliable(missing=6)
    screen = screen_on(display, told=told.append)
    screen.show(line("aaa"))
    assert comes(clock, display, "aaa", step_s=0.5)
    assert len(told) == 2
    assert "is not there" in told[0]
    assert told[1] == ""
    assert clock.now_ns() / 1e9 >= 1 + 2 + 4 + 3 * LAST_RETRY_S - 5


def test_a_danger_from_before_the_display_was_there_is_old_news(clock, screen_on):
    display = Unreliable(missing=4)
    screen = screen_on(display)
    screen.show(line("aaa"))
    screen.show(danger("iii"))
    assert comes(clock, display, "aaa", step_s=0.5)
    assert not any(frame.startswith(cells("iii")) for frame, _ in display.frames)


def test_a_display_that_brltty_finds_a_little_later_is_no_trouble(clock, screen_on):
    told = []
    display = VirtualDisplay(0)
    screen = screen_on(display, told=told.append)
    screen.show(line("abc"))
    clock.advance(FOUND_WITHIN_S / 2)
    display.plug(10)
    assert comes(clock, display, "abc")
    clock.advance(2 * FOUND_WITHIN_S)
    assert told == []


def test_a_display_that_brltty_never_finds_is_told_of_once(clock, screen_on):
    heard = threading.Event()
    told = []

    def tell(why):
        told.append(why)
        heard.set()

    screen_on(VirtualDisplay(0), told=tell)
    for _ in range(200):
        clock.advance(FOUND_WITHIN_S / 4)
        if heard.wait(0.02):
            break
    assert len(told) == 1
    assert "no display" in told[0]


def test_a_display_that_is_unplugged_is_told_of_and_the_next_one_used(clock, screen_on):
    told = []
    display = VirtualDisplay(10)
    screen = screen_on(display, told=told.append)
    screen.show(line("aaaa bbbb"))
    assert display.reads(cells("aaaa bbbb"))
    display.plug(0)
    for _ in range(200):
        if told:
            break
        clock.advance(0.1)
        display.reads("none", 0.01)
    display.plug(5)
    assert comes(clock, display, "aaaa")
    assert len(display.frames[-1][0]) == 5
    assert told[-1] == ""
    assert len(told) == 2


def test_troubles_of_other_modules_are_told_in_braille_and_its_own_are_not():
    options = DisplayOptions(output=DisplayOutput.VIRTUAL, cells=40)
    clock = ManualClock()
    node = Display(options, context("display", clock=clock, language="en"))
    node.open()
    display = node.output
    assert isinstance(display, VirtualDisplay)
    trouble = translate("braille is off", language="en").cells
    try:
        node.handle(line("aaa"))
        assert display.reads(cells("aaa"))
        node.handle(
            Status(captured_ns=0, module="display", state=State.DEGRADED, lost=Display.lost)
        )
        node.handle(
            Status(captured_ns=0, module="braille", state=State.DEGRADED, lost="braille is off")
        )
        assert display.reads(trouble), "it interrupts"
        clock.advance(FELT_S)
        display.press(Key.LINE_START)
        assert display.reads(cells("aaa"))
        display.press(Key.PAN_RIGHT)
        assert display.reads(trouble), "the only other line there is"
    finally:
        node.close()


def test_a_virtual_display_tells_of_a_file_it_cannot_write(tmp_path):
    options = DisplayOptions(output=DisplayOutput.VIRTUAL, path=tmp_path)
    node = Display(options, context("display"))
    with pytest.raises(DeviceError, match=str(tmp_path)):
        node.open()
    node.close()


def test_the_ready_made_config_is_right():
    config = load_config("braille-display")
    assert config.keep_going
    assert "display" in [module.name for module in config.modules]
