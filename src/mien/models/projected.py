"""The projected discriminator (Sauer et al., 2021, "Projected GANs Converge Faster").

A fixed, pretrained pyramid of features; fixed, random mixing across channels and across scales; a small trained head
per scale. Letters: B batch, C channels of a pyramid map, M mixed channels, H and W rows and columns, S scales.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

Pyramid = Callable[[Tensor], Sequence[Tensor]]
"""(B, 3, H, W) in [-1, 1] -> S maps (B, C_s, H_s, W_s), each half the size of the one before."""


@dataclass(frozen=True)
class ProjectedConfig:
    """Shape of a projected discriminator.

    Attributes:
        channels: C_s of the pyramid's maps, finest first.
        mixed: M, channels after mixing.
        width: channels of the heads.
    """

    channels: tuple[int, ...] = (24, 32, 96, 320)
    mixed: int = 64
    width: int = 128

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return asdict(self)


class ProjectedDiscriminator(nn.Module):
    """Pictures -> logits, high for real.

    The pyramid is given, not owned: it is no part of ``state_dict()``. The mixing is drawn once and kept as buffers.

    Args:
        pyramid: fixed features; differentiable with respect to the picture.
        config: shape.
    """

    def __init__(self, pyramid: Pyramid, config: ProjectedConfig) -> None:
        super().__init__()
        self.config = config
        # In a tuple, so that a pyramid that is a module does not become a child of this one.
        self._pyramid = (pyramid,)
        self.mixing = RandomMixing(config.channels, config.mixed)
        scales = len(config.channels)
        self.heads = nn.ModuleList(Head(config.mixed, config.width, scales - 1 - s) for s in range(scales))

    def calibrate(self, pictures: Tensor) -> None:
        """Evens out the scales of the pyramid's maps, once, on some real pictures (B, 3, H, W)."""
        with torch.no_grad():
            self.mixing.calibrate(self._pyramid[0](pictures))

    def forward(self, picture: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, S·h·w) logits, float32; every scale has h·w, the size of the coarsest map."""
        if picture.ndim != 4 or picture.shape[1] != 3:
            raise ValueError(f"picture must be (B, 3, H, W), got {tuple(picture.shape)}")
        maps = self.mixing(self._pyramid[0](picture))
        logits = [head(x).flatten(1) for head, x in zip(self.heads, maps, strict=True)]
        return torch.cat(logits, dim=1).float()


class RandomMixing(nn.Module):
    """Fixed random convolutions: 1x1 across channels, then coarse to fine, 3x3 and bilinear ×2 across scales.

    Attributes:
        scale: (S,) what the mixed maps are multiplied by; 1 until :meth:`calibrate`.
    """

    scale: Tensor

    def __init__(self, channels: Sequence[int], mixed: int) -> None:
        super().__init__()
        self.scales = len(channels)
        self.register_buffer("scale", torch.ones(self.scales))
        for s, c in enumerate(channels):
            self.register_buffer(f"across_channels{s}", torch.randn(mixed, c, 1, 1) / math.sqrt(c))
            self.register_buffer(f"across_scales{s}", torch.randn(mixed, mixed, 3, 3) / math.sqrt(mixed * 9))

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """S maps (B, C_s, H_s, W_s) -> S maps (B, M, H_s, W_s)."""
        if len(maps) != self.scales:
            raise ValueError(f"expected {self.scales} maps, got {len(maps)}")
        mixed: list[Tensor] = []
        for s in reversed(range(self.scales)):
            x = F.conv2d(maps[s], self.get_buffer(f"across_channels{s}") * self.scale[s])
            if mixed:
                x = x + F.interpolate(mixed[0], x.shape[2:], mode="bilinear", align_corners=False)
            mixed.insert(0, F.conv2d(x, self.get_buffer(f"across_scales{s}"), padding=1))
        return mixed

    @torch.no_grad()
    def calibrate(self, maps: Sequence[Tensor]) -> None:
        """Sets ``scale`` so that every map enters with unit variance: pyramids differ by an order of magnitude.

        The heads are Lipschitz, so a map that is ten times smaller would be heard ten times less.
        """
        self.scale.copy_(torch.stack([1.0 / (x.float().std() + 1e-8) for x in maps]))


class Head(nn.Sequential):
    """Halves a map ``halvings`` times, then one 3x3 layer and one logit per position, all spectrally normalized."""

    def __init__(self, mixed: int, width: int, halvings: int) -> None:
        layers: list[nn.Module] = []
        channels = mixed
        for _ in range(halvings):
            layers += [spectral_norm(nn.Conv2d(channels, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
            channels = width
        layers += [spectral_norm(nn.Conv2d(channels, width, 3, padding=1)), nn.LeakyReLU(0.2)]
        super().__init__(*layers, spectral_norm(nn.Conv2d(width, 1, 1)))
