"""ArcFace's IR-SE-50 (Deng et al., 2019) in the layout of ``model_ir_se50.pth``: who is in a picture.

Letters: B batch, C channels.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

SIZE = 256
"""Side of an aligned face, in pixels, from which the face is cut."""

CROP = (slice(35, 223), slice(32, 220))
"""Rows and columns of the cut; it is then averaged to 112 px."""

BLOCKS = ((1, 3), (2, 4), (4, 14), (8, 3))
"""(width as a multiple of the first, units) of the four stages; the first unit of each halves the side."""


class SqueezeExcite(nn.Module):
    """A gate for each channel from the averages of all (Hu et al., 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(width, width // 16, 1, bias=False)
        self.fc2 = nn.Conv2d(width // 16, width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W), same shape back."""
        gate: Tensor = self.fc2(self.fc1(x.mean((2, 3), keepdim=True)).relu()).sigmoid()
        return x * gate


class Unit(nn.Module):
    """A residual unit; names are those of the file."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        projected = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.shortcut_layer = nn.MaxPool2d(1, stride) if inputs == width else projected
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.Conv2d(inputs, width, 3, padding=1, bias=False),
            nn.PReLU(width),
            nn.Conv2d(width, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            SqueezeExcite(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, width, H / stride, W / stride)."""
        y: Tensor = self.res_layer(x) + self.shortcut_layer(x)
        return y


class ArcFace(nn.Module):
    """Aligned faces -> unit vectors whose inner product tells whether two are the same person.

    Args:
        unit: channels of the first layer; 64 in the published network.
        length: of a vector; 512 in the published network.
    """

    def __init__(self, unit: int = 64, length: int = 512) -> None:
        super().__init__()
        self.input_layer = nn.Sequential(nn.Conv2d(3, unit, 3, 1, 1, bias=False), nn.BatchNorm2d(unit), nn.PReLU(unit))
        units: list[nn.Module] = []
        inputs = unit
        for multiple, count in BLOCKS:
            for index in range(count):
                units.append(Unit(inputs, multiple * unit, 2 if index == 0 else 1))
                inputs = multiple * unit
        self.body = nn.Sequential(*units)
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.Dropout(0.6),
            nn.Flatten(),
            nn.Linear(inputs * 49, length),
            nn.BatchNorm1d(length),
        )

    def forward(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) FFHQ-aligned faces in [-1, 1] -> (B, length), of length 1."""
        x = F.interpolate(faces, (SIZE, SIZE), mode="bilinear", antialias=True)
        x = F.adaptive_avg_pool2d(x[:, :, CROP[0], CROP[1]], 112)
        return F.normalize(self.output_layer(self.body(self.input_layer(x))), dim=1)
