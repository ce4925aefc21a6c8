"""Lips as lines: as they are drawn, and made as they are drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.guides.mouths.lip_borders import seen_lips
from mien.guides.mouths.lip_color import without_inside
from mien.guides.mouths.lip_drawing import drawn_lips
from mien.guides.mouths.lip_lines import LipLines
from mien.guides.mouths.lip_relief import with_relief
from mien.guides.shapes import Shapes
from mien.types import Float64

OUTER, INNER = list(mesh.OUTER_LIPS), list(mesh.INNER_LIPS_CONTOUR)


def face(**strengths: float) -> Float64:
    """(478, 3) points of the mean face, moved, in a picture of 512 px."""
    shapes = Shapes.bundled()
    return 180 * (shapes.mean + shapes.displacement(strengths)) + (256, 150, 0)


def sketched(points: Float64, tremble: float = 0.0, thick: int = 2, seam: bool = True) -> Float64:
    """(N, 2) points of lines."""
    lines, rng = np.zeros((512, 512), np.uint8), np.random.default_rng(1)
    for contour in (OUTER, INNER) if seam else (OUTER,):
        places = points[contour, :2] + rng.normal(0, tremble, (len(contour), 2))
        cv2.polylines(lines, [np.round(16 * places).astype(np.int32)], True, 1, thick, cv2.LINE_8, 4)
    return np.argwhere(lines)[:, ::-1] + 0.5


def parted(by: float) -> Float64:
    """The mean face with lips that are apart by some pixels."""
    points = face()
    for above, below in zip(INNER[1:10], INNER[:10:-1], strict=True):
        middle, room = (points[above] + points[below]) / 2, by / 2
        points[above, 1], points[below, 1] = middle[1] - room, middle[1] + room
    return points


@pytest.mark.parametrize(("tremble", "thick"), [(0.0, 1), (1.0, 2), (1.0, 3)])
def test_lips_are_read_as_they_are_drawn(tremble: float, thick: int) -> None:
    wished = face(**{"lip-fullness": 2.0, "mouth-width": 1.0})
    for above, below in zip(INNER[1:10], INNER[:10:-1], strict=True):
        wished[above] = wished[below] = (wished[above] + wished[below]) / 2
    found, goal = drawn_lips(sketched(wished, tremble, thick), seen_lips(face(), None)), seen_lips(wished, None)
    assert found is not None and found.drawn_shut
    assert found.width == pytest.approx(goal.width, rel=0.04)
    heights = [float((one.upright[3, :, 1] - one.upright[0, :, 1])[6:-6].mean()) for one in (found, goal)]
    assert heights[0] == pytest.approx(heights[1], rel=0.08)


def test_lips_that_are_drawn_apart_are_no_shut_ones_and_half_a_drawing_is_none() -> None:
    seen = seen_lips(face(), None)
    found = drawn_lips(sketched(parted(18)), seen)
    assert found is not None and not found.drawn_shut and found.opened
    assert float(found.gap.max()) == pytest.approx(18 / seen.unit, rel=0.25)
    lines = sketched(parted(0))
    assert drawn_lips(lines[lines[:, 0] < 250], seen) is None
    assert drawn_lips(lines + (0, 90), seen) is None and drawn_lips(lines[:0], seen) is None


def test_an_outline_alone_leaves_lips_apart_as_they_are() -> None:
    seen = seen_lips(parted(18), None)
    found = drawn_lips(sketched(face(**{"mouth-width": 1.0}), seam=False), seen)
    assert found is not None and found.gap.max() > 0.05 and not np.isnan(found.upright).any()


def test_nothing_of_the_inside_of_a_mouth_is_left() -> None:
    lips = seen_lips(parted(24), None)
    picture = np.full((512, 512, 3), (190, 90, 80), np.uint8)
    cv2.fillPoly(
        picture, [np.round(np.concatenate([lips.points[1], lips.points[2][::-1]])).astype(np.int32)], (255,) * 3
    )
    made = without_inside(picture, lips, (0, 0, 512, 512))
    assert int(np.abs(made.astype(int) - (190, 90, 80)).max()) <= 2
    met = lips.met(0.3)
    assert isinstance(met, LipLines) and met.drawn_shut and not met.opened


@pytest.mark.parametrize("channels", [1, 3])
def test_shut_lips_have_relief(channels: int) -> None:
    lips, box = seen_lips(face(), None).met(), (150, 150, 362, 362)
    flat = np.full((212, 212, channels), 120.0, np.float32)
    made = with_relief(flat, lips, box)
    middle = lips.points[:, 12] - box[:2]
    x = int(middle[1, 0])
    upper, lower = (int(middle[1, 1] + share * (middle[to, 1] - middle[1, 1])) for share, to in ((0.5, 0), (0.6, 3)))
    assert made.shape == flat.shape
    assert made[upper, x].mean() < 114 < 126 < made[lower, x].mean()
    assert channels == 1 or made[upper, x, 0] > made[upper, x, 1] + 5  # and redder
    assert np.abs(made[:20] - 120).max() < 0.01
