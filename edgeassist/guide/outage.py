"""When obstacle warnings are off, why, and how that is told: once, and once when they are back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edgeassist.guide.sight import Sight
from edgeassist.locale import t

ON_AFTER_S = 1.0  # of seeing again without a break: a swinging bag is told of once


class Cause(StrEnum):
    """Why there are no warnings."""

    COVERED = "covered"
    DARK = "dark"
    FROZEN = "frozen"
    SILENT = "silent"  # no picture comes, or only old ones
    ASKED = "asked"  # the user wants none


class Notice(StrEnum):
    """What is to be told."""

    OFF = "off"
    ON = "on"


def cause_of(sight: Sight) -> Cause | None:
    """The cause that a picture's sight is."""
    return Cause(sight.value) if sight.blind else None


@dataclass(slots=True)
class Outage:
    """Remembers what was told; `told` is the cause told last, None while warnings are on."""

    told: Cause | None = None
    _free_s: float | None = None  # since when there is no cause

    def step(self, at_s: float, cause: Cause | None) -> Notice | None:
        """What to tell now that `cause` holds, or none does.

        From one blindness into another nothing is told; what the user asked for is answered.
        """
        if cause is not None:
            self._free_s = None
            if self.told is None or (self.told is not cause and Cause.ASKED in (self.told, cause)):
                self.told = cause
                return Notice.OFF
            return None
        if self.told is None:
            return None
        if self._free_s is None or at_s < self._free_s:
            self._free_s = at_s
        if self.told is Cause.ASKED or at_s - self._free_s >= ON_AFTER_S:
            self.told = None
            return Notice.ON
        return None


def told_off(cause: Cause, language: str, *, ranged: bool = False) -> str:
    """That warnings are off and why: "障碍物提醒已停止：太暗了".

    Where range sensors are worn (`ranged`), that only they warn: "只有测距传感器提醒：太暗了"."""
    match cause:
        case Cause.COVERED:
            why = t("the camera is covered", lang=language)
        case Cause.DARK:
            why = t("it is too dark", lang=language)
        case Cause.FROZEN:
            why = t("the camera picture stands still", lang=language)
        case Cause.SILENT:
            why = t("the camera gives no picture", lang=language)
        case Cause.ASKED:
            return t("Obstacle warnings are off", lang=language)
    if ranged:
        return t("Only the range sensors warn: {why}", lang=language, why=why)
    return t("Obstacle warnings are off: {why}", lang=language, why=why)


def told_on(language: str) -> str:
    """That they are on again."""
    return t("Obstacle warnings are on again", lang=language)


def told_poor(sight: Sight, language: str) -> str:
    """That the camera sees, but badly."""
    if sight is Sight.DIRTY:
        return t("The lens may be dirty: some things will not be seen", lang=language)
    return t("The picture is blurred: wipe the lens", lang=language)
