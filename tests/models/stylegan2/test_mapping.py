from __future__ import annotations

import pytest
import torch

from mien.models.stylegan2 import Generator, GeneratorConfig

CONFIG = GeneratorConfig(resolution=32, z_dim=16, w_dim=24, mapping_layers=4, channel_base=512, channel_max=32)


def test_only_the_direction_of_z_matters() -> None:
    mapping = Generator(CONFIG).mapping
    z = torch.randn(4, 16)
    torch.testing.assert_close(mapping(z), mapping(3.0 * z), atol=1e-5, rtol=1e-5)


def test_w_avg_moves_when_told_and_not_otherwise() -> None:
    mapping = Generator(CONFIG).mapping.train()
    mapping(torch.randn(4, 16))
    assert not mapping.w_avg.any()
    w = torch.full((8, 24), 2.0)
    mapping.update_w_avg(w, decay=0.75)
    torch.testing.assert_close(mapping.w_avg, torch.full((24,), 0.5))
    mapping.update_w_avg(w, decay=0.75)
    torch.testing.assert_close(mapping.w_avg, torch.full((24,), 0.875))


def test_learning_rate_multiplier_leaves_the_output_alone_and_slows_the_weights() -> None:
    slow, fast = (
        Generator(GeneratorConfig(**{**CONFIG.to_dict(), "mapping_lr_multiplier": m})).mapping for m in (0.01, 1.0)
    )
    with torch.no_grad():
        for a, b in zip(slow.parameters(), fast.parameters(), strict=True):
            b.copy_(a * 0.01)
    z = torch.randn(4, 16)
    torch.testing.assert_close(slow(z), fast(z), atol=1e-5, rtol=1e-4)
    slow(z).sum().backward()
    fast(z).sum().backward()
    for a, b in zip(slow.parameters(), fast.parameters(), strict=True):
        assert a.grad is not None
        assert b.grad is not None
        torch.testing.assert_close(a.grad, 0.01 * b.grad, atol=1e-5, rtol=1e-3)


def test_wrong_length_of_z_is_refused() -> None:
    with pytest.raises(ValueError, match=r"z must be \(B, 16\)"):
        Generator(CONFIG).mapping(torch.zeros(2, 24))
