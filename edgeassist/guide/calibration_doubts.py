"""Whether a calibration can be true: what a user should hear before it is believed."""

from __future__ import annotations

from edgeassist.guide.calibration import Calibration
from edgeassist.locale import t

# Worn by a child at the waist to a tall person's forehead; lenses that devices have.
HEIGHT_M, TILT_DEG, FOV_DEG = (0.5, 2.0), (-15.0, 45.0), (35.0, 130.0)
# 1 sigma; more than that would spoil distances rather than mend them.
UNSURE_M, UNSURE_TILT_DEG, UNSURE_FOV_DEG = 0.15, 3.0, 6.0


def doubts(found: Calibration) -> list[str]:
    """What speaks against it, in the user's language, each with what to do; empty if nothing."""
    camera, told = found.camera, []
    if "height_m" in found.learnt and not HEIGHT_M[0] <= camera.height_m <= HEIGHT_M[1]:
        told.append(
            t(
                "The camera would be {height:.2f} m above the ground: is the person as tall as "
                "you said, and do both of you stand on the same level?",
                height=camera.height_m,
            )
        )
    if "tilt_deg" in found.learnt and not TILT_DEG[0] <= camera.tilt_deg <= TILT_DEG[1]:
        told.append(
            t(
                "The camera would look down by {tilt:.0f}°: was it worn as on the way, the right "
                "side up?",
                tilt=camera.tilt_deg,
            )
        )
    if "fov_deg" in found.learnt and not FOV_DEG[0] <= camera.fov_deg <= FOV_DEG[1]:
        told.append(
            t(
                "The camera would see {fov:.0f}° wide: measure the distance again, along the "
                "ground from under the camera to the feet.",
                fov=camera.fov_deg,
            )
        )
    unsure = (
        ("height_m" in found.learnt and found.height_sd_m > UNSURE_M)
        or ("tilt_deg" in found.learnt and found.tilt_sd_deg > UNSURE_TILT_DEG)
        or ("fov_deg" in found.learnt and found.fov_sd_deg > UNSURE_FOV_DEG)
    )
    if unsure or not found.learnt:
        told.append(
            t(
                "The figures are unsure: take more pictures, the person at different distances "
                "from 2 to 6 m."
            )
        )
    return told
