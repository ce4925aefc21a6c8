"""How far two heads differ in what is drawn of them: outlines, where hair is, its hairline and its length.

Legend: D side of the square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.align import mesh
from mien.conditions.labels import INDEX
from mien.types import Bool, Float32, Float64, UInt8

COLUMNS = np.linspace(0.05, 0.95, 7)
"""Where hairlines are measured, between the outer corners of the eyes."""

BARE = 1.6
"""Height of a hairline that is nowhere, eye distances."""

LINE, LENGTH, MOST = (0.12, 0.25), (0.08, 0.2), 2.0
"""Differences of hairlines, eye distances, and of lengths, shares of areas, that are not seen yet, and what each cost
adds to them; and the most of these."""

UNLIKE, USUAL = (7.0, 8.0, 37.0, 12.0), -5.9
"""Logarithms of the odds that readers see another map than the one wanted, for each eye distance of a hairline, the
share of half of an area that hair is longer or shorter, the share of a picture that ears are, and that of a person
which only one of both maps has, fitted to 160 finished faces (area below the curve 0.88); and of no difference."""


@dataclass(frozen=True, eq=False)
class HairOutline:
    """Attributes:
    line: (7,) heights of the hairline above the eyes, in distances of their outer corners; 0 where hair covers them.
    sides: (2, 2) shares of the left and the right half that are hair, beside the face from eyes to lips, and below.
    """

    line: Float64
    sides: Float64

    @classmethod
    def of(cls, hair: Float32, points: Float32 | Float64) -> HairOutline:
        """Of hair (D, D), 0 to 1, and landmarks (478, 2 or 3) in sides of the square."""
        size = len(hair)
        here = points[:, :2].astype(np.float64) * size
        first, last = (here[one] for one in mesh.OUTER_EYE_CORNERS)
        across = float(np.linalg.norm(last - first))
        lips = here[list(mesh.INNER_LIPS[0])].mean(0)
        eyes, mouth = (int(np.clip(y, 0, size - 2)) for y in ((first[1] + last[1]) / 2, lips[1]))
        return cls(
            np.array([_height(hair, first + (last - first) * one, across) for one in COLUMNS]),
            np.array([_halves(hair[eyes : max(mouth, eyes + 1)], here[1, 0]), _halves(hair[mouth:], lips[0])]),
        )

    def line_cost(self, other: HairOutline) -> float:
        """How much another hairline is seen to differ, 0 to :data:`MOST`."""
        away = float(np.abs(self.line - other.line).mean())
        return float(np.clip((away - LINE[0]) / LINE[1], 0, MOST))

    def length_cost(self, other: HairOutline) -> float:
        """How much longer or shorter another's hair is seen to be, 0 to :data:`MOST`."""
        away = float(np.abs(self.sides - other.sides).max(0).mean())
        return float(np.clip((away - LENGTH[0]) / LENGTH[1], 0, MOST))


def unlike(wanted: UInt8, shown: UInt8, points: Float32 | Float64) -> float:
    """How surely readers see that a face follows another map than the wanted one: 0 at no difference, 0.7 at even odds.

    Args:
        wanted, shown: (D, D) labels.
        points: (478, 2 or 3) landmarks in sides of the square.
    """
    here, there = (_named(one, ("hair", "hat")).astype(np.float32) for one in (wanted, shown))
    first, second = (HairOutline.of(one, points) for one in (here, there))
    middle = len(wanted) // 2
    ears = [_named(one, ("left_ear", "right_ear", "earring")) for one in (wanted, shown)]
    bare = sum(abs(int(a.sum()) - int(b.sum())) for a, b in zip(*(np.split(e, [middle], 1) for e in ears), strict=True))
    either, both = ((wanted > 0) | (shown > 0)).sum(), ((wanted > 0) & (shown > 0)).sum()
    away = np.abs(first.line - second.line).mean(), np.abs(first.sides - second.sides).max()
    differences = np.array([*away, bare / wanted.size, 1 - both / max(1, either)])
    return float(np.logaddexp(0, differences @ UNLIKE + USUAL))


def _named(labels: UInt8, names: tuple[str, ...]) -> Bool:
    return np.isin(labels, [INDEX[name] for name in names])


def shape_difference(points: Any, other: Any) -> float:
    """Mean distance of outlines and features, eye distances, after the best similarity."""
    chosen = [*mesh.OUTLINE, *mesh.NOSE_LINE, *mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR]
    here, there = (np.asarray(one, np.float64)[chosen, :2] for one in (points, other))
    here, there = here - here.mean(0), there - there.mean(0)
    a, b = (one @ (1, 1j) for one in (here, there))
    fitted = b * (np.vdot(b, a) / np.vdot(b, b))
    eyes = np.linalg.norm(np.subtract(*(np.asarray(points)[one, :2] for one in mesh.OUTER_EYE_CORNERS)))
    return float(np.abs(fitted - a).mean() / eyes)


def beyond(wanted: Float32, hair: Float32) -> float:
    """Hair where none is wanted, against what is: over ears, on shoulders, above a head."""
    return float(np.maximum(hair - wanted, 0).sum() / (wanted.sum() + 1e-6))


def overlap(wanted: Float32, hair: Float32) -> float:
    """Where both have hair, against where either has."""
    return float(np.minimum(wanted, hair).sum() / (np.maximum(wanted, hair).sum() + 1e-6))


def _height(hair: Float32, place: Float64, across: float) -> float:
    """From a place (x, y) upwards to hair, over a distance."""
    column = hair[: max(1, int(place[1])), int(np.clip(place[0], 0, len(hair) - 1))][::-1] > 0.5
    found = np.flatnonzero(column)
    return min(BARE, float(found[0]) / across) if len(found) else BARE


def _halves(rows: Float32, middle: float) -> list[float]:
    """Hair (h, D) left and right of a column, as shares of half of the area."""
    at = int(np.clip(middle, 1, rows.shape[1] - 1))
    return [float(one.sum()) / (rows.size / 2) for one in (rows[:, :at], rows[:, at:])]
