"""Boxes drawn into a picture, told apart by their line before their colour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edgeassist.guide.detector import Image
from edgeassist.loop.events import Box, Priority


class Line(StrEnum):
    """How a box is drawn."""

    DOUBLE = "double"
    THICK = "thick"
    THIN = "thin"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class Style:
    """A line and its colour (BGR)."""

    line: Line
    colour: tuple[int, int, int]


STYLES = {
    Priority.DANGER: Style(Line.DOUBLE, (40, 40, 255)),
    Priority.MESSAGE: Style(Line.THICK, (0, 215, 255)),
    Priority.NOTIFICATION: Style(Line.THIN, (255, 255, 255)),
}
HARMLESS = Style(Line.DASHED, (200, 200, 200))
DASH = 8  # pixels


def draw(image: Image, box: Box, caption: str, priority: Priority | None) -> None:
    """Draw one box with its caption into `image`, in the style of how urgently it is told."""
    import cv2

    style = HARMLESS if priority is None else STYLES.get(priority, HARMLESS)
    x1, y1, x2, y2 = (round(value) for value in (box.x1, box.y1, box.x2, box.y2))
    if style.line is Line.DASHED:
        _dashed(image, (x1, y1, x2, y2), style.colour)
    else:
        thickness = 3 if style.line is Line.THICK else 1 if style.line is Line.THIN else 2
        cv2.rectangle(image, (x1, y1), (x2, y2), style.colour, thickness)
        if style.line is Line.DOUBLE:
            cv2.rectangle(image, (x1 + 5, y1 + 5), (x2 - 5, y2 - 5), style.colour, thickness)
    scale = max(0.4, image.shape[0] / 1200)
    (wide, high), below = cv2.getTextSize(caption, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    top = y1 - high - below if y1 > high + below else y1  # inside where there is no room above
    left = max(0, min(x1, image.shape[1] - wide))
    cv2.rectangle(image, (left, top), (left + wide, top + high + below), (0, 0, 0), cv2.FILLED)
    cv2.putText(
        image, caption, (left, top + high), cv2.FONT_HERSHEY_SIMPLEX, scale, style.colour, 1
    )


def _dashed(image: Image, corners: tuple[int, int, int, int], colour: tuple[int, int, int]) -> None:
    import cv2

    x1, y1, x2, y2 = corners
    for x in range(x1, x2, 2 * DASH):
        for y in (y1, y2):
            cv2.line(image, (x, y), (min(x + DASH, x2), y), colour, 1)
    for y in range(y1, y2, 2 * DASH):
        for x in (x1, x2):
            cv2.line(image, (x, y), (x, min(y + DASH, y2)), colour, 1)
