"""LPIPS (Zhang et al., 2018, v0.1): distances of pictures by the activations of SqueezeNet 1.1, AlexNet or VGG-16.

    LPIPS(a, b) = Σ_l mean_{h,w} Σ_c w_{l,c} (â_{l,c,h,w} − b̂_{l,c,h,w})²

with â the activations of a layer, divided by their norm over the channels. Letters: B batch, C channels, D the sum of
the layers' channels (2,240 for SqueezeNet).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mien.models.judges.vgg import convolutions

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
"""What pictures in [-1, 1] are normalized by."""

TAPS = {"squeeze": (1, 4, 7, 9, 10, 11, 12), "alex": (1, 4, 7, 9, 11), "vgg": (3, 8, 15, 22, 29)}
"""Layers of ``features`` that are compared."""

WIDTHS = {
    "squeeze": (64, 128, 256, 384, 384, 512, 512),
    "alex": (64, 192, 384, 256, 256),
    "vgg": (64, 128, 256, 512, 512),
}
"""Their channels."""


class Fire(nn.Module):
    """Squeeze to few channels, then expand with 1x1 and 3x3 convolutions side by side (Iandola et al., 2016)."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, 2·expanded, H, W)."""
        narrow = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(narrow), self.expand3x3(narrow)], 1).relu()


class Lpips(nn.Module):
    """Names of the weights: ``features.*`` as in torchvision, ``lpips.lin{i}.model.1.weight`` as published.

    Args:
        net: "squeeze", "alex" or "vgg".
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, net: str = "squeeze") -> None:
        super().__init__()
        self.taps = TAPS[net]
        self.features = nn.ModuleList({"squeeze": _squeezenet, "alex": _alexnet, "vgg": _vgg}[net]())
        self.lpips = nn.ModuleDict({f"lin{i}": _Head(width) for i, width in enumerate(WIDTHS[net])})
        self.register_buffer("shift", torch.tensor(SHIFT).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor(SCALE).view(1, 3, 1, 1), persistent=False)

    def activations(self, pictures: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in [-1, 1] -> per layer (B, C, h, w): unit length over C, times √w, so that LPIPS is the sum
        over the layers of the mean squared distance."""
        x = (pictures - self.shift) / self.scale
        maps: list[Tensor] = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in self.taps:
                head = self.lpips[f"lin{len(maps)}"].get_parameter("model.1.weight")
                # The norm of no activation at all has a gradient, too.
                norm = (x.float().square().sum(1, keepdim=True) + 1e-20).sqrt()
                maps.append(x / (norm + 1e-10) * head.sqrt())
        return maps

    def embed(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, D): :meth:`activations`, averaged over the picture.

        The squared Euclidean distance of two such vectors is at most LPIPS (Jensen); it does not depend on *where*
        things are.
        """
        return torch.cat([m.mean((2, 3)) for m in self.activations(pictures)], 1)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """Two batches (B, 3, H, W) in [-1, 1] -> LPIPS (B,)."""
        pairs = zip(self.activations(a), self.activations(b), strict=True)
        return torch.stack([(x - y).square().sum(1).mean((1, 2)) for x, y in pairs]).sum(0)


class _Head(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.Dropout(), nn.Conv2d(width, 1, 1, bias=False))


def _squeezenet() -> list[nn.Module]:
    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    first = [nn.Conv2d(3, 64, 3, stride=2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool()]
    middle = [Fire(128, 32, 128), Fire(256, 32, 128), pool(), Fire(256, 48, 192), Fire(384, 48, 192)]
    return [*first, *middle, Fire(384, 64, 256), Fire(512, 64, 256)]


def _alexnet() -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    for inputs, outputs in ((192, 384), (384, 256), (256, 256)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
    return layers


def _vgg() -> list[nn.Module]:
    return convolutions(64)[:-1]
