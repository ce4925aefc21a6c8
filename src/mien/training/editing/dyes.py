"""Colors that no portrait has, so that a user may paint them: hair, lips or clothes are dyed, light and dark kept.

    x' = c·ρ + G·max(0, ρ − 1),   ρ = (Y(x) + ε) / (Ȳ + ε)      c a random color, Ȳ the region's mean luminance

Ours, not the paper's: of 1,830 portraits none has blue hair, and a painter that never saw any makes it flat.
Letters: B batch, S side.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.conditions.labels import COUNT, INDEX
from mien.training.editing.augment import LUMA

PARTS = ((0.6, ("hair",)), (0.2, ("upper_lip", "lower_lip")), (0.2, ("cloth",)))
"""How often which regions are dyed."""

FLOOR, HIGHEST, GLOSS = 0.1, 2.5, 0.15
"""ε, the largest ρ, and G: dark hair has noise in it, and what shines is whiter than its dye."""

SMALLEST = 0.004
"""Regions that cover less of the picture are left alone."""


def dyed(picture: Tensor, labels: Tensor, generator: torch.Generator, share: float) -> tuple[Tensor, Tensor]:
    """Dyes a region of some pictures.

    Args:
        picture: (B, 3, S, S) in [-1, 1], on any device.
        labels: (B, S, S) uint8 semantic maps.
        generator: on the CPU; same seed, same result.
        share: of the pictures, in [0, 1].

    Returns:
        the pictures in [-1, 1], and where they are dyed, (B, 1, S, S) in {0, 1}.
    """
    device = picture.device
    draws = torch.rand(5, len(picture), generator=generator).to(device)
    table = torch.zeros(len(PARTS), COUNT + 1, device=device)
    for row, (_, names) in enumerate(PARTS):
        table[row, [INDEX[name] for name in names]] = 1
    edges = torch.tensor([chance for chance, _ in PARTS], device=device).cumsum(0)[:-1]
    part = torch.bucketize(draws[1].contiguous(), edges)
    index = labels.long().clamp(max=COUNT)
    area = table[part[:, None, None], index][:, None]
    chosen = (draws[0] < share) & (area.mean(dim=(1, 2, 3)) > SMALLEST)
    light = (picture * torch.tensor(LUMA, device=device).view(3, 1, 1)).sum(1, keepdim=True) / 2 + 0.5
    mean = (light * area).sum(dim=(1, 2, 3), keepdim=True) / area.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1)
    ratio = ((light + FLOOR) / (mean + FLOOR)).clamp(max=HIGHEST)
    color = _rgb(draws[2], draws[3], 0.1 + 0.85 * draws[4])[..., None, None]
    painted = (color * ratio + GLOSS * (ratio - 1).clamp(min=0)).clamp(0, 1) * 2 - 1
    area = area * chosen.view(-1, 1, 1, 1)
    return torch.lerp(picture, painted.to(picture.dtype), F.avg_pool2d(area, 3, 1, 1, count_include_pad=False)), area


def _rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """(B,) in [0, 1] each -> (B, 3) in [0, 1]."""
    k = (torch.tensor([5.0, 3.0, 1.0], device=hue.device) + 6 * hue[:, None]) % 6
    fall = torch.minimum(k, 4 - k).clamp(0, 1)
    return value[:, None] * (1 - saturation[:, None] * fall)
