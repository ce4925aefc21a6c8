"""Inception v3 as FID uses it (Szegedy et al., 2016; weights of 2015-12-05 in the layout of pytorch-fid).

It differs from torchvision's: average pooling leaves the padding out of the mean, and the pooling branch of the last
block takes the maximum. Letters: B batch, C channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE = 299
"""Side in pixels at which the network sees pictures."""


class Conv(nn.Module):
    """Convolution without bias, batch normalization (ε = 0.001), ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int | tuple[int, int], stride: int = 1, pad: bool = True):
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (height // 2, width // 2) if pad else (0, 0)
        self.conv = nn.Conv2d(inputs, outputs, (height, width), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, h, w)."""
        y: Tensor = self.bn(self.conv(x))
        return y.relu()


def _average(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class BlockA(nn.Module):
    """35 x 35: 1x1, 5x5, double 3x3, pooling."""

    def __init__(self, inputs: int, unit: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(inputs, 4 * unit, 1)
        self.branch5x5_1 = Conv(inputs, 3 * unit, 1)
        self.branch5x5_2 = Conv(3 * unit, 4 * unit, 5)
        self.branch3x3dbl_1 = Conv(inputs, 4 * unit, 1)
        self.branch3x3dbl_2 = Conv(4 * unit, 6 * unit, 3)
        self.branch3x3dbl_3 = Conv(6 * unit, 6 * unit, 3)
        self.branch_pool = Conv(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 14·unit + pooled, H, W)."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(_average(x))], 1)


class BlockB(nn.Module):
    """35 x 35 -> 17 x 17."""

    def __init__(self, inputs: int, unit: int) -> None:
        super().__init__()
        self.branch3x3 = Conv(inputs, 24 * unit, 3, 2, pad=False)
        self.branch3x3dbl_1 = Conv(inputs, 4 * unit, 1)
        self.branch3x3dbl_2 = Conv(4 * unit, 6 * unit, 3)
        self.branch3x3dbl_3 = Conv(6 * unit, 6 * unit, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 30·unit + inputs, h, w)."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, 2)], 1)


class BlockC(nn.Module):
    """17 x 17: 1x1, 7x7 in two steps, double 7x7, pooling."""

    def __init__(self, inputs: int, outputs: int, inner: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(inputs, outputs, 1)
        self.branch7x7_1 = Conv(inputs, inner, 1)
        self.branch7x7_2 = Conv(inner, inner, (1, 7))
        self.branch7x7_3 = Conv(inner, outputs, (7, 1))
        self.branch7x7dbl_1 = Conv(inputs, inner, 1)
        self.branch7x7dbl_2 = Conv(inner, inner, (7, 1))
        self.branch7x7dbl_3 = Conv(inner, inner, (1, 7))
        self.branch7x7dbl_4 = Conv(inner, inner, (7, 1))
        self.branch7x7dbl_5 = Conv(inner, outputs, (1, 7))
        self.branch_pool = Conv(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 4·outputs, H, W)."""
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(_average(x))], 1)


class BlockD(nn.Module):
    """17 x 17 -> 8 x 8."""

    def __init__(self, inputs: int, unit: int) -> None:
        super().__init__()
        self.branch3x3_1 = Conv(inputs, 12 * unit, 1)
        self.branch3x3_2 = Conv(12 * unit, 20 * unit, 3, 2, pad=False)
        self.branch7x7x3_1 = Conv(inputs, 12 * unit, 1)
        self.branch7x7x3_2 = Conv(12 * unit, 12 * unit, (1, 7))
        self.branch7x7x3_3 = Conv(12 * unit, 12 * unit, (7, 1))
        self.branch7x7x3_4 = Conv(12 * unit, 12 * unit, 3, 2, pad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 32·unit + inputs, h, w)."""
        seven = self.branch7x7x3_2(self.branch7x7x3_1(x))
        seven = self.branch7x7x3_4(self.branch7x7x3_3(seven))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, F.max_pool2d(x, 3, 2)], 1)


class BlockE(nn.Module):
    """8 x 8: 1x1, 3x3 fanned out, double 3x3 fanned out, pooling by mean or maximum."""

    def __init__(self, inputs: int, unit: int, *, maximum: bool) -> None:
        super().__init__()
        self.maximum = maximum
        self.branch1x1 = Conv(inputs, 20 * unit, 1)
        self.branch3x3_1 = Conv(inputs, 24 * unit, 1)
        self.branch3x3_2a = Conv(24 * unit, 24 * unit, (1, 3))
        self.branch3x3_2b = Conv(24 * unit, 24 * unit, (3, 1))
        self.branch3x3dbl_1 = Conv(inputs, 28 * unit, 1)
        self.branch3x3dbl_2 = Conv(28 * unit, 24 * unit, 3)
        self.branch3x3dbl_3a = Conv(24 * unit, 24 * unit, (1, 3))
        self.branch3x3dbl_3b = Conv(24 * unit, 24 * unit, (3, 1))
        self.branch_pool = Conv(inputs, 12 * unit, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 128·unit, H, W)."""
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = self.branch_pool(F.max_pool2d(x, 3, 1, 1) if self.maximum else _average(x))
        fans = [self.branch3x3_2a(three), self.branch3x3_2b(three)]
        fans += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        return torch.cat([self.branch1x1(x), *fans, pooled], 1)


class Inception(nn.Module):
    """Pictures -> the 2,048 averages before the classifier.

    Args:
        unit: channels of which all widths are multiples; 16 in the published network.
        classes: of the classifier, which is stored but not used.
    """

    def __init__(self, unit: int = 16, classes: int = 1008) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 2 * unit, 3, 2, pad=False)
        self.Conv2d_2a_3x3 = Conv(2 * unit, 2 * unit, 3, pad=False)
        self.Conv2d_2b_3x3 = Conv(2 * unit, 4 * unit, 3)
        self.Conv2d_3b_1x1 = Conv(4 * unit, 5 * unit, 1)
        self.Conv2d_4a_3x3 = Conv(5 * unit, 12 * unit, 3, pad=False)
        self.Mixed_5b = BlockA(12 * unit, unit, 2 * unit)
        self.Mixed_5c = BlockA(16 * unit, unit, 4 * unit)
        self.Mixed_5d = BlockA(18 * unit, unit, 4 * unit)
        self.Mixed_6a = BlockB(18 * unit, unit)
        for name, inner in zip("bcde", (8, 10, 10, 12), strict=True):
            self.add_module(f"Mixed_6{name}", BlockC(48 * unit, 12 * unit, inner * unit))
        self.Mixed_7a = BlockD(48 * unit, unit)
        self.Mixed_7b = BlockE(80 * unit, unit, maximum=False)
        self.Mixed_7c = BlockE(128 * unit, unit, maximum=True)
        self.fc = nn.Linear(128 * unit, classes)

    def embed(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1], any size -> (B, 128·unit); resized to 299 px (bilinear, anti-aliased)."""
        x = F.interpolate(pictures, (SIZE, SIZE), mode="bilinear", antialias=True)
        for name, layer in self.named_children():
            if name == "fc":
                break
            x = layer(x)
            if name in ("Conv2d_2b_3x3", "Conv2d_4a_3x3"):
                x = F.max_pool2d(x, 3, 2)
        return x.mean((2, 3))
