"""How longer hair hangs on one side of a head: where its strands begin, run and end.

Between the inner and the outer edge of wished hair strands run side by side. At their roots the edges are those of the
old hair, farther down those of the wish, evened, so that no strand bends at once.

Convention:
    That of :mod:`mien.guides.scene`. Columns are counted from the head's middle outwards; v goes down from the roots,
    in units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.errors import LayerError
from mien.guides.scene import Scene
from mien.types import Bool, Float64

WIDTH, LESS = 0.12, 0.4
"""Units of old hair in a row, and share of its widest beside the face, down to which a side's hair goes."""

ABOVE, HIGHEST = 0.55, 0.75
"""Units above the lowest old hair at which strands begin, and above the eyes up to which that may be."""

HIGHER = 0.6
"""Units above the roots from which some strands come."""

LATER = 0.9
"""Units below the roots in which edges become the wished ones."""

OUTWARD, INWARD, CLOSING = (1.6, 0.42), (0.28, 0.4), 0.2
"""How fast the inner edge and the outer one move away from the middle, and toward it, columns a row; and the inner one
away from it down to a little below the eyes."""

EVEN, CLOSE = 0.22, 0.06
"""Units over which edges are evened, and over which the outer one is once more."""

STILL = 0.2
"""Units below the roots in which hair is no wider than the old."""

LEAST = 0.12
"""Units that hair is wide at least."""

NEAR, LINE, BEYOND = 0.55, 0.12, 0.6
"""Units above the lowest wished hair in which columns tell where hair ends, over which that is evened, and below the
scene to which hair goes on that it cuts off."""


@dataclass(frozen=True, eq=False)
class Flow:
    """Attributes:
    way: -1 left of the middle, 1 right of it.
    middle: column of the scene.
    root, low: rows at which strands begin, and of the lowest old hair.
    rows: (R,) rows of the scene from a little above the roots on.
    inner, outer: (R,) columns of the edges.
    line: (C,) row at which strands of each column end.
    """

    way: int
    middle: int
    root: float
    low: float
    rows: Float64
    inner: Float64
    outer: Float64
    line: Float64

    @classmethod
    def of(cls, here: Scene, hair: Bool, wished: Bool, way: int) -> Flow:
        """One side of a scene.

        Args:
            here: any scene.
            hair, wished: (h, w) old hair without beard, and where hair is to be.
            way: as above.

        Raises:
            LayerError: there is no old hair or no wished hair on that side.
        """
        middle = _middle(here)
        old, new = (aside(one, middle, way) for one in (hair, wished))
        root, low = _roots(here, old)
        top = max(0, round(root - HIGHER * here.unit))
        rows = np.arange(top, here.shape[0], dtype=np.float64)
        if not new[round(root) :].any() or not old[top : round(low) + 1].any():
            raise LayerError("There is no hair beside this face that longer hair could go on from.")
        eyes = float(here.points[[33, 263], 1].mean()) + 0.3 * here.unit
        inner, outer = _edges(old[top:], new[top:], rows, root, low, here.unit, eyes)
        return cls(way, middle, root, low, rows, inner, outer, _line(new, here.unit))

    @property
    def first(self) -> int:
        """The row at which it begins."""
        return int(self.rows[0])

    def columns(self, width: int) -> tuple[int, int]:
        """Columns of a scene so wide, from and to, that are on this side."""
        return (0, self.middle) if self.way < 0 else (self.middle, width)

    def ends(self, columns: Any) -> Float64:
        """The row at which strands end at columns from the middle."""
        return np.asarray(np.interp(columns, np.arange(len(self.line)), self.line), np.float64)


def ends_of(here: Scene, hair: Bool, way: int) -> float:
    """The row in which a side's old hair (h, w) ends, but for wisps; high up where there is none."""
    return _roots(here, aside(hair, _middle(here), way))[1]


def _middle(here: Scene) -> int:
    return int(np.clip(here.points[[4, 152, 10], 0].mean(), 2, here.shape[1] - 3))


def aside(plane: Any, middle: int, way: int) -> Any:
    """The part of a map (h, w) on one side, from the middle outwards."""
    return plane[:, middle:] if way > 0 else plane[:, :middle][:, ::-1]


