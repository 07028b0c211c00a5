"""PortAudio: loaded once, its devices found by a part of their name, its streams let go safely."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from typing import Any, Literal

from edgeassist.errors import DeviceError
from edgeassist.locale import t

Direction = Literal["input", "output"]
log = logging.getLogger("edgeassist.devices")

_CLOSE_S = 2.0
_INSTALL = "sudo apt install libportaudio2"


def sounddevice() -> Any:
    """The module `sounddevice`; raises `DeviceError` if the PortAudio library is missing."""
    # Streams that PortAudio opens through PulseAudio leave the server its own latency, up to 2 s;
    # this asks for less. Shorter ones underrun on a busy board.
    os.environ.setdefault("PULSE_LATENCY_MSEC", "60")
    try:
        import sounddevice as module
    except (OSError, ImportError) as error:
        raise DeviceError(
            "PortAudio",
            t("the library is not installed: {why}", why=str(error).splitlines()[0]),
            fix=t("Run: {command}", command=_INSTALL),
        ) from None
    return module


def devices(direction: Direction) -> list[dict[str, Any]]:
    """All devices that can record ("input") or play ("output"), as PortAudio describes them.

    `default` is added: whether it is the one taken where none is named.
    """
    sd = sounddevice()
    _look_again(sd)
    channels = f"max_{direction}_channels"
    default = sd.default.device[direction]
    try:
        if default < 0:
            default = sd.query_devices(kind=direction)["index"]
    except (sd.PortAudioError, ValueError):
        default = -1
    return [
        {**device, "default": device["index"] == default}
        for device in sd.query_devices()
        if device[channels] > 0
    ]


def find(direction: Direction, wanted: str | int | None) -> dict[str, Any]:
    """The device with that number, or with `wanted` in its name, or the default.

    Raises `DeviceError` saying which there are.
    """
    known = devices(direction)
    what = t("microphone") if direction == "input" else t("loudspeaker")
    if not known:
        raise DeviceError(
            what,
            t("none is connected, or the sound system does not run"),
            fix=t("Connect one, then see: edgeassist devices"),
        )
    if wanted is None:
        return next((device for device in known if device["default"]), known[0])
    if isinstance(wanted, int) or wanted.isdecimal():
        matches = [device for device in known if device["index"] == int(wanted)]
    else:
        matches = [device for device in known if device["name"] == wanted]
        matches += [device for device in known if wanted.casefold() in device["name"].casefold()]
    if not matches:
        raise DeviceError(
            str(wanted),
            t("there is no such {what}", what=what),
            fix=t("There are: {names}", names=", ".join(device["name"] for device in known)),
        )
    return matches[0]


class _Streams:
    """The streams that are open, so that PortAudio can look for devices anew when none is."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.open = 0
        self.stuck = 0  # streams that would not close; PortAudio cannot be begun anew any more
        self.lost = False  # a device went away: the list PortAudio made at its start is old


_streams = _Streams()


def opened() -> None:
    """Count a stream that was opened; `close` counts it out."""
    with _streams.guard:
        _streams.open += 1


def close(stream: Any, *, lost: bool) -> None:
    """Abort and close a stream; `lost` tells that its device is gone.

    PortAudio joins a thread that may hang in a sound server that has gone away (seen with
    PulseAudio 16): such a stream is left to itself, also when the program ends.
    """

    def end() -> None:
        stream.abort()
        stream.close()

    closing = threading.Thread(target=end, name="portaudio-close", daemon=True)
    closing.start()
    closing.join(_CLOSE_S)
    with _streams.guard:
        _streams.open -= 1
        _streams.lost = _streams.lost or lost
        if closing.is_alive():
            _streams.stuck += 1
            log.warning(t("A sound stream of a device that is gone could not be closed."))
            # It would close all streams at the end of the program, and hang as well.
            atexit.unregister(sounddevice()._exit_handler)


def _look_again(sd: Any) -> None:
    """PortAudio lists devices once, when it starts: start it anew after one went away."""
    with _streams.guard:
        if _streams.lost and not _streams.open and not _streams.stuck:
            sd._terminate()
            sd._initialize()
            _streams.lost = False
