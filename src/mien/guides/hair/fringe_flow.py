"""How a fringe falls: as this hair runs above the forehead, and more and more straight down.

    dx/dy = (x - m) / (y - o) + (1 - f(y)) tan(lean(x))      a fan from o above the forehead, and the lean of this hair

Convention:
    That of :mod:`mien.guides.hair.fringe`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.hair.fringe import Forehead, flat_places
from mien.guides.hair.straightened import light_of, slopes
from mien.guides.scene import Scene
from mien.types import Float32, Float64

ABOVE, GROWN = 2.0, 0.65
"""Units above the hairline from which strands spread, and that they are long there."""

BAND, BESIDE = 0.45, 0.35
"""Units above the hairline in which this hair's direction is measured, and over which it is even."""

FLAT = 1.1
"""Angle from which strands run so far across that the side to which they lean is that of all of them."""

MOST, KEPT = 0.75, 0.45
"""Tangent of the lean at the hairline, at most, and share of it that is left at the ends."""

SPREAD = 0.25
"""By how much lean changes over a unit at most: where strands part more, none would be between them."""

TOP, STEP = 0.9, 0.01
"""Units above the hairline at which strands are told apart, and between the places at which they are followed."""

WIDEST = 2.0
"""Units from the middle up to which strands are followed."""


@dataclass(frozen=True, eq=False)
class Flow:
    """Attributes:
    across: (h, w) u of each pixel, units: the same along a strand.
    up: (h, w) units above the line where strands end.
    length: of strands, units.
    """

    across: Float64
    up: Float64
    length: float

    @classmethod
    def of(cls, here: Scene, front: Forehead, goal: Float64) -> Flow:
        """Strands that end at a line.

        Args:
            here: any scene.
            front: its forehead.
            goal: (COLUMNS,) y of the line.
        """
        high, middle, center = float(np.median(front.hairline)), float(np.median(goal)), float(front.across.mean())
        xs = center + np.arange(-WIDEST, WIDEST, STEP)
        ys = np.arange(high - TOP, float(goal.max()) + 0.4, STEP)
        lean = np.interp(xs, front.across, leans(here, front))
        fan = (xs - center) / (ys[:, None] - (high - ABOVE))
        fallen = np.clip((ys - high) / max(middle - high, 0.1), 0, 1)
        steep = fan + lean * (1 - (1 - KEPT) * fallen[:, None])
        across = np.empty_like(steep)
        across[0] = np.arctan2(xs - center, ABOVE - TOP) * (middle - high + ABOVE)
        for row in range(1, len(ys)):
            across[row] = np.interp(xs - steep[row] * STEP, xs, across[row - 1])
        flat = flat_places(here, front)
        x, y = (((flat[..., n] - start[0]) / STEP).astype(np.float32) for n, start in enumerate((xs, ys)))
        seen = [cv2.remap(p, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for p in (across, steep)]
        low = np.interp(flat[..., 0], front.across, goal)
        up = (low - flat[..., 1]) * np.sqrt(1 + np.minimum(seen[1], 1.5) ** 2)
        return cls(np.asarray(seen[0], np.float64), up, middle - high + GROWN)


def leans(here: Scene, front: Forehead) -> Float32:
    """(COLUMNS,): tangent of how far this hair runs to the right of straight down just above the hairline."""
    unit = here.unit
    sure = (here.hair > 0.9).astype(np.float32)
    turn = 2 * np.arctan2(front.axes[0, 1], front.axes[0, 0])
    rows = np.arange(-BAND, 0.02, 0.02)
    planes = [wide_blur(one * sure, 0.04 * unit) for one in slopes(light_of(here.picture), unit)]
    even, odd, total = (_above(front, one, rows) for one in planes)
    a, b = even * np.cos(turn) + odd * np.sin(turn), odd * np.cos(turn) - even * np.sin(turn)  # in face coordinates
    # slopes at an angle p of x are of strands that lean by -p from straight down
    angle, sure_of = 0.5 * np.arctan2(b, a), np.clip(2 * np.hypot(a, b) / np.maximum(total, 1e-6), 0, 1)
    side = -np.sign(b.sum()) or 1.0
    angle = np.where(np.abs(angle) > FLAT, -side * np.abs(angle), angle)  # strands across lean to the one side or both
    lean = np.clip(-np.tan(np.clip(angle, -1.4, 1.4)) * sure_of, -MOST, MOST)
    slope, mean = np.polyfit(front.across, lean, 1)
    middle = float(front.across.mean())
    level = np.clip(mean + slope * middle, -MOST, MOST)
    return np.asarray(level + np.clip(slope, -SPREAD, SPREAD) * (front.across - middle), np.float32)


def _above(front: Forehead, plane: Float32, rows: Float64) -> Float64:
    """(COLUMNS,): means of a map (h, w) over rows above the hairline, even from column to column."""
    seen = [front.seen(plane, line + rows)[:, n].mean() for n, line in enumerate(front.hairline)]
    wide = BESIDE / float(np.abs(np.diff(front.across)).mean())
    row = np.array(seen, np.float64)[None]
    return np.asarray(cv2.GaussianBlur(row, (0, 0), wide, borderType=cv2.BORDER_REFLECT)[0], np.float64)
