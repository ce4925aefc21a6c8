"""mien's FACEMUG networks against the literal ones, in float32."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from mien.models.editing import (
    Aggregation,
    AggregationConfig,
    LatentWarping,
    LatentWarpingConfig,
    Refinement,
    RefinementConfig,
)
from mien.models.editing.fusion import StyleFusion
from mien.models.editing.latent_warping import CodeModulation
from tests.parity import literal_editing as literal

SMALL = RefinementConfig(
    inputs=5, channels=(8, 6, 4), bank_channels=(8, 7, 4), w_dim=5, codes=7, global_dim=9, dropout=0.5
)


def lively(network: nn.Module) -> None:
    """Fresh networks have zero biases, and start near identity, which would hide mistakes: fill everything."""
    with torch.no_grad():
        for value in network.parameters():
            value.add_(torch.randn(value.shape) * 0.3)
    network.eval()


def close(found: Tensor, expected: Tensor) -> bool:
    return found.shape == expected.shape and float((found - expected).abs().max()) <= 1e-4


@torch.no_grad()
@pytest.mark.parametrize("gate_kernel", [1, 3])
@pytest.mark.parametrize("bank_channels", [None, 4, 6])
def test_style_fusion(gate_kernel: int, bank_channels: int | None) -> None:
    """Equations 7 and 8, with a bank as wide as the decoder, narrower, and without."""
    torch.manual_seed(0)
    fusion = StyleFusion(6, bank_channels, 5, gate_kernel)
    lively(fusion)
    f_de, f_en, w = torch.randn(3, 6, 8, 8), torch.randn(3, 6, 8, 8), torch.randn(3, 5)
    f_s = None if bank_channels is None else torch.randn(3, bank_channels, 8, 8)
    state = {f"f.{name}": value for name, value in fusion.state_dict().items()}
    assert close(fusion(f_de, f_en, f_s, w), literal.style_fusion(state, "f", f_de, f_en, f_s, w))


@torch.no_grad()
@pytest.mark.parametrize("gate_kernel", [1, 3])
def test_refinement(gate_kernel: int) -> None:
    """Equation 6, the encoder, and which code steers what."""
    torch.manual_seed(1)
    network = Refinement(replace(SMALL, gate_kernel=gate_kernel))
    lively(network)
    bank = {r: 3 * torch.randn(2, c, r, r) for r, c in zip((4, 8, 16), SMALL.bank_channels, strict=True)}
    network.calibrate(bank)
    a, w_plus = torch.randn(2, 5, 16, 16), torch.randn(2, 7, 5)
    expected = literal.refinement(network.state_dict(), a, w_plus, bank)
    assert float(expected.std()) > 0.1
    assert close(network(a, w_plus, bank), expected)


@torch.no_grad()
def test_code_modulation() -> None:
    """Equation 15."""
    torch.manual_seed(2)
    block = CodeModulation(5)
    lively(block)
    running, residual = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    state = {f"b.{name}": value for name, value in block.state_dict().items()}
    expected = [literal.code_modulation(state, "b", c, r) for c, r in zip(running, residual, strict=True)]
    assert close(block(running, residual), torch.stack(expected))


@torch.no_grad()
def test_latent_warping() -> None:
    """Equation 2 over two blocks of equation 15."""
    torch.manual_seed(3)
    network = LatentWarping(LatentWarpingConfig(codes=3, w_dim=5, blocks=2))
    lively(network)
    source, target = torch.randn(2, 1, 3, 5)
    state = network.state_dict()
    offset = source[0]
    for index in range(2):
        offset = literal.code_modulation(state, f"blocks.{index}", offset, target[0] - source[0])
    assert close(network(source, target)[0], source[0] + offset)


@torch.no_grad()
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("weights", [None, "global", "painted"])
def test_aggregation(stride: int, weights: str | None) -> None:
    """Equations 16 and 17, and the user's weights."""
    torch.manual_seed(4)
    network = Aggregation(AggregationConfig(width=4, hidden=3, modalities=(3, 1, 5, 3), score_stride=stride))
    lively(network)
    layers, mask = torch.randn(2, 12, 8, 8), torch.rand(2, 1, 8, 8).round()
    given = None if weights is None else 2 * torch.rand(2, 4, *((1, 1) if weights == "global" else (8, 8)))
    image, *others = torch.split(layers, [3, 1, 5, 3], 1)
    modalities = [torch.cat([image, mask], 1), *others]
    expected = literal.aggregation(network.state_dict(), modalities, given, stride)
    for found, value in zip(network(layers, mask, given), expected, strict=True):
        assert close(found, value)