def _roots(here: Scene, old: Bool) -> tuple[float, float]:
    """Rows at which strands begin, and of the lowest old hair (h, c)."""
    unit, eyes = here.unit, float(here.points[[33, 263], 1].mean())
    wide = old.sum(1)
    beside = wide[max(0, round(eyes - 0.3 * unit)) : max(1, round(float(here.points[152, 1])))]
    found = np.flatnonzero(wide > max(WIDTH * unit, LESS * float(beside.max(initial=0))))
    low = float(found[-1]) if found.size else eyes - 0.6 * unit
    return max(low - ABOVE * unit, eyes - HIGHEST * unit, 0.0), low


def _edges(
    old: Bool, new: Bool, rows: Float64, root: float, low: float, unit: float, level: float
) -> tuple[Float64, Float64]:
    """(R,) columns of the inner and the outer edge."""
    share = np.clip((rows - root) / (LATER * unit), 0, 1)
    share = share * share * (3 - 2 * share)
    (old_in, old_out), (new_in, new_out) = (_ends(one) for one in (old, new))
    first = _filled(np.where(rows <= root, old_in, np.nan), old_in)
    inner = first + share * (_filled(new_in, first) - first)
    upper = max(1, int(np.searchsorted(rows, level)))  # above it no strand comes from a fringe, across the face
    inner[:upper] = -_held(-inner[:upper][::-1], CLOSING, np.inf)[::-1]
    inner = _evened(_held(inner, OUTWARD[0], INWARD[0]), EVEN * unit)
    own = _filled(np.where(rows <= low, old_out, np.nan), old_out)
    outer = own + share * (_filled(new_out, own) - own)
    reach = np.where(np.isfinite(old_out), old_out - 0.02 * unit, 0)
    outer = _evened(_held(np.where(rows < low, np.maximum(outer, reach), outer), OUTWARD[1], INWARD[1]), EVEN * unit)
    start = root + STILL * unit
    wide = np.maximum(np.interp(start, rows, own) + OUTWARD[1] * (rows - start), reach)
    outer = np.where(rows < start, np.minimum(outer, own - 0.01 * unit), outer)
    outer = np.where((rows >= start) & (rows < low), np.minimum(outer, wide), outer)
    return inner, np.maximum(_evened(outer, CLOSE * unit), inner + LEAST * unit)


def _line(new: Bool, unit: float) -> Float64:
    """(c,) the row at which wished hair (h, c) ends, by columns near the lowest."""
    height, columns = len(new), np.arange(new.shape[1])
    lowest = np.where(new.any(0), height - 1 - new[::-1].argmax(0), -1).astype(np.float64)
    known = lowest > lowest.max() - NEAR * unit
    line = _evened(np.interp(columns, columns[known], lowest[known]), LINE * unit)
    cut = np.where(line >= height - 4, height + BEYOND * unit, line)
    return _evened(cut, 0.8 * LINE * unit)


def _ends(hair: Bool) -> tuple[Float64, Float64]:
    """(R,) first and last columns of hair (R, c), NaN where there is none."""
    some = hair.sum(1) > 3
    last = hair.shape[1] - hair[:, ::-1].argmax(1)
    return np.where(some, hair.argmax(1), np.nan), np.where(some, last, np.nan)


def _filled(values: Float64, other: Float64) -> Float64:
    """Values that go on where there are none; another's where there are none at all."""
    known = np.isfinite(values)
    if not known.any():
        values, known = other, np.isfinite(other)
    at = np.arange(len(values))
    return np.asarray(np.interp(at, at[known], values[known]) if known.any() else np.zeros(len(values)), np.float64)


def _held(values: Float64, more: float, less: float) -> Float64:
    """Values that rise and fall by so much a row at most."""
    found = values.copy()
    for n in range(1, len(found)):
        found[n] = min(max(found[n], found[n - 1] - less), found[n - 1] + more)
    return found


def _evened(values: Float64, sigma: float) -> Float64:
    soft = cv2.GaussianBlur(values[None].astype(np.float64), (0, 0), max(sigma, 0.5), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft[0], np.float64)
