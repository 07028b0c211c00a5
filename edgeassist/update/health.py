"""Whether a new version works on this machine, asked before anything points to it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edgeassist.errors import WorkError
from edgeassist.locale import t

WITHIN_S = 300.0  # for each question: a Pi measures its voices the first time


def examine(stage: Path, version: str, base: Path, configs: Sequence[str]) -> None:
    """Ask the new version in `stage` what it is, what it lacks, and let it run for a moment.

    Raises `WorkError` where it is not `version`, lacks something needed that `base` (the version
    in use) does not lack, or does not get through a short run of one of `configs`.
    """
    said = _asked(stage, "--version").strip()
    if said != f"edgeassist {version}":
        raise _unwell(t("it says it is {said}", said=said[:60] or "?"))
    lacks = _lacks(stage)
    if lacks:
        lacks -= _lacks(base) if (base / "bin" / "edgeassist").exists() else set()
    if lacks:
        raise _unwell(t("it lacks {what}", what=", ".join(sorted(lacks))))
    for config in configs:
        _asked(stage, "update", "selftest", config)


def _lacks(environment: Path) -> set[str]:
    """What is needed and not there, by that version's own doctor."""
    found = map(json.loads, _asked(environment, "doctor", "--json", codes=(0, 2)).splitlines())
    return {one["what"] for one in found if one["needed"] and not one["ok"]}


def _asked(environment: Path, *words: str, codes: Sequence[int] = (0,)) -> str:
    question = " ".join(words)
    try:
        done = subprocess.run(
            [str(environment / "bin" / "edgeassist"), *words],
            env={**os.environ, "EDGEASSIST_GUARDED": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unwell(t("it does not answer: {question}", question=question)) from None
    except OSError as error:
        raise _unwell(str(error.strerror or error)) from None
    if done.returncode not in codes:
        why = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise _unwell(f"{question}: {why}")
    return done.stdout


def _unwell(why: str) -> WorkError:
    return WorkError(
        t("the new version"),
        t("does not work here: {why}", why=why),
        fix=t("Nothing was changed; the old version stays in use"),
    )
