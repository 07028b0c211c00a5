"""Captions as `edgeassist caption` shows them: lines or JSON, subtitle files, a progress bar."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edgeassist.cli.meter import LevelLines, bar
from edgeassist.cli.output import emit, say, show
from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.captions.formats import CaptionFile
    from edgeassist.loop.events import AudioLevel, Caption, Event
    from edgeassist.loop.graph import Graph
    from edgeassist.progress import Progress


MICROPHONE = "mic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How captions are printed; `named` is the recording, where there are several.

    `live` is whether there is a line that can be rewritten, `meter` whether levels are shown.
    """

    json: bool
    live: bool
    named: str
    meter: bool = False


class Viewer:
    """A tap of the loop: prints and writes the captions, moves the progress bar."""

    def __init__(
        self, clock: Any, output: Output, files: list[CaptionFile], progress: Progress | None
    ) -> None:
        self.clock = clock
        self.graph: Graph | None = None
        self.finals = 0
        self.sound_missing = False
        self.trouble: Exception | None = None  # the first error in handing captions out
        self._output = output
        self._files = files
        self._progress = progress
        self._partial = ""
        self._level = ""
        self._live_shown = False
        self._level_lines = LevelLines()

    def __call__(self, module: str, event: Event) -> None:
        """Take any event of the loop."""
        from edgeassist.loop.events import AudioBlock, AudioLevel, Caption, Gap, State, Status

        if isinstance(event, Caption):
            self._shown(event)
        elif isinstance(event, AudioBlock):
            if self._progress is not None:
                self._progress.advance(event.seconds)
        elif isinstance(event, AudioLevel):
            self._show_level(event)
        elif isinstance(event, Gap):
            self.sound_missing = True
        elif (
            isinstance(event, Status)
            and (module, event.state) == (MICROPHONE, State.RUNNING)
            and not event.why
        ):
            say(t("Listening. Stop with Ctrl-C."))
        elif isinstance(event, Status) and event.why and event.state is not State.ENDED:
            self._take_live_line_back()
            say(f"{module}: {event.why}")

    def end(self) -> None:
        """Leave the cursor on a fresh line."""
        self._take_live_line_back()

    def _shown(self, caption: Caption) -> None:
        # An error here is the output's, not the engine's: it ends the work, it restarts nothing.
        if self.trouble is not None:
            return
        try:
            self._print(caption)
            if caption.final and caption.text:
                self._write(caption)
        except (EdgeAssistError, OSError) as error:
            self.trouble = error
            if self.graph is not None:
                self.graph.stop()

    def _print(self, caption: Caption) -> None:
        if self._output.json:
            from edgeassist.captions.formats import record

            shown_s = caption.end_s + (self.clock.now_ns() - caption.captured_ns) / 1e9
            named = {"file": self._output.named} if self._output.named else {}
            emit({**record(caption, shown_s), **named})
        elif caption.final:
            self._partial = ""
            self._take_live_line_back()
            if caption.text:
                show(f"{self._output.named}: {caption.text}".removeprefix(": "))
        elif self._output.live:
            self._partial = f"… {caption.text}"
            self._show_live_line()

    def _show_level(self, level: AudioLevel) -> None:
        if not self._output.meter:
            return
        if self._output.live:
            self._level = bar(level) + " "
            self._show_live_line()
        elif line := self._level_lines.add(level):
            say(line)

    def _show_live_line(self) -> None:
        # Cut to what one line surely holds: a wrapped line cannot be rewritten.
        room = (78 - len(self._level)) // 2
        text = self._partial if len(self._partial) <= room else "… " + self._partial[2 - room :]
        sys.stdout.write(f"\r\x1b[K{self._level}{text}")
        sys.stdout.flush()
        self._live_shown = True

    def _write(self, caption: Caption) -> None:
        from edgeassist.captions.formats import cue

        self.finals += 1
        for file in self._files:
            file.add(cue(caption))

    def _take_live_line_back(self) -> None:
        if self._live_shown:
            sys.stdout.write("\r\x1b[K")
            sys.stdout.flush()
            self._live_shown = False
