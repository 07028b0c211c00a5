"""What a speech engine is (plug-in kind "voices"), and making sound of any text with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from edgeassist.speech.scripts import parts

Samples = NDArray[np.int16]

_QUIET = 200  # of 32767: softer than this is no speech
_LEAD_S = 0.005  # silence kept before a part
_JOINT_S = 0.06  # and after one that another follows


@runtime_checkable
class Voice(Protocol):
    """Turns text into sound; built by `(options, context)`, used from one thread but `cancel`.

    The constructor gets everything it needs and raises `EdgeAssistError` where that is not there.
    """

    Options: ClassVar[type[Any]]  # a frozen dataclass
    rate_hz: int  # of the sound it makes
    name: str  # of the voice, for people

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """int16 mono pieces of `text`, which is in one language and has its figures written out.

        Raises `WorkError` if it cannot; ends early after `cancel`.
        """

    def cancel(self) -> None:
        """Whatever is being synthesised is not wanted any more; may be called from any thread."""

    def close(self) -> None:
        """Release everything."""


def render(voice: Voice, text: str, language: str) -> Iterator[Samples]:
    """`text`, in whatever mixture of Chinese and English, as int16 mono at `voice.rate_hz`.

    Silence before each part, and between parts, is cut to what an ear needs.
    """
    todo = parts(text, language)
    for number, part in enumerate(todo):
        pieces = _without_lead(voice.synthesize(part.text, part.language), voice.rate_hz)
        if number == len(todo) - 1:
            yield from pieces
        else:
            yield from _without_tail(pieces, voice.rate_hz)


def _without_lead(pieces: Iterator[Samples], rate_hz: int) -> Iterator[Samples]:
    """The same from the first speech on; all of it if there is none (a silent voice takes time)."""
    quiet: list[Samples] = []
    for piece in pieces:
        loud = np.flatnonzero(np.abs(piece.astype(np.int32)) > _QUIET)
        if len(loud):
            yield piece[max(0, int(loud[0]) - round(_LEAD_S * rate_hz)) :]
            yield from pieces
            return
        quiet.append(piece)
    yield from quiet


def _without_tail(pieces: Iterator[Samples], rate_hz: int) -> Iterator[Samples]:
    """The same with at most 60 ms of silence at the end: pieces are held back until it is known."""
    held: list[Samples] = []
    for piece in pieces:
        if np.abs(piece.astype(np.int32)).max(initial=0) > _QUIET:
            yield from held
            held.clear()
        held.append(piece)
    if held:
        rest = np.concatenate(held)
        loud = np.flatnonzero(np.abs(rest.astype(np.int32)) > _QUIET)
        if len(loud):
            yield rest[: int(loud[-1]) + round(_JOINT_S * rate_hz)]
