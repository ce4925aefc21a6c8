"""The style encoder E: pixel-wise modalities -> W+.

After e4e (Tov et al., 2021, "Designing an Encoder for StyleGAN Image Manipulation"): a trunk, a feature pyramid of
three maps, one head per code, and progressive deltas:

    w_l = w_avg + base + delta_l,    delta_0 = 0

Encoders of pSp (Richardson et al., 2021), which are imported, have the same layers, and heads that give whole codes:

    w_l = w_avg + head_l

Legend: B batch, I channels of all modalities, S side, L W+ codes, C length of a code, M, H and W channels, rows and
columns of a map.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import ConfigError
from mien.models.judges.irse import IRSE50
from mien.models.perception.config import LARGEST, NetworkConfig
from mien.models.stylegan2.discriminator import DiscriminatorBlock, DownConv2d
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d, EqualLinear

SMALLEST = 4
"""Side of the coarsest map of a light trunk, at least."""


@dataclass(frozen=True)
class StyleEncoderConfig(NetworkConfig):
    """What builds a :class:`StyleEncoder`.

    Attributes:
        side: S, of the layers that it is given, pixels.
        inner_side: side at which the trunk looks at them, pixels; a divisor or a multiple of ``side``.
        codes: L.
        w_dim: C.
        inputs: I, channels of all modalities together.
        trunk: "ir-se50" with e4e's heads, or "light", a few residual blocks with light heads.
        widths: of the light trunk at strides 2, 4, 8, 16, 32.
        grid: side to which the light heads average maps that are larger. Averaging more loses where things are.
        grid_channels: of those small maps.
        coarse: codes below this are read off the coarsest map.
        middle: codes from ``coarse`` to below this are read off the middle map, all others off the finest.
        trunk_width: channels of the first layer of "ir-se50"; 64 in the published network.
        offsets: whether heads give offsets to the first code, as in e4e, or whole codes, as in pSp.
    """

    side: int
    inner_side: int
    codes: int
    w_dim: int
    inputs: int = 26
    trunk: Literal["ir-se50", "light"] = "light"
    widths: tuple[int, int, int, int, int] = (32, 64, 96, 128, 128)
    grid: int = 4
    grid_channels: int = 16
    coarse: int = 3
    middle: int = 7
    trunk_width: int = 64
    offsets: bool = True

    def __post_init__(self) -> None:
        if self.trunk not in ("ir-se50", "light"):
            raise ConfigError(f"Trunk {self.trunk!r} is unknown; choose ir-se50 or light.")
        if max(self.side, self.inner_side) > LARGEST:
            raise ConfigError(f"The configuration says side {self.side}; nothing there exceeds {LARGEST}.")
        least = SMALLEST * LightTrunk.strides[0] if self.trunk == "light" else IRSE50.strides[0]
        fits = self.side % self.inner_side == 0 or self.inner_side % self.side == 0
        if not fits or self.inner_side % least:
            raise ConfigError(
                f"The {self.trunk} style encoder looks at a multiple of {least} px that divides the layers' side or is "
                f"a multiple of it; the configuration says {self.inner_side} and {self.side}."
            )


class LightTrunk(nn.Module):
    """The residual blocks of StyleGAN2's discriminator: no normalization, so no dependence on the batch.

    Attributes:
        channels, strides: of the three maps that it gives, coarsest first.
    """

    strides = (32, 16, 8)

    def __init__(self, in_channels: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.channels = (widths[4], widths[3], widths[2])
        self.stem = DownConv2d(in_channels, widths[0], 3, gain=GAIN)
        self.blocks = nn.ModuleList(DiscriminatorBlock(before, after, None) for before, after in pairwise(widths))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, I, H, W) -> maps at strides 32, 16 and 8."""
        maps = [F.leaky_relu_(self.stem(x), SLOPE)]
        for block in self.blocks:
            maps.append(block(maps[-1]))
        return maps[4], maps[3], maps[2]


