from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.seam import harmonise
from mien.types import Bool, Float32, UInt8


def area_of(kind: str, side: int = 128) -> Bool:
    area = np.zeros((side, side), np.uint8)
    if kind == "square":
        area[30:100, 20:90] = 1
    elif kind == "eye":
        cv2.ellipse(area, (46, 60), (12, 7), 0, 0, 360, 1, -1)
    elif kind == "disc":
        cv2.circle(area, (64, 64), 40, 1, -1)
    else:
        area[50:] = 1
    return area > 0


def jump(picture: Float32, photo: Float32, area: Bool) -> float:
    """Mean difference of color just inside the border, in levels."""
    rim = area & (cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5) <= 2)
    return float(np.abs((picture - photo)[rim].mean(0)).max())


@pytest.mark.parametrize("kind", ["square", "disc", "half"])
@pytest.mark.parametrize("shift", [(12, -6, 9), (-15, -15, -15)])
def test_a_shift_of_color_leaves_no_seam(crop: UInt8, kind: str, shift: tuple[int, int, int]) -> None:
    photo = crop.astype(np.float32).clip(30, 225)
    area = area_of(kind)
    painted = photo + np.array(shift, np.float32)
    before, after = jump(painted, photo, area), jump(harmonise(painted, photo, area), photo, area)
    assert after < 0.35 * before


@pytest.mark.parametrize("kind", ["square", "disc", "half"])
def test_a_network_that_copies_what_it_sees_leaves_no_seam_either(crop: UInt8, kind: str) -> None:
    photo, area = crop.astype(np.float32).clip(30, 225), area_of(kind)
    painted = np.where(area[..., None], photo + np.float32([7, -8, 6]), photo)
    before, after = jump(painted, photo, area), jump(harmonise(painted, photo, area), photo, area)
    assert after < 0.8 * before


def test_deep_inside_the_painted_picture_stays(crop: UInt8) -> None:
    photo = crop.astype(np.float32).clip(30, 225)
    matched = harmonise(photo + 12, photo, area_of("half"))
    assert np.abs(matched[-4:] - photo[-4:] - 12).max() < 1


def test_what_agrees_or_disagrees_altogether_is_left_alone(crop: UInt8) -> None:
    photo, area = crop.astype(np.float32), area_of("disc")
    for kind in ("disc", "eye", "half"):  # photos have steps of their own
        moved = np.abs(harmonise(photo, photo, area_of(kind)) - photo)[area_of(kind)]
        assert moved.mean() < 1.5 and moved.max() < 8
    flat = np.broadcast_to(np.float32([90, 120, 60]), photo.shape)
    np.testing.assert_allclose(harmonise(flat, flat, area), flat, atol=1e-3)
    other = np.where(photo < 128, photo + 120, photo - 120).astype(np.float32)
    assert np.abs(harmonise(other, photo, area) - other)[area].mean() < 12
    everything = np.ones_like(area)
    np.testing.assert_array_equal(harmonise(other, photo, everything), other)


def test_the_result_stays_within_range(crop: UInt8) -> None:
    photo, area = crop.astype(np.float32), area_of("square")
    matched = harmonise(np.full_like(photo, 255), np.zeros_like(photo), area)
    assert matched.dtype == np.float32 and matched.min() >= 0 and matched.max() <= 255
