"""The parts of two scenes that an exchange of hair needs: the rest costs time and changes nothing.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.hair.fit import GROWTHS, LONGER, skulls
from mien.guides.hair.line import RAISED
from mien.guides.scene import Scene
from mien.types import Float32, Float64

FAINT = 0.03
"""Values of a matte from which there is hair."""

ASIDE, BELOW, ABOVE = 0.85, 1.25, 0.5
"""Units around the other's hair that tell where it ends, and whether its photo cuts it off."""

SHADE, PATCHES = 0.4, 1.0
"""Units around new hair that its shadow needs, and around old hair from which a backdrop is continued."""


def close_to(here: Scene, there: Scene) -> tuple[Scene, Scene]:
    """Both scenes around what is hair in one of them, and around both faces."""
    oval = list(mesh.OUTLINE)
    x0, y0, x1, y1 = _around(there.hair, there.points[oval, :2])
    turn, middle, centre = skulls(here, there)
    low = y1 + (LONGER * there.unit if y1 >= there.shape[0] - 1 else 0)
    corners = np.array([(x, y) for x in (x0, x1) for y in (y0, low)])
    by = (SHADE + RAISED) * here.unit
    places = middle + GROWTHS[-1] * (corners - centre) @ np.linalg.inv(turn).T
    mine = _around(here.loose, here.points[oval, :2])
    reach = PATCHES * here.unit
    found = np.concatenate([places.min(0) - by, places.max(0) + by])
    wide = np.array([mine[0] - reach, mine[1] - reach, mine[2] + reach, mine[3] + reach])
    both = np.concatenate([np.minimum(found[:2], wide[:2]), np.maximum(found[2:], wide[2:])])
    u = there.unit
    return here.cut(both.tolist()), there.cut((x0 - ASIDE * u, y0 - ABOVE * u, x1 + ASIDE * u, y1 + BELOW * u))


def _around(plane: Float32, points: Float64) -> tuple[float, float, float, float]:
    """Where a map is not 0, and points (N, 2): x0, y0, x1, y1."""
    x, y, width, height = cv2.boundingRect((plane > FAINT).astype(np.uint8))
    low, high = points.min(0), points.max(0)
    if not width:
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    return min(x, low[0]), min(y, low[1]), max(x + width, high[0]), max(y + height, high[1])
