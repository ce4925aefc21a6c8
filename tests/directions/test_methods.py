"""Boundaries, components and channels against what they were made of, and the formulas of the papers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.directions import Direction, convolutions
from mien.directions import stylespace
from mien.directions.faces import pictures_of
from mien.directions.linear import boundary, held, labels_of, principal_components
from mien.errors import ConfigError
from mien.models.stylegan2 import Generator, GeneratorConfig, codes_of_seeds
from mien.types import Float64, UInt8

SMALL = GeneratorConfig(
    resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=128, channel_max=8, mapping_lr_multiplier=1.0
)


@pytest.fixture(scope="module")
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(SMALL).eval().requires_grad_(False)


def faces(count: int = 600, width: int = 24) -> tuple[Float64, Float64]:
    """Codes, and an attribute that they have along one direction, with noise."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(count, width)) * np.linspace(0.5, 2, width)
    return codes, codes[:, 3] - 0.5 * codes[:, 7] + 0.3 * rng.normal(size=count)


def test_a_boundary_is_found_and_says_how_sure_it_is() -> None:
    codes, values = faces()
    one = boundary(codes, labels_of(values, "x"))
    truth = np.zeros(24)
    truth[[3, 7]] = 1, -0.5
    assert one.normal @ truth / np.linalg.norm(truth) > 0.97 and np.linalg.norm(one.normal) == pytest.approx(1)
    assert one.accuracy > 0.93 and one.deviation == pytest.approx((codes @ one.normal).std())
    chance = boundary(codes, labels_of(np.random.default_rng(1).normal(size=600), "x"))
    assert 0.35 < chance.accuracy < 0.62, "of faces that were left out"


def test_more_numbers_than_faces() -> None:
    codes, values = faces(80, 400)
    assert boundary(codes, labels_of(values, "x")).accuracy >= 0.4


def test_what_is_held_stays() -> None:
    codes, values = faces()
    normal = boundary(codes, labels_of(values, "x")).normal
    others = np.eye(24)[[7, 2]]
    rest = held(normal, others)
    np.testing.assert_allclose(others @ rest, 0, atol=1e-12)
    assert normal @ rest > 0.5 and np.linalg.norm(rest) == pytest.approx(1)
    with pytest.raises(ConfigError, match="Nothing of the direction is left"):
        held(np.eye(24)[2], others)


def test_rare_attributes_and_faces_that_were_not_seen() -> None:
    values = np.concatenate([np.zeros(150), np.linspace(0.1, 1, 30), [np.nan] * 5])
    labels = labels_of(values, "glasses")
    assert (labels[:150] == -1).all() and (labels[150:180] == 1).all() and not labels[180:].any()
    for few in (np.zeros(100), np.eye(100)[0]):
        with pytest.raises(ConfigError, match="differ in glasses"):
            labels_of(few, "glasses")
    with pytest.raises(ConfigError, match="No face is seen in any of the 100"):
        labels_of(np.full(100, np.nan), "glasses")


def test_components_are_those_of_the_covariance() -> None:
    codes, _ = faces()
    vectors, deviations = principal_components(codes, 5)
    values = np.linalg.svd(codes - codes.mean(0), compute_uv=False)[:5] / np.sqrt(599)
    np.testing.assert_allclose(deviations, values, rtol=1e-9)
    np.testing.assert_allclose(((codes - codes.mean(0)) @ vectors.T).std(0, ddof=1), values, rtol=1e-9)


