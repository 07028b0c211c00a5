"""Looking on: a walk as a film, or its telling moments as pictures, with what is true beside it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edgeassist.errors import WorkError
from edgeassist.guide.simulator.canvas import Pixels
from edgeassist.guide.simulator.walk import Moment
from edgeassist.locale import t

TRUE, FOUND, SAID, NEEDLESS = (60, 200, 60), (0, 165, 255), (255, 255, 255), (60, 60, 255)
BAR = 26  # pixels under the picture, for the words
KEPT_S = 2.0  # how long the words of an alert stay


class Onlooker:
    """Draws moments; give it a film to write, a folder for pictures of alerts, or both."""

    def __init__(self, film: Path | None, folder: Path | None, name: str, fps: float) -> None:
        self._film, self._folder, self._name, self._fps = film, folder, name, fps
        self._writer: Any = None
        self._said: tuple[float, str, bool | None] | None = None

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.release()

    def look(self, moment: Moment) -> None:
        """Take the next moment."""
        if moment.told is not None:
            told = moment.told
            far = "" if told.distance_m is None else f", {told.distance_m:.1f} m"
            words = f"{told.priority}: {told.label}{far}"  # OpenCV writes no Chinese
            self._said = (moment.at_s, words, told.right)
        if self._film is None and (self._folder is None or moment.told is None):
            return
        drawn = drawing(moment, self._said)
        if self._film is not None:
            self._write(drawn)
        if self._folder is not None and moment.told is not None:
            import cv2

            file = self._folder / f"{self._name}-{moment.at_s:05.2f}.png"
            if not cv2.imwrite(str(file), drawn):
                raise WorkError(
                    str(file), t("cannot be written"), fix=t("Name a folder you may write to")
                )

    def _write(self, drawn: Pixels) -> None:
        import cv2

        if self._writer is None:
            size = (drawn.shape[1], drawn.shape[0])
            code = cv2.VideoWriter.fourcc(*"mp4v")
            self._writer = cv2.VideoWriter(str(self._film), code, self._fps, size)
            if not self._writer.isOpened():
                raise WorkError(
                    str(self._film),
                    t("cannot be written as a film"),
                    fix=t("Name a .mp4 file in a folder you may write to"),
                )
        self._writer.write(drawn)


def drawing(moment: Moment, said: tuple[float, str, bool | None] | None) -> Pixels:
    """The picture with the truth (green), what was found (orange) and the last words."""
    import cv2

    picture = moment.picture.copy()
    for real in moment.truths:
        if real.box is None or real.forward_m < 0:
            continue
        x1, y1, x2, y2 = (round(v) for v in real.box)
        cv2.rectangle(picture, (x1, y1), (x2, y2), TRUE, 2 if real.collides else 1)
        seconds = "" if real.ttc_s is None else f" {real.ttc_s:.1f}s"
        _small(picture, f"{real.distance_m:.1f}m{seconds}", (x1 + 2, max(12, y1 - 4)), TRUE)
    for obstacle in moment.step.obstacles:
        box = obstacle.box
        x1, y1, x2, y2 = (round(v) for v in (box.x1, box.y1, box.x2, box.y2))
        cv2.rectangle(picture, (x1, y1), (x2, y2), FOUND, 1)
        far = "?" if obstacle.distance_m is None else f"{obstacle.distance_m:.1f}"
        soon = "?" if obstacle.ttc_s is None else f"{obstacle.ttc_s:.1f}"
        _small(
            picture,
            f"{obstacle.label} {box.score:.2f} {far}m {soon}s",
            (x1 + 2, min(picture.shape[0] - 4, y2 - 4)),
            FOUND,
        )
    drawn: Pixels = cv2.copyMakeBorder(picture, 0, BAR, 0, 0, cv2.BORDER_CONSTANT)
    _small(drawn, f"{moment.at_s:.2f} s", (4, drawn.shape[0] - 8), SAID)
    if said is not None and moment.at_s - said[0] <= KEPT_S:
        _small(drawn, said[1], (90, drawn.shape[0] - 8), NEEDLESS if said[2] is False else SAID)
    return drawn


def _small(picture: Pixels, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    import cv2

    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
