"""A run on one HTML page: what was heard, seen and said, with pictures and latencies."""

from __future__ import annotations

import base64
import html
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgeassist.errors import InputError
from edgeassist.locale import language, t

MOST_PICTURES = 6
NUMBER = re.compile(r"[\d.]+( m?s)?")
STYLE = """
body { font: 1.1rem/1.6 system-ui, "Noto Sans CJK SC", sans-serif; color: #111; background: #fff;
  max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1, h2 { line-height: 1.25; } h2 { margin-top: 2.5rem; border-bottom: 3px solid #111; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #888;
  vertical-align: top; } td.n { white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.cells { font-family: "DejaVu Sans", "Noto Sans Symbols2", sans-serif; }
.pictures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; } figure img { width: 100%; height: auto; border: 1px solid #111; }
@media (prefers-color-scheme: dark) { body { color: #fff; background: #000; }
  h2 { border-color: #fff; } figure img { border-color: #fff; } }
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
    page = "\n".join(_page(config.path.name, records, summary, video))
    temporary = path.with_suffix(path.suffix + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, "utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(str(path), t("cannot be written: {why}", why=error.strerror)) from None


def _page(
    name: str, records: Sequence[dict[str, Any]], summary: dict[str, Any], video: Path | None
) -> Iterator[str]:
    def of(kind: str) -> list[dict[str, Any]]:
        return [record for record in records if record["type"] == kind]

    title = t("EdgeAssist: what was heard, seen and said")
    yield f"<!doctype html><html lang='{language()}'><head><meta charset='utf-8'>"
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    yield f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main>"
    yield f"<h1>{html.escape(title)}</h1><p>{html.escape(t('Config: {name}', name=name))}</p>"
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
        yield f"<h2>{html.escape(t('Pictures'))}</h2>"
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
    yield f"<p>{html.escape(memory)}</p></main></body></html>"


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"<h2>{html.escape(title)}</h2>"
    if not rows:
        yield f"<p>{html.escape(t('Nothing.'))}</p>"
        return
    yield "<table><thead><tr>"
    yield "".join(f"<th scope='col'>{html.escape(cell)}</th>" for cell in head)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td{_align(cell)}>{html.escape(cell)}</td>" for cell in row)
        yield "</tr>"
    yield "</tbody></table>"


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
