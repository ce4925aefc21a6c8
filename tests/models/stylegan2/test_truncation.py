from __future__ import annotations

import pytest
import torch

from mien.models.stylegan2 import Generator, GeneratorConfig, cluster_centres, nearest_centres, truncate

CONFIG = GeneratorConfig(resolution=32, z_dim=16, w_dim=24, mapping_layers=2, channel_base=512, channel_max=32)


def test_psi_scales_the_distance_to_the_centre_up_to_the_cutoff() -> None:
    w_plus, centre = torch.randn(3, 8, 5), torch.randn(5)
    half = truncate(w_plus, centre, 0.5, cutoff=2)
    torch.testing.assert_close(half[:, :2] - centre, 0.5 * (w_plus[:, :2] - centre))
    assert torch.equal(half[:, 2:], w_plus[:, 2:])
    torch.testing.assert_close(truncate(w_plus, centre, 0.0), centre.expand(3, 8, 5))
    assert torch.equal(truncate(w_plus, centre, 1.0, cutoff=3), w_plus)


def test_every_code_is_drawn_to_its_own_centre() -> None:
    centres = torch.tensor([[10.0, 0.0], [-10.0, 0.0], [0.0, 10.0]])
    w = torch.tensor([[9.0, 1.0], [-8.0, 2.0], [1.0, 7.0], [-11.0, 0.0]])
    assert torch.equal(nearest_centres(w, centres), centres[[0, 1, 2, 1]])


def test_clusters_are_found_largest_first_and_reproducibly() -> None:
    torch.manual_seed(0)
    true = torch.tensor([[8.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 8.0]])
    w = torch.cat([true[i] + 0.3 * torch.randn(count, 3) for i, count in enumerate((50, 400, 150))])
    centres = cluster_centres(w, 3)
    torch.testing.assert_close(centres, true[[1, 2, 0]], atol=0.2, rtol=0)
    assert torch.equal(cluster_centres(w, 3), centres)
    with pytest.raises(ValueError, match="2 codes cannot make 3 clusters"):
        cluster_centres(w[:2], 3)


@torch.no_grad()
def test_the_generator_truncates_to_the_mean_or_to_modes() -> None:
    torch.manual_seed(0)
    generator = Generator(CONFIG)
    w = generator.mapping(torch.randn(200, 16))
    generator.mapping.update_w_avg(w, decay=0.0)
    z = torch.randn(6, 16)
    mean = generator(z, psi=0.0, noise="none")
    torch.testing.assert_close(mean, mean[:1].expand_as(mean), atol=1e-5, rtol=1e-5)
    centres = cluster_centres(w, 4)
    modes = generator(z, psi=0.0, centres=centres, noise="none")
    own = generator.synthesis(generator.broadcast(nearest_centres(generator.mapping(z), centres)), "none")
    torch.testing.assert_close(modes, own, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(modes, mean, atol=1e-3)