class MapToStyle(nn.Module):
    """e4e's head, named as there: convolutions with stride 2 until one pixel is left, then a linear layer."""

    def __init__(self, in_channels: int, w_dim: int, side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while side > 1:
            layers += [nn.Conv2d(in_channels, w_dim, 3, stride=2, padding=1), nn.LeakyReLU()]
            in_channels, side = w_dim, side // 2
        self.convs = nn.Sequential(*layers)
        self.linear = EqualLinear(w_dim, w_dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, M, H, W) -> (B, C), float32."""
        w: Tensor = self.linear(self.convs(x).flatten(1))
        return w


class GridToStyle(nn.Module):
    """The light head: a few channels, averaged over a small grid, then two linear layers."""

    def __init__(self, in_channels: int, w_dim: int, grid: int, grid_channels: int) -> None:
        super().__init__()
        self.grid = grid
        self.narrow = EqualConv2d(in_channels, grid_channels, 1, gain=GAIN)
        self.hidden = EqualLinear(grid_channels * grid * grid, w_dim, activate=True)
        self.out = EqualLinear(w_dim, w_dim)
        with torch.no_grad():  # codes start near their mean
            self.out.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, M, H, W), H and W multiples of the grid's side -> (B, C), float32."""
        x = F.leaky_relu_(self.narrow(x), SLOPE)
        w: Tensor = self.out(self.hidden(F.avg_pool2d(x, x.shape[-1] // self.grid).flatten(1)))
        return w


class StyleEncoder(nn.Module):
    """Pixel-wise modalities -> W+.

    Attributes:
        w_avg: (L, C) the generator's mean code, 0 until the caller sets it: ``encoder.w_avg.copy_(mapping.w_avg)``.
    """

    w_avg: Tensor

    def __init__(self, config: StyleEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("w_avg", torch.zeros(config.codes, config.w_dim))
        paper = config.trunk == "ir-se50"
        self.trunk = IRSE50(config.inputs, config.trunk_width) if paper else LightTrunk(config.inputs, config.widths)
        coarse, middle, fine = self.trunk.channels
        self.latlayer1 = nn.Conv2d(middle, coarse, 1)
        self.latlayer2 = nn.Conv2d(fine, coarse, 1)
        sides = [config.inner_side // stride for stride in self.trunk.strides]
        self.styles = nn.ModuleList(
            MapToStyle(coarse, config.w_dim, sides[self._level(code)])
            if paper
            else GridToStyle(coarse, config.w_dim, min(config.grid, sides[self._level(code)]), config.grid_channels)
            for code in range(config.codes)
        )

    def forward(self, layers: Tensor) -> Tensor:
        """(B, I, S, S), see :mod:`mien.conditions.layers` -> W+ (B, L, C), float32."""
        return self.codes_and_deltas(layers)[0]

    def codes_and_deltas(self, layers: Tensor) -> tuple[Tensor, Tensor]:
        """(B, I, S, S) -> W+ (B, L, C), and what tells its codes apart, for e4e's delta norm (B, L − 1, C); float32."""
        c = self.config
        expected = (c.inputs, c.side, c.side)
        assert layers.shape[1:] == expected, f"layers must be (B, *{expected}), got {tuple(layers.shape)}"
        if c.side > c.inner_side:
            layers = F.avg_pool2d(layers, c.side // c.inner_side)
        elif c.side < c.inner_side:
            layers = F.interpolate(layers, size=(c.inner_side, c.inner_side), mode="bilinear")
        maps = self._pyramid(layers)
        base = self.styles[0](maps[0])
        deltas = torch.stack([self.styles[code](maps[self._level(code)]) for code in range(1, c.codes)], 1)
        if not c.offsets:
            deltas = deltas - base[:, None]
        # w_l = w_avg + base + delta_l
        w_plus = self.w_avg + base[:, None] + F.pad(deltas, (0, 0, 1, 0))
        return w_plus, deltas

    def _pyramid(self, layers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        coarse, middle, fine = self.trunk(layers)
        middle = _enlarge(coarse, middle) + self.latlayer1(middle)
        fine = _enlarge(middle, fine) + self.latlayer2(fine)
        return coarse, middle, fine

    def _level(self, code: int) -> int:
        return int(code >= self.config.coarse) + int(code >= self.config.middle)


def _enlarge(x: Tensor, like: Tensor) -> Tensor:
    """To the sides of ``like``; corners aligned, as in e4e."""
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=True)
