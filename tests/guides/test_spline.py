from __future__ import annotations

import numpy as np

from mien.guides.spline import Spline, folds, look_up


def test_a_spline_goes_through_its_points_and_is_exact_for_affine_maps() -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 1000, (40, 2))
    offsets = rng.normal(0, 5, (40, 2))
    np.testing.assert_allclose(Spline.fit(places, offsets)(places), offsets, atol=1e-6)
    affine = places @ np.array([[0.1, -0.2], [0.05, 0.3]]) + (3, -4)
    elsewhere = rng.uniform(-500, 1500, (100, 2))
    found = Spline.fit(places, affine)(elsewhere)
    np.testing.assert_allclose(found, elsewhere @ np.array([[0.1, -0.2], [0.05, 0.3]]) + (3, -4), atol=1e-6)


def test_the_field_agrees_with_the_spline_at_pixel_centres() -> None:
    rng = np.random.default_rng(1)
    spline = Spline.fit(rng.uniform(0, 400, (12, 2)), rng.normal(0, 2, (12, 2)))
    field = spline.field((30, 50, 330, 250))
    ys, xs = np.mgrid[80:230:7, 60:300:11]
    exact = spline(np.stack([xs.ravel() + 0.5, ys.ravel() + 0.5], 1))
    np.testing.assert_allclose(field[ys.ravel() - 50, xs.ravel() - 30], exact, atol=0.05)


def test_no_offset_gives_the_very_same_samples() -> None:
    rng = np.random.default_rng(2)
    for dtype, channels in ((np.uint8, 3), (np.uint16, 1)):
        picture = rng.integers(0, np.iinfo(dtype).max, (60, 80, channels), dtype)
        part = look_up(picture, np.zeros((20, 30, 2), np.float32), (11, 7))
        np.testing.assert_array_equal(part, picture[7:27, 11:41])


def test_folds_are_seen() -> None:
    ys, xs = np.mgrid[:50, :50].astype(np.float32)
    assert not folds(np.dstack([0.3 * xs, -0.5 * ys]))
    assert folds(np.dstack([-1.2 * xs, 0 * ys]))
