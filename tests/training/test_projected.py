from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mien.models.projected import ProjectedConfig, ProjectedDiscriminator
from mien.training.frozen import load_frozen


@pytest.fixture
def network(pyramid: Path) -> ProjectedDiscriminator:
    torch.manual_seed(2)
    features = load_frozen(pyramid, torch.device("cpu"), torch.float32, trust_code=True)
    return ProjectedDiscriminator(features, ProjectedConfig(channels=(8, 8, 8, 8), mixed=6, width=10))


def test_every_scale_has_as_many_logits_and_none_depends_on_the_batch(network: ProjectedDiscriminator) -> None:
    x = torch.randn(3, 3, 64, 64)
    network.eval()  # the power iteration of spectral normalization moves in training
    together = network(x)
    assert together.shape == (3, 4 * 2 * 2)
    assert torch.allclose(torch.cat([network(one[None]) for one in x]), together, atol=1e-5)
    assert network(torch.randn(1, 3, 128, 128)).shape == (1, 4 * 4 * 4)


def test_only_the_heads_learn_and_the_pyramid_is_not_saved(network: ProjectedDiscriminator) -> None:
    assert {name.split(".")[0] for name, _ in network.named_parameters()} == {"heads"}
    assert {name.split(".")[0] for name in network.state_dict()} == {"heads", "mixing"}
    assert {name for name, _ in network.mixing.named_buffers()} >= {"across_channels0", "across_scales3", "scale"}


def test_gradient_reaches_the_picture_through_every_scale(network: ProjectedDiscriminator) -> None:
    x = torch.randn(1, 3, 64, 64, requires_grad=True)
    for scale in network(x).unflatten(1, (4, -1)).sum(dim=(0, 2)):
        (gradient,) = torch.autograd.grad(scale, x, retain_graph=True)
        assert gradient.abs().sum() > 0


def test_layers_of_the_heads_have_unit_spectral_norm(network: ProjectedDiscriminator) -> None:
    x = torch.randn(2, 3, 64, 64)
    for _ in range(30):
        network(x)
    for head in network.heads:
        for layer in head:
            if isinstance(layer, torch.nn.Conv2d):
                assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1.0, abs=0.02)


def test_calibration_gives_every_map_unit_variance(network: ProjectedDiscriminator) -> None:
    x = torch.randn(4, 3, 64, 64)
    network.calibrate(x)
    maps = network._pyramid[0](x)
    for scale, feature in zip(network.mixing.scale, maps, strict=True):
        assert (scale * feature).std().item() == pytest.approx(1.0, abs=1e-3)


def test_wrong_input_is_refused(network: ProjectedDiscriminator) -> None:
    with pytest.raises(ValueError, match="B, 3, H, W"):
        network(torch.zeros(1, 1, 64, 64))
    with pytest.raises(ValueError, match="expected 4 maps"):
        network.mixing([torch.zeros(1, 8, 4, 4)])
