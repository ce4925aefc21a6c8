"""IR-SE-50, a residual network (Deng et al., 2019) with squeeze and excitation (Hu et al., 2018), and ArcFace on it.

The style encoder e4e uses the same network; layers are named and ordered as in the published ``model_ir_se50.pth``.

Legend: B batch, I and O input and output channels, H and W rows and columns.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

STAGES = ((1, 3), (2, 4), (4, 14), (8, 3))
"""Channels, as multiples of the first layer's, and units of the four stages; the first unit of each halves the size."""

SIZE = 256
"""Side of an aligned face, in pixels, from which ArcFace cuts the face."""

CROP = (slice(35, 223), slice(32, 220))
"""Rows and columns of the cut; it is then averaged to 112 px."""


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
    """Normalization, two 3x3 convolutions, squeeze and excitation, around a shortcut."""

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
        width: channels of the first layer; 64 in the published network.

    Attributes:
        channels: of the three maps, coarsest first; (512, 256, 128) in the published network.
        strides: of the three maps.
    """

    strides = (16, 8, 4)

    def __init__(self, in_channels: int = 3, width: int = 64) -> None:
        super().__init__()
        self.channels = (8 * width, 4 * width, 2 * width)
        before = width
        self.input_layer = nn.Sequential(
            nn.Conv2d(in_channels, before, 3, padding=1, bias=False), nn.BatchNorm2d(before), nn.PReLU(before)
        )
        units: list[Unit] = []
        self.taps: list[int] = []
        for multiple, count in STAGES:
            channels = multiple * width
            units += [Unit(before, channels, 2), *(Unit(channels, channels, 1) for _ in range(count - 1))]
            self.taps.append(len(units) - 1)
            before = channels
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


class ArcFace(IRSE50):
    """Aligned faces -> unit vectors whose inner product tells whether two are the same person.

    Args:
        width: channels of the first layer; 64 in the published network.
        length: of a vector; 512 in the published network.
    """

    def __init__(self, width: int = 64, length: int = 512) -> None:
        super().__init__(3, width)
        last = STAGES[-1][0] * width
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(last), nn.Dropout(0.6), nn.Flatten(), nn.Linear(last * 49, length), nn.BatchNorm1d(length)
        )

    def embed(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) FFHQ-aligned faces in [-1, 1] -> (B, length), of length 1."""
        x = F.interpolate(faces, (SIZE, SIZE), mode="bilinear", antialias=True)
        x = F.adaptive_avg_pool2d(x[:, :, CROP[0], CROP[1]], 112)
        return F.normalize(self.output_layer(self(x)[0]), dim=1)
