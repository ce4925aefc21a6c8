from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mien.conditions.modalities import channels
from mien.models.editing import Aggregation, AggregationConfig, portrait_128, with_modalities

CONFIG = AggregationConfig(width=8, hidden=8, score_stride=2)


@pytest.fixture
def network() -> Aggregation:
    torch.manual_seed(0)
    return Aggregation(CONFIG)


def inputs(batch: int = 2, side: int = 16) -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    return torch.randn(batch, 26, side, side), torch.rand(batch, 1, side, side).round()


def test_modalities_are_those_of_the_stacked_layers() -> None:
    config = AggregationConfig()
    assert dict(zip(config.names, config.modalities, strict=True)) == channels()
    assert config == AggregationConfig.from_dict({"modalities": [3, 1, 19, 3]}), "as saved before there were names"
    assert with_modalities(portrait_128(), channels()) == portrait_128()


@torch.no_grad()
def test_shares_sum_to_one_at_every_pixel(network: Aggregation) -> None:
    a, shares = network(*inputs())
    assert a.shape == (2, 8, 16, 16)
    assert shares.shape == (2, 4, 16, 16)
    assert shares.min() >= 0
    torch.testing.assert_close(shares.sum(1), torch.ones(2, 16, 16))


@torch.no_grad()
def test_weights_of_one_change_nothing(network: Aggregation) -> None:
    layers, mask = inputs()
    for found, expected in zip(network(layers, mask, torch.ones(2, 4, 1, 1)), network(layers, mask), strict=True):
        torch.testing.assert_close(found, expected)


@torch.no_grad()
def test_a_weight_of_zero_takes_a_modality_away_where_it_is_painted(network: Aggregation) -> None:
    layers, mask = inputs()
    weights = torch.ones(2, 4, 16, 16)
    weights[:, 2, :, :8] = 0
    _, plain = network(layers, mask)
    a, shares = network(layers, mask, weights)
    assert not shares[:, 2, :, :8].any()
    torch.testing.assert_close(shares[..., 8:], plain[..., 8:])
    repainted = layers.clone()
    repainted[:, 4:23] += 1
    seen, _ = network(repainted, mask, weights)
    torch.testing.assert_close(seen[..., :8], a[..., :8])
    assert not torch.allclose(seen[..., 8:], a[..., 8:], atol=1e-2)


@torch.no_grad()
def test_a_larger_weight_gives_a_larger_share(network: Aggregation) -> None:
    layers, mask = inputs()
    weights = torch.ones(2, 4, 1, 1)
    weights[1, 3] = 5.0
    _, plain = network(layers, mask)
    _, shares = network(layers, mask, weights)
    torch.testing.assert_close(shares[0], plain[0])
    assert (shares[1, 3] > plain[1, 3]).all()
    torch.testing.assert_close(shares[1, 0] / shares[1, 1], plain[1, 0] / plain[1, 1], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_image_fills_what_nothing_else_claims(network: Aggregation) -> None:
    layers, mask = inputs()
    weights = torch.zeros(2, 4, 16, 16)
    weights[:, 0, 0, 0] = 1
    _, shares = network(layers, mask, weights)
    torch.testing.assert_close(shares[:, 0], torch.ones(2, 16, 16))


def test_the_image_cannot_be_taken_away_everywhere(network: Aggregation) -> None:
    weights = torch.ones(2, 4, 1, 1)
    weights[1, 0] = 0
    with pytest.raises(ValueError, match="image cannot be taken away"):
        network(*inputs(), weights)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_senseless_weights_are_refused(network: Aggregation, value: float) -> None:
    weights = torch.ones(2, 4, 1, 1)
    weights[0, 2] = value
    with pytest.raises(ValueError, match="at least 0"):
        network(*inputs(), weights)


@torch.no_grad()
def test_the_image_is_read_together_with_the_mask(network: Aggregation) -> None:
    layers, mask = inputs()
    assert not torch.allclose(network(layers, mask)[0], network(layers, 1 - mask)[0], atol=1e-3)


@torch.no_grad()
def test_a_sample_does_not_depend_on_its_batch(network: Aggregation) -> None:
    layers, mask = inputs(5)
    together = network(layers, mask)
    alone = [network(x[None], m[None]) for x, m in zip(layers, mask, strict=True)]
    for found, expected in zip(together, zip(*alone, strict=True), strict=True):
        assert (found - torch.cat(expected)).abs().max() <= 1e-4


def test_every_parameter_learns_and_absent_modalities_stay_finite(network: Aggregation) -> None:
    layers, mask = inputs()
    layers[0, 3:] = 0
    a, _ = network(layers, mask)
    (a * torch.randn_like(a)).sum().backward()
    assert a.isfinite().all()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in network.parameters())


