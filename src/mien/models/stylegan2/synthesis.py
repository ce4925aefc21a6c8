"""The synthesis network g: W+ (or StyleSpace) -> picture, with skip connections to RGB.

Letters: B batch, L W+ codes, C length of a code, N noise maps (L − 1), R resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast, overload

import torch
from torch import Tensor, nn

from mien.models.stylegan2.config import GeneratorConfig
from mien.models.stylegan2.fir import upsample
from mien.models.stylegan2.layers import full_precision
from mien.models.stylegan2.modulation import StyledConv, ToRGB

Noise = Literal["random", "const", "none"] | Sequence[Tensor]
"""New noise at every call, the maps that are stored with the network, no noise, or N maps (B or 1, 1, R, R)."""

Features = dict[int, Tensor]
"""Resolution -> the block's last map (B, channels(R), R, R): the facial feature bank."""


class SynthesisBlock(nn.Module):
    """All layers of one resolution: ``conv0`` doubles the size (absent at 4 px), ``conv1`` and ``to_rgb`` follow."""

    def __init__(self, config: GeneratorConfig, resolution: int) -> None:
        super().__init__()
        o = config.channels(resolution)
        i = config.channels(resolution // 2)
        first = resolution == 4
        self.conv0 = None if first else StyledConv(i, o, config.w_dim, resolution, up=True, clamp=config.clamp)
        self.conv1 = StyledConv(o, o, config.w_dim, resolution, up=False, clamp=config.clamp)
        self.to_rgb = ToRGB(o, config.w_dim, clamp=config.clamp)

    @property
    def convs(self) -> list[StyledConv]:
        """``conv0``, if any, and ``conv1``."""
        return [self.conv1] if self.conv0 is None else [self.conv0, self.conv1]


class Synthesis(nn.Module):
    """Block after block from a learned constant; every block adds its picture to the up-sampled one before.

    The layers in order, and so the list S of StyleSpace, are: conv1 and to_rgb of 4 px, then conv0, conv1 and to_rgb of
    each resolution. A block's to_rgb shares its code with the next block's conv0.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.const = nn.Parameter(torch.randn(1, config.channels(4), 4, 4))
        self.blocks = nn.ModuleDict({str(r): SynthesisBlock(config, r) for r in config.resolutions})

    @overload
    def forward(
        self,
        w_plus: Tensor,
        noise: Noise = ...,
        features: Literal[False] = ...,
        shift: Tensor | None = ...,
        residuals: Features | None = ...,
    ) -> Tensor: ...

    @overload
    def forward(
        self,
        w_plus: Tensor,
        noise: Noise = ...,
        *,
        features: Literal[True],
        shift: Tensor | None = ...,
        residuals: Features | None = ...,
    ) -> tuple[Tensor, Features]: ...

    def forward(
        self,
        w_plus: Tensor,
        noise: Noise = "random",
        features: bool = False,
        shift: Tensor | None = None,
        residuals: Features | None = None,
    ) -> Tensor | tuple[Tensor, Features]:
        """(B, L, C) -> (B, 3, R, R) float32, nominally in [-1, 1]; with ``features`` also the maps by resolution.

        Args:
            shift: (B or 1, N) is added to StyleSpace, the channels of all layers one after the other.
            residuals: are added to the last maps of blocks, by resolution, (B or 1, channels(R), R, R).
        """
        styles = self.styles(w_plus)
        if shift is not None:
            parts = torch.split(shift.to(styles[0]), list(self.config.style_channels), 1)
            styles = [style + part for style, part in zip(styles, parts, strict=True)]
        picture, maps = self.from_styles(styles, noise, residuals)
        return (picture, maps) if features else picture

    def styles(self, w_plus: Tensor) -> list[Tensor]:
        """W+ (B, L, C) -> StyleSpace: one (B, I) tensor per layer, in the order of the class docstring."""
        codes, length = self.config.codes, self.config.w_dim
        if w_plus.ndim != 3 or w_plus.shape[1:] != (codes, length):
            raise ValueError(f"w_plus must be (B, {codes}, {length}), got {tuple(w_plus.shape)}")
        styles: list[Tensor] = []
        index = 0
        with full_precision(w_plus):
            for block in self._blocks():
                for conv in block.convs:
                    styles.append(conv.affine(w_plus[:, index]))
                    index += 1
                styles.append(block.to_rgb.affine(w_plus[:, index]))
        return styles

    def from_styles(
        self, styles: Sequence[Tensor], noise: Noise = "random", residuals: Features | None = None
    ) -> tuple[Tensor, Features]:
        """StyleSpace -> picture (B, 3, R, R) float32 and maps by resolution; residuals as in :meth:`forward`."""
        layers = 3 * len(self.config.resolutions) - 1
        if len(styles) != layers:
            raise ValueError(f"expected {layers} styles, got {len(styles)}")
        s = iter(styles)
        noises = iter(self._noises(noise, styles[0]))
        x = self.const.expand(styles[0].shape[0], -1, -1, -1)
        picture: Tensor | None = None
        maps: Features = {}
        for resolution, block in zip(self.config.resolutions, self._blocks(), strict=True):
            for conv in block.convs:
                x = conv(x, next(s), next(noises))
            if residuals is not None and resolution in residuals:
                x = x + residuals[resolution].to(x.dtype)
            rgb = block.to_rgb(x, next(s))
            picture = rgb if picture is None else upsample(picture).add_(rgb)
            maps[resolution] = x
        assert picture is not None
        return picture, maps

    def _blocks(self) -> list[SynthesisBlock]:
        return [cast(SynthesisBlock, block) for block in self.blocks.values()]

    def _noises(self, noise: Noise, like: Tensor) -> list[Tensor | None]:
        convs = [conv for block in self._blocks() for conv in block.convs]
        if noise == "none":
            return [None] * len(convs)
        if noise == "const":
            return [conv.noise_const[None, None] for conv in convs]
        if noise == "random":
            sides = self.config.noises
            return [torch.randn(like.shape[0], 1, side, side, device=like.device) for side in sides]
        if len(noise) != len(convs):
            raise ValueError(f"noise must be 'random', 'const', 'none' or {len(convs)} maps")
        return list(noise)
