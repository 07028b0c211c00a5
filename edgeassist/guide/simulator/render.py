"""The picture a camera takes in a scene at one moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.simulator.camera import Eye
from edgeassist.guide.simulator.canvas import Canvas, Pixels
from edgeassist.guide.simulator.gait import Pose
from edgeassist.guide.simulator.scene import Drop, Scene, Thing
from edgeassist.guide.simulator.textures import shadow
from edgeassist.guide.simulator.truth import corners

GROUND_M = 12.0  # to each side
FAR_M = 70.0
NOISE_SIDE = 256  # more of the noise than the picture, to take it from another place each time


class Renderer:
    """Draws the pictures of one scene; the same moment gives the same pixels."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        rng = np.random.default_rng([scene.seed, 77])
        lens = scene.lens
        shape = (lens.height + NOISE_SIDE, lens.width + NOISE_SIDE, 3)
        self._noise = (rng.standard_normal(shape, np.float32) * scene.light.noise).round()
        self._noise = self._noise.astype(np.int16)
        self._shadow = shadow()
        self._lamp = _lamp(lens.height, lens.width) if scene.light.lamp else None
        self._glow = _glow(lens.width) if scene.light.glare else None

    def eye(self, t_s: float) -> Eye:
        """Where the camera is then."""
        return Eye(self._scene.lens, self._scene.gait.at(t_s))

    def picture(self, t_s: float) -> Pixels:
        """uint8, height x width x 3, BGR."""
        scene = self._scene
        canvas = Canvas(self.eye(t_s))
        self._street(canvas)
        if scene.drop is not None:
            self._drop(canvas, scene.drop)
        here = canvas.eye.place[2]
        for thing in sorted(scene.things, key=lambda thing: -thing.at(t_s)[2]):
            if thing.at(t_s)[2] > here:
                self._thing(canvas, thing, t_s)
        return self._exposed(canvas.picture, t_s)

    def _street(self, canvas: Canvas) -> None:
        street, drop = self._scene.street, self._scene.drop
        here = float(canvas.eye.place[2])
        # What is infinitely far moves along; it reaches below the horizon.
        canvas.rectangle(street.far, (-130, 90, here + FAR_M), (260, 0, 0), (0, -100, 0))
        near, far = math.floor(here) - 1.0, here + FAR_M
        level = -drop.steps * drop.rise_m if drop else 0.0
        wide = (2 * GROUND_M, 0, 0)
        if drop is not None:
            beyond = drop.forward_m + (drop.steps - 1) * drop.tread_m
            canvas.long(street.lower, (-GROUND_M, level, 0), wide, max(near, beyond), far)
        for texture, x in ((street.left, -street.left_m), (street.right, street.right_m)):
            canvas.long(texture, (x, level, 0), (0, street.houses_m - level, 0), near, far)
        end = far if drop is None else max(near, drop.forward_m)
        if drop is not None:
            self._treads(canvas, drop)
        canvas.long(street.ground, (-GROUND_M, 0, 0), wide, near, end)

    def _treads(self, canvas: Canvas, drop: Drop) -> None:
        for step in range(drop.steps - 1, 0, -1):
            near = drop.forward_m + (step - 1) * drop.tread_m
            canvas.rectangle(
                self._scene.street.ground,
                (-GROUND_M, -step * drop.rise_m, near + drop.tread_m),
                (2 * GROUND_M, 0, 0),
                (0, 0, -drop.tread_m),
                start=(0.3 * step, 0.0),
                stretched=False,
            )

    def _drop(self, canvas: Canvas, drop: Drop) -> None:
        """The stripes on its edges, if it has them."""
        if drop.edge is None:
            return
        import cv2

        for step in range(drop.steps):
            near = drop.forward_m + step * drop.tread_m
            stripe = np.array(
                [
                    [-GROUND_M, -step * drop.rise_m, near - 0.05],
                    [GROUND_M, -step * drop.rise_m, near - 0.05],
                    [GROUND_M, -step * drop.rise_m, near],
                    [-GROUND_M, -step * drop.rise_m, near],
                ]
            )
            seen = canvas.eye.see(stripe)
            if step or seen[:, 2].min() < 0.2:
                continue
            points = np.round(canvas.eye.pixels(seen) * 16).astype(np.int32)
            cv2.fillConvexPoly(canvas.picture, points, drop.edge, cv2.LINE_AA, 4)

    def _thing(self, canvas: Canvas, thing: Thing, t_s: float) -> None:
        if not thing.base_m:
            right, _, forward = thing.at(t_s)
            half = thing.width_m * 0.6
            canvas.rectangle(
                self._shadow,
                (right - half, 0, forward + 0.25),
                (2 * half, 0, 0),
                (0, 0, -0.45),
            )
        first, second, _, last = corners(thing, t_s)
        if thing.mirrored:
            canvas.rectangle(thing.texture, second, first - second, last - first)
        else:
            canvas.rectangle(thing.texture, first, second - first, last - first)

    def _exposed(self, picture: Pixels, t_s: float) -> Pixels:
        """What the camera makes of the light: smear, night, glare, noise."""
        import cv2

        light = self._scene.light
        picture = cv2.GaussianBlur(picture, (3, 3), 0.55)
        across, down = self._smear(t_s)
        if max(across, down) > 0.3:
            picture = cv2.sepFilter2D(picture, -1, _line(across), _line(down))
        if self._lamp is not None:
            picture = cv2.multiply(picture, self._lamp, scale=light.brightness, dtype=cv2.CV_8U)
        elif light.brightness != 1.0 or light.flicker:
            wave = 1 + light.flicker * math.sin(4.3 * t_s + self._scene.seed)
            picture = cv2.convertScaleAbs(picture, alpha=light.brightness * wave)
        if self._glow is not None and light.glare is not None:
            picture = self._glared(picture, self._scene.gait.at(t_s), light.glare)
        rng = np.random.default_rng([self._scene.seed, round(t_s * 1000)])
        x, y = rng.integers(0, NOISE_SIDE, 2)
        height, width = picture.shape[:2]
        noisy: Pixels = cv2.add(
            picture, self._noise[y : y + height, x : x + width], dtype=cv2.CV_8U
        )
        return noisy

    def _smear(self, t_s: float) -> tuple[float, float]:
        """Pixels by which the turning of the camera smears this picture, across and down."""
        gait, exposure = self._scene.gait, self._scene.light.exposure_s
        before, after = gait.at(t_s - exposure / 2), gait.at(t_s + exposure / 2)
        focal = self._scene.lens.focal_px
        return abs(after.yaw - before.yaw) * focal, abs(after.pitch - before.pitch) * focal

    def _glared(self, picture: Pixels, pose: Pose, glare: tuple[float, float]) -> Pixels:
        """A low sun, or a headlight: white around it, a veil over all."""
        import cv2

        assert self._glow is not None
        focal = self._scene.lens.focal_px
        height, width = picture.shape[:2]
        x = width / 2 + focal * math.tan(math.radians(glare[0]) - pose.yaw)
        y = height / 2 - focal * math.tan(math.radians(glare[1]) + pose.pitch)
        side = self._glow.shape[0]
        left = int(np.clip(side / 2 - x, 0, side - width))
        top = int(np.clip(side / 2 - y, 0, side - height))
        lit: Pixels = cv2.add(picture, self._glow[top : top + height, left : left + width])
        return lit


