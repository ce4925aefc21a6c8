"""BiSeNet for face parsing (Yu et al. 2018, with a ResNet-18 trunk), shaped to the layout of ``79999_iter.pth``.

Attribute names are those of the published weights, so that they load without renaming; the two auxiliary heads of
training are left out.

Legend: B batch, H and W sides in pixels (multiples of 32).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class BiSeNetConfig:
    """What builds a :class:`BiSeNet`; the defaults are the published network.

    Attributes:
        size: side at which faces are parsed, pixels.
        classes: scores for each pixel.
        width: channels after the first convolution; the stages have 1, 2, 4 and 8 times as many.
        context: channels of the context path; the fused map has twice as many.
    """

    size: int = 512
    classes: int = 19
    width: int = 64
    context: int = 128


class ConvBNReLU(nn.Module):
    """Convolution, batch normalization, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H, W)."""
        y: Tensor = self.bn(self.conv(x)).relu()
        return y


class BasicBlock(nn.Module):
    """The residual block of ResNet-18."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / stride, W / stride)."""
        skip = x if self.downsample is None else self.downsample(x)
        y: Tensor = (skip + self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))).relu()
        return y


class Trunk(nn.Module):
    """ResNet-18 without its classifier."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = nn.Sequential(BasicBlock(width, width, 1), BasicBlock(width, width, 1))
        self.layer2 = nn.Sequential(BasicBlock(width, 2 * width, 2), BasicBlock(2 * width, 2 * width, 1))
        self.layer3 = nn.Sequential(BasicBlock(2 * width, 4 * width, 2), BasicBlock(4 * width, 4 * width, 1))
        self.layer4 = nn.Sequential(BasicBlock(4 * width, 8 * width, 2), BasicBlock(8 * width, 8 * width, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 3, H, W) -> maps at strides 8, 16 and 32."""
        x = F.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, padding=1)
        at8 = self.layer2(self.layer1(x))
        at16 = self.layer3(at8)
        return at8, at16, self.layer4(at16)


class AttentionRefinement(nn.Module):
    """Weighs channels by their mean over the picture."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = ConvBNReLU(inputs, outputs)
        self.conv_atten = nn.Conv2d(outputs, outputs, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H, W)."""
        x = self.conv(x)
        weight: Tensor = self.bn_atten(self.conv_atten(x.mean((2, 3), keepdim=True))).sigmoid()
        return x * weight


class ContextPath(nn.Module):
    """Refined maps of strides 32 and 16, enlarged to stride 8."""

    def __init__(self, width: int, context: int) -> None:
        super().__init__()
        self.resnet = Trunk(width)
        self.arm16 = AttentionRefinement(4 * width, context)
        self.arm32 = AttentionRefinement(8 * width, context)
        self.conv_head32 = ConvBNReLU(context, context)
        self.conv_head16 = ConvBNReLU(context, context)
        self.conv_avg = ConvBNReLU(8 * width, context, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, H, W) -> trunk and context at stride 8."""
        at8, at16, at32 = self.resnet(x)
        context = self.arm32(at32) + self.conv_avg(at32.mean((2, 3), keepdim=True))
        context = self.conv_head32(F.interpolate(context, at16.shape[2:], mode="nearest"))
        context = self.conv_head16(F.interpolate(self.arm16(at16) + context, at8.shape[2:], mode="nearest"))
        return at8, context


class FeatureFusion(nn.Module):
    """Joins trunk and context, and weighs the channels of the result."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convblk = ConvBNReLU(inputs, outputs, 1)
        self.conv1 = nn.Conv2d(outputs, outputs // 4, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs // 4, outputs, 1, bias=False)

    def forward(self, trunk: Tensor, context: Tensor) -> Tensor:
        """Two (B, C, H, W) -> (B, outputs, H, W)."""
        x: Tensor = self.convblk(torch.cat([trunk, context], 1))
        weight: Tensor = self.conv2(self.conv1(x.mean((2, 3), keepdim=True)).relu()).sigmoid()
        return x * weight + x


class Head(nn.Module):
    """Scores for each class."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.conv = ConvBNReLU(inputs, inputs)
        self.conv_out = nn.Conv2d(inputs, classes, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, classes, H, W)."""
        scores: Tensor = self.conv_out(self.conv(x))
        return scores


class BiSeNet(nn.Module):
    """Faces to class scores, in the face-parsing order."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: BiSeNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or BiSeNetConfig()
        c = self.config
        self.cp = ContextPath(c.width, c.context)
        self.ffm = FeatureFusion(2 * c.width + c.context, 2 * c.context)
        self.conv_out = Head(2 * c.context, c.classes)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> logits (B, classes, H, W)."""
        b, c, h, w = images.shape
        assert c == 3 and h % 32 == 0 and w % 32 == 0, f"expected (B, 3, 32n, 32m), got {(b, c, h, w)}"
        normalised = ((images + 1) / 2 - self.mean) / self.std
        scores = self.conv_out(self.ffm(*self.cp(normalised)))
        logits: Tensor = F.interpolate(scores, (h, w), mode="bilinear", align_corners=True)
        return logits
