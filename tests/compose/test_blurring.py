"""Wide blurs and large discs cost less, and give what OpenCV's own give."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.compose.blurring import gaussian
from mien.compose.morphology import disc, grown, shrunk


@pytest.mark.parametrize("sigma", [2.0, 9.0, 33.0])
@pytest.mark.parametrize("shape", [(211, 160), (160, 211, 3), (9, 9)])
def test_a_wide_blur_is_that_of_opencv_to_a_few_thousandths(sigma: float, shape: tuple[int, ...]) -> None:
    picture = np.zeros(shape, np.float32)
    picture[shape[0] // 3 :, shape[1] // 2 :] = 255
    plain = cv2.GaussianBlur(picture, (0, 0), sigma)
    made = gaussian(picture, sigma)
    inner = np.s_[shape[0] // 8 : -shape[0] // 8, shape[1] // 8 : -shape[1] // 8]
    assert made.shape == shape and made.dtype == np.float32
    assert np.abs(made - plain)[inner].max() <= (255 * 0.004 if min(shape[:2]) > 100 and sigma < 20 else 255 * 0.02)


@pytest.mark.parametrize("radius", [3.0, 12.0, 31.4])
def test_areas_grow_and_shrink_by_discs(radius: float) -> None:
    area = np.zeros((150, 170), np.bool_)
    cv2.fillPoly(area.view(np.uint8), [np.array([[20, 60], [110, 50], [150, 150], [60, 110]])], 1)
    for made, how in ((grown(area, radius), cv2.dilate), (shrunk(area, radius), cv2.erode)):
        less, same, more = (how(area.astype(np.uint8), disc(radius + step)) > 0 for step in (-1, 0, 1))
        assert (made == same).mean() > 0.995
        assert not (made & ~(less | more)).any() and not (less & more & ~made).any()
    none = np.zeros_like(area)
    assert not grown(none, radius).any() and shrunk(~none, radius).all()
