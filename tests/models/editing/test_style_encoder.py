from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from mien.errors import ConfigError
from mien.models.editing import StyleEncoder, StyleEncoderConfig, paper_256, portrait_128, portrait_256
from mien.models.judges.irse import IRSE50

LIGHT = StyleEncoderConfig(
    side=256, inner_side=128, codes=9, w_dim=12, inputs=6, widths=(8, 8, 12, 12, 16), grid=2, grid_channels=4
)
PAPER = StyleEncoderConfig(side=64, inner_side=64, codes=9, w_dim=8, inputs=6, trunk="ir-se50")


@pytest.fixture(params=[LIGHT, PAPER], ids=["light", "ir-se50"])
def encoder(request: pytest.FixtureRequest) -> StyleEncoder:
    torch.manual_seed(3)
    network = StyleEncoder(request.param)
    network.w_avg.copy_(torch.linspace(-1, 1, request.param.w_dim))
    return network.eval()


def layers(encoder: StyleEncoder, batch: int = 2) -> Tensor:
    return torch.randn(batch, 6, encoder.config.side, encoder.config.side)


@torch.no_grad()
def test_codes_start_near_their_mean(encoder: StyleEncoder) -> None:
    w_plus = encoder(layers(encoder))
    assert w_plus.shape == (2, 9, encoder.config.w_dim)
    assert w_plus.dtype == torch.float32
    assert (w_plus - encoder.w_avg).square().mean().sqrt() < 0.4


@torch.no_grad()
def test_deltas_are_what_tells_codes_apart(encoder: StyleEncoder) -> None:
    x = layers(encoder)
    w_plus, deltas = encoder.codes_and_deltas(x)
    assert deltas.shape == (2, 8, encoder.config.w_dim)
    assert (deltas.abs().amax((0, 2)) > 0).all()
    torch.testing.assert_close(w_plus[:, 1:] - w_plus[:, :1], deltas)
    torch.testing.assert_close(encoder(x), w_plus)


@torch.no_grad()
def test_codes_do_not_depend_on_the_batch(encoder: StyleEncoder) -> None:
    x = layers(encoder, 3)
    alone = torch.cat([encoder(one[None]) for one in x])
    assert (encoder(x) - alone).abs().max() <= 1e-4


def test_the_light_encoder_does_not_depend_on_the_batch_in_training_either() -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(LIGHT).train()
    x = layers(encoder, 3)
    assert (encoder(x) - torch.cat([encoder(one[None]) for one in x])).abs().max() <= 1e-4


def test_every_parameter_learns(encoder: StyleEncoder) -> None:
    w_plus = encoder(layers(encoder))
    (w_plus * torch.randn_like(w_plus)).sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in encoder.parameters())


@torch.no_grad()
def test_every_code_sees_the_input() -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(LIGHT)
    first, second = encoder(layers(encoder, 2))
    assert ((first - second).abs().amax(1) > 1e-3).all()


def test_the_trunk_is_that_of_the_published_weights() -> None:
    with torch.device("meta"):
        trunk = IRSE50()
    names = trunk.state_dict()
    assert {"input_layer.0.weight", "body.3.shortcut_layer.0.weight", "body.23.res_layer.5.fc2.weight"} <= names.keys()
    assert not any(name.startswith("body.24.") for name in names)
    # ArcFace's IR-SE50 has 43.8 million parameters, 12.8 of them in the layer that is not part of the trunk.
    assert 30.5e6 < sum(p.numel() for p in trunk.parameters()) < 31.5e6
    maps = trunk(torch.zeros(1, 3, 256, 256, device="meta"))
    assert [tuple(m.shape) for m in maps] == [(1, 512, 16, 16), (1, 256, 32, 32), (1, 128, 64, 64)]


def test_sizes_of_the_presets() -> None:
    with torch.device("meta"):
        paper, small, large = (StyleEncoder(preset().encoder) for preset in (paper_256, portrait_128, portrait_256))
    millions = [sum(p.numel() for p in network.parameters()) / 1e6 for network in (paper, small, large)]
    assert 266 < millions[0] < 268  # e4e's encoder has 267 million
    assert 3.0 < millions[1] == millions[2] < 5.0


def test_the_larger_portrait_encoder_is_the_same_network() -> None:
    with torch.device("meta"):
        small, large = (StyleEncoder(preset().encoder).state_dict() for preset in (portrait_128, portrait_256))
    assert {name: value.shape for name, value in small.items()} == {name: value.shape for name, value in large.items()}


@pytest.mark.parametrize("changes", [{"inner_side": 96}, {"side": 192}, {"trunk": "vgg"}])
def test_configurations_that_fit_no_network_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"px|Trunk"):
        replace(LIGHT, **changes)  # type: ignore[arg-type]


def test_layers_of_the_wrong_shape_are_refused(encoder: StyleEncoder) -> None:
    with pytest.raises(AssertionError, match="layers must be"):
        encoder(torch.zeros(2, 5, encoder.config.side, encoder.config.side))
