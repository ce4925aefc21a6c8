"""What both networks look at a picture with, and their residual blocks.

Legend: B batch, M channels, S side, H and W rows and columns.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d


class Residual(nn.Module):
    """x + c·conv(act(conv(x))), the last convolution starting at 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv0 = EqualConv2d(channels, channels, 3, gain=GAIN)
        self.conv1 = EqualConv2d(channels, channels, 3)
        with torch.no_grad():
            self.conv1.weight.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(B, M, H, W) -> the same shape."""
        y: Tensor = self.conv1(F.leaky_relu_(self.conv0(x), SLOPE))
        return x + y


def seen(picture: Tensor, rebuilt: Tensor) -> Tensor:
    """What is wanted, and what there is: two times (B, 3, S, S) in [-1, 1] -> (B, 6, S, S)."""
    assert picture.shape == rebuilt.shape, f"{tuple(picture.shape)} against {tuple(rebuilt.shape)}"
    return torch.cat([picture, rebuilt - picture], 1)
