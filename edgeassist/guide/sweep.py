"""At which time to collision does a part of the picture look as it should? All of them are tried.

Something at a given time to collision grows away from the heading by a given factor. The earlier
picture is grown by one factor after another and compared with the later one: where a large factor
fits and every small one does not, something near stands in the way, whatever it is (plane sweep;
Collins, CVPR 1996, with the walker's own motion for the second camera). An even surface fits
every factor, so it says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.egomotion import EgoMotion
from edgeassist.guide.geometry import View

# Growth, as seconds between the pictures by seconds to collision. Fine enough that neighbours
# differ by a pixel or two where the walker's corridor is.
_FAR = [0, 0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.175]
_NEAR = [0.2, 0.23, 0.26, 0.3, 0.35, 0.4, 0.47, 0.55, 0.65]
GROWTHS = np.array([*_FAR, *_NEAR])
CELL_W, CELL_H = 4, 8  # pixels of the small picture compared together; poles are narrow
HALF_WIDE = 0.42  # slope to either side of the heading that is looked at: 23 degrees

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """How badly every cell fits every growth: `unlike[growth, row, column]`, grey levels.

    `left` is the first column's pixel, `heading` the focus of expansion in pixels of the later
    picture, `noise` how unlike cells are that fit as well as can be.
    """

    unlike: Floats
    left: int
    heading: tuple[float, float]
    noise: float

    def rows(self) -> NDArray[np.float64]:
        """The pixel rows of the cells' middles."""
        return np.asarray((np.arange(self.unlike.shape[1]) + 0.5) * CELL_H)

    def columns(self) -> NDArray[np.float64]:
        """The pixel columns of the cells' middles."""
        return np.asarray(self.left + (np.arange(self.unlike.shape[2]) + 0.5) * CELL_W)


def sweep(before: Any, now: Any, ego: EgoMotion, view: View) -> Sweep | None:
    """Compare two small grey pictures at every growth; None if the heading is out of view."""
    import cv2

    focal, width, height = view.focal_px, view.width, view.height
    inner = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    ray = ego.turn.T @ np.array([ego.heading[0], ego.heading[1], 1.0])
    if ray[2] <= 0.1:
        return None
    x = float(ray[0] / ray[2] * focal + width / 2)
    y = float(ray[1] / ray[2] * focal + height / 2)
    left = max(0, int(x - HALF_WIDE * focal))
    columns = (min(width, int(x + HALF_WIDE * focal)) - left) // CELL_W
    rows = height // CELL_H
    if columns < 8 or rows < 8:
        return None
    # The earlier picture as it had been with the camera turned as it is now, and as bright.
    turned = inner @ ego.turn @ np.linalg.inv(inner)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    there = cv2.warpPerspective(
        before, turned, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    shown = cv2.warpPerspective(
        np.full(before.shape, 255, np.uint8), turned, (width, height), flags=how
    )
    here = now[: rows * CELL_H, left : left + columns * CELL_W].astype(np.float32)
    gain = float(now.std()) / max(1.0, float(there.std()))
    there = cv2.addWeighted(there, gain, there, 0, float(now.mean()) - gain * float(there.mean()))
    size = columns * CELL_W, rows * CELL_H
    unlike = np.empty((len(GROWTHS), rows, columns), np.float32)
    for i, growth in enumerate(GROWTHS):
        shrink = 1 / (1 + growth)
        move = np.array(
            [[shrink, 0, shrink * left + (1 - shrink) * x], [0, shrink, (1 - shrink) * y]]
        )
        grown = cv2.warpAffine(there, move, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        off = cv2.absdiff(grown, here)
        unlike[i] = cv2.resize(off, (columns, rows), interpolation=cv2.INTER_AREA)
    # Where the camera did not look before nothing is known, and nothing fits better than another.
    shown = shown[: rows * CELL_H, left : left + columns * CELL_W]
    unlike[:, cv2.resize(shown, (columns, rows), interpolation=cv2.INTER_AREA) < 255] = 0
    noise = float(np.percentile(unlike.min(axis=0), 30))
    return Sweep(unlike=unlike, left=left, heading=(x, y), noise=max(1.0, noise))
