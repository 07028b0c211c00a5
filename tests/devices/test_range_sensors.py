"""Range sensors as they answer on their pins and their bus."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.devices.range_sensors import (
    SOUND_FARTHEST_M,
    Laser,
    RangeSensors,
    RangesOptions,
    Ultrasound,
)
from edgeassist.devices.vl53l1x import BUDGET_US, PERIOD_A, encoded, macro_period, periods
from edgeassist.errors import DeviceError
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import RangeReading
from edgeassist.profile import LaserProfile, Profile, RangesProfile, UltrasoundProfile
from edgeassist.testing import check_node, context

gpiozero = pytest.importorskip("gpiozero", reason="pip install 'edgeassist[pi]'")
mock = pytest.importorskip("gpiozero.pins.mock")
pi = pytest.importorskip("gpiozero.pins.pi")
pytest.importorskip("smbus2", reason="pip install 'edgeassist[pi]'")

FRONT = UltrasoundProfile(name="front", trigger=23, echo=24, elevation_deg=15)
HEAD = LaserProfile(name="head", bearing_deg=-5, elevation_deg=20)


class Chip:
    """A VL53L1X on a bus, register by register: it boots, measures when told, waits to be read."""

    def __init__(self, model: int = 0xEACC) -> None:
        self.memory = bytearray(0x0200)
        self.memory[0x010F:0x0111] = model.to_bytes(2, "big")
        self.memory[0x0006:0x0008] = (0xBBB6).to_bytes(2, "big")  # 11.73 MHz
        self.memory[0x00DE:0x00E0] = (0x024D).to_bytes(2, "big")  # 589 a millisecond
        self.memory[0x0022:0x0024] = (5).to_bytes(2, "big")  # mm, as calibrated by its maker
        self.looks = 0  # until it has booted
        self.there = True
        self.target_mm: int | None = 1500
        self.closed = False

    def i2c_rdwr(self, *messages: Any) -> None:
        if not self.there:
            raise OSError(121, "Remote I/O error")
        (asked, *answers) = messages
        sent = bytes(asked)
        assert asked.addr == 0x29
        register = int.from_bytes(sent[:2], "big")
        if sent[2:]:
            self._written(register, sent[2:])
        for answer in answers:
            for place, value in enumerate(self._read(register, answer.len)):
                answer.buf[place] = bytes([value])

    def close(self) -> None:
        self.closed = True

    def number(self, register: int, size: int) -> int:
        return int.from_bytes(self.memory[register : register + size], "big")

    def _written(self, register: int, data: bytes) -> None:
        self.memory[register : register + len(data)] = data
        if register == 0x0000 and data == b"\x01":
            self.looks = 3
        if register == 0x0087:
            assert data in (b"\x40", b"\x00")
            if data == b"\x40":  # it needs to be told how long to measure and how often
                assert self.number(0x005E, 2)
                assert self.number(0x0061, 2)
                assert self.number(0x006C, 4) * 1000 / 589 >= BUDGET_US

    def _read(self, register: int, size: int) -> bytes:
        if register == 0x00E5:
            self.looks -= 1
            return bytes([0x03 if self.looks <= 0 else 0x02])
        if register == 0x0031:
            measures = self.memory[0x0087] == 0x40
            return bytes([0x02 if measures else 0x03])
        if register == 0x0089:
            return bytes([0x09 if self.target_mm is not None else 0x04])
        if register == 0x0096:
            return round((self.target_mm or 8000) * 2048 / 2011).to_bytes(size, "big")
        return bytes(self.memory[register : register + size])


def laser(chip: Chip) -> Laser:
    return Laser(HEAD, lambda: 7, lambda seconds: None, bus=chip)


@pytest.mark.parametrize("millimetres", [60, 1500, 3990])
def test_the_laser_gives_metres_and_where_it_looks(millimetres: int) -> None:
    chip = Chip()
    sensor = laser(chip)
    chip.target_mm = millimetres
    (reading,) = sensor.readings()
    assert reading.distance_m == pytest.approx(millimetres / 1000, abs=0.001)
    assert (reading.captured_ns, reading.bearing_deg, reading.elevation_deg) == (7, -5, 20)
    assert (reading.sensor, reading.beam_deg) == ("vl53l1x head", 27)
    assert chip.number(0x001E, 2) == 20  # its own offset, in quarters of a millimetre
    sensor.close()
    assert chip.memory[0x0087] == 0
    assert chip.closed


def test_what_the_laser_does_not_hit_for_sure_is_no_distance() -> None:
    chip = Chip()
    sensor = laser(chip)
    chip.target_mm = None
    assert [reading.distance_m for reading in sensor.readings()] == [None]
    chip.target_mm = 6000  # beyond its reach
    assert [reading.distance_m for reading in sensor.readings()] == [None]


def test_a_laser_that_is_unplugged_is_told_of() -> None:
    chip = Chip()
    sensor = laser(chip)
    chip.there = False
    with pytest.raises(DeviceError, match="0x29"):
        sensor.readings()
    sensor.close()
    with pytest.raises(DeviceError, match="0x29"):
        laser(chip)


def test_another_device_at_that_address_is_told_of_and_not_written_to() -> None:
    chip = Chip(model=0xEE12)
    before = bytes(chip.memory)
    with pytest.raises(DeviceError, match="0xee12"):
        laser(chip)
    assert bytes(chip.memory) == before
    assert chip.closed


@given(st.integers(1, 0xFFFF))
def test_a_timeout_is_kept_to_within_a_128th(count: int) -> None:
    held = encoded(count)
    assert 0 <= held <= 0xFFFF
    kept = ((held & 0xFF) << (held >> 8)) + 1
    assert count * (1 - 1 / 128) - 1 <= kept <= count


def test_the_sensor_measures_for_as_long_as_it_is_told() -> None:
    macro = macro_period(0xBBB6, PERIOD_A)
    # 2304 laser periods of 16 double clocks of 11.73 MHz times 2^-... : about 97 µs each
    counted = periods(20_000, macro)
    assert counted * macro / 4096 == pytest.approx(20_000, rel=0.01)


@pytest.fixture
def board() -> Iterator[Any]:
    factory = mock.MockFactory()
    before, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, factory
    yield factory
    factory.reset()
    gpiozero.Device.pin_factory = before


class EchoPin(mock.MockPin):  # type: ignore[misc]
    """The trigger of an HC-SR04: answers on the echo pin, with the ticks of sound's way."""

    def __init__(self, factory: Any, info: Any, echo: Any, metres: Callable[[], float | None]):
        super().__init__(factory, info)
        self._echo, self._metres = echo, metres

    def _set_state(self, value: Any) -> None:
        super()._set_state(value)
        metres = self._metres()
        if value or metres is None or self._echo._when_changed is None:
            return
        at_s = 100.0
        for ticks, level in ((at_s, 1), (at_s + 2 * metres / 343.26, 0)):
            self._echo._change_state(bool(level))
            pi.PiPin._call_when_changed(self._echo, ticks, level)


