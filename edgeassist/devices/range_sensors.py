"""The ranges module: what worn range sensors measure, HC-SR04 (sound) and VL53L1X (laser).

Which there are and where they look is in the board's profile. Not yet tried on sensors of metal:
docs/guide.md says how to wire them and what was tested instead.
"""

from __future__ import annotations

import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from edgeassist.devices import vl53l1x
from edgeassist.devices.vl53l1x import Vl53l1x
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, RangeReading
from edgeassist.loop.node import Context
from edgeassist.profile import LaserProfile, UltrasoundProfile

LOOK_S = 0.02
GONE_S = 2.0  # a sensor that gives nothing for so long is no longer there
SOUND_BEAM_DEG = 30.0
SOUND_FARTHEST_M = 4.0
HELD = 8  # readings nobody took


@dataclass(frozen=True, slots=True, kw_only=True)
class RangesOptions:
    """Nothing to choose: the sensors are in the profile."""


class RangeSensors:
    """Gives every reading of every sensor that the profile names."""

    Options = RangesOptions
    consumes: ClassVar[tuple[type[Event], ...]] = ()
    produces: ClassVar[tuple[type[Event], ...]] = (RangeReading,)
    lost = "the range sensors are off"
    called = "range sensors"

    def __init__(self, options: RangesOptions, context: Context) -> None:
        self._context = context
        self._sensors: list[Ultrasound | Laser] = []

    def open(self) -> None:
        """Get all sensors; raises `DeviceError` where one is not there, or the profile has none."""
        ranges = self._context.profile.ranges
        if not ranges.ultrasound and not ranges.laser:
            raise DeviceError(
                t("range sensors"),
                t("the profile names none"),
                fix=t("Add [[ranges.ultrasound]] or [[ranges.laser]] to it; see docs/guide.md"),
            )
        now_ns = self._context.clock.now_ns
        for one in ranges.ultrasound:
            self._sensors.append(Ultrasound(one, now_ns))
        for other in ranges.laser:
            self._sensors.append(Laser(other, now_ns, self._context.stopping.wait))

    def events(self) -> Iterator[Event]:
        """Readings as they come; raises `DeviceError` when a sensor gives none any more."""
        clock, stopping = self._context.clock, self._context.stopping
        last_ns = {sensor.name: clock.now_ns() for sensor in self._sensors}
        while not stopping.wait(LOOK_S):
            for sensor in self._sensors:
                for reading in sensor.readings():
                    last_ns[sensor.name] = reading.captured_ns
                    yield reading
                if clock.now_ns() - last_ns[sensor.name] > GONE_S * NS:
                    raise DeviceError(
                        sensor.name, t("gives no readings"), fix=t("Check its wires and its supply")
                    )

    def close(self) -> None:
        """Let the sensors go."""
        for sensor in self._sensors:
            sensor.close()
        self._sensors.clear()


class Ultrasound:
    """An HC-SR04 by gpiozero, which pings it some 10 times a second on a thread of its own."""

    def __init__(self, profile: UltrasoundProfile, now_ns: Callable[[], int]) -> None:
        """Raises `DeviceError` where gpiozero is missing or a pin cannot be used."""
        self.name = f"hc-sr04 {profile.name}"
        self._profile = profile
        self._now_ns = now_ns
        self._guard = threading.Lock()
        self._waiting: deque[RangeReading] = deque(maxlen=HELD)
        try:
            from gpiozero import DistanceSensor, GPIOZeroError, GPIOZeroWarning
        except ImportError:
            raise _lacks(self.name, "gpiozero") from None
        heard = self._heard

        class Sensor(DistanceSensor):  # type: ignore[misc]
            """Tells of each ping; `distance` itself stays as it was when an echo is missing."""

            def _read(self) -> float | None:
                share: float | None = super()._read()
                heard(share)
                return share

        # That echoes are missing is told by what comes of it, not on standard error.
        warnings.simplefilter("ignore", GPIOZeroWarning)
        try:
            self._sensor = Sensor(
                echo=profile.echo,
                trigger=profile.trigger,
                queue_len=1,
                partial=True,
                max_distance=SOUND_FARTHEST_M,
            )
        except (GPIOZeroError, OSError) as error:
            raise DeviceError(
                self.name,
                t("cannot be used: {why}", why=error),
                fix=t("Is this a Raspberry Pi, with lgpio installed, and the pin free?"),
            ) from error

    def readings(self) -> list[RangeReading]:
        """What has come since."""
        with self._guard:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    def close(self) -> None:
        """Ping no more."""
        self._sensor.close()

    def _heard(self, share: float | None) -> None:
        """On gpiozero's thread: an echo as a share of the farthest; None for no echo at all."""
        if share is None:
            return
        reading = RangeReading(
            captured_ns=self._now_ns(),
            distance_m=share * SOUND_FARTHEST_M if share < 1 else None,
            bearing_deg=self._profile.bearing_deg,
            beam_deg=SOUND_BEAM_DEG,
            sensor=self.name,
            elevation_deg=self._profile.elevation_deg,
        )
        with self._guard:
            self._waiting.append(reading)


class Laser:
    """A VL53L1X."""

    def __init__(
        self,
        profile: LaserProfile,
        now_ns: Callable[[], int],
        wait: Callable[[float], Any],
        bus: Any = None,
    ) -> None:
        """Raises `DeviceError` where smbus2, the bus or the sensor is missing."""
        self.name = f"vl53l1x {profile.name}"
        self._profile = profile
        self._now_ns = now_ns
        try:
            from smbus2 import SMBus, i2c_msg
        except ImportError:
            raise _lacks(self.name, "smbus2") from None
        try:
            self._bus = SMBus(profile.bus) if bus is None else bus
        except OSError as error:
            raise DeviceError(
                f"/dev/i2c-{profile.bus}",
                t("cannot be opened: {why}", why=error.strerror),
                fix=t("Turn I2C on (sudo raspi-config) and join the group i2c"),
            ) from error
        try:
            self._sensor = Vl53l1x(self._bus, i2c_msg, profile.address, wait)
        except DeviceError:
            self._bus.close()
            raise

    def readings(self) -> list[RangeReading]:
        """The newest result, if there is one; raises `DeviceError` if the sensor is gone."""
        new, distance_m = self._sensor.read()
        if not new:
            return []
        return [
            RangeReading(
                captured_ns=self._now_ns(),
                distance_m=distance_m,
                bearing_deg=self._profile.bearing_deg,
                beam_deg=vl53l1x.BEAM_DEG,
                sensor=self.name,
                elevation_deg=self._profile.elevation_deg,
            )
        ]

    def close(self) -> None:
        """Measure no more."""
        with suppress(DeviceError):
            self._sensor.stop()
        self._bus.close()


def _lacks(name: str, package: str) -> DeviceError:
    return DeviceError(
        name,
        t("Python package {name} is not installed", name=package),
        fix="pip install 'edgeassist[pi]'",
    )