@pytest.mark.parametrize("shapes", [((2, 25, 16, 16), (2, 1, 16, 16)), ((2, 26, 16, 16), (2, 1, 8, 8))])
def test_wrong_shapes_are_refused(network: Aggregation, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(AssertionError, match="must"):
        network(*(torch.zeros(shape) for shape in shapes))


GUIDED = AggregationConfig(width=8, hidden=8, score_stride=2, guide=True)


def guide_of(sure: Tensor) -> Tensor:
    torch.manual_seed(2)
    return torch.cat([torch.randn(len(sure), 3, *sure.shape[2:]) * (sure > 0), sure], 1)


@torch.no_grad()
def test_a_painter_that_learns_of_guides_gives_the_same_bits_without_one(network: Aggregation) -> None:
    later = Aggregation(GUIDED)
    missing, unexpected = later.load_state_dict(network.state_dict(), strict=False)
    assert not unexpected and all(name.startswith("guide.") for name in missing)
    layers, mask = inputs()
    unknown = guide_of(torch.zeros(2, 1, 16, 16))
    for weights in (None, torch.tensor([1.0, 2.0, 0.0, 1.0]).view(1, 4, 1, 1).expand(2, -1, -1, -1)):
        expected = network(layers, mask, weights)
        for found, wanted in zip(later(layers, mask, weights), expected, strict=True):
            assert torch.equal(found, wanted)
        a, shares = later(layers, mask, weights, unknown)
        assert not shares[:, 4].any()
        assert torch.equal(a, expected[0]) and torch.equal(shares[:, :4], expected[1])


@torch.no_grad()
def test_a_guide_counts_where_it_is_sure_and_as_much_as_it_is(network: Aggregation) -> None:
    later = Aggregation(GUIDED)
    later.load_state_dict(network.state_dict(), strict=False)
    later.learn_guide()
    layers, mask = inputs()
    sure = torch.zeros(2, 1, 16, 16)
    sure[..., :8], sure[..., 8:12] = 1.0, 0.25
    guide = guide_of(sure)
    _, shares = later(layers, mask, guide=guide)
    torch.testing.assert_close(shares.sum(1), torch.ones(2, 16, 16))
    assert not shares[:, 4, :, 12:].any() and (shares[:, 4, :, :12] > 0).all()
    _, surer = later(layers, mask, guide=torch.cat([guide[:, :3], sure.clamp(max=0.5)], 1))
    assert (surer[:, 4, :, :8] < shares[:, 4, :, :8]).any()


@torch.no_grad()
def test_a_new_guide_is_seen_as_the_photo_is(network: Aggregation) -> None:
    later = Aggregation(GUIDED)
    later.load_state_dict(network.state_dict(), strict=False)
    later.learn_guide()
    picture, nothing = torch.randn(1, 3, 16, 16), torch.zeros(1, 23, 16, 16)
    alone = torch.tensor([1.0, 0.0, 0.0, 0.0]).view(1, 4, 1, 1)
    expected, _ = later(torch.cat([picture, nothing], 1), torch.zeros(1, 1, 16, 16), alone)
    hidden = torch.cat([torch.zeros_like(picture), nothing], 1)
    away = alone.expand(-1, -1, 16, 16).clone()
    away[..., 1:, :] = 0
    guide = torch.cat([picture, torch.ones(1, 1, 16, 16)], 1)
    found, shares = later(hidden, torch.ones(1, 1, 16, 16), away, guide)
    assert shares[:, 4, 1:].min() > 0.99
    torch.testing.assert_close(found[..., 1:, :], expected[..., 1:, :], atol=1e-3, rtol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("given", range(32))
def test_every_subset_of_modalities_and_guide_runs(given: int) -> None:
    torch.manual_seed(0)
    later = Aggregation(GUIDED)
    layers, mask = inputs(1)
    kept = torch.zeros(26).index_fill(0, torch.arange(26), 0.0)
    start = 0
    for bit, width in enumerate(GUIDED.modalities):
        kept[start : start + width] = given >> bit & 1
        start += width
    guide = guide_of(torch.full((1, 1, 16, 16), float(given >> 4)))
    a, shares = later(layers * kept.view(1, -1, 1, 1), mask, guide=guide)
    assert a.isfinite().all() and shares.shape[1] == 5
    torch.testing.assert_close(shares.sum(1), torch.ones(1, 16, 16))


def test_a_guide_has_its_gradient_and_leaves_no_hole(network: Aggregation) -> None:
    later = Aggregation(GUIDED)
    layers, mask = inputs()
    sure = torch.zeros(2, 1, 16, 16)
    sure[0, :, :8] = 0.7
    later(layers, mask, guide=guide_of(sure))[0].square().sum().backward()
    assert all(one.grad is not None and one.grad.isfinite().all() for one in later.parameters())
    with pytest.raises(AssertionError, match="no guide"):
        network(layers, mask, guide=guide_of(sure))
