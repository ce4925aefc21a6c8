from __future__ import annotations

import pytest
import torch

from mien.models.stylegan2 import Discriminator, DiscriminatorConfig
from mien.models.stylegan2.discriminator import append_group_deviation

CONFIG = DiscriminatorConfig(resolution=32, channel_base=512, channel_max=32)


@torch.no_grad()
@pytest.mark.parametrize("autocast", [False, True])
def test_a_group_does_not_depend_on_the_batch(autocast: bool) -> None:
    torch.manual_seed(0)
    network = Discriminator(CONFIG)
    pictures = torch.randn(10, 3, 32, 32)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        together = network(pictures)
        groups = torch.cat([network(part) for part in pictures.split(4)])
    assert together.shape == (10, 1)
    torch.testing.assert_close(together, groups, atol=1e-5, rtol=1e-4)


def test_the_added_channel_tells_equal_pictures_from_varied_ones() -> None:
    maps = torch.randn(6, 5, 4, 4)
    maps[:3] = maps[:1]
    added = append_group_deviation(maps, group=3)
    assert torch.equal(added[:, :5], maps)
    assert added[:3, 5].max() < 1e-3
    expected = maps[3:].std(dim=0, correction=0).mean()
    torch.testing.assert_close(added[3:, 5], expected.expand(3, 4, 4))


def test_bfloat16_trains_in_channels_last_with_second_derivatives() -> None:
    torch.manual_seed(0)
    network = Discriminator(CONFIG).to(memory_format=torch.channels_last)
    pictures = torch.randn(4, 3, 32, 32, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(pictures)
    assert logits.dtype == torch.float32
    (slope,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    slope.square().sum().backward()
    weight = network.from_rgb.weight
    assert weight.grad is not None
    assert weight.grad.isfinite().all()
    assert weight.grad.abs().sum() > 0


@pytest.mark.parametrize("shape", [(2, 3, 64, 64), (2, 1, 32, 32), (3, 32, 32)])
def test_pictures_of_the_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="picture must be"):
        Discriminator(CONFIG)(torch.zeros(shape))
