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
        layers: list[nn.Module] = []
        widths = [3, *(unit * m for m, depth in zip(MULTIPLES, DEPTHS, strict=True) for _ in range(depth))]
        ends = [sum(DEPTHS[: i + 1]) for i in range(len(DEPTHS))]
        for index, (inputs, outputs) in enumerate(pairwise(widths), 1):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
            layers += [nn.MaxPool2d(2)] if index in ends else []
        self.features = nn.Sequential(*layers)
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

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1], any size -> (B, hidden); resized to 224 px (bilinear, anti-aliased)."""
        x = F.interpolate(pictures, (SIZE, SIZE), mode="bilinear", antialias=True)
        x = self.features(((x + 1) / 2 - self.mean) / self.deviation).flatten(1)
        y: Tensor = self.classifier[:5](x)
        return y
