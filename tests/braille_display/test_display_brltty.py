"""A real brltty, headless: what a reader feels under the fingers, and what keys do."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from headless_brltty import FIRST_PORT, Brltty, Pins, free_port
from lines import cells, danger, line

from edgeassist.braille import translate
from edgeassist.braille.display_node import Display, DisplayOptions, DisplayOutput, Routed
from edgeassist.devices.braille_display import Key, Touch
from edgeassist.devices.brlapi import BrlApi, addresses
from edgeassist.errors import ConfigError, DeviceError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import BrailleLine, State, Status
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile


class Told:
    """What the display module tells the loop."""

    def __init__(self):
        self.events = []
        self._changed = threading.Condition()

    def __call__(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def count(self, kind, number):
        """Wait until it has told so many events of a kind; return them."""

        def found():
            return [event for event in self.events if isinstance(event, kind)]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= number, 15)
            return found()


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def begin(told):
    """Open a display module with these options; it is closed at the end."""
    begun = []

    def begin(**options):
        clock = RealClock()
        context = Context(
            name="display", clock=clock, stopping=Stopping(clock), profile=Profile(), emit=told
        )
        node = Display(DisplayOptions(hold_s=60, cells_per_s=0, **options), context)
        begun.append(node)
        node.open()
        return node

    yield begin
    for node in begun:
        node.close()


@pytest.fixture
def pins(running):
    return running[1]


@pytest.fixture
def display(begin, running):
    """A display module on the brltty that always runs."""
    return begin(host=running[0].host)


def show(display, event):
    assert list(display.handle(event)) == []


def test_a_caption_arrives_cell_by_cell(pins, display):
    found = translate("请在这里等我。")
    show(
        display,
        BrailleLine(
            captured_ns=0, text="请在这里等我。", cells=found.cells, source=tuple(found.source)
        ),
    )
    assert pins.reads(found.cells), pins.felt


def test_all_six_dots_arrive_where_they_belong(pins, display):
    patterns = "".join(chr(0x2800 + bits) for bits in range(1, 41))
    show(display, BrailleLine(captured_ns=0, text="", cells=patterns, source=()))
    assert pins.reads(patterns), pins.felt


def test_the_keys_of_the_display_pan_and_go_back_and_on(pins, display):
    long = "aaaaaaaaaa " * 3 + "b"
    show(display, line(long + " cccccccccc"))
    show(display, line("ddd"))
    assert pins.reads(cells(long).rstrip("⠀"))
    assert pins.marked[-1:] == [39], "there is more to the right"
    for command, text in (
        ("FWINRT", "cccccccccc"),
        ("FWINRT", "ddd"),
        ("FWINLT", "cccccccccc"),
        ("LNBEG", long),
        ("LNEND", "cccccccccc"),
        ("LNDN", "ddd"),
        ("LNUP", long),
        ("HOME", "ddd"),
        ("TOP", long),
    ):
        pins.press(command)
        assert pins.reads(cells(text)), (command, pins.felt)


def test_a_routing_key_tells_the_character_and_leaves_the_cursor_there(pins, display, told):
    show(display, line("abcdefgh"))
    assert pins.reads(cells("abcdefgh"))
    pins.press("route 3")
    (routed,) = told.count(Routed, 1)
    assert routed.text[routed.index] == "d"


def test_a_danger_interrupts_and_the_line_comes_back_on_a_key(pins, display):
    show(display, line("aaa"))
    assert pins.reads(cells("aaa"))
    show(display, danger("ijij"))
    assert pins.reads(cells("ijij"))
    show(display, line("bbb"))
    deadline = time.monotonic() + 10
    while not pins.reads(cells("aaa"), timeout_s=0.1):
        assert pins.felt == cells("ijij")
        assert time.monotonic() < deadline
        pins.press("LNBEG")  # the first ones come before it can have been felt


def test_brltty_may_start_late_die_and_come_back(fresh, begin, told):
    brltty, pins = fresh
    display = begin(host=brltty.host)
    show(display, line("aaa"))
    (off,) = told.count(Status, 1)
    assert off.state is State.DEGRADED
    assert "brltty" in off.why
    brltty.start()
    assert pins.reads(cells("aaa"))
    brltty.kill()
    assert pins.reads("")
    assert [status.state for status in told.count(Status, 3)] == [
        State.DEGRADED,
        State.RUNNING,
        State.DEGRADED,
    ]
    show(display, line("bbb"))
    brltty.start()
    assert pins.reads(cells("aaa")), "the line that was being read"
    pins.press("LNDN")
    assert pins.reads(cells("bbb"))
    assert len(told.count(Status, 4)) == 4, "each change is told once"


def test_a_display_may_be_unplugged_and_a_shorter_one_connected(fresh, begin, told):
    brltty, pins = fresh
    brltty.start()
    assert pins.driven()
    display = begin(host=brltty.host)
    show(display, line("aaaaaaaaaa bbbbbbbbbb cccccc"))
    assert pins.reads(cells("aaaaaaaaaa bbbbbbbbbb cccccc"))
    pins.cells = 20
    pins.unplug()
    assert pins.reads(cells("aaaaaaaaaa"))
    assert [status.state for status in told.count(Status, 2)] == [State.DEGRADED, State.RUNNING]
    assert "brltty" in told.count(Status, 1)[0].why


def test_brltty_may_run_before_its_display_is_there(fresh, begin, told):
    brltty, pins = fresh
    pins.close()
    brltty.start()
    display = begin(host=brltty.host)
    show(display, line("aaa"))
    (off,) = told.count(Status, 1)
    assert "brltty" in off.why
    late = Pins(port=pins.port)
    try:
        assert late.reads(cells("aaa"))
    finally:
        late.close()


def test_another_program_has_the_display_again_when_the_loop_ends(running, begin):
    brltty, pins = running
    screen_reader = BrlApi(brltty.host)
    screen_reader.open(lambda heard: None)
    try:
        screen_reader.show(b"\x3f" * 3, None)
        assert pins.reads("⠿⠿⠿")
        display = begin(host=brltty.host)
        show(display, Status(captured_ns=0, module="captions", state=State.RUNNING))
        assert pins.reads("⠿⠿⠿"), "nothing to show: it is left alone"
        show(display, line("aaa"))
        assert pins.reads(cells("aaa"))
        display.close()
        deadline = time.monotonic() + 10
        while not pins.reads("⠿⠿⠿", timeout_s=0.1):
            assert time.monotonic() < deadline
            pins.press("NOOP")  # a brltty without a screen draws only when something happens
    finally:
        screen_reader.close()


def test_only_as_many_cells_are_used_as_wanted(running, begin):
    brltty, pins = running
    node = begin(host=brltty.host, cells=5, output=DisplayOutput.BRLAPI)
    show(node, line("aaaa bbbb"))
    assert pins.reads(cells("aaaa"))


def test_a_display_that_has_to_be_there_is_missed_at_the_start_with_a_remedy(begin):
    host = f"127.0.0.1:{free_port() - FIRST_PORT}"
    with pytest.raises(DeviceError, match="brltty") as caught:
        begin(host=host, output=DisplayOutput.BRLAPI)
    assert "sudo" in caught.value.fix


def test_the_key_file_lets_in_and_without_it_the_remedy_is_named(tmp_path, running):
    pins = Pins()
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    guarded = Brltty(tmp_path, pins.port, auth=f"keyfile:{secret}")
    guarded.start()
    try:
        assert pins.driven()
        display = BrlApi(guarded.host, key_file=secret)
        assert display.open(lambda heard: None) == 40
        display.close()
        wrong = tmp_path / "wrong"
        wrong.write_text("battery staple\n")
        for path in (wrong, tmp_path / "none"):
            with pytest.raises(DeviceError) as caught:
                BrlApi(guarded.host, key_file=path).open(lambda heard: None)
            assert str(path) in caught.value.fix
    finally:
        guarded.kill()
        pins.close()


def test_every_key_carries_to_a_reader_whichever_of_brlttys_names_it_has(running):
    brltty, pins = running
    heard, changed = [], threading.Condition()

    def hear(key):
        with changed:
            heard.append(key)
            changed.notify_all()

    display = BrlApi(brltty.host)
    display.open(hear)
    try:
        wanted = []
        for command, key in (
            ("WINUP", Key.LINE_BACK),
            ("NXDIFLN", Key.LINE_ON),
            ("FWINRTSKIP", Key.PAN_RIGHT),
            ("RETURN", Key.LIVE),
            ("BOT", Key.LIVE),
            ("TOP_LEFT", Key.FIRST),
            ("route 7", Touch(7)),
        ):
            wanted.append(key)
            pins.press(command)
            with changed:
                assert changed.wait_for(lambda: len(heard) == len(wanted), 10), command
        assert heard == wanted
    finally:
        display.close()


def test_what_is_no_brltty_is_told_of_and_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1] - FIRST_PORT}"

        def answer():
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(DeviceError, match="brltty"):
            BrlApi(host).open(lambda heard: None)


def test_a_brltty_that_hangs_holds_nobody_up(begin, told):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        display = begin(host=f"127.0.0.1:{silent.getsockname()[1] - FIRST_PORT}")
        began = time.monotonic()
        for _ in range(1000):
            show(display, line("aaa"))
        assert time.monotonic() - began < 1
        (off,) = told.count(Status, 1)
        assert off.state is State.DEGRADED


def test_a_brltty_of_another_protocol_is_told_of():
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1] - FIRST_PORT}"

        def answer():
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"\0\0\0\4\0\0\0v\0\0\0\x09")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(DeviceError, match="9"):
            BrlApi(host).open(lambda heard: None)


def test_devices_lists_the_display_with_its_cells(running):
    assert running[1].driven()
    done = subprocess.run(
        [sys.executable, "-m", "edgeassist.cli.main", "devices", "--json"],
        env={**os.environ, "BRLAPI_HOST": running[0].host},
        capture_output=True,
        text=True,
        check=True,
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    (display,) = [record for record in records if record["kind"] == "braille-display"]
    assert display["cells"] == 40


@pytest.mark.parametrize("host", ["here:x", ":-1", ":99999", "::"])
def test_a_host_that_is_none_is_told_of(host):
    with pytest.raises(ConfigError, match="BrlAPI"):
        list(addresses(host))


def test_hosts_are_written_as_brltty_writes_them():
    assert list(addresses(":1")) == ["/var/lib/BrlAPI/1", ("127.0.0.1", 4102)]
    assert list(addresses("study:0")) == [("study", 4101)]
    assert list(addresses("study")) == [("study", 4101)]


def test_the_display_module_loads_nothing_heavy():
    code = (
        "import sys, edgeassist.braille.display_node; "
        "print([m for m in ('pypinyin', 'pydantic', 'g2pM') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
