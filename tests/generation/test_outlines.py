"""Hairlines and lengths of hair."""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.conditions.labels import INDEX
from mien.generation.outlines import BARE, HairOutline, unlike
from mien.types import UInt8


def outline(line: int, left: int = 20, right: int = 20) -> HairOutline:
    """Of hair (64, 64) down to rows of the forehead, and on the left and the right."""
    hair = np.zeros((64, 64), np.float32)
    hair[:line] = hair[:left, :16] = hair[:right, 48:] = 1
    points = np.full((478, 3), 0.5, np.float32)
    first, last = mesh.OUTER_EYE_CORNERS
    points[first], points[last] = (0.34, 0.5, 0), (0.66, 0.5, 0)
    points[list(mesh.INNER_LIPS[0])] = (0.5, 0.75, 0)
    return HairOutline.of(hair, points)


def test_hairlines_are_measured_from_the_eyes() -> None:
    high, low, none = outline(10), outline(28), outline(0)
    assert (high.line > low.line).all() and none.line[3] == BARE
    assert high.line_cost(high) == 0 < high.line_cost(low) <= none.line_cost(low)
    assert high.length_cost(low) == 0


def test_lengths_are_of_both_sides() -> None:
    short, one, both = outline(10), outline(10, left=64), outline(10, 64, 64)
    assert short.length_cost(short) == 0 < short.length_cost(one) < short.length_cost(both)
    assert np.allclose(one.sides[:, 1], 0) and (both.sides > 0.4).all()
    assert short.line_cost(one) == 0


def labels(line: int, right: int = 20, ear: str = "right_ear") -> UInt8:
    """A head (64, 64) with hair down to rows of the forehead and on the right, and one ear."""
    drawn = np.full((64, 64), INDEX["skin"], np.uint8)
    drawn[:, 48:] = 0
    drawn[:line] = drawn[:right, 48:] = INDEX["hair"]
    drawn[28:38, 44:48] = INDEX[ear]
    return drawn


def test_readers_see_another_hairline_length_or_ear() -> None:
    points = np.full((478, 3), 0.5, np.float32)
    first, last = mesh.OUTER_EYE_CORNERS
    points[first], points[last] = (0.34, 0.5, 0), (0.66, 0.5, 0)
    points[list(mesh.INNER_LIPS[0])] = (0.5, 0.75, 0)
    same = unlike(labels(12), labels(12), points)
    others = labels(28), labels(12, right=60), labels(12, ear="skin")
    assert 0 < same < 0.01
    assert all(unlike(labels(12), one, points) > 1.2 * same for one in others)
    assert unlike(labels(12), labels(28, right=60), points) > unlike(labels(12), labels(28), points)
