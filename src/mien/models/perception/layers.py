"""Blocks that the detector and the landmark network share."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def conv_block(inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """3x3 convolution, batch normalization, ReLU; (B, inputs, H, W) -> (B, outputs, H / stride, W / stride)."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=dilation, dilation=dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a skip connection (He et al. 2015); keeps the shape."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = conv_block(channels, channels, dilation=dilation)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        y: Tensor = (x + self.second(self.first(x))).relu()
        return y


def residual_trunk(widths: Sequence[int], blocks: Sequence[int]) -> nn.Sequential:
    """From pictures to maps at stride 32: (B, 3, H, W) -> (B, widths[-1], H / 32, W / 32).

    Args:
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
    """
    stages: list[nn.Module] = [conv_block(3, widths[0], stride=2)]
    for before, width, count in zip(widths, widths[1:], blocks, strict=False):
        stages += [conv_block(before, width, stride=2), *(ResidualBlock(width) for _ in range(count))]
    return nn.Sequential(*stages)


def fuse_batch_norms(network: nn.Module) -> None:
    """Folds every batch normalization into the convolution before it, in place; for evaluation mode only.

    The same function of the input, with one pass over memory less per layer.
    """
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            for index in range(len(module) - 1):
                first, second = module[index], module[index + 1]
                if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                    module[index], module[index + 1] = fuse_conv_bn_eval(first, second), nn.Identity()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
