"""How alike a picture and what is made of it are.

    L = Σ_s |y_s − x_s| + 2·|∇y_s − ∇x_s|        x_s, y_s at 1, 1/2, 1/4 and 1/8 of the side, averaged over s

and a perceptual distance such as LPIPS, where the user gives one. Legend: B batch, R side.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.inversion.base import Distance

SCALES = 4
SLOPE_WEIGHT = 2.0


def likeness(made: Tensor, wanted: Tensor, distance: Distance | None) -> Tensor:
    """Of one picture (1, 3, R, R) in [-1, 1]: L, and the perceptual distance; a scalar."""
    pixels = pyramid_distance(made, wanted).sum()
    return pixels if distance is None else pixels + distance(made, wanted).sum()


def pyramid_distance(made: Tensor, wanted: Tensor) -> Tensor:
    """Two times (B, 3, R, R) in [-1, 1] -> (B,)."""
    total = made.new_zeros(len(made))
    difference = made.float() - wanted.float()
    for _ in range(SCALES):
        across, down = difference.diff(dim=3), difference.diff(dim=2)
        slopes = across.abs().mean((1, 2, 3)) + down.abs().mean((1, 2, 3))
        total = total + difference.abs().mean((1, 2, 3)) + SLOPE_WEIGHT * slopes
        if min(difference.shape[2:]) < 4:
            break
        difference = F.avg_pool2d(difference, 2)
    return total / SCALES


def noise_penalty(noises: list[Tensor]) -> Tensor:
    """Σ over maps and their halves of E[n·n shifted]², across and down: noise must not draw (StyleGAN2, appendix D)."""
    total = torch.zeros(())
    for noise in noises:
        n = noise[None, None]
        while True:
            for axis in (2, 3):
                total = total + (n * n.roll(1, axis)).mean().square()
            if n.shape[-1] <= 8:
                break
            n = F.avg_pool2d(n, 2) * 2
    return total
