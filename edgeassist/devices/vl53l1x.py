"""The VL53L1X laser range sensor on an I2C bus: as much of it as measures 4 m, 20 times a second.

Registers and their meaning are those that ST's API names them by (user manuals UM2356 and UM2510;
the data sheet DS12385 lists none but the identification). Times are in macro periods of the laser's
pulse train, whose length follows from the oscillator's frequency that each sensor has stored. Not
yet tried on a sensor of metal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edgeassist.errors import DeviceError
from edgeassist.locale import t

BEAM_DEG = 27.0  # full field of view (DS12385)
FARTHEST_M = 4.0
PERIOD_MS = 50
BUDGET_US = 45_000  # of measuring, out of each period

MODEL = 0x010F  # two bytes: 0xEACC
IS_VL53L1X = 0xEACC
BOOTED = 0x00E5  # bit 0
SOFT_RESET = 0x0000
OSCILLATOR_HZ_SHARE = 0x0006  # frequency in 2^-12 MHz
OSCILLATOR_PER_MS = 0x00DE
INTERRUPT_STATUS = 0x0031  # bit 0 is low when there is a result (active low, as set below)
INTERRUPT_CLEAR = 0x0086
MODE_START = 0x0087
TIMED, STOPPED = 0x40, 0x00
PERIOD = 0x006C  # four bytes
RANGE_STATUS = 0x0089  # of the result; the low five bits
RANGE_MM = 0x0096  # of the result, two bytes, before the gain
VALID = 9
GAIN = 2011 / 2048

# Register, bytes, value: long distance, default signal limits, effective aperture chosen by host.
SET_UP: tuple[tuple[int, int, int], ...] = (
    (0x0024, 2, 0x0A00),  # DSS_CONFIG__TARGET_TOTAL_RATE_MCPS
    (0x0030, 1, 0x11),  # GPIO_HV_MUX__CTRL: the interrupt is active low
    (0x0031, 1, 0x02),  # GPIO__TIO_HV_STATUS
    (0x0036, 1, 8),  # SIGMA_ESTIMATOR__EFFECTIVE_PULSE_WIDTH_NS
    (0x0037, 1, 16),  # SIGMA_ESTIMATOR__EFFECTIVE_AMBIENT_WIDTH_NS
    (0x0039, 1, 0x01),  # ALGO__CROSSTALK_COMPENSATION_VALID_HEIGHT_MM
    (0x003E, 1, 0xFF),  # ALGO__RANGE_IGNORE_VALID_HEIGHT_MM
    (0x003F, 1, 0),  # ALGO__RANGE_MIN_CLIP
    (0x0040, 1, 2),  # ALGO__CONSISTENCY_CHECK__TOLERANCE
    (0x004F, 1, 2),  # DSS_CONFIG__ROI_MODE_CONTROL: as many SPADs as asked for
    (0x0050, 2, 0),  # SYSTEM__THRESH_RATE_HIGH
    (0x0052, 2, 0),  # SYSTEM__THRESH_RATE_LOW
    (0x0054, 2, 200 << 8),  # DSS_CONFIG__MANUAL_EFFECTIVE_SPADS_SELECT
    (0x0057, 1, 0x38),  # DSS_CONFIG__APERTURE_ATTENUATION
    (0x0060, 1, 0x0F),  # RANGE_CONFIG__VCSEL_PERIOD_A, long distance
    (0x0063, 1, 0x0D),  # RANGE_CONFIG__VCSEL_PERIOD_B
    (0x0064, 2, 360),  # RANGE_CONFIG__SIGMA_THRESH
    (0x0066, 2, 192),  # RANGE_CONFIG__MIN_COUNT_RATE_RTN_LIMIT_MCPS
    (0x0069, 1, 0xB8),  # RANGE_CONFIG__VALID_PHASE_HIGH
    (0x0071, 1, 0x01),  # SYSTEM__GROUPED_PARAMETER_HOLD_0
    (0x0077, 1, 1),  # SYSTEM__SEED_CONFIG
    (0x0078, 1, 0x0F),  # SD_CONFIG__WOI_SD0
    (0x0079, 1, 0x0D),  # SD_CONFIG__WOI_SD1
    (0x007A, 1, 14),  # SD_CONFIG__INITIAL_PHASE_SD0
    (0x007B, 1, 14),  # SD_CONFIG__INITIAL_PHASE_SD1
    (0x007C, 1, 0x01),  # SYSTEM__GROUPED_PARAMETER_HOLD_1
    (0x007E, 1, 2),  # SD_CONFIG__QUANTIFIER
    (0x0081, 1, 0x8B),  # SYSTEM__SEQUENCE_CONFIG: VHV, phase calibration, DSS1, range
    (0x0082, 1, 0x00),  # SYSTEM__GROUPED_PARAMETER_HOLD
)
PAD_2V8 = 0x002E  # bit 0: the bus is at the sensor's own supply, as on all usual boards
OUTER_OFFSET, RANGE_OFFSET = 0x0022, 0x001E  # mm; quarters of a mm
PHASECAL_TIMEOUT, MM_TIMEOUT_A, MM_TIMEOUT_B = 0x004B, 0x005A, 0x005C
RANGE_TIMEOUT_A, RANGE_TIMEOUT_B = 0x005E, 0x0061
PERIOD_A, PERIOD_B = 0x0F, 0x0D
GUARD_US = 4528  # of the budget, that no ranging goes into


class Vl53l1x:
    """One sensor that measures all the time; `read` gives each result once.

    `bus` is an `smbus2.SMBus`, `message` its `i2c_msg`. Every method raises `DeviceError` where
    the sensor does not answer.
    """

    def __init__(self, bus: Any, message: Any, address: int, wait: Callable[[float], Any]) -> None:
        """Set the sensor up; `wait(seconds)` is called while it boots."""
        self._bus = bus
        self._message = message
        self._address = address
        self.name = f"VL53L1X 0x{address:02x}"
        if (model := self._get(MODEL, 2)) != IS_VL53L1X:
            raise self._error(t("is another device: it says 0x{model:04x}", model=model))
        self._put(SOFT_RESET, 1, 0x00)
        wait(0.001)
        self._put(SOFT_RESET, 1, 0x01)
        for _ in range(100):
            wait(0.002)
            if self._get(BOOTED, 1) & 1:
                break
        else:
            raise self._error(t("does not start"))
        self._put(PAD_2V8, 1, self._get(PAD_2V8, 1) | 0x01)
        for register, size, value in SET_UP:
            self._put(register, size, value)
        self._put(RANGE_OFFSET, 2, (self._get(OUTER_OFFSET, 2) * 4) & 0xFFFF)
        self._set_times()
        self._put(INTERRUPT_CLEAR, 1, 0x01)
        self._put(MODE_START, 1, TIMED)

    def read(self) -> tuple[bool, float | None]:
        """Whether there is a new result, and its metres: None where nothing was hit for sure."""
        if self._get(INTERRUPT_STATUS, 1) & 1:
            return False, None
        valid = self._get(RANGE_STATUS, 1) & 0x1F == VALID
        metres = self._get(RANGE_MM, 2) * GAIN / 1000
        self._put(INTERRUPT_CLEAR, 1, 0x01)
        return True, metres if valid and 0 < metres <= FARTHEST_M else None

    def stop(self) -> None:
        """Measure no more."""
        self._put(MODE_START, 1, STOPPED)

    def _set_times(self) -> None:
        frequency = self._get(OSCILLATOR_HZ_SHARE, 2)
        if not frequency:
            raise self._error(t("does not start"))
        budget_us = (BUDGET_US - GUARD_US) // 2
        period_a, period_b = (macro_period(frequency, period) for period in (PERIOD_A, PERIOD_B))
        self._put(PHASECAL_TIMEOUT, 1, min(periods(1000, period_a), 0xFF))
        self._put(MM_TIMEOUT_A, 2, encoded(periods(1, period_a)))
        self._put(RANGE_TIMEOUT_A, 2, encoded(periods(budget_us, period_a)))
        self._put(MM_TIMEOUT_B, 2, encoded(periods(1, period_b)))
        self._put(RANGE_TIMEOUT_B, 2, encoded(periods(budget_us, period_b)))
        self._put(PERIOD, 4, PERIOD_MS * (self._get(OSCILLATOR_PER_MS, 2) & 0x3FF))

    def _get(self, register: int, size: int) -> int:
        asked = self._message.write(self._address, register.to_bytes(2, "big"))
        answer = self._message.read(self._address, size)
        try:
            self._bus.i2c_rdwr(asked, answer)
        except OSError as error:
            raise self._error(t("does not answer: {why}", why=error)) from error
        return int.from_bytes(bytes(answer), "big")

    def _put(self, register: int, size: int, value: int) -> None:
        data = register.to_bytes(2, "big") + value.to_bytes(size, "big")
        try:
            self._bus.i2c_rdwr(self._message.write(self._address, data))
        except OSError as error:
            raise self._error(t("does not answer: {why}", why=error)) from error

    def _error(self, what: str) -> DeviceError:
        return DeviceError(self.name, what, fix=t("Check its wires; see: i2cdetect -y 1"))


def macro_period(frequency: int, period: int) -> int:
    """The length of a macro period in 2^-12 µs, from the stored frequency and laser period."""
    pll_us = (1 << 30) // frequency
    return ((2304 * pll_us) >> 6) * ((period + 1) << 1) >> 6


def periods(us: int, macro: int) -> int:
    """Microseconds as macro periods."""
    return ((us << 12) + (macro >> 1)) // macro


def encoded(count: int) -> int:
    """A number of macro periods as the sensor holds it: 8 bits, and by how many to shift them.

    It is one more than a whole mantissa, so that none is a timeout of nothing.
    """
    low, shift = max(0, count - 1), 0
    while low > 0xFF:
        low, shift = low >> 1, shift + 1
    return (shift << 8) | low
