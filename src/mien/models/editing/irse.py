"""The IR-SE50 trunk: the residual network of ArcFace (Deng et al., 2019) with squeeze and excitation (Hu et al., 2018).

The style encoder e4e stands on it, and so does the usual identity network; layers are named and ordered as in the
published weights, so that those can be read.

Legend: B batch, I and O input and output channels, H and W rows and columns.
"""

from __future__ import annotations

from torch import Tensor, nn

STAGES = ((64, 3), (128, 4), (256, 14), (512, 3))
"""Channels and units of the four stages; the first unit of each halves the size."""


class SqueezeExcitation(nn.Module):
    """Scales every channel by a function of all channels' means."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1, bias=False)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, I, H, W)."""
        scale: Tensor = self.fc2(self.fc1(x.mean((2, 3), keepdim=True)).relu()).sigmoid()
        return x * scale


class Unit(nn.Module):
    """Normalisation, two 3x3 convolutions, squeeze and excitation, around a shortcut."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.shortcut_layer: nn.Module = (
            nn.MaxPool2d(1, stride)
            if in_channels == out_channels
            else nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )
        )
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(in_channels),
            nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
            nn.PReLU(out_channels),
            nn.Conv2d(out_channels, out_channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            SqueezeExcitation(out_channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H / stride, W / stride)."""
        y: Tensor = self.res_layer(x) + self.shortcut_layer(x)
        return y


class IRSE50(nn.Module):
    """The maps that e4e reads.

    Args:
        in_channels: of the picture; more than 3 for a style encoder that sees other modalities.

    Attributes:
        channels: of the three maps, coarsest first.
        strides: of the three maps.
    """

    channels = (512, 256, 128)
    strides = (16, 8, 4)

    def __init__(self, in_channels: int = 3) -> None:
        super().__init__()
        before = STAGES[0][0]
        self.input_layer = nn.Sequential(
            nn.Conv2d(in_channels, before, 3, padding=1, bias=False), nn.BatchNorm2d(before), nn.PReLU(before)
        )
        units: list[Unit] = []
        self.taps: list[int] = []
        for width, count in STAGES:
            units += [Unit(before, width, 2), *(Unit(width, width, 1) for _ in range(count - 1))]
            self.taps.append(len(units) - 1)
            before = width
        self.body = nn.Sequential(*units)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, I, H, W) -> (B, 512, H / 16, W / 16), (B, 256, H / 8, W / 8), (B, 128, H / 4, W / 4)."""
        x = self.input_layer(x)
        maps: dict[int, Tensor] = {}
        for index, unit in enumerate(self.body):
            x = unit(x)
            maps[index] = x
        _, fine, middle, coarse = self.taps
        return maps[coarse], maps[middle], maps[fine]
