"""A short run of a config's modules on sound and pictures that are built in.

Microphone and camera are replaced by recordings, everything that would speak, show, send or keep
something is left out or goes to a folder that is thrown away.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from edgeassist.config import Config, load_config
from edgeassist.errors import EdgeAssistError, WorkError
from edgeassist.locale import t
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption, Event, State, Status, VideoFrame
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.plugins import ready

_SPEECH = "demo-speech/zh/nihao_shijie.wav"
_STREET = "demo-street/bikes.mp4"
_SECONDS = 3.0
_PICTURES = 8
_LONGEST_S = 240.0
# What stays as it is, with the options that would reach outside replaced by harmless ones.
_KEPT: dict[str, dict[str, Any]] = {
    "captions": {"transcript": None},
    "guide": {},
    "braille": {},
    "speech": {"output": "file", "path": "speech.wav"},
    "brf": {"path": "braille.brf"},
    "web": {"network": False, "port": 0, "token": "selftest0000", "transcript": None},
}


def selftest(name: str) -> list[str]:
    """Run the config of that name for a moment; returns what was tried, a module each.

    Raises `WorkError` where a module fails, or hears speech and writes nothing.
    """
    config = load_config(name)
    with tempfile.TemporaryDirectory(prefix="edgeassist-") as folder:
        modules = list(_harmless(config, Path(folder)))
        heard: list[str] = []
        broken: list[str] = []

        def note(module: str, event: Event) -> None:
            if isinstance(event, Caption) and event.final:
                heard.append(event.text)
            elif isinstance(event, Status) and event.state in (State.DEGRADED, State.RESTARTING):
                broken.append(f"{event.module}: {event.why}")

        graph = Graph(
            modules,
            profile=config.profile,
            language=config.language,
            pace=Pace.FAST,
            clock=RealClock(),
            taps=[note],
        )
        well = graph.run(_LONGEST_S)
    names = [module.name for module in modules]
    if broken or not well:
        raise WorkError(name, broken[0] if broken else t("does not come to an end"))
    listens = any(Caption in module.plugin.produces for module in modules)
    if listens and _model(_SPEECH) is not None and not any(heard):
        raise WorkError(name, t("nothing of the built-in speech was understood"))
    return names


def _harmless(config: Config, folder: Path) -> Iterator[Module]:
    """The modules that can be tried, with built-in sources for those that listen or look."""
    kept = {ready("nodes", name): changes for name, changes in _KEPT.items()}
    wanted: set[type[Event]] = set()
    for module in config.modules:
        if not module.plugin.consumes:
            wanted.update(module.plugin.produces)
        elif module.plugin in kept:
            changes = dict(kept[module.plugin])
            if isinstance(changes.get("path"), str):
                inside = folder / changes["path"]
                given = module.options.path
                changes["path"] = inside if isinstance(given, Path) else str(inside)
            yield dataclasses.replace(
                module, options=dataclasses.replace(module.options, **changes)
            )
    makers: Iterable[tuple[type[Event], Callable[[Path], Module]]] = (
        (AudioBlock, _sound),
        (VideoFrame, _pictures),
    )
    for kind, make in makers:
        if kind in wanted:
            yield make(folder)


def _sound(folder: Path) -> Module:
    plugin = ready("nodes", "wav")
    path = _model(_SPEECH)
    if path is None:
        import wave

        path = folder / "tone.wav"
        at = np.arange(round(_SECONDS * RATE_HZ)) / RATE_HZ
        tone = (8000 * np.sin(2 * np.pi * 300 * at)).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes(tone.tobytes())
    return Module(name="sound", plugin=plugin, options=plugin.Options(path=path))


def _pictures(folder: Path) -> Module:
    path = _model(_STREET)
    if path is not None:
        plugin = ready("nodes", "video")
        options = plugin.Options(path=path, seconds=_SECONDS)
        return Module(name="pictures", plugin=plugin, options=options)
    import cv2

    plugin = ready("nodes", "images")
    random = np.random.default_rng(1)
    for number in range(_PICTURES):
        picture = random.integers(0, 255, (240, 320, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    return Module(name="pictures", plugin=plugin, options=plugin.Options(path=folder, fps=10.0))


def _model(place: str) -> Path | None:
    from edgeassist.modelstore import installed

    name, _, inner = place.partition("/")
    with suppress(EdgeAssistError):
        return installed(name) / inner
    return None
