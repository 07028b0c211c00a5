"""How high the camera sits, how far it looks down, how wide it sees: from pictures.

Nobody measures the tilt of a camera on a chest. A person of known height in view tells all three,
walking tells the tilt. What the pictures leave open stays as the profile had it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edgeassist.errors import InputError
from edgeassist.guide.egomotion import ego_motion, expansion, slopes
from edgeassist.guide.following import Follower, both
from edgeassist.guide.geometry import EDGE, View
from edgeassist.locale import t
from edgeassist.loop.events import Box, VideoFrame
from edgeassist.profile import CameraProfile

# How wrong a profile may be before anything is measured (standard deviations).
HEIGHT_SD_M, TILT_SD_DEG, FOV_SD = 0.25, 12.0, 0.15  # the last relative, of the focal length
BOX_SD = 0.025  # of a person's box: how far off its edges are
DISTANCE_SD = 0.05  # of a distance paced or measured by tape
MOST_STRAINED = 2.5  # times their standard deviation, all figures together
STANDING = (1.2, 6.0)  # height by width of the box of somebody who stands upright
LEARNT = 0.6  # of its standard deviation before: what is left where something was learnt

SPAN_S = 0.45  # between two pictures of a walk: about a step, so that its bounce evens out
MOST_UNSURE = 0.05  # of a heading, as a slope: more tells nothing
LEAST_GROWTH = 0.02  # of the nearer points in that time: less is standing
LEAST_PAIRS = 12
"""Pairs of pictures that told a heading; a few seconds of walking give that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The camera as it was found; the `_sd` fields are how unsure each figure is, 1 sigma.

    `learnt` names the fields ("height_m", "tilt_deg", "fov_deg") that the pictures told; the
    others are the profile's own. `used` is how many boxes, or pairs of pictures, it rests on.
    """

    camera: CameraProfile
    height_sd_m: float
    tilt_sd_deg: float
    fov_sd_deg: float
    learnt: tuple[str, ...]
    used: int


def from_person(
    boxes: Sequence[Box],
    size: tuple[int, int],
    *,
    person_m: float,
    distance_m: float | None = None,
    camera: CameraProfile,
) -> Calibration:
    """Height and tilt from boxes around a person of known height who stands on level ground.

    `size` is the pictures' (width, height) in pixels. Boxes at different distances, say 2 to 6 m,
    fix height and tilt without any distance known. `distance_m`, along the ground from under the
    camera to the feet, holds for all boxes; it fixes the field of view too.

    Raises `InputError` where no box shows a whole standing person, or none agree.
    """
    if not 0.5 <= person_m <= 2.5:
        raise InputError(
            "person",
            t("{height} m is no person's height", height=person_m),
            fix=t("Give it in metres, such as 1.70."),
        )
    if distance_m is not None and not 0.5 <= distance_m <= 30:
        raise InputError(
            "distance",
            t("a person {distance} m away tells nothing", distance=distance_m),
            fix=t("Stand 3 to 8 m away."),
        )
    width, height = size
    view = View.of(camera, width, height)
    whole = [box for box in boxes if _is_whole(box, width, height)]
    if not whole:
        raise InputError(
            "",
            t("No picture shows a person from head to feet"),
            fix=t("Let one person stand 3 to 8 m away, all in view, and try again."),
        )
    fit = _Fit(whole, view, person_m, distance_m)
    unknown, covariance = fit.solve()
    above_m, tilt, focal = unknown[0], unknown[1], math.exp(unknown[2])
    sds = np.sqrt(np.diag(covariance)[:3])
    fov = 2 * math.atan(width / 2 / focal)
    fov_sd = math.degrees(sds[2] * math.sin(fov))
    learnt = [
        name
        for name, sd, before in zip(
            ("height_m", "tilt_deg", "fov_deg"), sds, _PRIOR_SD, strict=True
        )
        if sd < LEARNT * before
    ]
    return Calibration(
        camera=_fitting(
            camera,
            height_m=float(above_m),
            tilt_deg=math.degrees(tilt),
            fov_deg=math.degrees(fov) if "fov_deg" in learnt else camera.fov_deg,
        ),
        height_sd_m=float(sds[0]),
        tilt_sd_deg=math.degrees(sds[1]),
        fov_sd_deg=fov_sd,
        learnt=tuple(learnt),
        used=len(whole),
    )


def from_walking(frames: Iterable[VideoFrame], *, camera: CameraProfile) -> Calibration:
    """The tilt, from pictures taken while walking straight ahead on level ground.

    Who walks on the level goes towards the horizon: the focus of expansion lies on it. Steps make
    it bounce; the median over some seconds does not. Neither height nor field of view is told.

    Raises `InputError` where there is too little to see or nobody walks.
    """
    follower = Follower(SPAN_S)
    tilts: list[float] = []
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    view: View | None = None
    for frame in frames:
        now = follower.step(frame.at_s, frame.image)
        view = View.of(camera, now.grey.shape[1], now.grey.shape[0])
        before = follower.before(SPAN_S)
        if before is not None:
            pairs.append(both(before, now))
    if view is not None:
        # What the profile believes pulls a little: once more from what came out.
        for _ in range(3):
            tilts = [tilt for pair in pairs if (tilt := _tilt(*pair, view)) is not None]
            if not tilts:
                break
            view = replace(view, tilt_rad=float(np.median(tilts)))
    if view is None or len(tilts) < LEAST_PAIRS:
        raise InputError(
            "",
            t("The pictures do not show where the walk goes"),
            fix=t("Walk straight ahead for ten seconds, by day, where there is much to see."),
        )
    spread = 1.4826 * float(np.median(np.abs(np.array(tilts) - view.tilt_rad)))
    sd = 1.25 * spread / math.sqrt(max(1.0, len(tilts) / 4))  # neighbours share pictures
    return Calibration(
        camera=_fitting(camera, tilt_deg=math.degrees(view.tilt_rad)),
        height_sd_m=HEIGHT_SD_M,
        tilt_sd_deg=max(0.2, math.degrees(sd)),
        fov_sd_deg=FOV_SD * math.degrees(math.sin(math.radians(camera.fov_deg))),
        learnt=("tilt_deg",),
        used=len(tilts),
    )


_PRIOR_SD = (HEIGHT_SD_M, math.radians(TILT_SD_DEG), FOV_SD)


class _Fit:
    """Least squares over height, tilt, log focal length and one log distance a box."""

    def __init__(
        self, boxes: Sequence[Box], view: View, person_m: float, distance_m: float | None
    ) -> None:
        self._view = view
        self._person_m = person_m
        self._rows = np.array([[box.y1, box.y2] for box in boxes]) - view.height / 2
        self._sd = BOX_SD * np.maximum(self._rows[:, 1] - self._rows[:, 0], 8.0)
        far = person_m * view.focal_px / (self._rows[:, 1] - self._rows[:, 0])
        if distance_m is not None:
            far = np.full(len(boxes), distance_m)
        # A distance nobody told may be anything; one shared by all boxes is no better for it.
        self._far_sd = 2.0 if distance_m is None else DISTANCE_SD * math.sqrt(len(boxes))
        self._start = np.concatenate(
            [[view.above_ground_m, view.tilt_rad, math.log(view.focal_px)], np.log(far)]
        )
        self._prior_sd = np.concatenate([_PRIOR_SD, np.full(len(boxes), self._far_sd)])

    def solve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What fits best, and its covariance (Gauss-Newton; the slopes are taken numerically)."""
        unknown = self._start.copy()
        inverse: NDArray[np.float64] = np.eye(len(unknown))
        for _ in range(20):
            off = self._off(unknown)
            slope = np.column_stack(
                [(self._off(unknown + step) - off) / 1e-5 for step in 1e-5 * np.eye(len(unknown))]
            )
            inverse = np.asarray(np.linalg.inv(slope.T @ slope))
            step = -inverse @ slope.T @ off
            unknown = unknown + step * min(1.0, 0.5 / max(1e-9, float(np.abs(step).max())))
            if np.abs(step).max() < 1e-6:
                break
        rough = math.sqrt(float(np.mean(self._off(unknown)[: self._rows.size] ** 2)))
        # What only fits a camera that nobody would wear fits badly too.
        strained = math.sqrt(float(np.sum(self._off(unknown) ** 2)) / self._rows.size)
        if not np.isfinite(unknown).all() or strained > MOST_STRAINED:
            raise InputError(
                "",
                t("The pictures of the person contradict each other"),
                fix=t("Let one person stand upright on level ground, alone in view."),
            )
        return unknown, inverse * max(1.0, rough**2)

    def _off(self, unknown: NDArray[np.float64]) -> NDArray[np.float64]:
        above_m, tilt, focal = unknown[0], unknown[1], math.exp(unknown[2])
        far = np.exp(unknown[3:])
        down = np.column_stack([(above_m - self._person_m) / far, above_m / far])
        rows = focal * np.tan(np.clip(np.arctan(down) - tilt, -1.5, 1.5))
        seen = (rows - self._rows) / self._sd[:, None]
        return np.concatenate([seen.ravel(), (unknown - self._start) / self._prior_sd])


