"""Lips as lines.

Convention:
    Lips are four lines from the left corner of the mouth to the right one: the outer border of the upper lip, its inner
    edge, the inner edge of the lower lip, its outer border. "Upright" places lie along and below the line of the eyes.
    A unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.align import mesh
from mien.types import Float64

STATIONS = 25
"""Places along a line."""

EVEN, CLOSED = 1.0, 2.0
"""Stations over which lines are smoothed, and the one on which lips meet: it ends in the corners without a kink."""

TOGETHER, PARTED = 0.035, 0.05
"""Units between drawn inner edges below which lips are drawn shut, and mean widths of the mouth between edges that are
seen from which on it is open."""

CALM = 0.35
"""Share of the width of a mouth that opened, at each corner, over which it goes more and more where it is drawn."""

_OUTER, _INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)
LINES = (_OUTER[:11], _INNER[:11], [_INNER[0], *_INNER[:9:-1]], [_OUTER[0], *_OUTER[:9:-1]])
"""Landmarks of the four lines."""


@dataclass(frozen=True, eq=False)
class LipLines:
    """Attributes:
    upright: (4, STATIONS, 2).
    turn: (2, 2), p_upright = turn · p.
    unit: pixels.
    """

    upright: Float64
    turn: Float64
    unit: float

    @property
    def points(self) -> Float64:
        """(4, STATIONS, 2) pixels."""
        return np.asarray(self.upright @ self.turn)

    @property
    def gap(self) -> Float64:
        """(STATIONS,) units between the inner edges."""
        return np.asarray((self.upright[2, :, 1] - self.upright[1, :, 1]) / self.unit)

    @property
    def width(self) -> float:
        """Units from corner to corner."""
        return float(np.ptp(self.upright[0, :, 0]) / self.unit)

    @property
    def opened(self) -> bool:
        """Whether something is seen between the lips."""
        return bool(self.gap.mean() > PARTED * self.width)

    @property
    def drawn_shut(self) -> bool:
        """Whether the inner edges are one line but for a trembling hand."""
        return bool(np.median(self.gap[STATIONS // 4 : -(STATIONS // 4)]) < TOGETHER)

    def outline(self, room: float) -> Float64:
        """(N, 2) pixels around the lips, with some units of room."""
        far, out = room * self.unit, self.upright.copy()
        out[0, :, 1] -= far
        out[3, :, 1] += far
        out[:, 0, 0] -= far
        out[:, -1, 0] += far
        return np.asarray(np.concatenate([out[0], out[3][::-1]]) @ self.turn)

    def toward(self, other: LipLines, share: Any) -> LipLines:
        """A share of the way to where others are."""
        return LipLines(self.upright + share * (other.upright - self.upright), self.turn, self.unit)

    def steady(self, other: LipLines) -> LipLines:
        """With corners where another's are, and what is beside them in between: a hand trembles."""
        t = (np.minimum(np.linspace(0, 1, STATIONS), np.linspace(1, 0, STATIONS)) / CALM).clip(0, 1)
        return other.toward(self, (t * t * (3 - 2 * t))[None, :, None])

    def met(self, share: float = 0.5) -> LipLines:
        """With both inner edges on the line at a share of the gap."""
        seam = smoothed(self.upright[1, :, 1] + share * (self.upright[2, :, 1] - self.upright[1, :, 1]), CLOSED)
        found = self.upright.copy()
        found[1, :, 1] = found[2, :, 1] = seam
        return LipLines(found, self.turn, self.unit)


def smoothed(values: Float64, over: float = EVEN) -> Float64:
    """(..., STATIONS), both ends as they are."""
    reach = np.arange(-4, 5)
    kernel = np.exp(-0.5 * (reach / over) ** 2)
    flat = np.atleast_2d(values)
    padded = np.concatenate([2 * flat[:, :1] - flat[:, 4:0:-1], flat, 2 * flat[:, -1:] - flat[:, -2:-6:-1]], 1)
    made = np.stack([np.convolve(one, kernel / kernel.sum(), "valid") for one in padded])
    return np.asarray(made.reshape(values.shape))