def test_stylespace_is_laid_out_as_the_layers_are(generator: Generator) -> None:
    w_plus = generator.broadcast(generator.mapping(codes_of_seeds([3], 16)))
    styles = generator.style_space(w_plus)
    assert SMALL.style_channels == tuple(style.shape[1] for style in styles)
    assert len(stylespace.is_convolution(SMALL)) == sum(SMALL.style_channels)
    rows = torch.arange(1.0, sum(convolutions(SMALL)) + 1)[None]
    short = Direction("x", rows, (2, 6), 0.5, space="s").offset(SMALL)
    parts = torch.split(short, list(SMALL.style_channels))
    assert not parts[0].any() and not parts[1].any() and not parts[4].any() and not any(p.any() for p in parts[6:])
    start = SMALL.style_channels[0]
    torch.testing.assert_close(parts[2], 0.5 * rows[0, start : start + SMALL.style_channels[2]])
    moved = [style + part for style, part in zip(styles, parts, strict=True)]
    expected, _ = generator.synthesis_from_s(moved, "const")
    assert torch.equal(generator.synthesis(w_plus, "const", shift=short[None]), expected)
    assert not torch.equal(expected, generator.synthesis(w_plus, "const"))
    full = Direction("x", short[None] * 2, unit=0.5, space="s").offset(SMALL)
    assert torch.equal(full, short)
    with pytest.raises(ConfigError, match="does not belong"):
        Direction("x", rows[:, 1:], space="s").offset(SMALL)


def test_published_widths() -> None:
    config = GeneratorConfig(resolution=1024)
    assert sum(config.style_channels) == 9088 and sum(convolutions(config)) == 6048


def test_chosen_channels_are_styleclips() -> None:
    rng = np.random.default_rng(0)
    fs3, dt, spread = rng.normal(size=(50, 8)), rng.normal(size=8), rng.uniform(1, 2, 50)
    relevance, beta = fs3 @ dt, 2.0
    literal = relevance.copy()
    literal[np.abs(relevance) < beta] = 0
    literal /= np.abs(literal).max()
    found, count = stylespace.chosen_channels(relevance, spread, beta)
    np.testing.assert_allclose(found, literal * spread)
    assert count == int((np.abs(relevance) >= beta).sum()) > 3
    with pytest.raises(ConfigError, match="lower --beta"):
        stylespace.chosen_channels(relevance, spread, 100.0)


class Colors:
    """Sees the mean colors of four quarters, and reads words as one of them."""

    name = "colors"

    def of_pictures(self, pictures: Tensor) -> Tensor:
        return F.normalize(F.adaptive_avg_pool2d(pictures, 2).flatten(1), dim=-1)

    def of_words(self, texts: list[str]) -> Tensor:
        return F.normalize(torch.stack([torch.eye(12)[len(text) % 12] + 0.1 for text in texts]), dim=-1)


def test_relevance_of_channels_is_styleclips(generator: Generator) -> None:
    clip: Any = Colors()
    codes = generator.truncated(codes_of_seeds([0, 1, 2], 16))
    styles = stylespace.styles_of(generator, codes)
    spread = styles.std(0)
    found = stylespace.relevance_of_channels(generator, clip, codes, spread)
    assert found.shape == (sum(convolutions(SMALL)), 12)
    place = np.flatnonzero(stylespace.is_convolution(SMALL))[21]
    ends = []
    for sign in (1, -1):
        moved = torch.from_numpy(styles).float()
        moved[:, place] += sign * 5 * float(spread[place])
        picture, _ = generator.synthesis_from_s(list(torch.split(moved, list(SMALL.style_channels), 1)), "const")
        ends.append(clip.of_pictures(picture))
    mean = F.normalize(ends[0] - ends[1], dim=-1).mean(0)
    torch.testing.assert_close(found[21], mean / mean.norm(), atol=1e-4, rtol=1e-4)
    words = stylespace.relevance_of_words(found, clip, "a smiling face", "a face")
    assert words.shape == (len(found),) and np.abs(words).max() <= 1 + 1e-9
    with pytest.raises(ConfigError, match="the CLIP that it was made with"):
        stylespace.relevance_of_words(found[:, :5], clip, "a smiling face", "a face")
    with pytest.raises(ConfigError, match="mean the same"):
        stylespace.relevance_of_words(found, clip, "a face", "a face")


