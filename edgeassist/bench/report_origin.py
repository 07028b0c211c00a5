"""Where the figures come from, which may be wrong, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from edgeassist.bench.report_blocks import Block, Table, Words
from edgeassist.bench.report_names import digits, doubt_words, measured
from edgeassist.locale import t
from edgeassist.pages.parts import Cell, InLanguage


def trouble(result: dict[str, Any], points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """Doubts, point by point, and points without figures."""
    doubtful = [point for point in points if doubt_words(point)]
    if doubtful:
        yield Table(
            t("Figures that may be wrong, and why"),
            (t("point"), t("doubts"), t("why")),
            tuple(
                (
                    point["id"],
                    doubt_words(point),
                    "; ".join(dict.fromkeys(doubt["why"] for doubt in point["doubts"]))
                    or t("the board was emulated"),
                )
                for point in doubtful
            ),
        )
    else:
        yield Words(t("Nothing disturbed this run."))
    others = [one for one in result["points"] if one["state"] != "done"]
    if others:
        states = {"failed": t("failed"), "left-out": t("left out")}
        yield Table(
            t("What was not measured"),
            (t("point"), t("state"), t("why")),
            tuple((one["id"], states[one["state"]], one["why"]) for one in others),
        )


def origin(result: dict[str, Any]) -> Iterator[Block]:
    """The command, machine, software, models and data."""
    machine, software = result["machine"], result["software"]
    revision = software["git_revision"] or t("unknown")
    if software["git_changed"]:
        revision += " " + t("(with changes that were not committed)")
    yield Table(
        t("The command, the machine, the software"),
        (t("what"), t("value")),
        (
            (t("command"), result["command"]),
            (t("began"), result["started"]),
            (t("ended"), result["ended"] or t("was stopped")),
            (t("board"), machine["board"]),
            (t("processor"), machine["cpu"]),
            (t("cores used"), f"{machine['cores']} × {machine['architecture']}"),
            (t("memory"), measured(machine["memory_mb"], "MB")),
            (t("system"), machine["os"]),
            (t("kernel"), machine["kernel"]),
            (t("governor of the clock"), machine["governor"] or t("unknown")),
            (t("priority"), f"nice {machine['nice']}"),
            ("EdgeAssist", software["edgeassist"]),
            (t("revision"), revision),
            ("Python", software["python"]),
            *sorted(software["libraries"].items(), key=lambda one: one[0].lower()),
        ),
    )
    emulation = result["emulation"]
    if emulation:
        rows: list[tuple[Cell, ...]] = [
            (t("board"), emulation["board"]),
            (t("method"), emulation["method"]),
            (t("cores"), str(emulation["cores"])),
            (t("slower in networks"), f"× {digits(emulation['neural_slowdown'])}"),
            (t("slower in all else"), f"× {digits(emulation['scalar_slowdown'])}"),
        ]
        rows += [(t("source"), InLanguage(source, "en")) for source in emulation["sources"]]
        yield Table(t("How the board was emulated"), (t("what"), t("value")), tuple(rows))
    if result["data"]:
        yield Table(
            t("Data"),
            (t("name"), t("items"), "SHA-256", t("about")),
            tuple(
                (one["name"], str(one["items"]), one["sha256"][:16], InLanguage(one["about"], "en"))
                for one in result["data"]
            ),
        )
    if result["models"]:
        yield Table(
            t("Models"),
            (t("model"), t("file"), t("bytes"), "SHA-256"),
            tuple(
                (model["name"], file["name"], f"{file['bytes']:,}", file["sha256"][:16])
                for model in result["models"]
                for file in model["files"]
            ),
        )
        yield Words(t("The first 16 digits of each hash; the result file has them whole."))