@pytest.mark.parametrize(
    ("metres", "expected"), [(0.35, 0.35), (2.0, 2.0), (SOUND_FARTHEST_M + 1, None)]
)
def test_an_echo_gives_metres_and_one_from_beyond_its_reach_none(
    board: Any, metres: float, expected: float | None
) -> None:
    board.pin(23, pin_class=EchoPin, echo=board.pin(24), metres=lambda: metres)
    pings = threading.Semaphore(0)

    def now_ns() -> int:
        pings.release()
        return 5

    sensor = Ultrasound(FRONT, now_ns)
    try:
        for _ in range(2):  # the second begins after the first was noted
            assert pings.acquire(timeout=20)
        reading = sensor.readings()[0]
    finally:
        sensor.close()
    assert reading.distance_m == (None if expected is None else pytest.approx(expected, abs=0.01))
    assert (reading.sensor, reading.elevation_deg, reading.captured_ns) == ("hc-sr04 front", 15, 5)


def with_sensors(ranges: RangesProfile) -> RangeSensors:
    world = context(profile=Profile(ranges=ranges))
    return RangeSensors(RangesOptions(), world)


def test_readings_flow_into_the_loop(board: Any) -> None:
    board.pin(23, pin_class=EchoPin, echo=board.pin(24), metres=lambda: 1.0)
    node = with_sensors(RangesProfile(ultrasound=(FRONT,)))
    node.open()
    try:
        readings = list(islice(node.events(), 2))
    finally:
        node.close()
    assert [type(reading) for reading in readings] == [RangeReading, RangeReading]
    assert readings[0].captured_ns < readings[1].captured_ns


def test_an_ultrasound_sensor_whose_wire_broke_is_told_of_within_seconds(board: Any) -> None:
    board.pin(23, pin_class=EchoPin, echo=board.pin(24), metres=lambda: None)
    node = with_sensors(RangesProfile(ultrasound=(FRONT,)))
    node.open()
    try:
        with pytest.raises(DeviceError, match="hc-sr04 front"):
            list(islice(node.events(), 1))
    finally:
        node.close()


def test_a_profile_without_sensors_says_where_to_name_them() -> None:
    with pytest.raises(DeviceError, match=r"ranges\.ultrasound"):
        with_sensors(RangesProfile()).open()


def test_a_bus_that_is_not_there_is_named() -> None:
    with pytest.raises(DeviceError, match="/dev/i2c-97"):
        Laser(replace(HEAD, bus=97), ManualClock().now_ns, lambda seconds: None)


def test_it_keeps_the_contract_of_a_module() -> None:
    check_node(RangeSensors, RangesOptions(), [])
