"""A video file as a source of frames: the file twin of the camera."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Gt

from edgeassist.devices.videofile import Frame, VideoFile, open_video
from edgeassist.errors import ConfigError, InputError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, VideoFrame
from edgeassist.loop.node import Context, Pace

log = logging.getLogger("edgeassist.devices")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOptions:
    """Which part of which videos, one after the other, once or again and again."""

    path: Path | None = None  # a file, or model:CARD/inner/path
    paths: tuple[Path, ...] = ()
    loop: bool = False
    start_s: Annotated[float, Ge(0)] = 0.0
    seconds: Annotated[float, Gt(0)] | None = None  # how much of each; all if not given


class VideoSource:
    """Plays a video into the loop.

    At real pace a frame comes when its time has come, and frames whose successor is due already
    are skipped, as a camera would have; `skipped` counts them. At fast pace every frame comes.
    """

    Options = VideoOptions
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (VideoFrame,)
    lost = "the video is no longer seen"

    def __init__(self, options: VideoOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._paths = (*((options.path,) if options.path is not None else ()), *options.paths)
        self._file = ExitStack()
        self.skipped = 0
        self.damaged = 0

    def open(self) -> None:
        """See that every file has a picture.

        Raises `InputError` for one that has none, `ConfigError` if no file is named.
        """
        if not self._paths:
            raise ConfigError(
                self._context.name, t("no video file is given"), fix=t('Add: path = "FILE"')
            )
        for path in self._paths:
            with open_video(path) as video:
                next(video.frames())

    def events(self) -> Iterator[Event]:
        """Every frame that is not late, stamped with when a camera would have captured it."""
        clock, stopping = self._context.clock, self._context.stopping
        real = self._context.pace is Pace.REAL
        began_ns = clock.now_ns()
        number = 0
        for frame, next_at_s in _with_next(self._frames()):
            if stopping:
                return
            due_ns = began_ns + round(frame.at_s * NS)
            if real:
                if next_at_s is not None and clock.now_ns() >= began_ns + round(next_at_s * NS):
                    self.skipped += 1
                    number += 1
                    continue
                if stopping.wait_until(due_ns):
                    return
            yield VideoFrame(
                captured_ns=due_ns if real else clock.now_ns(),
                image=frame.image(),
                number=number,
                at_s=frame.at_s,
            )
            number += 1

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _frames(self) -> Iterator[Frame]:
        """The wanted frames of all files, timed from the source's beginning."""
        began_s = 0.0
        for path in itertools.cycle(self._paths) if self._options.loop else self._paths:
            with self._file:
                video = self._file.enter_context(open_video(path))
                last_s = 0.0
                for frame in self._wanted(video):
                    last_s = frame.at_s
                    yield replace(frame, at_s=began_s + last_s)
                self._tell(video)
                began_s += last_s + 1 / (video.fps or 25.0)

    def _wanted(self, video: VideoFile) -> Iterator[Frame]:
        start_s, seconds = self._options.start_s, self._options.seconds
        none_yet = True
        for frame in video.frames():
            if frame.at_s < start_s:
                continue
            if seconds is not None and frame.at_s >= start_s + seconds:
                break
            none_yet = False
            yield replace(frame, at_s=frame.at_s - start_s)
        if none_yet:
            raise InputError(
                str(video.path),
                t("ends before second {start_s:g}", start_s=start_s),
                fix=t("Choose an earlier start_s"),
            )

    def _tell(self, video: VideoFile) -> None:
        self.damaged += video.damaged
        if video.damaged:
            log.warning(
                t(
                    "{path}: {count} damaged pictures were left out",
                    path=video.path,
                    count=video.damaged,
                )
            )


def _with_next(frames: Iterator[Frame]) -> Iterator[tuple[Frame, float | None]]:
    """Each frame with the time of the one after it."""
    frame = next(frames, None)
    while frame is not None:
        following = next(frames, None)
        yield frame, None if following is None else following.at_s
        frame = following
