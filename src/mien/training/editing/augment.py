"""The target's look is changed, its pose and its shapes are not (Algorithm 2).

Letters: B batch, S side.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

LUMA = (0.299, 0.587, 0.114)


def augmented(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Brightness ± 0.5, saturation × U(0, 2), contrast × U(0.5, 1.5), scale 1 ± 0.0625, borders reflected.

    Args:
        picture: (B, 3, S, S) in [-1, 1], on any device.
        generator: on the CPU.

    Returns:
        the same shape, in [-1, 1].
    """
    with torch.autocast(picture.device.type, enabled=False):  # as in variation.py
        return _augmented(picture.float(), generator)


def _augmented(picture: Tensor, generator: torch.Generator) -> Tensor:
    batch, device = len(picture), picture.device
    draws = torch.rand(4, batch, 1, 1, 1, generator=generator).to(device)
    brightness, saturation, contrast = draws[0] - 0.5, 2.0 * draws[1], 0.5 + draws[2]
    gray = (picture * torch.tensor(LUMA, device=device).view(3, 1, 1)).sum(1, keepdim=True)
    picture = torch.lerp(gray, picture, saturation)
    picture = (picture * contrast + brightness).clamp(-1.0, 1.0)
    scale = 1.0 + 0.125 * (draws[3].flatten() - 0.5)
    matrix = torch.zeros(batch, 2, 3, device=device)
    matrix[:, 0, 0] = matrix[:, 1, 1] = scale
    grid = F.affine_grid(matrix, list(picture.shape), align_corners=False)
    return F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False)
