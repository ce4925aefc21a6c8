"""SqueezeNet 1.1 (Iandola et al., 2016) with LPIPS's heads (Zhang et al., 2018, v0.1): ``LPIPS-squeeze``.

    LPIPS(a, b) = Σ_l mean_{h,w} Σ_c w_{l,c} (â_{l,c,h,w} − b̂_{l,c,h,w})²

with â the activations of a layer, divided by their norm over the channels. Letters: B batch, C channels, D = 2,240.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

TAPS = (1, 4, 7, 9, 10, 11, 12)
"""Layers of ``features`` that are compared."""


class Fire(nn.Module):
    """Squeeze to few channels, then expand with 1x1 and 3x3 convolutions side by side."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 2·expanded, H, W)."""
        narrow = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(narrow), self.expand3x3(narrow)], 1).relu()


class LpipsSqueeze(nn.Module):
    """Names of the weights: ``features.*`` as in torchvision, ``lpips.lin{0..6}.model.1.weight`` as published."""

    shift: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.ModuleList(
            [
                nn.Conv2d(3, 64, 3, stride=2),
                nn.ReLU(),
                nn.MaxPool2d(3, 2, ceil_mode=True),
                Fire(64, 16, 64),
                Fire(128, 16, 64),
                nn.MaxPool2d(3, 2, ceil_mode=True),
                Fire(128, 32, 128),
                Fire(256, 32, 128),
                nn.MaxPool2d(3, 2, ceil_mode=True),
                Fire(256, 48, 192),
                Fire(384, 48, 192),
                Fire(384, 64, 256),
                Fire(512, 64, 256),
            ]
        )
        widths = (64, 128, 256, 384, 384, 512, 512)
        heads = {f"lin{i}": _Head(width) for i, width in enumerate(widths)}
        self.lpips = nn.ModuleDict(heads)
        self.register_buffer("shift", torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1), persistent=False)

    def activations(self, pictures: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in [-1, 1] -> per layer (B, C, h, w): unit length over C, times √w, so that LPIPS is the sum
        over the layers of the mean squared distance."""
        x = (pictures - self.shift) / self.scale
        maps: list[Tensor] = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in TAPS:
                head = self.lpips[f"lin{len(maps)}"].get_parameter("model.1.weight")
                maps.append(x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10) * head.sqrt())
        return maps

    def pooled(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, D): :meth:`activations`, averaged over the picture.

        The squared Euclidean distance of two such vectors is at most LPIPS (Jensen); it does not depend on *where*
        things are.
        """
        return torch.cat([m.mean((2, 3)) for m in self.activations(pictures)], 1)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Two batches (B, 3, H, W) in [-1, 1] -> LPIPS (B,)."""
        pairs = zip(self.activations(a), self.activations(b), strict=True)
        return torch.stack([(x - y).square().sum(1).mean((1, 2)) for x, y in pairs]).sum(0)


class _Head(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.Dropout(), nn.Conv2d(width, 1, 1, bias=False))
