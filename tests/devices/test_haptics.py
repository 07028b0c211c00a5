"""Which side a thing is on can be felt, at once, and the more urgent comes first."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pulse as pulse_audio
import pytest

from edgeassist.devices.haptic_outputs import STARTS_AT, Motors, tone
from edgeassist.devices.haptics import Haptics, HapticsOptions
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import Event, Pulse, Side, Status, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import HapticsProfile, Profile
from edgeassist.testing import check_node

gpiozero = pytest.importorskip("gpiozero", reason="pip install 'edgeassist[pi]'")
mock = pytest.importorskip("gpiozero.pins.mock")

PINS = {Side.LEFT: 12, Side.AHEAD: 13, Side.RIGHT: 26}
WIRED = Profile(haptics=HapticsProfile(left=12, ahead=13, right=26))
DANGER, MESSAGE = (1.0, (200, 80, 200)), (0.6, (150,))


@pytest.fixture(autouse=True)
def board() -> Iterator[object]:
    """gpiozero's own stand-in for a board's pins."""
    factory = mock.MockFactory(pin_class=mock.MockPWMPin)
    before, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, factory
    yield factory
    factory.reset()
    gpiozero.Device.pin_factory = before


def pulse(side: Side, kind: tuple[float, tuple[int, ...]], at_ms: int = 0) -> Pulse:
    strength, pattern = kind
    return Pulse(captured_ns=at_ms * 1_000_000, side=side, strength=strength, pattern=pattern)


class Watched(ManualClock):
    """Tells when somebody begins to wait: whatever was to be done before is done."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Condition()

    def wait_for(
        self,
        changed: threading.Condition,
        ready: Callable[[], bool],
        timeout_s: float | None = None,
    ) -> bool:
        with self.began:
            self.began.notify_all()
        return super().wait_for(changed, ready, timeout_s)


class Body:
    """Somebody who wears three motors, and a clock that moves when told."""

    def __init__(self, board: Any, profile: Profile = WIRED) -> None:
        self.clock = Watched()
        self.told: list[Event] = []
        context = Context(
            name="haptics",
            clock=self.clock,
            stopping=Stopping(self.clock),
            profile=profile,
            language="en",
            emit=self.told.append,
        )
        self.pins = {side: board.pin(pin) for side, pin in PINS.items()}
        self.node = Haptics(HapticsOptions(), context)
        self.node.open()

    def feels(self) -> dict[Side, float]:
        return {side: pin.state for side, pin in self.pins.items() if pin.state}

    def wait(self, *sides: Side) -> None:
        """Until those sides alone are felt; the player has a thread of its own."""
        with self.clock.began:
            assert self.clock.began.wait_for(lambda: {*self.feels()} == {*sides}, 20), self.feels()


@pytest.mark.parametrize("side", list(Side))
def test_a_danger_is_felt_on_its_side_with_full_strength_and_then_no_more(
    board: Any, side: Side
) -> None:
    body = Body(board)
    try:
        body.node.handle(pulse(side, DANGER))
        for seconds in (0.2, 0.08, 0.2):
            if seconds == 0.2:
                body.wait(side)
                assert body.feels()[side] == 1.0
            else:
                body.wait()
            body.clock.advance(seconds)
        list(body.node.finish())
        assert body.feels() == {}
    finally:
        body.node.close()


def test_a_danger_interrupts_a_lesser_pulse_at_once(board: Any) -> None:
    body = Body(board)
    try:
        body.node.handle(pulse(Side.LEFT, MESSAGE))
        body.wait(Side.LEFT)
        assert STARTS_AT < body.feels()[Side.LEFT] < 1
        body.node.handle(pulse(Side.RIGHT, DANGER))  # no time has passed on the clock
        body.wait(Side.RIGHT)
    finally:
        body.node.close()
    assert body.feels() == {}