def test_likely_channels_come_first_and_enough_is_enough(generator: Generator) -> None:
    clip: Any = Colors()
    codes = generator.truncated(codes_of_seeds([0, 1, 2], 16))
    spread = stylespace.styles_of(generator, codes).std(0)
    step = stylespace.step_of_words(clip, "a smiling face", "a face")
    order = stylespace.likely_channels(generator, clip, codes, spread, step)
    total = sum(convolutions(SMALL))
    assert sorted(order) == list(range(total))
    every = stylespace.relevance_of_channels(generator, clip, codes, spread)
    share = np.abs(every.double().numpy() @ step.double().numpy())
    half = total // 2
    assert share[order[:half]].mean() > share[order[half:]].mean(), "the slope tells where to look"
    some = stylespace.relevance_of_channels(generator, clip, codes, spread, lambda _: False, order[:3])
    torch.testing.assert_close(some, every[order[:3]])
    assert len(stylespace.relevance_of_channels(generator, clip, codes, spread, lambda _: True, order)) == 1


def test_channels_of_faces_that_have_an_attribute() -> None:
    rng = np.random.default_rng(0)
    styles = rng.normal(size=(400, 30)) * np.linspace(0.1, 3, 30)
    relevance = stylespace.relevance_of_faces(styles, stylespace.most(-styles[:, 4], "x"))
    assert np.abs(relevance).argmax() == 4 and relevance[4] < -1
    assert np.abs(np.delete(relevance, 4)).max() < 0.5
    with pytest.raises(ConfigError, match="hardly differ in x"):
        stylespace.most(np.zeros(400), "x")


class Means:
    """Attributes are the mean colors, and one that is never seen."""

    def of(self, pictures: UInt8) -> Float64:
        means = pictures.reshape(len(pictures), -1, 3).mean(1)
        return np.column_stack([means, np.full(len(means), np.nan)])


def test_what_channels_change_is_measured(generator: Generator) -> None:
    measures: Any = Means()
    codes = generator.truncated(codes_of_seeds([0, 1, 2], 16))
    spread = stylespace.styles_of(generator, codes).std(0)
    change, error = stylespace.effects_of_channels(generator, measures, codes, spread, [5, 20])
    shift = torch.zeros(1, len(spread))
    shift[0, 20] = 5 * float(spread[20])
    ends = [measures.of(pictures_of(generator, codes, sign * shift)) for sign in (1, -1)]
    each = ((ends[0] - ends[1]) / 10)[:, :3]
    np.testing.assert_allclose(change[1], [*each.mean(0), 0], atol=1e-9)
    np.testing.assert_allclose(error[1], [*each.std(0) / np.sqrt(3), 0], atol=1e-9)
    relevance = stylespace.relevance_of_attribute(change, error, 0)
    assert relevance[1] == pytest.approx(change[1, 0] / np.sqrt((change[1] ** 2 + error[1] ** 2).sum()))
    assert stylespace.unit_of(0.5) == 2 and stylespace.unit_of(-0.001) == 5 and stylespace.unit_of(4) == 0.25


def test_directions_of_both_spaces_add_up() -> None:
    from mien.editing.directions import attribute_offset, style_shift

    known = {"smile": torch.ones(8, 16), "age": torch.ones(40), "beard": torch.full((40,), 2.0)}
    asked = {"smile": 2.0, "age": 1.0, "beard": -1.0}
    offset, shift = attribute_offset(asked, known), style_shift(asked, known)
    assert offset is not None and torch.equal(offset, torch.full((8, 16), 2.0))
    assert shift is not None and torch.equal(shift, torch.full((40,), -1.0))
    assert attribute_offset({"age": 1.0}, known) is None and style_shift({"smile": 1.0}, known) is None
    assert replace(Direction("age", torch.ones(1, 40)), space="s").facts()["space"] == "s"
