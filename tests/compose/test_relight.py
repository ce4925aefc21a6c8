from __future__ import annotations

import numpy as np
import pytest

from mien.compose.relight import LIMIT, relit
from mien.types import Bool, Float32, UInt8

SIDE = 128


@pytest.fixture
def area() -> Bool:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return (rows - 64) ** 2 + (columns - 64) ** 2 < 45**2


def flat(color: tuple[float, float, float]) -> Float32:
    return np.broadcast_to(np.float32(color), (SIDE, SIDE, 3)).copy()


def test_strands_of_the_photo_show_under_a_flat_color(area: Bool) -> None:
    photo = flat((80, 70, 60))
    photo[:, ::6] += 40
    lit = relit(flat((40, 60, 160)), photo, area)
    deep = np.zeros_like(area)
    deep[40:88, 40:88] = True
    stripes, between = lit[:, ::6][deep[:, ::6]], lit[:, 3::6][deep[:, 3::6]]
    assert stripes.mean(0)[2] > 1.2 * between.mean(0)[2]
    np.testing.assert_allclose(lit[deep].mean(0) / lit[deep].mean(0).sum(), np.float32([40, 60, 160]) / 260, atol=0.01)
    np.testing.assert_allclose(lit[deep].mean(0), (40, 60, 160), rtol=0.12)


def test_nothing_changes_outside_or_where_light_agrees(area: Bool, crop: UInt8) -> None:
    photo = crop.astype(np.float32)
    np.testing.assert_array_equal(relit(photo, photo, area), photo)
    made = relit(flat((200, 20, 20)), photo, area)
    np.testing.assert_array_equal(made[~area], flat((200, 20, 20))[~area])
    assert made.dtype == np.float32 and made.min() >= 0 and made.max() <= 255


def test_what_is_light_behind_the_border_does_not_glow(area: Bool) -> None:
    photo = np.where(area[..., None], flat((40, 35, 30)), flat((230, 230, 230)))
    grown = np.zeros_like(area)
    for dy in (-2, 0, 2):
        for dx in (-2, 0, 2):
            grown |= np.roll(area, (dy, dx), (0, 1))
    lit = relit(flat((220, 200, 120)), photo, grown)
    assert (lit[grown] / np.float32([220, 200, 120])).max() < LIMIT**0.75


def test_even_black_and_white_stay_within_the_limit(area: Bool) -> None:
    photo = flat((0, 0, 0))
    photo[::2] = 255
    lit = relit(flat((100, 100, 100)), photo, area)
    assert lit.min() >= 100 / LIMIT - 0.1 and lit.max() <= 100 * LIMIT + 0.1
