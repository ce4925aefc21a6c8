"""The refinement auto-encoder R: the aggregated map, the codes and the facial feature bank -> the edited picture.

Legend: B batch, I channels of the aggregated map, R resolution of the picture, r resolution of a level (4, 8, ..., R),
C_r and K_r channels of the level and of the bank there, L W+ codes, C length of a code, G length of x_global.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import ConfigError
from mien.models.editing.fusion import FusionKind, fusion_block
from mien.models.editing.style_layer import ActivatedStyleLayer
from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.discriminator import DownConv2d
from mien.models.stylegan2.fir import upsample
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d, EqualLinear
from mien.models.stylegan2.modulation import ToRGB


@dataclass(frozen=True)
class RefinementConfig(NetworkConfig):
    """What builds a :class:`Refinement`.

    Attributes:
        inputs: I.
        channels: C_r of the levels 4, 8, ..., R.
        bank_channels: K_r of the same levels; 0 at those beyond the generator's resolution.
        w_dim: C.
        codes: L, at least two per level with a bank; those beyond steer nothing here.
        global_dim: G.
        dropout: probability that an entry of x_global is dropped in training.
        gate_kernel: side of the kernels of the gates S2 and S3.
        fusion: "style" is the paper's; "add" and "gated" are ablations B and C of Table VI.
        bank: False is ablation E.
    """

    inputs: int
    channels: tuple[int, ...]
    bank_channels: tuple[int, ...]
    w_dim: int
    codes: int
    global_dim: int = 1024
    dropout: float = 0.5
    gate_kernel: int = 3
    fusion: FusionKind = "style"
    bank: bool = True

    def __post_init__(self) -> None:
        levels, steered = len(self.channels), 2 * sum(width > 0 for width in self.bank_channels)
        if len(self.bank_channels) != levels or self.codes < steered:
            raise ConfigError(
                f"{levels} levels need as many bank widths and at least {steered} codes; "
                f"the configuration has {len(self.bank_channels)} and {self.codes}."
            )
        if self.fusion not in ("style", "add", "gated"):
            raise ConfigError(f"Fusion {self.fusion!r} is unknown; choose style, add or gated.")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """(4, 8, ..., R)."""
        return tuple(4 << level for level in range(len(self.channels)))

    def has_bank(self, level: int) -> bool:
        """Whether a level is given a map of the bank."""
        return self.bank and self.bank_channels[level] > 0

    @property
    def resolution(self) -> int:
        """R."""
        return self.resolutions[-1]


@dataclass(frozen=True, eq=False)
class EncoderFeatures:
    """What the encoder makes of the aggregated map; it depends on nothing else, so it may be kept between edits.

    Attributes:
        maps: F_en by resolution, (B, C_r, r, r).
        last: (B, C_4, 4, 4) where the decoder starts.
        x_global: (B, G) float32.
    """

    maps: Mapping[int, Tensor]
    last: Tensor
    x_global: Tensor

    @classmethod
    def joined(cls, parts: Sequence[EncoderFeatures]) -> EncoderFeatures:
        """As one batch."""
        maps = {side: _cat([one.maps[side] for one in parts]) for side in parts[0].maps}
        return cls(maps, _cat([one.last for one in parts]), _cat([one.x_global for one in parts]))

    def of(self, index: int) -> EncoderFeatures:
        """Of one sample; a copy, so that what is kept of it does not keep the whole batch."""
        part = slice(index, index + 1)
        maps = {side: value[part].clone() for side, value in self.maps.items()}
        return EncoderFeatures(maps, self.last[part].clone(), self.x_global[part].clone())


def _cat(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts)


class RefinementEncoder(nn.Module):
    """From the aggregated map down to 4², to a global vector, and back to 4²."""

    def __init__(self, config: RefinementConfig) -> None:
        super().__init__()
        self.config = config
        pairs = list(zip(config.resolutions, config.channels, strict=True))
        before = config.inputs
        self.convs = nn.ModuleDict()
        self.downs = nn.ModuleDict()
        for index, (resolution, channels) in reversed(list(enumerate(pairs))):
            self.convs[str(resolution)] = EqualConv2d(before, channels, 3, gain=GAIN)
            if index:
                before = config.channels[index - 1]
                self.downs[str(resolution)] = DownConv2d(channels, before, 3, gain=GAIN)
        self.to_global = EqualLinear(16 * before, config.global_dim, activate=True)
        self.from_global = EqualLinear(config.global_dim, 16 * before, activate=True)

    def forward(self, a: Tensor) -> EncoderFeatures:
        """a (B, I, R, R) -> features."""
        maps: dict[int, Tensor] = {}
        x = a
        for resolution in reversed(self.config.resolutions):
            x = maps[resolution] = F.leaky_relu_(self.convs[str(resolution)](x), SLOPE)
            if resolution > 4:
                x = F.leaky_relu_(self.downs[str(resolution)](x), SLOPE)
        x_global = F.dropout(self.to_global(x.flatten(1)), self.config.dropout, self.training)
        back: Tensor = self.from_global(x_global)
        return EncoderFeatures(maps, x + back.view_as(x).to(x.dtype), x_global)


class DecoderLevel(nn.Module):
    """One resolution of the decoder: a style layer, the fusion block, and a toRGB."""

    def __init__(self, config: RefinementConfig, level: int) -> None:
        super().__init__()
        channels, style_dim = config.channels[level], config.w_dim + config.global_dim
        before = config.channels[max(level - 1, 0)]
        self.conv = ActivatedStyleLayer(before, channels, style_dim, up=level > 0)
        bank_channels = config.bank_channels[level] if config.bank else 0
        self.fusion = fusion_block(config.fusion, channels, bank_channels or None, style_dim, config.gate_kernel)
        self.to_rgb = ToRGB(channels, style_dim, clamp=None)
        with torch.no_grad():  # the picture starts near gray: a random one would first have to be unlearned
            self.to_rgb.weight.mul_(0.1)

    def forward(
        self, x: Tensor, f_en: Tensor, f_s: Tensor | None, styles: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """x (B, C, r / 2, r / 2), or at 4² (B, C, 4, 4) -> F_g (B, C_r, r, r) and its picture (B, 3, r, r)."""
        of_conv, of_fusion, of_rgb = styles
        # (6) F_de_l = StyleConv(up(F_g_{l−1}), w*_l)
        f_de = self.conv(x, of_conv)
        f_g = self.fusion(f_de, f_en, f_s, of_fusion)
        return f_g, self.to_rgb(f_g, self.to_rgb.affine(of_rgb))


class Refinement(nn.Module):
    """Equation 1's R: a and w_e and F_s -> I_out.

    The codes are used as the generator uses them: at a level, those of its two convolutions and of its toRGB steer the
    style layer, the fusion block and the toRGB. Levels beyond the generator's resolution have no bank and take its last
    code.

    Attributes:
        bank_gain: (levels,) what the bank's maps are multiplied by; 1 until :meth:`calibrate`.
    """

    bank_gain: Tensor

    def __init__(self, config: RefinementConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = RefinementEncoder(config)
        self.levels = nn.ModuleDict({str(r): DecoderLevel(config, i) for i, r in enumerate(config.resolutions)})
        self.register_buffer("bank_gain", torch.ones(len(config.channels)))

    def forward(self, a: Tensor, w_plus: Tensor, bank: Mapping[int, Tensor]) -> Tensor:
        """Encodes and decodes.

        Args:
            a: (B, I, R, R) the aggregated map.
            w_plus: (B, L, C) the codes w_e.
            bank: the generator's maps (B, K_r, r, r) for those codes, by resolution; larger ones are not looked at, and
                none is without a bank.

        Returns:
            (B, 3, R, R) float32, nominally in [-1, 1].
        """
        return self.decode(self.encode(a), w_plus, bank)

    def encode(self, a: Tensor) -> EncoderFeatures:
        """The part that depends on the aggregated map alone: (B, I, R, R) -> features."""
        side = self.config.resolution
        expected = (self.config.inputs, side, side)
        assert a.shape[1:] == expected, f"a must be (B, *{expected}), got {tuple(a.shape)}"
        features: EncoderFeatures = self.encoder(a)
        return features

    def decode(self, features: EncoderFeatures, w_plus: Tensor, bank: Mapping[int, Tensor]) -> Tensor:
        """The rest; arguments and result as in :meth:`forward`."""
        self._check(w_plus, bank)
        # (6) w*_l = [w_l ; x_global]
        shared = features.x_global[:, None].expand(-1, w_plus.shape[1], -1)
        styles = torch.cat([w_plus.float(), shared], 2).unbind(1)
        x = features.last
        picture: Tensor | None = None
        for index, resolution in enumerate(self.config.resolutions):
            level = cast(DecoderLevel, self.levels[str(resolution)])
            f_s = bank[resolution] * self.bank_gain[index] if self.config.has_bank(index) else None
            first, middle, last = (styles[min(max(i, 0), len(styles) - 1)] for i in range(2 * index - 1, 2 * index + 2))
            x, rgb = level(x, features.maps[resolution], f_s, (first, middle, last))
            picture = rgb if picture is None else upsample(picture) + rgb
        assert picture is not None
        return picture

    @torch.no_grad()
    def calibrate(self, bank: Mapping[int, Tensor]) -> None:
        """Sets ``bank_gain`` so that the bank's maps enter with unit mean square, once, on the maps of some codes.

        A generator's maps can be ten times smaller than the decoder's, and then the gates hardly see them.
        """
        for index, resolution in enumerate(self.config.resolutions):
            if not self.config.bank_channels[index]:
                continue
            self.bank_gain[index] = (bank[resolution].float().square().mean() + 1e-8).rsqrt()

    def _check(self, w_plus: Tensor, bank: Mapping[int, Tensor]) -> None:
        c = self.config
        expected = (c.codes, c.w_dim)
        assert w_plus.shape[1:] == expected, f"w_plus must be (B, *{expected}), got {tuple(w_plus.shape)}"
        if not c.bank:
            return
        for resolution, channels in zip(c.resolutions, c.bank_channels, strict=True):
            if not channels:
                continue
            found = tuple(bank[resolution].shape[1:]) if resolution in bank else None
            assert found == (channels, resolution, resolution), (
                f"the bank must have {channels} channels at {resolution} px, got {found}"
            )
