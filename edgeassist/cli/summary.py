"""What a run came to, as plain lines: what was heard, seen and said, and how long it took."""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any

from edgeassist.locale import t
from edgeassist.loop.events import Caption, Event, Obstacle, Spoken, Utterance

LASTING = 10  # pictures; what was seen in fewer may have been an error of the detector
_IN_VIEW = 256  # things that may be seen at one time; those before them are not seen again


class Tally:
    """Counts what people care about; a tap for `Graph`."""

    def __init__(self) -> None:
        self._heard: Counter[str] = Counter()  # finals by language
        # Pictures by track and its label, the last seen last; no day is too long for it.
        self._in_view: OrderedDict[tuple[int, str], int] = OrderedDict()
        self._seen: Counter[str] = Counter()  # things that lasted, by label
        self._warned = 0
        self._said: Counter[str] = Counter()  # by how it ended

    def __call__(self, module: str, event: Event) -> None:
        """Count one event."""
        match event:
            case Caption(final=True) if event.text:
                self._heard[event.language] += 1
            case Obstacle():
                self._see((event.track, event.label))
            case Utterance():
                self._warned += 1
            case Spoken():
                self._said[event.how.value] += 1

    def _see(self, thing: tuple[int, str]) -> None:
        pictures = self._in_view.pop(thing, 0) + 1
        self._in_view[thing] = pictures
        if pictures == LASTING:
            self._seen[thing[1]] += 1
        if len(self._in_view) > _IN_VIEW:
            self._in_view.popitem(last=False)

    def lines(self) -> list[str]:
        """One line each for what was heard, seen and said; none for what cannot be."""
        lines = []
        if self._heard:
            lines.append(t("Heard: {what}", what=_list(self._heard)))
        if self._seen:
            lines.append(t("Seen: {what}", what=_list(self._seen)))
        if self._warned:
            lines.append(t("Warnings: {count}", count=self._warned))
        if self._said:
            said = Counter({t(how): count for how, count in self._said.items()})
            lines.append(t("Spoken: {what}", what=_list(said)))
        return ["", *lines] if lines else []


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def table(summary: dict[str, Any]) -> list[str]:
    """What a person wants to know after a run, as plain lines."""
    lines = ["", t("Latency since capture, in milliseconds:")]
    lines += _aligned(
        [
            (t("module"), t("event"), t("count"), "p50", "p90", "p99"),
            *(
                (
                    stage["module"],
                    stage["event"],
                    str(stage["count"]),
                    *(f"{stage[key]:.0f}" for key in ("p50_ms", "p90_ms", "p99_ms")),
                )
                for stage in summary["stages"]
                if stage["event"] not in ("Status", "Pulse")
            ),
        ]
    )
    lost = [
        f"  {channel['module']}: {channel['drops']} / {channel['puts']} {channel['event']}"
        for channel in summary["channels"]
        if channel["drops"] and channel["event"] != "Status"  # told to readers that have ended
    ]
    lines += [t("Dropped because a reader was slower (newest kept):"), *lost] if lost else []
    lines.append(t("Peak memory: {mb} MB", mb=round(summary["peak_memory_mb"])))
    off = [name for name, state in summary["modules"].items() if state != "ended"]
    if off:
        lines.append(t("Not well at the end: {names}", names=", ".join(off)))
    return lines


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
