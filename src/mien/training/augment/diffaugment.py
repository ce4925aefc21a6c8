"""DiffAugment (Zhao et al., 2020, "Differentiable Augmentation for Data-Efficient GAN Training").

Letters: B batch, H and W rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from mien.training.augment.base import uniform, where_chosen


@dataclass(frozen=True)
class DiffAugment:
    """Color, translation and cutout, each with the published ranges; every policy hits a picture with probability p.

    Attributes:
        color: brightness ± 0.5, saturation × [0, 2), contrast × [0.5, 1.5).
        translation: largest shift as a fraction of the side; what comes in is 0 (gray). 0 for none.
        cutout: side of a gray square as a fraction of the side. 0 for none.
    """

    color: bool = True
    translation: float = 0.125
    cutout: float = 0.0
    adaptive = False

    def __call__(self, pictures: Tensor, p: float, rng: Generator) -> Tensor:
        """See :class:`mien.training.augment.base.Augmentation`."""
        if self.color:
            pictures = recolor(pictures, p, rng)
        if self.translation:
            pictures = translate(pictures, self.translation, p, rng)
        return cut_out(pictures, self.cutout, p, rng) if self.cutout else pictures


def recolor(pictures: Tensor, p: float, rng: Generator) -> Tensor:
    """Brightness, then saturation around each pixel's gray, then contrast around each picture's mean."""
    batch = len(pictures)
    brightness = where_chosen(uniform(batch, -0.5, 0.5, rng), 0.0, p, rng).reshape(-1, 1, 1, 1)
    saturation = where_chosen(uniform(batch, 0.0, 2.0, rng), 1.0, p, rng).reshape(-1, 1, 1, 1)
    contrast = where_chosen(uniform(batch, 0.5, 1.5, rng), 1.0, p, rng).reshape(-1, 1, 1, 1)
    x = pictures + brightness
    x = torch.lerp(x.mean(dim=1, keepdim=True), x, saturation)
    return torch.lerp(x.mean(dim=(1, 2, 3), keepdim=True), x, contrast)


def translate(pictures: Tensor, fraction: float, p: float, rng: Generator) -> Tensor:
    """Shifts every picture by whole pixels, at most ``fraction`` of its side; 0 comes in."""
    batch, _, height, width = pictures.shape
    rows, columns = int(height * fraction + 0.5), int(width * fraction + 0.5)
    down = where_chosen(uniform(batch, 0, 2 * rows + 1, rng).floor() - rows, 0.0, p, rng)
    right = where_chosen(uniform(batch, 0, 2 * columns + 1, rng).floor() - columns, 0.0, p, rng)
    padded = F.pad(pictures, (columns, columns, rows, rows))
    corners = zip((rows - down).long().tolist(), (columns - right).long().tolist(), strict=True)
    return torch.stack([padded[i, :, y : y + height, x : x + width] for i, (y, x) in enumerate(corners)])


def cut_out(pictures: Tensor, fraction: float, p: float, rng: Generator) -> Tensor:
    """Sets a square to 0 whose center lies anywhere in the picture; it may reach outside."""
    batch, _, height, width = pictures.shape
    outside = (
        _outside(height, fraction, batch, p, rng)[:, :, None] | _outside(width, fraction, batch, 1.0, rng)[:, None]
    )
    return pictures * outside[:, None]


def _outside(side: int, fraction: float, batch: int, p: float, rng: Generator) -> Tensor:
    """(batch, side) bool: positions outside a span of ``fraction`` of the side; all of them with probability 1 − p."""
    half = fraction * side / 2.0
    centre = where_chosen(uniform(batch, 0.0, side, rng), -2.0 * side, p, rng)
    position = torch.arange(side, device=rng.device) + 0.5
    return (position - centre[:, None]).abs() > half
