from __future__ import annotations

import pytest
import torch

from mien.models.stylegan2.channels import LANES, demodulation, scaled, spread


@pytest.mark.parametrize("kernel", [1, 3])
def test_demodulated_kernels_have_unit_norm(kernel: int) -> None:
    torch.manual_seed(0)
    weight, s = torch.randn(5, 4, kernel, kernel), torch.randn(2, 4)
    kernels = weight * s[:, None, :, None, None] * demodulation(weight, s)[:, :, None, None, None]
    torch.testing.assert_close(kernels.square().sum((2, 3, 4)), torch.ones(2, 5))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
@pytest.mark.parametrize("channels", [LANES // 4, LANES])
@pytest.mark.parametrize("shape", [(2, -1, 1, 1), (1, -1, 1, 1), (2, 1, 6, 6), (1, 1, 6, 6)], ids=str)
def test_spreading_changes_no_result(shape: tuple[int, ...], channels: int, layout: torch.memory_format) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, channels, 6, 6).contiguous(memory_format=layout)
    operand = torch.randn(*(channels if length == -1 else length for length in shape))
    assert torch.equal(x * spread(operand, x), x * operand)
    assert torch.equal(x + spread(operand.requires_grad_(), x), x + operand)


def test_memory_is_reused_only_where_no_gradient_needs_it() -> None:
    x, factors = torch.randn(2, 3, 4, 4), torch.randn(2, 3)
    expected = x * factors[:, :, None, None]
    assert torch.equal(scaled(x, factors.clone().requires_grad_(), reuse=True), expected)
    assert torch.equal(scaled(x, factors), expected)
    result = scaled(x, factors, reuse=True)
    assert result.data_ptr() == x.data_ptr() and torch.equal(x, expected)
