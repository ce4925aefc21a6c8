from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mien.data import Picture, Sampler, balanced_weights
from mien.errors import DataError


@pytest.mark.parametrize("n", [1, 3, 7, 1830])
def test_equal_weights_show_every_picture_once_per_epoch(n: int) -> None:
    sampler = Sampler(np.full(n, 0.3), seed=n)
    first, second = sampler.draw(n), sampler.draw(n)
    assert sorted(first) == sorted(second) == list(range(n))
    assert n < 7 or first != second


def test_counts_follow_the_weights_up_to_rounding() -> None:
    weights = np.random.default_rng(0).uniform(0.1, 5.0, 50)
    sampler = Sampler(weights)
    for _ in range(3):
        counts = Counter(sampler.draw(50))
        expected = weights / weights.sum() * 50
        assert all(abs(counts[i] - expected[i]) < 1 for i in range(50))


def test_resuming_continues_the_sequence() -> None:
    whole = Sampler(np.arange(1.0, 8.0), seed=4)
    everything = whole.draw(40)
    halves = Sampler(np.arange(1.0, 8.0), seed=4)
    first = halves.draw(17)
    other = Sampler(np.arange(1.0, 8.0), seed=0)
    other.load_state_dict(halves.state_dict())
    assert first + other.draw(23) == everything


def test_balancing_evens_out_groups() -> None:
    fields = [{"g": "many"}] * 90 + [{"g": "few"}] * 10
    pictures = [Picture(str(i), bytes, f) for i, f in enumerate(fields)]
    for strength, share in [(0.0, 0.1), (1.0, 0.5)]:
        weights = balanced_weights(pictures, ["g"], strength)
        assert weights[90:].sum() / weights.sum() == pytest.approx(share)
    with pytest.raises(DataError, match="no column 'age'"):
        balanced_weights(pictures, ["age"])


@pytest.mark.parametrize("weights", [[], [1.0, 0.0], [1.0, -1.0], [np.nan]])
def test_weights_that_mean_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Sampler(np.array(weights))
