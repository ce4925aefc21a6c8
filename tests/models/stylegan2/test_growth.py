from __future__ import annotations

import torch
from torch.nn import functional as F

from mien.models.stylegan2 import Generator, GeneratorConfig, grow_generator


@torch.no_grad()
def test_a_grown_generator_starts_with_the_enlarged_picture() -> None:
    torch.manual_seed(0)
    small = Generator(GeneratorConfig(resolution=32, z_dim=16, w_dim=24, mapping_layers=2, channel_max=16))
    small.mapping.update_w_avg(torch.randn(9, 24), decay=0.0)
    large = grow_generator(small)
    z = torch.randn(2, 16)
    assert large.config.resolution == 64
    assert torch.equal(large.mapping.w_avg, small.mapping.w_avg)
    picture, expected = large(z, noise="const"), F.interpolate(small(z, noise="const"), scale_factor=2, mode="bilinear")
    torch.testing.assert_close(picture[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2])