def _tilt(start: NDArray[np.float64], end: NDArray[np.float64], view: View) -> float | None:
    """How far the camera looked down, by where it went; None where it did not walk."""
    ego = ego_motion(start, end, view)
    if ego is None or ego.heading_sd[1] > MOST_UNSURE:
        return None
    grown, _ = expansion(start, end, ego, view)
    below = slopes(start, view)[:, 1] > ego.heading[1] + 0.1
    if below.sum() < 8 or float(np.median(grown[below])) < LEAST_GROWTH:
        return None
    return -math.atan(float(ego.heading[1]))


def _is_whole(box: Box, width: int, height: int) -> bool:
    high, wide = box.y2 - box.y1, box.x2 - box.x1
    inside = box.y1 > EDGE * height and box.y2 < (1 - EDGE) * height
    return inside and wide > 0 and STANDING[0] <= high / wide <= STANDING[1]


def _fitting(
    camera: CameraProfile,
    *,
    tilt_deg: float,
    height_m: float | None = None,
    fov_deg: float | None = None,
) -> CameraProfile:
    """The profile with these figures, kept to what a profile may say."""
    height_m = camera.height_m if height_m is None else height_m
    fov_deg = camera.fov_deg if fov_deg is None else fov_deg
    return replace(
        camera,
        height_m=round(min(max(height_m, 0.05), 3.0), 3),
        tilt_deg=round(min(max(tilt_deg, -45.0), 60.0), 2),
        fov_deg=round(min(max(fov_deg, 10.5), 170.0), 2),
    )
