"""A film of what the guide saw: every picture with the boxes of its obstacles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from edgeassist.errors import InputError
from edgeassist.guide.detector import Image
from edgeassist.guide.drawing import draw
from edgeassist.guide.geometry import View
from edgeassist.guide.threat import level_of
from edgeassist.locale import t
from edgeassist.loop.events import Event, Obstacle, VideoFrame
from edgeassist.loop.node import Context

SUFFIXES = (".mp4", ".mkv", ".mov")
HOLD_S = 0.5  # a picture waits that long for its obstacles; older boxes are not shown
MOST_HELD = 12  # pictures
TICKS = 1000  # a second


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedVideoOptions:
    """Where to, and how many of the pictures."""

    path: Path
    every: Annotated[int, Ge(1)] = 1  # 2: every other picture


class AnnotatedVideo:
    """Writes the film; a double line is a danger, a thick one in the way, a thin one near.

    Obstacles come after the picture they were seen in, so pictures are held back a moment. Each
    keeps its own time: the film is as long as the walk, however many pictures were dropped.
    """

    Options = AnnotatedVideoOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (VideoFrame, Obstacle)
    produces: ClassVar[tuple[type[Event], ...]] = ()
    lost = "the annotated video is not written"

    def __init__(self, options: AnnotatedVideoOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._film: Film | None = None
        self._held: deque[VideoFrame] = deque()
        self._seen: list[Obstacle] = []  # of the newest picture that has any
        self._shown: list[Obstacle] = []  # of the newest picture before that

    def open(self) -> None:
        """Begin the file; raises `InputError` where it cannot be written."""
        self._film = Film(self._options.path)

    def handle(self, event: Event) -> Iterable[Event]:
        """Take a picture or an obstacle."""
        if isinstance(event, Obstacle):
            if self._seen and self._seen[0].frame != event.frame:
                # The guide is past that picture, so it is complete, and all before it too.
                self._write_while(lambda frame: frame.number < event.frame)
                self._shown, self._seen = self._seen, []
            self._seen.append(event)
        elif isinstance(event, VideoFrame) and event.number % self._options.every == 0:
            self._held.append(event)
            oldest_s = event.at_s - HOLD_S
            self._write_while(
                lambda frame: (
                    frame.at_s < oldest_s
                    or frame.at_s > event.at_s  # the source began anew
                    or len(self._held) > MOST_HELD
                )
            )
        return ()

    def finish(self) -> Iterable[Event]:
        """Write what is held back, and end the file so that it can be played."""
        self._write_while(lambda frame: True)
        if self._film is not None:
            self._film.close()
        return ()

    def close(self) -> None:
        """End the file."""
        if self._film is not None:
            self._film.close()
            self._film = None

    def _write_while(self, ripe: Any) -> None:
        while self._held and ripe(self._held[0]):
            frame = self._held.popleft()
            if self._film is not None:
                self._film.write(self._drawn(frame), frame.at_s)

    def _drawn(self, frame: VideoFrame) -> Image:
        image = frame.image.copy()
        view = View.of(self._context.profile.camera, image.shape[1], image.shape[0])
        for obstacle in self._known_at(frame):
            draw(image, obstacle.box, caption(obstacle), level_of(obstacle, view))
        return image

    def _known_at(self, frame: VideoFrame) -> list[Obstacle]:
        """What was seen in the picture, or, where the guide left it out, just before."""
        for obstacles in (self._seen, self._shown):
            if obstacles and obstacles[0].frame <= frame.number:
                recent = 0 <= frame.at_s - obstacles[0].at_s <= HOLD_S
                return obstacles if recent else []
        return []


class Film:
    """A video file of pictures with their own times; it takes the size of the first.

    H.264 where the encoder is there (it plays everywhere), else MPEG-4.
    """

    def __init__(self, path: Path) -> None:
        """Raises `InputError` where it cannot be written."""
        import av

        if path.suffix.lower() not in SUFFIXES:
            raise InputError(
                str(path),
                t("is no kind of video we write"),
                fix=t("Kinds we write: {kinds}", kinds=" ".join(SUFFIXES)),
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._container: Any = av.open(str(path), "w")
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be written: {why}", why=error.strerror),
                fix=t("Name a file in a folder you may write to"),
            ) from None
        self._path = path
        self._h264 = "libx264" in av.codecs_available
        self._stream: Any = None
        self._tick = -1
        self._closed = False

    def write(self, image: Image, at_s: float) -> None:
        """Add a picture; one no later than the last comes just after it."""
        import av

        height, width = image.shape[:2]
        if self._stream is None:
            self._stream = self._begin(max(2, width // 2 * 2), max(2, height // 2 * 2))
        size = (self._stream.width, self._stream.height)
        if (width, height) != size:
            image = fitted(image, *size)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        self._tick = max(self._tick + 1, round(at_s * TICKS))
        frame.pts = self._tick
        frame.time_base = self._stream.codec_context.time_base
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Finish the file; a film without any picture is removed."""
        if self._closed:
            return
        self._closed = True
        if self._stream is not None:
            self._container.mux(self._stream.encode())
        self._container.close()
        if self._stream is None:
            self._path.unlink(missing_ok=True)

    def _begin(self, width: int, height: int) -> Any:
        from fractions import Fraction

        stream = self._container.add_stream("libx264" if self._h264 else "mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        if self._h264:
            stream.options = {"preset": "veryfast", "crf": "26"}
        else:
            stream.bit_rate = 4_000_000
        return stream


def fitted(image: Image, width: int, height: int) -> Image:
    """The whole picture in that size, its proportions kept, black around it."""
    import cv2

    scale = min(width / image.shape[1], height / image.shape[0])
    inner = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    small = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    whole = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner[1]) // 2, (width - inner[0]) // 2
    whole[top : top + inner[1], left : left + inner[0]] = small
    return whole


def caption(obstacle: Obstacle) -> str:
    """What stands above a box: "person 2.1 m"."""
    far = "" if obstacle.distance_m is None else f" {obstacle.distance_m:.1f} m"
    soon = "" if obstacle.ttc_s is None else f" {obstacle.ttc_s:.1f} s"
    return f"{obstacle.label}{far}{soon}"
