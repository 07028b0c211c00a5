"""The vibration module: which side a thing is on, felt before any word could say it.

Three small motors on GPIO pins (left, middle, right), or panned tones where there are none. Not yet
tried on a device of metal: docs/guide.md says how to wire it and what was tested instead.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from edgeassist.devices.haptic_outputs import Motors, Output, Tones
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, Priority, Pulse, State, Status, Utterance
from edgeassist.loop.node import Context

STALE_S = 1.5  # a pulse that old tells of where the walker was
_TO_END_S = 1.5


class HapticsOutput(StrEnum):
    """What is used."""

    MOTORS = "motors"
    TONES = "tones"
    AUTO = "auto"  # motors where the profile names their pins and they can be had, else tones


@dataclass(frozen=True, slots=True, kw_only=True)
class HapticsOptions:
    """How directions are felt; the pins are in the board's profile, under [haptics]."""

    output: HapticsOutput = HapticsOutput.MOTORS
    device: str | int | None = None  # of the tones: a part of the loudspeaker's name, or its number


class Haptics:
    """Plays pulses, one at a time: a newer one that is as strong or stronger interrupts."""

    Options = HapticsOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (Pulse,)
    produces: ClassVar[tuple[type[Event], ...]] = (Utterance,)
    lost = "vibration is off"
    called = "vibration"

    def __init__(self, options: HapticsOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._changed = threading.Condition()
        self._playing: Pulse | None = None
        self._next: Pulse | None = None
        self._closed = False
        self._output: Output | None = None
        self._thread: threading.Thread | None = None
        self._failure: DeviceError | None = None

    def open(self) -> None:
        """Get the motors or the loudspeaker, and say which it is.

        Raises `DeviceError` where what the options ask for is not there.
        """
        self._output, why = self._opened()
        self._thread = threading.Thread(target=self._play, name="haptics", daemon=True)
        self._thread.start()
        self._say_which(self._output, why)

    def handle(self, event: Event) -> Iterable[Event]:
        """Take one pulse; returns at once. Raises the error that the output failed with."""
        if self._failure is not None:
            raise self._failure
        if isinstance(event, Pulse):
            with self._changed:
                self._next = newest(self._next, event)
                self._changed.notify_all()
        return ()

    def finish(self) -> Iterable[Event]:
        """Let the last pulse end."""
        left_s = self._context.stopping.left_s()
        most_s = _TO_END_S if left_s is None else min(_TO_END_S, left_s / 2)
        with self._changed:
            self._context.clock.wait_for(
                self._changed, lambda: self._playing is None and self._next is None, most_s
            )
        return ()

    def close(self) -> None:
        """Be still, and release the device."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _opened(self) -> tuple[Output, str]:
        """The output, and why it is not the motors if it might have been."""
        wanted, pins = self._options.output, self._context.profile.haptics
        why = ""
        if wanted is not HapticsOutput.TONES:
            try:
                return Motors(pins), ""
            except DeviceError as error:
                if wanted is HapticsOutput.MOTORS:
                    raise
                why = str(error)
        try:
            return Tones(self._options.device, self._context), why
        except DeviceError as error:
            if why:
                raise DeviceError(
                    t("vibration"),
                    t("neither motors nor tones: {why}; {also}", why=why, also=error),
                ) from error
            raise

    def _say_which(self, output: Output, why: str) -> None:
        """Nobody waits for a vibration that cannot come."""
        context = self._context
        now_ns = context.clock.now_ns()
        context.emit(
            Status(
                captured_ns=now_ns,
                module=context.name,
                state=State.RUNNING,
                why=f"{output.name}. {why}" if why else output.name,
            )
        )
        if isinstance(output, Motors):
            text = t("Directions are felt as vibration", lang=context.language)
        else:
            text = t("No vibration: directions are heard as tones", lang=context.language)
        context.emit(
            Utterance(
                captured_ns=now_ns,
                text=text,
                language=context.language,
                priority=Priority.NOTIFICATION,
                merge_key="haptics",
            )
        )

    def _play(self) -> None:
        """On the player's thread: pulse after pulse."""
        assert self._output is not None
        try:
            while self._take():
                self._play_one(self._output)
        except DeviceError as error:
            with self._changed:
                self._failure = error
                self._playing = self._next = None
                self._changed.notify_all()

    def _take(self) -> bool:
        """Wait for the next pulse; return whether there is one."""
        with self._changed:
            self._playing = None
            self._changed.notify_all()
            self._context.clock.wait_for(
                self._changed, lambda: self._closed or self._next is not None
            )
            self._playing, self._next = self._next, None
            return not self._closed

    def _play_one(self, output: Output) -> None:
        pulse = self._playing
        if pulse is None or self._context.clock.now_ns() - pulse.captured_ns > STALE_S * NS:
            return
        try:
            for number, milliseconds in enumerate(output.pattern(pulse)):
                output.drive(pulse.side, 0.0 if number % 2 else pulse.strength)
                if self._interrupted(milliseconds / 1000):
                    return
        finally:
            output.drive(pulse.side, 0.0)

    def _interrupted(self, seconds: float) -> bool:
        """Wait so long, or until something at least as strong has come."""
        with self._changed:
            return self._context.clock.wait_for(
                self._changed,
                lambda: self._closed or interrupts(self._next, self._playing),
                seconds,
            )


def newest(waiting: Pulse | None, pulse: Pulse) -> Pulse:
    """Which of two is to be played next: the newer one, but no weaker one for a stronger."""
    return waiting if waiting is not None and waiting.strength > pulse.strength else pulse


def interrupts(pulse: Pulse | None, playing: Pulse | None) -> bool:
    """Whether a pulse cuts another one short: the strength says how urgent it is."""
    return pulse is not None and playing is not None and pulse.strength >= playing.strength
