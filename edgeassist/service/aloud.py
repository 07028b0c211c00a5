"""The last resort: a device that cannot start says why, in the plainest voice, by no config."""

from __future__ import annotations

import logging
from contextlib import suppress

from edgeassist.errors import EdgeAssistError
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import Priority, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile

log = logging.getLogger("edgeassist.service")

_LONGEST_S = 20.0


def say_aloud(text: str, language: str) -> None:
    """Say it on the default loudspeaker; where nothing can speak, the log has it."""
    from edgeassist.speech.session import Session, SpeechOptions

    clock = RealClock()
    context = Context(
        name="service",
        clock=clock,
        stopping=Stopping(clock),
        profile=Profile(),
        language=language,
    )
    options = SpeechOptions(voice="pyttsx3", output="speaker", control=False, remember=False)
    with suppress(EdgeAssistError):
        session = Session(options, context, lambda spoken: None)
        try:
            session.say(
                Utterance(
                    captured_ns=clock.now_ns(),
                    text=text,
                    language=language,
                    priority=Priority.MESSAGE,
                )
            )
            session.finish(_LONGEST_S)
        finally:
            session.close()
