"""How features of heads look beside each other: distances of landmarks, as an eye compares them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mien.types import Float32

USUAL: Mapping[str, tuple[float, float]] = {
    "brow-height": (0.215, 0.022),
    "eye-openness": (0.341, 0.037),
    "eye-size": (0.069, 0.008),
    "lip-fullness": (0.170, 0.020),
    "nose-width": (0.314, 0.019),
    "face-width": (0.814, 0.040),
}
"""Mean and standard deviation among the heads of the bank."""

BROWS, LIDS = ((105, 159), (334, 386), (66, 158), (296, 385)), ((159, 145), (386, 374))
CORNERS, EYES, FACE, HEIGHT = ((33, 133), (362, 263)), (33, 263), (234, 454), (10, 152)
LIPS, NOSE = ((0, 13), (14, 17)), (129, 358)


def seen_features(landmarks: Float32) -> dict[str, float]:
    """Standard deviations from the mean of heads, by attribute.

    Args:
        landmarks: (478, 3) pixels.
    """
    points = np.asarray(landmarks, np.float64)[:, :2]

    def far(*pairs: tuple[int, int]) -> float:
        return float(np.mean([np.linalg.norm(points[a] - points[b]) for a, b in pairs]))

    eyes, width = far(EYES), far(FACE)
    found = {
        "brow-height": far(*BROWS) / eyes,
        "eye-openness": far(*LIDS) / far(*CORNERS),
        "eye-size": far(*LIDS) / width,
        "lip-fullness": 2 * far(*LIPS) / eyes,
        "nose-width": far(NOSE) / width,
        "face-width": width / far(HEIGHT),
    }
    return {name: (value - USUAL[name][0]) / USUAL[name][1] for name, value in found.items()}
