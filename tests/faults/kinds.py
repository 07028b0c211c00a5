"""What goes wrong from outside with a running device, how it is done, and what shows it is back."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulse
from device import PATIENCE_S, Desk, Ears, Running
from viewers import TOKEN, lines_until_ready, listening

FIVE_S, RELOADS_S = 5.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a fault; `back_s` from when its cause was over, or the process was gone."""

    told: list[str]  # what was said aloud, in Chinese
    why: list[str]  # what stood on the page and in the terminal
    back_s: float
    lost: list[str]  # finals that were shown and are in no transcript


Check = Callable[[Any, int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind: `breaks` it, waits until that was `noticed`, `mends` its cause, is `back`."""

    name: str
    breaks: Callable[[Any], object]
    back: Check
    noticed: Check | None = None
    mends: Callable[[Any], object] | None = None
    within_s: float = FIVE_S  # the goal on a quiet machine, for the table
    says: bool = False  # whether the user has to be told aloud
    needs_disk: bool = False


def inject(fault: Fault, device: Running) -> Outcome:
    """Do it to a device that works, and wait until it works again by itself."""
    since, began_s = device.here, time.monotonic()
    try:
        fault.breaks(device)
        if fault.noticed is not None:
            fault.noticed(device, since)
    finally:
        if fault.mends is not None:
            fault.mends(device)
            began_s = time.monotonic()
    fault.back(device, device.here if fault.mends is not None else since)
    return Outcome(
        told=device.told(since),
        why=list(dict.fromkeys(device.troubles(since))),
        back_s=time.monotonic() - began_s,
        lost=device.lost(),
    )


def state(module: str, *states: str) -> Check:
    """Notices that a module is told to be in one of these states."""
    return lambda device, since: device.wait(
        lambda r: r["type"] == "Status" and r["module"] == module and r["state"] in states,
        since,
        f"{module} {states}",
    )


def trouble(module: str) -> Check:
    """Notices that a module has something to complain of."""
    return lambda device, since: device.wait(
        lambda r: r["type"] == "Status" and r["module"] == module and bool(r["why"]),
        since,
        f"trouble of {module}",
    )


def gives(kind: str, module: str) -> Check:
    """It gives events again."""
    return lambda device, since: device.event(kind, module, since)


def hears(device: Desk, since: int) -> None:
    """Captions come."""
    device.wait(
        lambda r: r["type"] == "Caption" and r["final"] and bool(r["text"].strip("…")),
        since,
        "a caption",
    )


def says(device: Ears, since: int) -> None:
    """The voice speaks."""
    device.says()


def listens(device: Ears, since: int) -> None:
    """Sound comes from the microphone; a second of it, so that it is no rest of the old."""
    for _ in range(50):
        found = device.event("AudioBlock", "microphone", since)
        since = device.records.index(found, since) + 1


def sees(device: Desk, since: int) -> None:
    """Pictures come, and the user is warned again."""
    device.event("VideoFrame", "camera", since)


def shows_braille(device: Desk, since: int) -> None:
    """The display has the cells of another line; it goes on where it was: none is missed."""
    before = device.pins.felt

    def another(felt: str) -> bool:
        lines = (r for r in device.records if r["type"] == "BrailleLine")
        return felt not in ("", before) and any(line["cells"] == felt for line in lines)

    assert device.pins.feels(another, PATIENCE_S), device.pins.felt


def publishes(device: Desk, since: int) -> None:
    """The broker has what is said."""
    before = len(device.listener.finals())
    device.listener.wait_for(lambda: len(device.listener.finals()) > before, PATIENCE_S)


def serves(device: Desk, since: int) -> None:
    """A viewer gets all that was said; one that is refused comes again, as browsers do."""
    until_s = time.monotonic() + PATIENCE_S
    texts: list[str] = []
    while not texts:
        assert time.monotonic() < until_s, "the page serves nobody"
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            listening(device.port) as news,
        ):
            texts, _ = lines_until_ready(news)
        if not texts:
            threading.Event().wait(0.2)


def _pactl(device: Any, *words: str) -> str:
    return subprocess.run(
        ["pactl", *words], env=device.sound.env, check=True, capture_output=True, text=True
    ).stdout


def _unload(name: str) -> Callable[[Any], None]:
    def unload(device: Any) -> None:
        for line in _pactl(device, "list", "short", "modules").splitlines():
            if f"sink_name={name} " in line:
                _pactl(device, "unload-module", line.split()[0])

    return unload


def _load(name: str) -> Callable[[Any], object]:
    return lambda device: _pactl(
        device, "load-module", "module-null-sink", f"sink_name={name}", "rate=48000"
    )


def _kill_sound(device: Any) -> None:
    device.sound.daemon.kill()
    device.sound.daemon.wait()


def _sound_again(device: Any) -> None:
    device.sound.daemon = pulse.start(device.folder).daemon


def stop(which: Callable[[Any], int]) -> Callable[[Any], None]:
    """Suspend a process."""
    return lambda device: os.kill(which(device), signal.SIGSTOP)


def go_on(which: Callable[[Any], int]) -> Callable[[Any], None]:
    """And let it go on."""
    return lambda device: os.kill(which(device), signal.SIGCONT)


def _sound_pid(device: Any) -> int:
    return device.sound.daemon.pid


def _brltty_pid(device: Any) -> int:
    assert device.brltty._process is not None
    return device.brltty._process.pid


def _broker_pid(device: Any) -> int:
    assert device.broker._process is not None
    return device.broker._process.pid


def _voice_pid(device: Any) -> int:
    return device.child("pyttsx3_child").pid


def _kill_voice(device: Any) -> None:
    os.kill(_voice_pid(device), signal.SIGKILL)


def _speaks_through_a_hung_voice(device: Any) -> None:
    """It hangs while it has something to say."""
    os.kill(_voice_pid(device), signal.SIGSTOP)
    device.order("volume 1")


def _spoken(device: Any, since: int) -> None:
    device.event("Spoken", "speech", since, how="said")


def _storm(device: Any) -> None:
    """Signals that mean nothing to it."""
    for number in itertools.islice(
        itertools.cycle((signal.SIGWINCH, signal.SIGCHLD, signal.SIGPIPE, signal.SIGCONT)), 2000
    ):
        os.kill(device.process.pid, number)


def _ask(what: str, times: int = 1) -> bytes:
    return f"GET /{TOKEN}/{what} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * times


def _many_viewers(device: Any) -> None:
    """A hundred, in tens at a time; each third parts in the middle of an answer."""
    for ten in range(10):
        with contextlib.ExitStack() as stack:
            for number in range(10):
                door = ("127.0.0.1", device.port)
                viewer = stack.enter_context(socket.create_connection(door, PATIENCE_S))
                with contextlib.suppress(OSError):  # too many at a time are refused
                    viewer.sendall(_ask("events"))
                    if (ten + number) % 3:
                        viewer.recv(64)


def _viewers_that_never_read(device: Any) -> None:
    """They ask for everything again and again, and take nothing."""
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            viewer = stack.enter_context(socket.socket())
            viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            with contextlib.suppress(OSError):
                viewer.connect(("127.0.0.1", device.port))
                viewer.sendall(_ask("events") + _ask("page.js", 15))
        hears(device, device.here)


def _strangers(device: Any) -> None:
    """Bytes that are no request."""
    for data in (b"\x16\x03\x01\x02\x00\x01", bytes(5000), b"GET / HTTP/9.9\r\n\r\n", b"\xff"):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", device.port), PATIENCE_S) as stranger,
        ):
            stranger.sendall(data)


def _odd_orders(device: Any) -> None:
    """Lines that are no orders, to the voice's socket; one caller says nothing at all."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(device.folder / "edgeassist" / f"{device.process.pid}-1.sock"))
        for line in ("rate", "rate nan", "volume 1e999", "spell ²", "voice ../../x", "x" * 5000):
            with contextlib.suppress(OSError, ValueError):  # too long a line is not answered
                device.order(line)


def _engine(how: str) -> Callable[[Any], None]:
    return lambda device: device.fault.write_text(how)


def _after_its_fault(device: Any, since: int) -> None:
    """Captions that come after the recogniser has failed."""
    while device.fault.exists():
        hears(device, since)
        since = device.here
    hears(device, device.here)


def _few_descriptors(device: Any) -> None:
    """It may open none beyond those it has."""
    _, most = resource.prlimit(device.process.pid, resource.RLIMIT_NOFILE)
    used = device.itself.num_fds()
    resource.prlimit(device.process.pid, resource.RLIMIT_NOFILE, (used, most))


def _viewers_find_none(device: Any, since: int) -> None:
    for _ in range(5):
        with contextlib.suppress(OSError):
            viewer = socket.create_connection(("127.0.0.1", device.port), 0.2)
            viewer.sendall(_ask("events"))
            viewer.close()


def _descriptors_again(device: Any) -> None:
    _, most = resource.prlimit(device.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(device.process.pid, resource.RLIMIT_NOFILE, (min(most, 1024), most))


def _fill(device: Any) -> None:
    """The disk has no byte left but what the transcript has set aside."""
    with contextlib.suppress(OSError), device.inside("filler").open("wb", 0) as filler:
        while True:
            filler.write(bytes(4096))


def _hears_twice(device: Any, since: int) -> None:
    hears(device, since)
    hears(device, device.here)


EARS = (
    Fault(
        name="the sound server is killed and comes back",
        breaks=_kill_sound,
        noticed=state("microphone", "restarting", "degraded"),
        mends=_sound_again,
        back=listens,
    ),
    Fault(
        name="the sound card is unplugged and plugged in again",
        breaks=lambda d: (_unload(pulse.MIC)(d), _unload(pulse.OUT)(d)),
        noticed=state("microphone", "restarting", "degraded"),
        mends=lambda d: (_load(pulse.MIC)(d), _load(pulse.OUT)(d)),
        back=lambda d, since: (listens(d, since), says(d, since)),
    ),
    Fault(
        name="the loudspeaker is unplugged and plugged in again",
        breaks=_unload(pulse.OUT),
        mends=_load(pulse.OUT),
        back=says,
    ),
    Fault(
        name="the sound server hangs and goes on",
        breaks=stop(_sound_pid),
        noticed=state("microphone", "restarting", "degraded"),
        mends=go_on(_sound_pid),
        back=listens,
    ),
    Fault(name="the voice's process is killed (-9)", breaks=_kill_voice, back=says),
    Fault(
        name="the voice's process hangs in the middle of a text",
        breaks=_speaks_through_a_hung_voice,
        back=_spoken,
        within_s=RELOADS_S,
    ),
    Fault(name="odd orders, and a caller who says nothing", breaks=_odd_orders, back=says),
    Fault(
        name="the voice dies while no descriptor is left",
        breaks=lambda d: (_few_descriptors(d), _kill_voice(d)),
        mends=_descriptors_again,
        back=says,
    ),
    Fault(name="2,000 signals in a storm", breaks=_storm, back=says),
)
DESK = (
    Fault(
        name="the camera is unplugged and plugged in again",
        breaks=lambda d: d.camera.unplug(),
        noticed=state("camera", "stalled"),
        mends=lambda d: d.camera.plug_in(),
        back=sees,
        says=True,
    ),
    Fault(
        name="the braille display is unplugged and plugged in again",
        breaks=lambda d: d.pins.unplug(),
        back=shows_braille,
    ),
    Fault(
        name="brltty is killed and comes back",
        breaks=lambda d: d.brltty.kill(),
        noticed=trouble("display"),
        mends=lambda d: d.brltty.start(),
        back=shows_braille,
    ),
    Fault(
        name="brltty hangs and goes on",
        breaks=stop(_brltty_pid),
        noticed=_hears_twice,
        mends=go_on(_brltty_pid),
        back=shows_braille,
    ),
    Fault(
        name="the MQTT broker is killed and comes back",
        breaks=lambda d: d.broker.kill(),
        noticed=trouble("mqtt"),
        mends=lambda d: d.broker.start(),
        back=publishes,
    ),
    Fault(
        name="the MQTT broker hangs and goes on",
        breaks=stop(_broker_pid),
        noticed=hears,
        mends=go_on(_broker_pid),
        back=publishes,
    ),
    Fault(name="the recogniser raises", breaks=_engine("raise"), back=_after_its_fault),
    Fault(name="the recogniser has no memory", breaks=_engine("memory"), back=_after_its_fault),
    Fault(name="the recogniser is too slow", breaks=_engine("slow"), back=_after_its_fault),
    Fault(
        name="the recogniser hangs",
        breaks=_engine("hang"),
        noticed=state("captions", "stalled"),
        mends=lambda d: None,
        back=state("captions", "running"),
        says=True,
    ),
    Fault(name="a hundred viewers come and go", breaks=_many_viewers, back=serves),
    Fault(name="viewers ask for all and read nothing", breaks=_viewers_that_never_read, back=hears),
    Fault(name="strangers send bytes that are no request", breaks=_strangers, back=serves),
    Fault(
        name="viewers come while no descriptor is left",
        breaks=_few_descriptors,
        noticed=_viewers_find_none,
        mends=_descriptors_again,
        back=lambda d, since: (serves(d, since), hears(d, since)),
        within_s=RELOADS_S,
    ),
    Fault(
        name="the disk is full",
        breaks=_fill,
        noticed=_hears_twice,
        mends=lambda d: d.inside("filler").unlink(),
        back=hears,
        needs_disk=True,
    ),
    Fault(
        name="the process is suspended for 5 s and goes on",
        breaks=lambda d: d.itself.suspend(),
        noticed=lambda d, since: threading.Event().wait(5),
        mends=lambda d: d.itself.resume(),
        back=hears,
    ),
)