def _line(length: float) -> NDArray[np.float32]:
    """A box filter `length` + 1 pixels long, with its ends shared out."""
    half = math.ceil(length / 2)
    taps = np.ones(2 * half + 1, np.float32)
    if half:
        taps[0] = taps[-1] = max(0.0, (length + 1 - (2 * half - 1)) / 2)
    even: NDArray[np.float32] = taps / taps.sum()
    return even


def _lamp(height: int, width: int) -> NDArray[np.float32]:
    """How bright each pixel is by night, 0 to 1: street lamps light the middle, a little blue."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    fall = 0.4 + 0.6 * np.exp(-(x**2) / 0.9 - (y - 0.1) ** 2 / 0.8)
    return np.dstack([fall, fall * 0.92, fall * 0.85]).astype(np.float32)


def _glow(width: int) -> Pixels:
    """The light around a sun in the middle of a picture three times as wide as ours."""
    side = 3 * width
    y, x = np.mgrid[-1.5 : 1.5 : side * 1j, -1.5 : 1.5 : side * 1j].astype(np.float32)
    away = np.sqrt(x**2 + y**2)
    glow = (
        40 * np.exp(-away / 0.5) + 120 * np.exp(-away / 0.12) + 300 * np.exp(-((away / 0.04) ** 2))
    )
    return np.asarray(np.clip(np.dstack([glow * 0.85, glow * 0.95, glow]), 0, 255), np.uint8)
