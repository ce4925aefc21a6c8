"""Distances between sets of features, against closed forms and literal implementations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.linalg import sqrtm

from mien.errors import DataError
from mien.evaluation.estimate import Estimate, mean
from mien.evaluation.frechet import frechet_distance
from mien.evaluation.kernel import kernel_distance
from mien.evaluation.manifold import manifold_scores
from mien.evaluation.separability import Separability, is_informative, separate
from mien.types import Float32, Float64


def normal(count: int, dimension: int, seed: int, shift: float = 0.0, scale: float = 1.0) -> Float32:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(count, dimension)) * scale + shift).astype(np.float32)


def correlated(count: int, seed: int) -> Float32:
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(12, 12))
    return (rng.normal(size=(count, 12)) @ mixing + rng.normal(size=12)).astype(np.float32)


def literal_frechet(x: Float32, y: Float32) -> float:
    a, b = np.cov(x.astype(np.float64).T), np.cov(y.astype(np.float64).T)
    shift = x.mean(0, dtype=np.float64) - y.mean(0, dtype=np.float64)
    return float(shift @ shift + np.trace(a + b - 2 * sqrtm(a @ b).real))


@pytest.mark.parametrize(("first", "second"), [(300, 200), (40, 200), (9, 200), (200, 9)])
def test_frechet_distance_is_the_textbook_one_even_with_fewer_pictures_than_features(first: int, second: int) -> None:
    x, y = correlated(first, 1), correlated(second, 2)
    assert frechet_distance(x, y).value == pytest.approx(literal_frechet(x, y), rel=1e-3)


def test_equal_sets_have_no_frechet_distance() -> None:
    x = correlated(100, 1)
    assert frechet_distance(x, x[::-1]).value == pytest.approx(0, abs=1e-9 * float(x.var() * 12))


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_interval_is_as_wide_as_repeated_draws_scatter(distance: object) -> None:
    reference = normal(500, 4, 0)
    draws = [distance(normal(400, 4, seed, 0.7, 1.3), reference) for seed in range(1, 81)]  # type: ignore[operator]
    scatter = float(np.std([draw.value for draw in draws]))
    widths = [np.subtract(*draw.interval(resamples=200)[::-1]) / (2 * 1.96) for draw in draws[:5]]
    assert np.mean(widths) == pytest.approx(scatter, rel=0.25)


def literal_kid(x: Float32, y: Float32) -> float:
    def k(a: Float64, b: Float64) -> float:
        return float((a @ b / len(a) + 1) ** 3)

    p, q = x.astype(np.float64), y.astype(np.float64)
    within = np.mean([k(a, b) for a, b in itertools.permutations(p, 2)])
    within_other = np.mean([k(a, b) for a, b in itertools.permutations(q, 2)])
    return float(within + within_other - 2 * np.mean([k(a, b) for a in p for b in q]))


def test_kernel_distance_is_the_textbook_one() -> None:
    x, y = normal(23, 6, 1), normal(31, 6, 2, 0.5)
    assert kernel_distance(x, y).value == pytest.approx(literal_kid(x, y), rel=1e-6)


def test_kernel_distance_of_one_distribution_is_zero_on_average_at_any_number() -> None:
    for count in (8, 32):
        values = [kernel_distance(normal(count, 5, 2 * s), normal(count, 5, 2 * s + 1)).value for s in range(400)]
        assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))


LINE = np.array([[0.0], [1], [2], [3]], np.float32)


def test_manifold_scores_on_a_line() -> None:
    # With k = 1 every ball of LINE has radius 1; those of the pictures have 0.4, 0.4 and 96.6.
    scores = manifold_scores(np.array([[3.0], [3.4], [100]], np.float32), LINE, k=1)
    assert scores["precision"].value == pytest.approx(2 / 3)
    assert scores["density"].value == pytest.approx((2 + 1 + 0) / 3)
    assert scores["coverage"].value == pytest.approx(2 / 4)  # the balls of 2 and 3
    assert scores["recall"].value == pytest.approx(1 / 4)  # 3 itself; 100's ball ends at 3.4
    apart = manifold_scores(LINE + 50, LINE, k=1)
    assert [apart[name].value for name in ("precision", "recall", "density", "coverage")] == [0, 0, 0, 0]


def test_equal_sets_are_precise_and_complete() -> None:
    x = normal(300, 8, 3)
    scores = manifold_scores(x, x, k=5)
    assert (scores["precision"].value, scores["recall"].value, scores["coverage"].value) == (1, 1, 1)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_manifold_scores_agree_with_scikit_learn(k: int) -> None:
    from sklearn.neighbors import NearestNeighbors  # takes seconds that every process would spend

    x, y = normal(1500, 6, 4, 0.4, 0.8), normal(1200, 6, 5) + 200  # far from the origin, over several blocks
    x = x + 200
    radii = [NearestNeighbors(n_neighbors=k + 1).fit(z).kneighbors(z)[0][:, -1] for z in (x, y)]
    away = np.sqrt(((x[:, None].astype(np.float64) - y[None]) ** 2).sum(2))
    scores = manifold_scores(x, y, k)
    assert scores["precision"].value == pytest.approx((away <= radii[1]).any(1).mean(), abs=2e-3)
    assert scores["recall"].value == pytest.approx((away <= radii[0][:, None]).any(0).mean(), abs=2e-3)
    assert scores["density"].value == pytest.approx((away <= radii[1]).sum(1).mean() / k, rel=2e-3)
    assert scores["coverage"].value == pytest.approx((away.min(0) <= radii[1]).mean(), abs=2e-3)


def test_equal_sets_cannot_be_separated_and_distant_ones_can() -> None:
    x = normal(200, 5, 6)
    equal = separate(x, x)
    assert equal.unpaired().value == pytest.approx(0.5)
    assert equal.paired().value == 0  # never more real than itself
    distant = separate(x + 50, x)
    assert (distant.unpaired().value, distant.paired().value) == (0, 0)


def test_one_distribution_is_hard_to_separate_whatever_the_numbers() -> None:
    assert separate(normal(3000, 4, 7), normal(1000, 4, 8)).unpaired().value > 0.45


def test_sides_of_different_numbers_weigh_the_same() -> None:
    scores = Separability(fake=np.array([1.0, -1, -1, -1]), real=np.array([1.0, -1]))
    estimate = scores.unpaired()
    assert estimate.value == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert estimate.contributions.mean() == pytest.approx(estimate.value)


def test_few_pictures_say_nothing_about_separability() -> None:
    assert not is_informative(100, 156, 128)
    assert is_informative(100, 157, 128)
    assert separate(normal(30, 64, 9), normal(30, 64, 10)).unpaired().value == 0


def test_interval_of_a_mean_is_seeded_and_right() -> None:
    values = np.random.default_rng(0).normal(3, 2, 900)
    low, high = mean(values).interval(seed=1)
    assert (low, high) == mean(values).interval(seed=1) != mean(values).interval(seed=2)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 30, rel=0.1)
    wide = Estimate(3.0, values).interval(level=0.99)
    assert wide[1] - wide[0] > high - low


def test_too_few_pictures_are_named() -> None:
    x = normal(5, 3, 0)
    with pytest.raises(DataError, match="5 pictures are too few for 5 neighbours"):
        manifold_scores(x, normal(50, 3, 1), k=5)
    with pytest.raises(DataError, match="at least two pictures"):
        frechet_distance(x[:1], x)
    with pytest.raises(DataError, match="at least two pictures"):
        kernel_distance(x, x[:1])
    with pytest.raises(DataError, match="not 2 and 3"):
        Separability(np.zeros(2), np.zeros(3)).paired()
