"""What a reader of live captions saw: how late, how steady."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from edgeassist.bench.data import Clip
from edgeassist.bench.figures import figure
from edgeassist.bench.live_sources import PAUSE_S, with_pause
from edgeassist.bench.scenarios import Outcome
from edgeassist.bench.statistics import distribution
from edgeassist.captions.endpointing import CHUNK_S
from edgeassist.captions.policy import distances_to_beginnings
from edgeassist.captions.vad import SpeechProbability
from edgeassist.loop.events import RATE_HZ, Caption

HOW = (
    "first_partial: from the first speech Silero VAD hears to the first text shown; final: from "
    "the last speech to the last final; word_lag: each character, as if they were said evenly; "
    "rewritten_chars: edits of text already shown, an utterance"
)


def follow(clips: Sequence[Clip], shown: Sequence[tuple[float, Caption]]) -> Outcome:
    """What a reader saw: (seconds of the sound's time, caption), the clips being played in turn."""
    firsts, finals, lags = [], [], []
    changed = utterances = broken = 0
    for clip, starts_s, those in _by_clip(clips, shown):
        begins_s, ends_s = (starts_s + at for at in spoken_between(clip))
        with_text = [at for at, caption in those if caption.text]
        ended = [at for at, caption in those if caption.final]
        if with_text and ended:
            firsts.append((with_text[0] - begins_s) * 1000)
            finals.append((ended[-1] - ends_s) * 1000)
            lags += _word_lags(begins_s, ends_s, those)
        before: dict[int, tuple[str, int]] = {}
        for _, caption in those:
            text, stable = before.get(caption.utterance, ("", 0))
            changed += min(distances_to_beginnings(text, caption.text))
            broken += not caption.text.startswith(text[:stable])
            before[caption.utterance] = caption.text, caption.stable_chars
            utterances += caption.final
    outcome = Outcome(
        figures={
            "utterances": figure("utterances", utterances),
            "rewritten_chars": figure("rewritten_chars", changed / max(utterances, 1)),
            "stable_broken": figure("stable_broken", broken),
        },
        notes=[HOW],
    )
    for name, values in (("first_partial", firsts), ("final", finals), ("word_lag", lags)):
        if values:
            outcome.distributions[name] = distribution(values)
    if not firsts:
        outcome.notes.append("nothing was understood")
    return outcome


def spoken_between(clip: Clip) -> tuple[float, float]:
    """When speech begins and ends in a recording, in seconds, by Silero VAD."""
    speech = np.array(list(SpeechProbability().feed(clip.sound)))
    loud = np.flatnonzero(speech > 0.35)
    if not len(loud):
        return 0.0, len(clip.sound) / RATE_HZ
    return int(np.argmax(speech > 0.5)) * CHUNK_S, int(loud[-1] + 1) * CHUNK_S


def _by_clip(
    clips: Sequence[Clip], shown: Sequence[tuple[float, Caption]]
) -> Iterator[tuple[Clip, float, list[tuple[float, Caption]]]]:
    """Each clip, when it starts, and the captions whose speech began in it."""
    starts_s = 0.0
    for clip in clips:
        ends_s = starts_s + len(with_pause(clip.sound)) / RATE_HZ
        early_s = PAUSE_S / 2  # an engine may set the start of speech into the pause before it
        those = [one for one in shown if starts_s - early_s <= one[1].start_s < ends_s - early_s]
        yield clip, starts_s, those
        starts_s = ends_s


def finals(clips: Sequence[Clip], shown: Sequence[tuple[float, Caption]]) -> list[str]:
    """The final text of each clip."""
    return [
        " ".join(caption.text for _, caption in those if caption.final)
        for _, _, those in _by_clip(clips, shown)
    ]


def _word_lags(
    begins_s: float, ends_s: float, those: Sequence[tuple[float, Caption]]
) -> list[float]:
    """When each character was first shown, in ms after it was said (as if said evenly)."""
    whole = sum(len(caption.text) for _, caption in those if caption.final) or 1
    pace_s = (ends_s - begins_s) / whole
    lags: list[float] = []
    ended = 0  # characters of the finals so far
    for at, caption in those:
        known = min(ended + len(caption.text), whole)
        lags += [(at - begins_s - (n + 1) * pace_s) * 1000 for n in range(len(lags), known)]
        ended = ended + len(caption.text) if caption.final else ended
    return lags
