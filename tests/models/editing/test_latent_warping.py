from __future__ import annotations

import pytest
import torch

from mien.models.editing import LatentWarping, LatentWarpingConfig


@pytest.fixture(params=[(12, 32), (5, 8), (18, 16)], ids=str)
def network(request: pytest.FixtureRequest) -> LatentWarping:
    codes, w_dim = request.param
    torch.manual_seed(0)
    return LatentWarping(LatentWarpingConfig(codes=codes, w_dim=w_dim))


def pair(network: LatentWarping, batch: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    source, target = torch.randn(2, batch, network.config.codes, network.config.w_dim)
    return source, target


@torch.no_grad()
def test_it_starts_near_identity(network: LatentWarping) -> None:
    source, target = pair(network)
    moved = network(source, target) - source
    assert moved.any()
    assert moved.square().mean().sqrt() < 0.05 * source.square().mean().sqrt()


@torch.no_grad()
def test_codes_do_not_depend_on_the_batch(network: LatentWarping) -> None:
    source, target = pair(network)
    alone = [network(s[None], t[None]) for s, t in zip(source, target, strict=True)]
    assert (network(source, target) - torch.cat(alone)).abs().max() <= 1e-4


def test_every_parameter_learns(network: LatentWarping) -> None:
    warped = network(*pair(network))
    (warped * torch.randn_like(warped)).sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in network.parameters())


@torch.no_grad()
def test_both_source_and_target_matter(network: LatentWarping) -> None:
    source, target = pair(network)
    offset = network(source, target) - source
    assert not torch.allclose(offset, network(source, target.flip(0)) - source, atol=1e-4)
    shifted = source + 1  # the same residual, other running codes
    assert not torch.allclose(offset, network(shifted, target + 1) - shifted, atol=1e-5)


@torch.no_grad()
def test_codes_stay_in_float32_under_autocast(network: LatentWarping) -> None:
    source, target = pair(network)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(network(source, target), network(source.float(), target.float()))
        found = network(source, target)
    torch.testing.assert_close(found, network(source, target))


def test_it_learns_a_shift_that_the_residual_tells() -> None:
    """The task in small: take one entry of the target's codes over, leave the others."""
    torch.manual_seed(0)
    network = LatentWarping(LatentWarpingConfig(codes=3, w_dim=8, blocks=2))
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
    losses = []
    for _ in range(150):
        source, target = torch.randn(2, 32, 3, 8)
        wanted = torch.cat([target[..., :1], source[..., 1:]], -1)
        loss = (network(source, target) - wanted).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert sum(losses[-10:]) < 0.3 * sum(losses[:10])


def test_codes_of_the_wrong_shape_are_refused(network: LatentWarping) -> None:
    source, target = pair(network)
    with pytest.raises(AssertionError, match="target must be"):
        network(source, target[:, 1:])
