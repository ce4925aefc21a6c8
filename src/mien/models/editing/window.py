"""The window painter: paints a part of the face at the photo's scale, over what the whole-face pass made of it.

It predicts the difference to a base (the guide where there is one, the coarse picture elsewhere), so that colors and
light are right from the first step. Ours: neither paper has windows or guides (docs/fidelity.md).

Legend: B batch, S side of the window (a multiple of 16), F side of the whole face, C channels.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d, EqualLinear

INPUTS: Mapping[str, int] = {"image": 11, "coarse": 4, "guide": 4, "sketch": 1, "semantic": 19, "color": 3}
"""Channels by modality: the image with its mask (3 + 1), its mirrored window (3 + 1) and the place (x, y, scale);
coarse picture and guide with their confidence."""


@dataclass(frozen=True)
class WindowConfig(NetworkConfig):
    """What builds a :class:`WindowPainter`.

    Attributes:
        widths: channels at S/2, S/4, S/8 and S/16.
        blocks: residual blocks of each level, on the way down and again on the way up.
        hidden: channels inside a modality's block.
        face: channels of the whole face's maps, at F/2, F/4 and F/8.
        fine: channels of the last layer, at S.
    """

    widths: tuple[int, ...] = (64, 96, 128, 160)
    blocks: tuple[int, ...] = (2, 2, 2, 1)
    hidden: int = 32
    face: tuple[int, ...] = (24, 48, 96)
    fine: int = 24


@dataclass(frozen=True, eq=False)
class WindowInputs:
    """What is known of B windows; pictures are in [-1, 1], and 0 where they are not known.

    Attributes:
        image: (B, 3, S, S), 0 inside the mask.
        mask: (B, 1, S, S) in {0, 1}, 1 = edit.
        mirror: (B, 4, S, S): the same window of the mirrored face, and where that is known.
        coarse: (B, 4, S, S): the whole-face pass's picture of the window and its confidence, 0 where there is none.
        guide: (B, 4, S, S): pixels that were brought here and their confidence.
        layers: sketch (B, 1, S, S) in {0, 1}, semantic (B, 19, S, S) one-hot, color (B, 3, S, S); 0 where not given.
        place: (B, 3): center and side of the window in the aligned square, whose side is 1.
        face: (B, 4, F, F): the whole face after the first pass, and the mask.
    """

    image: Tensor
    mask: Tensor
    mirror: Tensor
    coarse: Tensor
    guide: Tensor
    layers: Mapping[str, Tensor]
    place: Tensor
    face: Tensor

    @property
    def base(self) -> Tensor:
        """(B, 3, S, S): what the painter starts from: photo, over it the coarse picture, over it the guide."""
        inside = self.coarse[:, :3] * self.coarse[:, 3:]
        sure = self.guide[:, 3:]
        return self.image * (1 - self.mask) + self.mask * (inside * (1 - sure) + self.guide[:, :3] * sure)

    @property
    def modalities(self) -> list[Tensor]:
        """As :data:`INPUTS` lists them."""
        x = self.place.view(-1, 3, 1, 1).expand(-1, -1, *self.mask.shape[2:]).to(self.image)
        first = torch.cat([self.image, self.mask, self.mirror, x], 1)
        return [first, self.coarse, self.guide, *(self.layers[name] for name in ("sketch", "semantic", "color"))]


class Conv(EqualConv2d):
    """With a stride: side k, stride 1 for odd k and 2 for k = 4."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, H, W) -> (B, out, H / stride, W / stride)."""
        weight, bias = self.scaled()
        side = weight.shape[-1]
        return F.conv2d(x, weight, bias, stride=2 - side % 2, padding=(side - 1) // 2)


class Block(nn.Module):
    """x + conv(act(conv(act(x)))), the branch 0 at first.

    Args:
        channels: C.
        code: size of a code that scales and shifts what is between; 0 where there is none. On large maps this costs as
            much as a convolution.
    """

    def __init__(self, channels: int, code: int) -> None:
        super().__init__()
        self.conv0 = Conv(channels, channels, 3, gain=GAIN)
        self.conv1 = Conv(channels, channels, 3)
        _zero(self.conv1)
        self.film = EqualLinear(code, 2 * channels) if code else None
        if self.film is not None:
            _zero(self.film)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """(B, C, H, W), (B, code) -> (B, C, H, W)."""
        y = self.conv0(F.leaky_relu(x, SLOPE))
        if self.film is not None:
            scale, shift = self.film(code).to(y)[..., None, None].chunk(2, 1)
            y = y * (1 + scale) + shift
        z: Tensor = self.conv1(F.leaky_relu_(y, SLOPE))
        return x + z


class Attention(nn.Module):
    """Every place of a small map sees all others: an eye finds the other eye."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(1, channels)
        self.qkv = Conv(channels, 3 * channels, 1)
        self.out = Conv(channels, channels, 1)
        _zero(self.out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).transpose(-1, -2).unbind(1)
        y = F.scaled_dot_product_attention(q, k, v).transpose(-1, -2).reshape(b, c, h, w)
        z: Tensor = self.out(y)
        return x + z


class Stem(nn.Module):
    """Modalities -> one map at S/2, weighted per pixel (equations 16 and 17)."""

    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.extract = nn.ModuleList(
            nn.Sequential(Conv(4 * c, hidden, 3, gain=GAIN), _act(), Conv(hidden, width, 3)) for c in INPUTS.values()
        )
        self.score = nn.Sequential(Conv(width, hidden, 1, gain=GAIN), _act(), Conv(hidden, 1, 1))

    def forward(self, modalities: Sequence[Tensor]) -> Tensor:
        """N times (B, C, S, S) -> (B, width, S/2, S/2)."""
        maps = [block(F.pixel_unshuffle(x, 2)) for block, x in zip(self.extract, modalities, strict=True)]
        scores = self.score(torch.cat(maps)).float()
        shares = torch.cat(scores.chunk(len(maps)), 1).softmax(1).to(maps[0].dtype)
        # (17) a = Σ_i ŝ_i ⊙ F_i
        parts = [share * one for share, one in zip(shares.chunk(len(maps), 1), maps, strict=True)]
        total: Tensor = functools.reduce(torch.add, parts)
        return total


class WholeFace(nn.Module):
    """The face around the window: a map that is sampled into it, and a code of the whole."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        sizes = (4, *widths)
        self.down = nn.ModuleList(Conv(a, b, 4, gain=GAIN) for a, b in pairwise(sizes))
        self.code = EqualLinear(2 * widths[-1] + 3, widths[-1], activate=True)

    def forward(self, face: Tensor, place: Tensor, side: int) -> tuple[Tensor, Tensor]:
        """(B, 4, F, F), (B, 3) -> the map at F/4 sampled into the window (B, C, side, side), the code (B, code)."""
        maps = [face]
        for conv in self.down:
            maps.append(F.leaky_relu(conv(maps[-1]), SLOPE))
        ends = maps[-1].float()
        pooled = torch.cat([ends.mean((2, 3)), ends.amax((2, 3)), place.float()], 1)
        code: Tensor = self.code(pooled)
        steps = (torch.arange(side, device=face.device, dtype=torch.float32) + 0.5) / side - 0.5
        ys, xs = torch.meshgrid(steps, steps, indexing="ij")
        grid = torch.stack([xs, ys], -1)[None] * place[:, None, None, 2:].float() + place[:, None, None, :2].float()
        sampled = F.grid_sample(maps[2].float(), 2 * grid - 1, padding_mode="border", align_corners=False)
        return sampled.to(maps[-1]), code


class WindowPainter(nn.Module):
    """A U-Net over the aggregated modalities; see the top of the file."""

    def __init__(self, config: WindowConfig) -> None:
        super().__init__()
        self.config = config
        widths, code = config.widths, config.face[-1]
        self.stem = Stem(config.hidden, widths[0])
        self.face = WholeFace(config.face)
        self.join = Conv(widths[1] + config.face[1], widths[1], 1)
        codes = [0, 0, *(code for _ in widths[2:])]
        shapes = list(zip(widths, config.blocks, codes, strict=True))
        self.encoder = nn.ModuleList(_blocks(*shape) for shape in shapes)
        self.decoder = nn.ModuleList(_blocks(*shape) for shape in shapes)
        pairs = list(pairwise(widths))
        self.down = nn.ModuleList(Conv(a, b, 4) for a, b in pairs)
        self.up = nn.ModuleList(Conv(b, a, 3) for a, b in pairs)
        self.skip = nn.ModuleList(Conv(2 * a, a, 1) for a, _ in pairs)
        self.attention = Attention(widths[-1])
        self.rise = Conv(widths[0], 4 * config.fine, 3, gain=GAIN)
        self.last = nn.Sequential(
            Conv(config.fine + 8, config.fine, 3, gain=GAIN), _act(), Conv(config.fine, 3, 3, gain=0.5)
        )
        _zero(self.last[2])

    def forward(self, given: WindowInputs) -> Tensor:
        """The window's picture, (B, 3, S, S), not limited to [-1, 1]."""
        side = given.mask.shape[-1]
        around, code = self.face(given.face, given.place, side // 4)
        x = self.stem(given.modalities)
        skips: list[Tensor] = []
        for level, blocks in enumerate(self.encoder):
            if level:
                x = self.down[level - 1](x)
            if level == 1:
                x = self.join(torch.cat([x, around], 1))
            x = _run(blocks, x, code)
            skips.append(x)
        x = self.attention(x)
        for level in reversed(range(len(self.decoder))):
            if level < len(self.up):
                up = self.up[level](F.interpolate(x, scale_factor=2.0, mode="nearest"))
                x = self.skip[level](torch.cat([up, skips[level]], 1))
            x = _run(self.decoder[level], x, code)
        base = given.base
        fine = torch.cat([F.pixel_shuffle(self.rise(F.leaky_relu(x, SLOPE)), 2), base, given.mask, given.guide], 1)
        difference: Tensor = self.last(fine)
        return base.float() + difference.float()


def _act() -> nn.Module:
    return nn.LeakyReLU(SLOPE, inplace=True)


def _zero(layer: nn.Module) -> None:
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def _blocks(channels: int, count: int, code: int) -> nn.ModuleList:
    return nn.ModuleList(Block(channels, code) for _ in range(count))


def _run(blocks: nn.Module, x: Tensor, code: Tensor) -> Tensor:
    assert isinstance(blocks, nn.ModuleList)
    for block in blocks:
        x = block(x, code)
    return x
