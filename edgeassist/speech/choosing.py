"""Which of several voices speaks on this machine: measured once, told with the reason."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from edgeassist import plugins
from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t
from edgeassist.loop.node import Context
from edgeassist.speech import speed
from edgeassist.speech.voice import Voice

ORDER = ("kokoro", "pyttsx3")  # the clearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A voice that was looked at, and why it was taken or passed over."""

    name: str
    taken: bool
    why: str
    unknown: bool = False  # whether it is here and was not measured yet


def consider(voices: tuple[str, ...] = ORDER) -> list[Choice]:
    """What is known of each voice here, and which one would be taken; nothing is loaded."""
    found: list[Choice] = []
    for name in voices:
        taken = any(choice.taken for choice in found)
        last = name == voices[-1]
        try:
            plugins.ready("voices", name)
        except EdgeAssistError as error:
            found.append(Choice(name=name, taken=False, why=f"{error.problem}. {error.fix}"))
            continue
        measured = speed.known(name)
        if measured is None:
            why = t("not measured yet")
            fits = True
        else:
            why = t(
                "takes {rtf} of the time it speaks, {first} ms to the first sound",
                rtf=measured.rtf,
                first=round(measured.first_ms),
            )
            fits = measured.enough or last
            if not fits:
                why = t("too slow here: {why}", why=why)
        found.append(Choice(name=name, taken=fits and not taken, why=why, unknown=measured is None))
    return found


def measure_all(context: Context, voices: tuple[str, ...] = ORDER) -> None:
    """Let every voice that is here say a sentence, and keep how fast it was: 2 s each."""
    for name in voices:
        try:
            voice = open_engine(name, None, context)
        except EdgeAssistError:  # `consider` says why it is not there
            continue
        try:
            speed.keep(name, speed.measure(voice, context.language))
        finally:
            voice.close()


def open_engine(name: str, options: Any, context: Context) -> Voice:
    """A voice at the rate of `options` (its own where None), at full volume.

    Raises `PluginError` if it is not there or lacks something.
    """
    plugin = plugins.ready("voices", name)
    voice: Voice = plugin(options_for(plugin, options), context)
    return voice


def options_for(plugin: Any, options: Any) -> Any:
    """A voice's own options, at the rate of `options`."""
    takes_rate = any(field.name == "rate" for field in dataclasses.fields(plugin.Options))
    return plugin.Options(**({"rate": options.rate} if takes_rate and options else {}))


def fast_enough(name: str, voice: Voice, language: str) -> bool:
    """Whether it can be listened to here; measured now (2 s) if it never was, and kept."""
    measured = speed.known(name)
    if measured is None:
        measured = speed.measure(voice, language)
        speed.keep(name, measured)
    return measured.enough
