"""Painting flat textured things into a picture, in perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edgeassist.guide.simulator.camera import Eye, before_lens

Pixels = NDArray[np.uint8]

# Where something long is cut, in metres ahead, so that what is far is drawn from a small texture.
CUTS_M = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
SHIFT = 4  # bits of a pixel's fraction, for polygons


@dataclass(frozen=True, slots=True)
class Texture:
    """A picture in ever smaller sizes; BGR, or BGRA with colours multiplied by their cover."""

    sizes: tuple[Pixels, ...]
    per_m: float  # pixels of the largest in a metre

    @classmethod
    def of(cls, picture: Pixels, per_m: float) -> Texture:
        """With halves, quarters … down to 8 pixels, so that far things do not glitter."""
        import cv2

        sizes = [picture]
        while min(sizes[-1].shape[:2]) >= 16:
            height, width = sizes[-1].shape[:2]
            half = cv2.resize(sizes[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            sizes.append(half)
        return cls(tuple(sizes), per_m)


class Canvas:
    """A picture seen by an eye; what is painted later covers what was there."""

    def __init__(self, eye: Eye) -> None:
        self.eye = eye
        self.picture: Pixels = np.zeros((eye.lens.height, eye.lens.width, 3), np.uint8)

    def rectangle(
        self,
        texture: Texture,
        corner: ArrayLike,
        across: ArrayLike,
        down: ArrayLike,
        *,
        start: tuple[float, float] = (0.0, 0.0),
        stretched: bool = True,
    ) -> None:
        """Paint a rectangle: its upper left corner and its two sides, metres in the world.

        The texture is stretched over it, or repeated at its own scale from `start` (metres) on.
        """
        corner, across, down = (np.asarray(v, np.float64) for v in (corner, across, down))
        outline = np.array([corner, corner + across, corner + across + down, corner + down])
        seen = before_lens(self.eye.see(outline))
        if len(seen) < 3:
            return
        polygon = self.eye.pixels(seen)
        area = self._box(polygon)
        if area is None:
            return
        wide, high = float(np.linalg.norm(across)), float(np.linalg.norm(down))
        full = texture.sizes[0]
        if stretched:
            texels = full.shape[0] * full.shape[1]
        else:
            texels = round(wide * high * texture.per_m**2)
        picture = texture.sizes[_size(texture, texels, polygon)]
        if stretched:
            step_x, step_y = across / picture.shape[1], down / picture.shape[0]
            origin = corner
        else:
            per_m = texture.per_m * picture.shape[1] / full.shape[1]
            step_x, step_y = across / (wide * per_m), down / (high * per_m)
            period_x, period_y = picture.shape[1] / per_m, picture.shape[0] / per_m
            origin = corner - step_x * (start[0] % period_x) * per_m
            origin = origin - step_y * (start[1] % period_y) * per_m
        self._warp(picture, self.eye.plane(origin, step_x, step_y), polygon, area, not stretched)

    def long(
        self,
        texture: Texture,
        corner: ArrayLike,
        across: ArrayLike,
        from_m: float,
        to_m: float,
    ) -> None:
        """Paint what runs forward: `corner` and `across` are its cross-section at 0 m forward.

        The texture repeats; its rows run forward, its columns across.
        """
        corner = np.asarray(corner, np.float64)
        here = float(self.eye.place[2])
        ends = [from_m, *(here + cut for cut in CUTS_M if from_m < here + cut < to_m), to_m]
        for near, far in reversed(list(pairwise(ends))):
            if far < here - 1:
                continue
            self.rectangle(
                texture,
                corner + np.array([0, 0, near]),
                across,
                (0, 0, far - near),
                start=(0.0, near),
                stretched=False,
            )

    def _box(self, polygon: NDArray[np.float64]) -> tuple[int, int, int, int] | None:
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        x1, y1 = max(0, math.floor(low[0])), max(0, math.floor(low[1]))
        x2 = min(self.picture.shape[1], math.ceil(high[0]) + 1)
        y2 = min(self.picture.shape[0], math.ceil(high[1]) + 1)
        return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None

    def _warp(
        self,
        texture: Pixels,
        plane: NDArray[np.float64],
        polygon: NDArray[np.float64],
        area: tuple[int, int, int, int],
        repeated: bool,
    ) -> None:
        import cv2

        x1, y1, x2, y2 = area
        # OpenCV counts from the middle of a pixel, we from its corner.
        to_area = np.array([[1, 0, -x1 - 0.5], [0, 1, -y1 - 0.5], [0, 0, 1.0]])
        from_middle = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
        see_through = texture.shape[2] == 4
        border = cv2.BORDER_CONSTANT if see_through else cv2.BORDER_REPLICATE
        drawn = cv2.warpPerspective(
            texture,
            to_area @ plane @ from_middle,
            (x2 - x1, y2 - y1),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP if repeated else border,
        )
        onto = self.picture[y1:y2, x1:x2]
        if see_through:
            rest = cv2.cvtColor(255 - drawn[:, :, 3], cv2.COLOR_GRAY2BGR)
            behind = cv2.multiply(onto, rest, scale=1 / 255)
            self.picture[y1:y2, x1:x2] = cv2.add(behind, np.ascontiguousarray(drawn[:, :, :3]))
            return
        inside = np.zeros(drawn.shape[:2], np.uint8)
        # Far corners of long things are cut off: beyond 16 bits polygons wrap around.
        near = np.clip((polygon - (x1, y1)) * 2**SHIFT, -(2**26), 2**26)
        cv2.fillConvexPoly(inside, np.round(near).astype(np.int32), 255, shift=SHIFT)
        cv2.copyTo(drawn, inside, onto)


def _size(texture: Texture, texels: float, polygon: NDArray[np.float64]) -> int:
    """Which size of the texture has about one pixel for one of the picture."""
    x, y = polygon.T
    covered = abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
    shrunk = math.sqrt(texels / max(covered, 1.0))
    return min(len(texture.sizes) - 1, max(0, round(math.log2(max(shrunk, 1.0)) - 0.2)))
