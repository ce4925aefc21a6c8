"""Values are spread as Laplace's equation says."""

from __future__ import annotations

import numpy as np

from mien.compose.harmonic import harmonic


def test_a_slope_goes_on_through_what_is_not_known() -> None:
    ys, xs = np.mgrid[:90, :120].astype(np.float32)
    away = np.hypot(xs - 60, ys - 45)
    values = np.dstack([xs, ys, 2 * xs - ys]).astype(np.float32)
    found = harmonic(values, (away > 33) & (away < 38), away < 30)
    assert np.abs(found - values)[away < 30].max() < 3


def test_what_is_fixed_stays_and_lies_between_the_extremes() -> None:
    values = np.random.default_rng(0).uniform(-50, 50, (40, 60, 2)).astype(np.float32)
    fixed = np.zeros((40, 60), np.bool_)
    fixed[:, :6] = fixed[:, -6:] = True
    found = harmonic(values, fixed, ~fixed)
    np.testing.assert_allclose(found[fixed], values[fixed], atol=1e-4)
    assert found.min() >= values[fixed].min() - 1e-3 and found.max() <= values[fixed].max() + 1e-3


def test_nothing_that_is_known_makes_nothing() -> None:
    none = np.zeros((20, 20), np.bool_)
    assert not harmonic(np.ones((20, 20, 3), np.float32), none, ~none).any()
