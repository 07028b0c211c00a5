"""Pictures: reading one file whatever its kind, and a folder of them as a source of frames."""

from __future__ import annotations

import logging
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from annotated_types import Gt, Le
from numpy.typing import NDArray

from edgeassist.devices.opencv import opencv
from edgeassist.devices.paths import readable, resolve
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, VideoFrame
from edgeassist.loop.node import Context, Pace

log = logging.getLogger("edgeassist.devices")

SUFFIXES = frozenset([".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"])
_PNG = b"\x89PNG\r\n\x1a\n"
_PAPER = 255  # what shows through where a picture is transparent


def read_image(path: Path | str) -> NDArray[np.uint8]:
    """A picture file as uint8, height x width x 3, BGR, upright, transparency on white.

    Grey and 16-bit pictures are widened and narrowed to that. Raises `InputError` in one line if
    the file is missing, empty, cut short, damaged, larger than `opencv.MOST_PIXELS` or no picture.
    """
    cv2 = opencv()
    file = readable(path)
    data = np.fromfile(file, np.uint8)  # imread cannot open every name Unicode can write
    if is_cut_short(data.tobytes()):
        raise InputError(
            str(file), t("the picture is cut short"), fix=t("Copy or take the picture again")
        )
    if is_damaged(data.tobytes()):
        raise InputError(
            str(file), t("the picture is damaged"), fix=t("Copy or take the picture again")
        )
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if image is not None and data[:2].tobytes() != b"\xff\xd8":  # a JPEG has no transparency
            image = _on_paper(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), image)
    except cv2.error:
        image = None
    if image is None or not image.size:
        raise InputError(
            str(file),
            t("is not a picture that can be read"),
            fix=t("Give a jpg, png, bmp, webp or tiff file"),
        )
    return np.ascontiguousarray(image, np.uint8)


def is_cut_short(data: bytes) -> bool:
    """Whether the end of a JPEG, PNG, WebP or BMP is missing (decoders show the rest as grey)."""
    if data.startswith(b"\xff\xd8\xff"):
        scan = data.find(b"\xff\xda")
        # A thumbnail in the head has an end of its own: the picture's comes after the last scan.
        return scan < 0 or data.find(b"\xff\xd9", data.rfind(b"\xff\xda")) < 0
    if data.startswith(b"\x89PNG"):
        return data.rfind(b"IEND") < 0
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return len(data) < int.from_bytes(data[4:8], "little") + 8
    if data.startswith(b"BM"):
        return len(data) < int.from_bytes(data[2:6], "little")
    return False


def is_damaged(data: bytes) -> bool:
    """Whether a chunk of a PNG does not match its checksum; libpng would print, then give up."""
    if not data.startswith(_PNG):
        return False
    at = len(_PNG)
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + size
        if end + 4 > len(data):
            return True
        if zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            return True
        if kind == b"IEND":
            return False
        at = end + 4
    return True


def _on_paper(raw: NDArray[Any] | None, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`image` blended over white by the alpha of `raw`, the same picture undecoded to BGR."""
    if raw is None or raw.ndim != 3 or raw.shape[2] != 4 or raw.dtype.kind != "u":
        return image
    most = np.iinfo(raw.dtype).max
    if (raw[:, :, 3] == most).all():
        return image
    share = _as_turned(raw.astype(np.float32) / np.float32(most), image)[:, :, 3:]
    return np.asarray(np.rint(image * share + _PAPER * (1 - share)), np.uint8)


def _as_turned(raw: NDArray[np.float32], image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`raw`, as the sensor lay, turned or mirrored like `image`, which stands upright."""
    candidates = [np.rot90(side, turns) for side in (raw, raw[:, ::-1]) for turns in range(4)]
    alike = [one for one in candidates if one.shape[:2] == image.shape[:2]]
    return min(alike, key=lambda one: float(np.abs(one[:, :, :3] * 255 - image).mean()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFolderOptions:
    """Which folder, and how many pictures a second."""

    path: Path  # a folder, or model:CARD/inner/path
    fps: Annotated[float, Gt(0), Le(1000)] = 1.0
    repeat: bool = False


class ImageFolder:
    """The pictures of a folder in the order of their names ("2.jpg" before "10.jpg").

    A file that is no picture after all is left out with a warning; a folder without any
    picture is an error.
    """

    Options = ImageFolderOptions
    consumes: tuple[type[Event], ...] = ()
    produces: tuple[type[Event], ...] = (VideoFrame,)
    lost = "the pictures are no longer seen"

    def __init__(self, options: ImageFolderOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._files: list[Path] = []

    def open(self) -> None:
        """List the pictures; raises `InputError` if there is none."""
        folder = resolve(self._options.path)
        if not folder.is_dir():
            raise InputError(
                str(folder), t("there is no such folder"), fix=t("Give a folder of pictures")
            )
        self._files = sorted(
            (file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES), key=_place
        )
        if not self._files:
            raise InputError(
                str(folder),
                t("has no picture in it"),
                fix=t("Kinds that count: {kinds}", kinds=" ".join(sorted(SUFFIXES))),
            )

    def events(self) -> Iterator[Event]:
        """Every picture, at its time or as fast as the slowest reader."""
        clock, stopping = self._context.clock, self._context.stopping
        real = self._context.pace is Pace.REAL
        began_ns = clock.now_ns()
        for number, image in enumerate(self._images()):
            at_s = number / self._options.fps
            due_ns = began_ns + round(at_s * NS)
            if stopping or (real and stopping.wait_until(due_ns)):
                return
            yield VideoFrame(
                captured_ns=due_ns if real else clock.now_ns(),
                image=image,
                number=number,
                at_s=at_s,
            )

    def close(self) -> None:
        """Nothing is held open."""

    def _images(self) -> Iterator[NDArray[np.uint8]]:
        while True:
            good = 0
            for file in self._files:
                try:
                    image = read_image(file)
                except InputError as error:
                    log.warning(str(error))
                    continue
                good += 1
                yield image
            if not good:
                raise InputError(
                    str(resolve(self._options.path)),
                    t("has no picture that can be read"),
                    fix=t("See the warnings above"),
                )
            if not self._options.repeat:
                return


def _place(file: Path) -> list[tuple[int, str]]:
    """A sort key that counts: runs of digits by value, the rest by letter."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part.casefold())
        for part in re.split(r"(\d+)", file.name)
    ]
