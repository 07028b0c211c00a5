"""`edgeassist bench run`: measure, tell how it goes, show the table."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from edgeassist.cli.bench_read import results_folder
from edgeassist.cli.bench_report import write_beside
from edgeassist.cli.output import emit, say, show
from edgeassist.errors import InputError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.bench.plan import Wish
    from edgeassist.bench.points import Measured, Point
    from edgeassist.bench.run import Progress
    from edgeassist.progress import Progress as Bar


def run(args: argparse.Namespace) -> int:
    """Measure; exit code 1 if a point failed, 2 if a model the user named cannot be measured."""
    from edgeassist.bench.data import check
    from edgeassist.bench.emulation import emulate
    from edgeassist.bench.plan import points
    from edgeassist.bench.run import go
    from edgeassist.bench.table import lines

    wish = _wish(args)
    todo = points(wish)
    if len(todo) < 2:
        raise InputError(
            args.only or args.what,
            t("nothing to measure: no installed model or engine fits"),
            fix=t("See: edgeassist models list"),
        )
    if args.list:
        for point in todo:
            emit({"id": point.id, **point.record()}) if args.json else show(point.id)
        return 0
    if args.data:
        check(args.data, wish.modules)
    emulation = emulate(args.emulate) if args.emulate else None
    folder = args.report or results_folder() / f"{args.what}-{'quick' if args.quick else 'full'}"
    try:
        result = go(
            folder,
            todo,
            modules=wish.modules,
            quick=args.quick,
            data=args.data,
            emulation=emulation,
            fresh=args.fresh,
            progress=_Telling(args.json).progress(),
        )
    except KeyboardInterrupt:
        say(t("Stopped. The same command goes on from here."))
        return 130
    if args.report:
        write_beside(folder)
    if args.json:
        emit({"type": "result", "path": str(folder / "result.json")})
    else:
        for line in lines(result):
            show(line)
    say(t("The result is in {path}", path=folder))
    states = {point["state"] for point in result["points"]}
    if "left-out" in states and (args.onnx or args.model):
        return 2
    return 1 if "failed" in states else 0


def _wish(args: argparse.Namespace) -> Wish:
    from edgeassist.bench import provenance
    from edgeassist.bench.plan import MODULES as ALL
    from edgeassist.bench.plan import Wish
    from edgeassist.bench.points import Measured

    decodes = [*args.decode, *["yolox"] * len(args.onnx)]
    modules: tuple[Measured, ...] = ALL if args.what == "all" else (Measured(args.what),)
    return Wish(
        modules=modules,
        quick=args.quick,
        threads=args.threads,
        cores=min(provenance.cores(), 4) if args.emulate else provenance.cores(),
        onnx=tuple(zip(args.onnx, decodes, strict=False)),
        sizes=tuple(args.size),
        engine=args.engine or _engine_of(args.model),
        model=args.model,
        only=args.only,
        soak_minutes=args.soak,
    )


def _engine_of(model: str | None) -> str | None:
    """The caption engine of a model's card; raises `InputError` for a model nobody knows."""
    from edgeassist.bench.plan import CARD_ENGINES

    if model is None or model in CARD_ENGINES:
        return CARD_ENGINES.get(model or "")
    raise InputError(
        model,
        t("which engine runs it is not known"),
        fix=t("Add --engine NAME; models with a card: {names}", names=", ".join(CARD_ENGINES)),
    )


class _Telling:
    """Tells a person, or a program, how a run goes."""

    def __init__(self, json: bool) -> None:
        self._json = json
        self._bar: Bar | None = None
        self._done = 0.0
        self._place = ""

    def progress(self) -> Progress:
        """What a run calls."""
        from edgeassist.bench.run import Progress

        return Progress(
            begins=self._begins, done=self._advance, ended=self._ended, resumed=self._resumed
        )

    def _resumed(self, count: int) -> None:
        say(t("Going on: {count} points were measured before", count=count))

    def _begins(self, number: int, total: int, point: Point) -> None:
        self._place, self._done = f"{number}/{total} {point.id}", 0.0
        if sys.stderr.isatty() and not os.environ.get("EDGEASSIST_PLAIN"):
            from edgeassist.progress import Progress as Bar

            self._bar = Bar(self._place, 100, "%")

    def _advance(self, done: float) -> None:
        if self._bar is not None and done > self._done:
            self._bar.advance(round(100 * (done - self._done)))
            self._done = done

    def _ended(self, record: dict[str, Any]) -> None:
        from edgeassist.bench.table import ratio, row

        self._advance(1.0)
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
        else:
            told = record["why"]
            if record["state"] == "done":
                cells = (ratio if record["scenario"] == "beside" else row)(record)
                told = "  ".join(cell for cell in cells[1:] if cell)
            say(f"{self._place}: {told}")
        if self._json:
            emit({"type": "point", **{k: v for k, v in record.items() if k != "data_records"}})
