"""Maps that are added to a generator's, so that it rebuilds a picture, and an editor of them.

After StyleFeatureEditor (Bobkov et al., 2024): codes w tell most of a picture, a map F of the generator the rest.
With F(w) the generator's map of one resolution,

    ΔF   = T(picture, G(w), F(w))                    what is added: G(w; F(w) + ΔF) ≈ picture
    ΔF_e = ΔF + H(ΔF, F(w), F(w_e) − F(w)) − H(ΔF, F(w), 0)      after an edit of the codes, w -> w_e

There the whole map is replaced; here it is a difference, so that an edit keeps what the codes do by themselves. Without
an edit, H changes nothing, whatever its weights.

Legend: B batch, M channels of the map, R its side, S side of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.inversion.trunk import Residual, seen
from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.config import GeneratorConfig
from mien.models.stylegan2.discriminator import DownConv2d
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d


@dataclass(frozen=True)
class FeaturesConfig(NetworkConfig):
    """What builds :class:`FeatureNetworks`.

    Attributes:
        side: S.
        resolution: R.
        channels: M.
        width: channels inside.
        blocks: residual blocks of each network.
    """

    side: int
    resolution: int
    channels: int
    width: int = 64
    blocks: int = 3

    @classmethod
    def of(cls, generator: GeneratorConfig) -> FeaturesConfig:
        """For such a generator: the map of a quarter of its side."""
        resolution = generator.resolution // 4
        return cls(generator.resolution, resolution, generator.channels(resolution))


class FeatureNetworks(nn.Module):
    """T and H; see the top of the file. At the start of training both give 0."""

    def __init__(self, config: FeaturesConfig) -> None:
        super().__init__()
        self.config = config
        m, width, side = config.channels, config.width, config.side
        downs: list[nn.Module] = []
        channels = 6
        while side > config.resolution:
            downs.append(DownConv2d(channels, width, 3, gain=GAIN))
            channels, side = width, side // 2
        self.downs = nn.ModuleList(downs)
        self.joined = EqualConv2d(channels + m, width, 3, gain=GAIN)
        self.teller = nn.Sequential(*(Residual(width) for _ in range(config.blocks)))
        self.told = EqualConv2d(width, m, 3)
        self.mixed = EqualConv2d(3 * m, width, 3, gain=GAIN)
        self.editor = nn.Sequential(*(Residual(width) for _ in range(config.blocks)))
        self.edited = EqualConv2d(width, m, 3)
        with torch.no_grad():
            self.told.weight.zero_()
            self.edited.weight.zero_()

    def forward(self, picture: Tensor, rebuilt: Tensor, features: Tensor) -> Tensor:
        """ΔF = T(picture, G(w), F(w)): (B, 3, S, S) twice, (B, M, R, R) -> (B, M, R, R)."""
        x = seen(picture, rebuilt)
        for down in self.downs:
            x = F.leaky_relu_(down(x), SLOPE)
        x = F.leaky_relu_(self.joined(torch.cat([x, features.to(x.dtype)], 1)), SLOPE)
        told: Tensor = self.told(self.teller(x))
        return told

    def follow(self, residual: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """ΔF_e: ΔF, F(w) and F(w_e), each (B, M, R, R) -> the same shape."""
        moved = after - before
        return residual + self._h(residual, before, moved) - self._h(residual, before, torch.zeros_like(moved))

    def _h(self, residual: Tensor, before: Tensor, moved: Tensor) -> Tensor:
        x = torch.cat([residual, before.to(residual.dtype), moved.to(residual.dtype)], 1)
        found: Tensor = self.edited(self.editor(F.leaky_relu_(self.mixed(x), SLOPE)))
        return found
