"""Text-conditioned mapper: degrees that words ask for -> what is added to a face's codes.

After CLIPInverter's adapter (Baykal et al., 2023) and FFCLIP's semantic modulation (Zhu et al., 2022): each group of
layers has a network, whose normalized features are scaled and shifted by the text. Here the text is the degrees of the
attributes that are read in it, so that no text-image network is needed.

Legend: B batch, L W+ codes, C length of a code, A attributes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GROUPS = 3
"""Coarse, middle, fine."""


@dataclass(frozen=True)
class MapperConfig:
    """Attributes:
    attributes: their names, in the order of the degrees.
    codes, w_dim: of the generator.
    hidden: width of the networks.
    """

    attributes: tuple[str, ...]
    codes: int
    w_dim: int
    hidden: int = 128


class Modulated(nn.Module):
    """Normalized features, scaled and shifted by degrees, through one layer."""

    def __init__(self, width: int, hidden: int, attributes: int) -> None:
        super().__init__()
        self.scale, self.shift = (nn.Linear(attributes, width, bias=False) for _ in range(2))
        self.layer = nn.Linear(width, hidden)

    def forward(self, x: Tensor, degrees: Tensor) -> Tensor:
        """x (B, ..., width), degrees (B, ..., A) -> (B, ..., hidden)."""
        x = F.layer_norm(x, x.shape[-1:]) * (1 + self.scale(degrees)) + self.shift(degrees)
        return F.leaky_relu(self.layer(x), 0.2)


class TextMapper(nn.Module):
    """Adds nothing where nothing is asked for: what it tells of degrees 0 is subtracted."""

    def __init__(self, config: MapperConfig) -> None:
        super().__init__()
        self.config = config
        count = len(config.attributes)
        self.first = nn.ModuleList(Modulated(config.w_dim, config.hidden, count) for _ in range(GROUPS))
        self.second = nn.ModuleList(Modulated(config.hidden, config.hidden, count) for _ in range(GROUPS))
        self.last = nn.ModuleList(nn.Linear(config.hidden, config.w_dim, bias=False) for _ in range(GROUPS))
        for layer in self.last:
            assert isinstance(layer, nn.Linear)
            nn.init.normal_(layer.weight, std=0.02)

    def forward(self, codes: Tensor, degrees: Tensor) -> Tensor:
        """codes (B, L, C), degrees (B, A) -> (B, L, C), what is to be added."""
        assert codes.shape[1:] == (self.config.codes, self.config.w_dim), tuple(codes.shape)
        return self._told(codes, degrees) - self._told(codes, torch.zeros_like(degrees))

    def _told(self, codes: Tensor, degrees: Tensor) -> Tensor:
        parts = []
        for k, part in enumerate(codes.tensor_split(GROUPS, 1)):
            wish = degrees[:, None].expand(-1, part.shape[1], -1)
            parts.append(self.last[k](self.second[k](self.first[k](part, wish), wish)))
        return torch.cat(parts, 1)