def test_a_lesser_pulse_waits_for_a_danger_and_is_not_played_when_it_is_old(board: Any) -> None:
    body = Body(board)
    try:
        body.node.handle(pulse(Side.LEFT, DANGER))
        body.wait(Side.LEFT)
        body.node.handle(pulse(Side.RIGHT, MESSAGE))
        assert {*body.feels()} == {Side.LEFT}
        body.clock.advance(5.0)  # the first 200 ms are over, and much more
        body.wait()
        body.clock.advance(0.08)
        body.wait(Side.LEFT)
        body.clock.advance(0.2)
        list(body.node.finish())
        assert not any(state.state for state in body.pins[Side.RIGHT].states)
    finally:
        body.node.close()


def test_two_motors_are_enough(board: Any) -> None:
    motors = Motors(HapticsProfile(left=12, right=26))
    left, right = board.pin(12), board.pin(26)
    motors.drive(Side.AHEAD, 1.0)
    assert (left.state, right.state) == (1.0, 1.0)
    motors.drive(Side.LEFT, 0.1)
    assert left.state > STARTS_AT
    assert right.state == 0.0
    motors.close()
    assert left.state == 0


def test_the_user_is_told_once_what_will_be_felt(board: Any) -> None:
    body = Body(board)
    body.node.close()
    assert [event.why for event in body.told if isinstance(event, Status)] == [
        "vibration motors at GPIO 12, 13, 26"
    ]
    assert [event.text for event in body.told if isinstance(event, Utterance)] == [
        "Directions are felt as vibration"
    ]


def test_motors_that_are_not_wired_are_an_error_with_what_to_do(board: Any) -> None:
    with pytest.raises(DeviceError, match=r"\[haptics\] left"):
        Body(board, Profile())


def test_a_pin_in_use_is_named(board: Any) -> None:
    other = gpiozero.LED(26)
    with pytest.raises(DeviceError, match="GPIO 26"):
        Motors(WIRED.haptics)
    other.close()
    Motors(WIRED.haptics).close()  # the first two were given back


def test_it_keeps_the_contract_of_a_module() -> None:
    class Worn(Haptics):
        """Haptics on a board with motors."""

        def __init__(self, options: HapticsOptions, context: Context) -> None:
            super().__init__(options, replace(context, profile=WIRED))

    check_node(Worn, HapticsOptions(), [])


def test_tones_are_in_the_ear_of_their_side_and_join_without_a_click() -> None:
    left, right, ahead = (
        tone(side, 1.0).astype(int) for side in (Side.LEFT, Side.RIGHT, Side.AHEAD)
    )
    assert np.abs(left[:, 0]).max() > 1000
    assert not left[:, 1].any()
    assert not right[:, 0].any()
    assert (ahead[:, 0] == ahead[:, 1]).all()
    for block in (left, right, ahead):
        joined = np.concatenate([block, block])
        steps = np.abs(np.diff(joined, axis=0)).max(axis=0)
        assert (steps <= np.abs(np.diff(block, axis=0)).max(axis=0) + 1).all()


def test_tones_stand_in_where_there_are_no_motors(sound: pulse_audio.Pulse) -> None:
    program = Path(__file__).parent / "programs" / "feel_tones.py"
    recorder = subprocess.Popen(
        [
            *("parec", f"--device={pulse_audio.OUT}.monitor", "--latency-msec=20"),
            *("--rate=16000", "--channels=2", "--format=s16le"),
        ],
        env=sound.env,
        stdout=subprocess.PIPE,
    )
    playing = sound.start(program, "left")
    assert playing.stdin
    assert playing.stdout
    assert recorder.stdout
    try:
        told = playing.stdout.readline().strip()
        recorder.stdout.read(64)
        playing.stdin.write("go\n")
        playing.stdin.flush()
        assert playing.stdout.readline().strip() == "over"
        heard = np.frombuffer(recorder.stdout.read(16_000 * 4), "<i2").reshape(-1, 2)
    finally:
        recorder.terminate()
        recorder.wait(10)
        playing.kill()
        playing.wait(10)
    assert told == "No vibration: directions are heard as tones"
    assert np.abs(heard[:, 0].astype(int)).max() > 3000
    assert np.abs(heard[:, 1].astype(int)).max() < 300
