"""A run on one HTML page: what was heard, seen and said, with pictures and latencies."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgeassist.locale import t
from edgeassist.pages import parts

MOST_PICTURES = 6
NUMBER = re.compile(r"[\d.]+( m?s)?")
STYLE = """
main { max-width: 60rem; } table { width: 100%; } td.n { white-space: nowrap; }
.cells { font-family: "DejaVu Sans", "Noto Sans Symbols2", sans-serif; }
.pictures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
figure img { width: 100%; height: auto; border: 1px solid currentColor; }
"""


def write_report(
    path: Path, config: Any, records: Sequence[dict[str, Any]], summary: dict[str, Any]
) -> None:
    """Write the page for one run of `config` (`edgeassist.config.Config`).

    `records` are its events as `loop.record.as_record` gives them. Pictures are taken from the
    annotated video, where the config makes one. Raises `InputError` where it cannot be written.
    """
    video = next(
        (module.options.path for module in config.modules if module.name == "annotate"), None
    )
    title = t("EdgeAssist: what was heard, seen and said")
    parts.write(path, parts.page(title, _body(config.path.name, records, summary, video), STYLE))


def _body(
    name: str, records: Sequence[dict[str, Any]], summary: dict[str, Any], video: Path | None
) -> Iterator[str]:
    def of(kind: str) -> list[dict[str, Any]]:
        return [record for record in records if record["type"] == kind]

    yield parts.paragraph(t("Config: {name}", name=name))
    heard = [caption for caption in of("Caption") if caption["final"]]
    lines = {line["text"]: line["cells"] for line in of("BrailleLine")}
    yield from _section(
        t("Heard"),
        (t("at"), t("caption"), t("braille")),
        [(f"{c['start_s']:.1f} s", c["text"], lines.get(c["text"], "")) for c in heard],
    )
    warned = of("Utterance")
    spoken = {said["text"]: said["how"] for said in of("Spoken")}
    yield from _section(
        t("Seen and warned of"),
        (t("at"), t("warning"), t("decided after"), t("spoken")),
        [
            (
                f"{w['details'].get('t_s', w['t_s']):.1f} s",
                w["text"],
                f"{w['latency_ms']:.0f} ms",
                t(spoken[w["text"]]) if w["text"] in spoken else "",
            )
            for w in warned
        ],
    )
    pictures = list(_pictures(video, warned)) if video is not None else []
    if pictures:
        yield parts.heading(t("Pictures"))
        yield f"<div class='pictures'>{''.join(pictures)}</div>"
    yield from _section(
        t("Latency since capture"),
        (t("module"), t("event"), t("count"), "p50 ms", "p90 ms", "p99 ms"),
        [
            (
                stage["module"],
                stage["event"],
                str(stage["count"]),
                *(f"{stage[key]:.0f}" for key in ("p50_ms", "p90_ms", "p99_ms")),
            )
            for stage in summary["stages"]
            if stage["event"] not in ("Status", "Pulse")
        ],
    )
    yield from _section(
        t("Channels"),
        (t("module"), t("event"), t("events in"), t("dropped")),
        [
            (channel["module"], channel["event"], str(channel["puts"]), str(channel["drops"]))
            for channel in summary["channels"]
        ],
    )
    memory = t("Peak memory: {mb} MB", mb=round(summary["peak_memory_mb"]))
    yield parts.paragraph(memory)


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield parts.heading(title)
    if not rows:
        yield parts.paragraph(t("Nothing."))
        return
    label = html.escape(title)
    yield f"<div class='wide' role='region' tabindex='0' aria-label='{label}'><table><thead><tr>"
    yield "".join(f"<th scope='col'>{html.escape(cell)}</th>" for cell in head)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td{_align(cell)}>{html.escape(cell)}</td>" for cell in row)
        yield "</tr>"
    yield "</tbody></table></div>"


def _align(cell: str) -> str:
    if NUMBER.fullmatch(cell):
        return " class='n'"
    return " class='cells'" if "\u2800" <= cell[:1] <= "\u28ff" else ""


def _pictures(video: Path, warned: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Pictures of the annotated video: where warnings fell, else spread over its length."""
    import cv2

    from edgeassist.devices.videofile import open_video

    with open_video(video) as film:
        wanted = _spread([w["details"]["t_s"] for w in warned if "t_s" in w["details"]])
        if not wanted:
            wanted = [part / MOST_PICTURES * (film.seconds or 0) for part in range(MOST_PICTURES)]
        for frame in film.frames():
            if not wanted:
                return
            if frame.at_s < wanted[0]:
                continue
            wanted.pop(0)
            encoded = base64.b64encode(cv2.imencode(".jpg", frame.image())[1].tobytes()).decode()
            label = html.escape(t("The camera at {at} s", at=f"{frame.at_s:.1f}"))
            yield (
                f"<figure><img alt='{label}' src='data:image/jpeg;base64,{encoded}'>"
                f"<figcaption>{label}</figcaption></figure>"
            )


def _spread(values: Sequence[float]) -> list[float]:
    if len(values) <= MOST_PICTURES:
        return list(values)
    last = len(values) - 1
    return [values[round(place * last / (MOST_PICTURES - 1))] for place in range(MOST_PICTURES)]
