"""What makes a pulse felt or heard: vibration motors on GPIO pins, or panned tones."""

from __future__ import annotations

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.events import Pulse, Side
from edgeassist.loop.node import Context
from edgeassist.profile import HapticsProfile

PWM_HZ = 200.0
STARTS_AT = 0.4  # share of full power below which a small motor does not turn

RATE_HZ = 16_000
LOUDNESS = 0.25  # of full scale
# A pitch for each side too, for one loudspeaker or one ear; whole periods in 20 ms.
TONE_HZ = {Side.LEFT: 200, Side.AHEAD: 250, Side.RIGHT: 300}
EARS = {Side.LEFT: (1.0, 0.0), Side.AHEAD: (0.7, 0.7), Side.RIGHT: (0.0, 1.0)}
LONGEST_TONE_MS = 250  # in all: longer would cover the words


class Output(Protocol):
    """Something with a left, a middle and a right; used from one thread."""

    name: str  # for messages

    def pattern(self, pulse: Pulse) -> tuple[int, ...]:
        """The pulse's on/off milliseconds as this output plays them."""

    def drive(self, side: Side, strength: float) -> None:
        """From now on that side alone, 0 to 1; returns at once. Raises `DeviceError`."""

    def close(self) -> None:
        """Be still, and release the device."""


class Motors:
    """Three vibration motors (or two: then both are the middle), by gpiozero's PWM."""

    def __init__(self, pins: HapticsProfile) -> None:
        """Raises `DeviceError` where pins or gpiozero are missing, or a pin cannot be used."""
        named = {Side.LEFT: pins.left, Side.AHEAD: pins.ahead, Side.RIGHT: pins.right}
        given = {side: pin for side, pin in named.items() if pin is not None}
        if Side.LEFT not in given or Side.RIGHT not in given:
            raise DeviceError(
                t("vibration"),
                t("the profile names no motors"),
                fix=t("Add the GPIO numbers: [haptics] left = 12, ahead = 13, right = 26"),
            )
        self._motors: dict[Side, Any] = {}
        try:
            from gpiozero import GPIOZeroError, PWMOutputDevice
        except ImportError:
            raise DeviceError(
                t("vibration"),
                t("Python package {name} is not installed", name="gpiozero"),
                fix="pip install 'edgeassist[pi]'",
            ) from None
        for side, pin in given.items():
            try:
                self._motors[side] = PWMOutputDevice(pin, frequency=PWM_HZ)
            except (GPIOZeroError, OSError) as error:
                self.close()
                raise DeviceError(
                    f"GPIO {pin}",
                    t("cannot be used: {why}", why=error),
                    fix=t("Is this a Raspberry Pi, with lgpio installed, and the pin free?"),
                ) from error
        self.name = t("vibration motors at GPIO {pins}", pins=", ".join(map(str, given.values())))

    def pattern(self, pulse: Pulse) -> tuple[int, ...]:
        """As it is."""
        return pulse.pattern

    def drive(self, side: Side, strength: float) -> None:
        """Set the motors' power; a motor that is to turn at all gets what it needs to start."""
        both = side is Side.AHEAD and Side.AHEAD not in self._motors
        power = STARTS_AT + (1 - STARTS_AT) * min(1.0, strength) if strength > 0 else 0.0
        for own, motor in self._motors.items():
            motor.value = power if both or own is side else 0.0

    def close(self) -> None:
        """Stop the motors and free the pins."""
        for motor in self._motors.values():
            motor.close()
        self._motors.clear()


class Tones:
    """Low tones in one ear, the other or both, by the loudspeaker; short, for words follow."""

    def __init__(self, device: str | int | None, context: Context) -> None:
        """Raises `DeviceError` where there is no loudspeaker."""
        from edgeassist.devices.speaker import Speaker, SpeakerOptions

        self._speaker = Speaker(SpeakerOptions(device=device), context)
        self._speaker.open(RATE_HZ)
        self._changed = threading.Condition()
        self._block: NDArray[np.int16] | None = None
        self._closed = False
        self._failure: DeviceError | None = None
        self.name = t("panned tones")
        self._thread = threading.Thread(target=self._sound, name="haptics-tones", daemon=True)
        self._thread.start()

    def pattern(self, pulse: Pulse) -> tuple[int, ...]:
        """Its beginning."""
        made: list[int] = []
        for milliseconds in pulse.pattern:
            left = LONGEST_TONE_MS - sum(made)
            if left <= 0:
                break
            made.append(min(left, milliseconds))
        return tuple(made)

    def drive(self, side: Side, strength: float) -> None:
        """Begin or end a tone."""
        with self._changed:
            if self._failure is not None:
                raise self._failure
            self._block = tone(side, strength) if strength > 0 else None
            self._changed.notify_all()

    def close(self) -> None:
        """Be silent and let the loudspeaker go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self._speaker.close()

    def _sound(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._block is not None)
                block = self._block
                if self._closed or block is None:
                    return
            try:
                self._speaker.write(block)
            except DeviceError as error:
                with self._changed:
                    self._failure = error
                return


def tone(side: Side, strength: float) -> NDArray[np.int16]:
    """20 ms of it, int16, (samples, 2): left, right; one block joins the next without a click."""
    at_s = np.arange(RATE_HZ // 50) / RATE_HZ
    wave = np.sin(2 * np.pi * TONE_HZ[side] * at_s) * (LOUDNESS * 32767 * min(1.0, strength))
    return np.asarray(wave[:, None] * np.array(EARS[side]), np.int16)
