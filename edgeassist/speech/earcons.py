"""Ear-cons: short tones that say where something is before any word could.

A danger sounds as two short pips, anything else as one. Left and right differ in three ways, so
that any one is enough: loudness in the two ears and the time between them (headphones), and pitch
(falling for left, rising for right, level for ahead: one loudspeaker, or one deaf ear). The words
of a danger follow at the end of its tone, so that is as short as two pips can be told from one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edgeassist.loop.events import Priority, Utterance

Stereo = NDArray[np.int16]  # samples x 2: left, right

DUCKED = 0.25  # what is left of speech below a tone
_PIP_S = {True: 0.03, False: 0.05}  # danger; else
_REST_S = 0.01
_FADE_S = 0.006  # no click
_LOUDNESS = 0.35  # of full scale
_PITCH_HZ = {True: 1400.0, False: 800.0}  # danger; else
_GLIDE = 0.25  # of the pitch either way, over the whole tone, at the far right
_FULL_DEG = 30.0  # a camera sees no further: there it is all in one ear
_HEAD_S = 0.00066  # the longest a sound takes from ear to ear
_SIDE_DEG = {"left": -20.0, "ahead": 0.0, "right": 20.0}


@dataclass(frozen=True, slots=True)
class Earcon:
    """What a tone tells; `bearing_deg` is negative on the left."""

    bearing_deg: float
    danger: bool


def earcon_of(utterance: Utterance) -> Earcon | None:
    """The tone for an utterance about something that is somewhere; None for all others."""
    bearing_deg = utterance.details.get("bearing_deg")
    if not isinstance(bearing_deg, (int, float)):
        bearing_deg = _SIDE_DEG.get(str(utterance.details.get("side", "")))
    if bearing_deg is None:
        return None
    return Earcon(float(bearing_deg), utterance.priority is Priority.DANGER)


def blocks_of(earcon: Earcon, rate_hz: int) -> list[Stereo]:
    """The tone in stereo blocks of 20 ms."""
    size = rate_hz // 50
    # Steps of 5 degrees: nobody hears less, and few tones are made.
    sound = _sound(Earcon(round(earcon.bearing_deg / 5) * 5.0, earcon.danger), rate_hz)
    whole = np.pad(sound, ((0, -len(sound) % size), (0, 0)))
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def mixed(speech: NDArray[np.int16] | None, tone: Stereo | None, gain: float) -> NDArray[np.int16]:
    """One block: speech at `gain` of its loudness, quieter still below a tone.

    Mono where there is no tone; one of both must be given.
    """
    if tone is None:
        assert speech is not None
        return speech if gain == 1.0 else np.asarray(speech * gain, np.int16)
    if speech is None:
        return tone
    both = tone.astype(np.float32) + speech[:, None] * (gain * DUCKED)
    return np.clip(both, -32768, 32767).astype(np.int16)


@lru_cache(maxsize=64)
def _sound(earcon: Earcon, rate_hz: int) -> Stereo:
    side = float(np.clip(earcon.bearing_deg / _FULL_DEG, -1, 1))
    pips = 2 if earcon.danger else 1
    pip_s = _PIP_S[earcon.danger]
    whole_s = pips * (pip_s + _REST_S) - _REST_S
    at = np.arange(round(whole_s * rate_hz)) / rate_hz
    hz = _PITCH_HZ[earcon.danger] * (1 + side * _GLIDE * (at / whole_s - 0.5) * 2)
    of_pip = at % (pip_s + _REST_S)
    fade = np.clip(np.minimum(of_pip, pip_s - of_pip) / _FADE_S, 0, 1)
    pip = _LOUDNESS * 32767 * fade * np.sin(2 * np.pi * np.cumsum(hz) / rate_hz)
    late = round(abs(side) * _HEAD_S * rate_hz)
    near, far = np.pad(pip, (0, late)), np.pad(pip, (late, 0))
    left, right = (near, far) if side < 0 else (far, near)
    turned = (side + 1) * np.pi / 4  # equal power
    stereo = np.stack([left * np.cos(turned), right * np.sin(turned)], axis=1)
    return np.asarray(stereo, np.int16)
