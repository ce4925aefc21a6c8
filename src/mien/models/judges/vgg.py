"""VGG-16 (Simonyan and Zisserman, 2015) in torchvision's layout, up to the second fully connected layer.

Kynkäänniemi et al. (2019) measure precision and recall on these 4,096 features.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE = 224
"""Side in pixels at which the network sees pictures."""

DEPTHS = (2, 2, 3, 3, 3)
MULTIPLES = (1, 2, 4, 8, 8)


def convolutions(unit: int) -> list[nn.Module]:
    """The five blocks, a pooling layer behind each; ``unit`` channels in the first."""
    layers: list[nn.Module] = []
    widths = [3, *(unit * m for m, depth in zip(MULTIPLES, DEPTHS, strict=True) for _ in range(depth))]
    ends = [sum(DEPTHS[: i + 1]) for i in range(len(DEPTHS))]
    for index, (inputs, outputs) in enumerate(pairwise(widths), 1):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if index in ends else []
    return layers


class Vgg16(nn.Module):
    """Pictures -> ``fc2`` after its ReLU.

    Args:
        unit: channels of the first block; 64 in the published network.
        hidden: length of the fully connected layers.
        classes: of the classifier, which is stored but not used.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, unit: int = 64, hidden: int = 4096, classes: int = 1000) -> None:
        super().__init__()
        self.features = nn.Sequential(*convolutions(unit))
        self.classifier = nn.Sequential(
            nn.Linear(8 * unit * 49, hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(hidden, classes),
        )
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1), persistent=False)

    def embed(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1], any size -> (B, hidden); resized to 224 px (bilinear, anti-aliased)."""
        x = F.interpolate(pictures, (SIZE, SIZE), mode="bilinear", antialias=True)
        y: Tensor = self.classifier[:5](self.features(self._normalised(x)).flatten(1))
        return y

    def pyramid(self, pictures: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in [-1, 1] -> the last maps of blocks 2 to 5, (B, {2, 4, 8, 8}·unit, H / 2 ... H / 16)."""
        x, maps = self._normalised(pictures), []
        for layer in list(self.features)[:-1]:
            if isinstance(layer, nn.MaxPool2d):
                maps.append(x)
            x = layer(x)
        return [*maps[1:], x]

    def _normalised(self, pictures: Tensor) -> Tensor:
        return ((pictures + 1) / 2 - self.mean) / self.deviation
