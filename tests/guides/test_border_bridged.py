"""A face's border below what hides it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.hidden.border_bridged import bridged
from mien.types import Bool, Float32


def _disc(radius: float) -> Bool:
    ys, xs = np.mgrid[:240, :240] + 0.5
    return np.asarray(np.hypot(xs - 120, ys - 120) < radius)


def _signed(area: Bool) -> Float32:
    inside, outside = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) for one in (area, ~area))
    return np.asarray(inside - outside, np.float32)


def _outline(radius: float) -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    return 120 + radius * np.stack([np.cos(turns), np.sin(turns)], -1)


@pytest.mark.parametrize("off", [-6.0, 0.0, 6.0])
def test_a_border_goes_on_as_far_off_the_outline_as_it_is_seen(off: float) -> None:
    ys, xs = np.mgrid[:240, :240] + 0.5
    here = np.hypot(xs - 200, ys - 120) < 30
    found = bridged(_outline(80), _signed(_disc(80)), _disc(80 + off) & ~here, here, (0, 0, 240, 240), 120.0)
    assert found is not None
    missed = (found > 0) != _disc(80 + off)
    assert (missed & here).sum() < 60  # a pixel along 60


def test_nothing_is_said_where_no_border_is_seen() -> None:
    ys, xs = np.mgrid[:240, :240] + 0.5
    here = np.hypot(xs - 200, ys - 120) < 30
    nothing = np.zeros((240, 240), np.bool_)
    assert bridged(_outline(80), _signed(_disc(80)), nothing, here, (0, 0, 240, 240), 120.0) is None
