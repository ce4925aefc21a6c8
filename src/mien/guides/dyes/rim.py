"""Light at the rim of hair, where it is thin and what lies behind shines through.

Convention:
    Mattes are (h, w) float32 in [0, 1], of a region, reduced if it is large.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.dyes.lift import within
from mien.types import Float32

REACH = 0.012
"""Longer sides of a region over which its rim is soft."""

ROOTS = 0.04
"""The same for hair whose lightness is changed: light of what lies behind is spread as far."""

EDGE = 0.35
"""Of that, how wide the edge is whose light is that of the hair just inside, which is often in shadow."""

CALM = 0.92
"""How far lighter colors of the rim come to those nearby."""

LOCKS = 0.6
"""How much of half a lock's width is rim at most: buns and locks are no roots."""

SHADED = 0.3
"""Standard deviations by which hair is darker at its rim than nearby: roots are, and thin hair."""


def shaded(maps: Float32, alpha: Float32, light: Float32, share: float = 1.0) -> None:
    """Makes hair's rim no lighter than the hair nearby, in maps (h, w, 4) of :mod:`mien.guides.dyes.lift`.

    ``light`` is L* (h, w) of the hair, ``share`` how much of that is done. What lies behind is never quite gone from
    its colors, and would be a bright line once dark hair is lifted.
    """
    away = cv2.distanceTransform((alpha > 0.9).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    away = np.minimum(away, np.float32(max(alpha.shape)))  # there may be no border
    reach = min(max(2.0, ROOTS * max(alpha.shape)), 0.6 * float(away.max()))
    spread = float(maps[..., 1][alpha > 0.5].std())
    for deep, darker in ((reach, SHADED * spread), (max(2.0, EDGE * reach), 0.0)):
        near, rim = _inner(maps[..., 1], away, deep)
        rim *= np.float32(share)
        broad = maps[..., 1]
        maps[..., 1] = broad + rim * (np.minimum(broad, near - darker * rim) - broad)
        inside = (alpha > 0.5).astype(np.float32)
        steep = within(light - maps[..., 0], inside, deep / 4)  # light that rises towards the border is no strand
        maps[..., 0] += rim * np.maximum(steep, 0)


def _inner(values: Float32, away: Float32, reach: float) -> tuple[Float32, Float32]:
    """Of values (h, w) those of the nearest place that is ``reach`` from the border, and 1 at the border to 0 there."""
    reaches = np.minimum(np.float32(reach), LOCKS * cv2.dilate(away, disc(reach)))
    inner = away >= np.minimum(reaches, away.max())
    _, nearest = cv2.distanceTransformWithLabels(
        (~inner).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    found = np.zeros(int(nearest.max()) + 1, np.float32)
    found[nearest[inner]] = within(values, inner.astype(np.float32), reach / 3)[inner]
    near = cv2.GaussianBlur(found[nearest], (0, 0), reach / 4)
    return np.asarray(near, np.float32), np.clip(1.4 - 1.4 * away / np.maximum(reaches, 1), 0, 1).astype(np.float32)


FAR = 0.01
"""How much colors of hair anywhere count: where the window of a blur ends, a step would be seen."""


def calmed(front: Float32, alpha: Float32) -> Float32:
    """Hair's colors (h, w, 3) whose rim is no lighter than hair nearby: skin or sky would be lifted with it."""
    soft = np.clip((0.985 - cv2.GaussianBlur(alpha, (0, 0), max(0.8, REACH * max(alpha.shape)))) / 0.2, 0, 1)
    near = _around(front, alpha, soft)
    lighter = np.clip((front - near).mean(2, keepdims=True) / 0.08, 0, 1)
    return np.asarray(front + CALM * soft[..., None] * lighter * (near - front), np.float32)


def _around(values: Float32, alpha: Float32, rim: Float32) -> Float32:
    """Means (h, w, 3) of what lies well within a region nearby, and away from its rim."""
    reach = max(4, round(max(alpha.shape) * 0.03))
    sure = cv2.erode((alpha > 0.97).astype(np.float32), disc(reach / 6))
    sure = sure + np.float32(1e-4) * alpha
    sure = sure * (1.02 - rim) ** 3
    total, share = (
        wide_blur(one, 2 * reach / 3) + FAR * wide_blur(one, 10 * reach) for one in (values * sure[..., None], sure)
    )
    return np.asarray(total / np.maximum(share, np.float32(1e-9))[..., None], np.float32)
