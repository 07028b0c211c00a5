"""Any video file as BGR pictures with their own times, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from edgeassist.devices.paths import readable
from edgeassist.errors import InputError
from edgeassist.locale import t

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture, still in the codec's format, `at_s` seconds after the first."""

    at_s: float
    decoded: Any  # av.VideoFrame
    converter: Converter  # one a file

    def image(self) -> Picture:
        """uint8, height x width x 3, BGR, the right way up."""
        return self.converter.image(self.decoded)


class Converter:
    """Makes arrays of the decoded pictures of one file, one after the other.

    PyAV's own ways are dear. A picture that converts itself begins threads for it, which stay until
    it goes: hundreds in a minute, and seven times the processor time. One that was asked for its
    side data refers to itself, so that it stays until the next full collection: 200 MB of pictures
    in a minute of film.
    """

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()
        self._matrices: dict[int, bytes | None] = {}  # by the angle, which costs nothing to ask

    def image(self, decoded: Any) -> Picture:
        """uint8, height x width x 3, BGR, the right way up."""
        converted: Any = self._reformatter.reformat(decoded, format="bgr24", threads=1)
        image: Picture = converted.to_ndarray()
        # Phones store the picture as the sensor lies, and how to turn or mirror it.
        if decoded.rotation not in self._matrices:
            told = decoded.side_data.get("DISPLAYMATRIX")
            self._matrices[decoded.rotation] = None if told is None else bytes(told)
        matrix = self._matrices[decoded.rotation]
        return image if matrix is None else upright(image, matrix)


def upright(image: Picture, matrix: bytes) -> Picture:
    """A picture by quarter turns and mirroring as a display matrix says (ISO/IEC 14496-12, 6.2.2).

    Nine numbers of 32 bits: x' = a x + c y and y' = b x + d y, with a, b, -, c, d first.
    """
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        image, a, d = image.swapaxes(0, 1), c, b
    if a < 0:
        image = image[:, ::-1]
    if d < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)


class VideoFile:
    """An open video file; made by `open_video`, used as a context manager.

    Decoded by PyAV rather than OpenCV: it tells a damaged picture from the end of the file, gives
    every picture its own time (variable frame rates), and keeps quiet. `damaged` counts the
    pictures left out so far.
    """

    def __init__(self, path: Path) -> None:
        import av

        self.path = path
        self.damaged = 0
        self._converter = Converter()
        self._open = ExitStack()
        try:
            # A playlist must not make us reach for the network.
            self._container: Any = self._open.enter_context(
                av.open(path, options={"protocol_whitelist": "file"})
            )
        except (av.FFmpegError, OSError, ValueError):
            raise InputError(
                str(path),
                t("is not a video file, or its beginning is damaged"),
                fix=t("Give an mp4, avi, mkv or webm file"),
            ) from None
        if not self._container.streams.video:
            self.close()
            raise _no_pictures(path)
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def fps(self) -> float | None:
        """Pictures per second, on average, as its header tells it."""
        rate = self._stream.average_rate
        return float(rate) if rate else None

    @property
    def seconds(self) -> float | None:
        """Its length as its header tells it."""
        return None if self._container.duration is None else self._container.duration / 1e6

    def close(self) -> None:
        """Let the file go."""
        self._open.close()

    def frames(self) -> Iterator[Frame]:
        """All sound pictures once, in order, damaged ones left out and counted.

        Raises `InputError` if there is not a single one.
        """
        first_s: float | None = None
        last_s = 0.0
        spacing_s = 1 / (self.fps or 25.0)
        for decoded in self._decoded():
            if decoded.is_corrupt:
                self.damaged += 1
                continue
            # A picture without a time (raw streams) comes one spacing after the last.
            raw_s = decoded.time
            if first_s is None:
                first_s = 0.0 if raw_s is None else raw_s
            at_s = last_s + spacing_s if raw_s is None else max(raw_s - first_s, last_s)
            last_s = at_s
            yield Frame(at_s, decoded, self._converter)
        if first_s is None:
            raise _no_pictures(self.path)

    def _decoded(self) -> Iterator[Any]:
        import av

        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self.damaged += 1
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self.damaged += 1
                continue
            yield from frames


def open_video(path: Path | str) -> VideoFile:
    """Open a video file.

    Raises `InputError` in one line if it is missing, a folder, empty, or not a video.
    """
    return VideoFile(readable(path))


def _no_pictures(path: Path) -> InputError:
    return InputError(str(path), t("has no picture in it"), fix=t("Record or export it again"))
