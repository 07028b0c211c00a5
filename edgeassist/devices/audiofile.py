"""Any sound file as blocks of int16 mono at 16 kHz, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from edgeassist.devices.paths import readable
from edgeassist.devices.riff import Pcm, plain_pcm
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ

_READ_FRAMES = 16_000
_LENGTH_DOUBT_S = 0.5  # less may be padding of the codec
_LENGTH_DOUBT = 0.05  # of its length: headers of mp3 and aac files only estimate
Samples = NDArray[np.int16]


class AudioFile:
    """An open sound file; made by `open_audio`, used as a context manager.

    `seconds` is its length as its header tells it, None where it does not. `missing_s` is how
    much of that is known not to be there (a file cut short); after `blocks` has ended it also
    counts what could not be decoded, or what the header promised and did not come.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missing_s = 0.0
        self.seconds: float | None = None
        self._open = ExitStack()
        self._container: Any = None
        try:
            self._stream: BinaryIO = self._open.enter_context(path.open("rb"))
            self._pcm = plain_pcm(self._stream)
            if self._pcm is None:
                self._open_container()
            elif self._pcm.frames == 0:
                raise _no_sound(path)
            else:
                self.seconds = self._pcm.frames / self._pcm.rate_hz
                self.missing_s = self._pcm.missing_frames / self._pcm.rate_hz
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._open.close()

    def blocks(self) -> Iterator[Samples]:
        """The whole sound once, in blocks of 320 samples, the last one shorter.

        Raises `InputError` if there turns out to be no sound in it.
        """
        pieces = self._counted(self._decoded()) if self._pcm is None else self._read(self._pcm)
        return self._never_empty(cut(pieces))

    def _never_empty(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        import av

        empty = True
        try:
            for block in blocks:
                empty = False
                yield block
        except (av.FFmpegError, ValueError, MemoryError):
            # A damaged header can name a rate or a number of channels that no resampler takes.
            raise _not_audio(self.path) from None
        if empty:
            raise _no_sound(self.path)

    def _read(self, pcm: Pcm) -> Iterator[Samples]:
        self._stream.seek(pcm.offset)
        pieces = _frames(self._stream, pcm)
        if pcm.channels == 1 and pcm.rate_hz == RATE_HZ:
            return (piece[:, 0] for piece in pieces)
        return resampled(pieces, pcm.rate_hz, pcm.channels)

    def _open_container(self) -> None:
        import av

        try:
            # A playlist must not make us reach for the network.
            self._container = self._open.enter_context(
                av.open(self.path, options={"protocol_whitelist": "file"})
            )
        except (av.FFmpegError, OSError, ValueError):
            raise _not_audio(self.path) from None
        if not self._container.streams.audio:
            raise _no_sound(self.path)
        sound = self._container.streams.audio[0]
        if sound.duration is not None and sound.time_base is not None:
            self.seconds = float(sound.duration * sound.time_base)  # a video's picture may go on
        elif self._container.duration is not None and not self._container.streams.video:
            self.seconds = self._container.duration / 1e6

    def _counted(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        """`pieces`; what the header promises beyond them is missing."""
        given = 0
        for piece in pieces:
            given += len(piece)
            yield piece
        promised_s = self.seconds or 0.0
        missing_s = promised_s - given / RATE_HZ
        if missing_s > max(_LENGTH_DOUBT_S, _LENGTH_DOUBT * promised_s):
            self.missing_s = max(self.missing_s, missing_s)

    def _decoded(self) -> Iterator[Samples]:
        import av

        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        stream = self._container.streams.audio[0]
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                self._lost(packet, stream)
                if packet is None:
                    break
                continue
            for frame in frames:
                yield from _to_mono(resampler, frame)
        yield from _to_mono(resampler, None)

    def _lost(self, packet: Any, stream: Any) -> None:
        if packet is not None and packet.duration and stream.time_base:
            self.missing_s += float(packet.duration * stream.time_base)


def open_audio(path: Path | str) -> AudioFile:
    """Open a sound file (wav, flac, mp3, ogg, m4a, the sound of a video, …).

    Raises `InputError` in one line if it is missing, a folder, empty, or not sound.
    """
    return AudioFile(readable(path))


def resampled(pieces: Iterable[Samples], rate_hz: int, channels: int) -> Iterator[Samples]:
    """int16 pieces of shape (frames, channels) at `rate_hz`, as int16 mono at 16 kHz."""
    import av

    layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")
    if channels > 2:  # swresample knows no mixing rule for channels without places
        pieces = (piece.mean(axis=1, keepdims=True).astype(np.int16) for piece in pieces)
        layout = "mono"
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    for piece in pieces:
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(piece).reshape(1, -1), format="s16", layout=layout
        )
        frame.sample_rate = rate_hz
        yield from _to_mono(resampler, frame)
    yield from _to_mono(resampler, None)


def cut(pieces: Iterable[Samples], size: int = BLOCK_SAMPLES) -> Iterator[Samples]:
    """The same samples in blocks of `size`; the last may be shorter, none is empty."""
    rest = np.zeros(0, np.int16)
    for piece in pieces:
        rest = np.concatenate((rest, piece))
        whole = len(rest) - len(rest) % size
        yield from (rest[at : at + size] for at in range(0, whole, size))
        rest = rest[whole:]
    if len(rest):
        yield rest


def _frames(stream: BinaryIO, pcm: Pcm) -> Iterator[Samples]:
    left = pcm.frames
    while left:
        raw = stream.read(min(left, _READ_FRAMES) * 2 * pcm.channels)
        whole = len(raw) // (2 * pcm.channels)
        if not whole:
            return
        left -= whole
        samples = np.frombuffer(raw, "<i2", whole * pcm.channels).astype(np.int16)
        yield samples.reshape(whole, pcm.channels)


def _to_mono(resampler: Any, frame: Any) -> Iterator[Samples]:
    for result in resampler.resample(frame):
        yield result.to_ndarray()[0].astype(np.int16, copy=False)


def _not_audio(path: Path) -> InputError:
    return InputError(
        str(path),
        t("is not a sound file, or its beginning is damaged"),
        fix=t("Give a wav, flac, mp3, ogg or m4a file"),
    )


def _no_sound(path: Path) -> InputError:
    return InputError(str(path), t("has no sound in it"), fix=t("Record or export it again"))
