"""Faces that are not in the set: most pictures are turned, moved, bent and tinted a little, their labels alike.

Without it a painter learns a set of two thousand by heart: its losses go on falling, and on unseen faces nothing gets
better (docs/log.md). Letters: B batch, S side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.training.editing.augment import LUMA
from mien.training.phases import Step

KNOTS = 5
"""The bending is drawn at so many points along a side, and smooth between them."""


@dataclass(frozen=True)
class Variation:
    """How much; all numbers from ``angle`` on are the bounds of uniform draws around 0, but ``bend``.

    Attributes:
        share: of the pictures that are varied at all, in [0, 1].
        angle: degrees.
        scale: logarithm of the factor.
        shift: fraction of the side, each way.
        bend: standard deviation of the displacement of a knot, fraction of the side: other proportions.
        brightness: of pictures in [-1, 1].
        contrast, saturation: logarithm of the factor.
        tint: logarithm of each channel's factor, in light measured from black.
    """

    share: float = 0.9
    angle: float = 5.0
    scale: float = 0.07
    shift: float = 0.02
    bend: float = 0.016
    brightness: float = 0.12
    contrast: float = 0.15
    saturation: float = 0.3
    tint: float = 0.06


def varied(step: Step, generator: torch.Generator, settings: Variation) -> Step:
    """The step with other pictures and labels.

    Args:
        step: reals (B, 3, S, S) in [-1, 1], on any device; labels (B, S, S) uint8 or None.
        generator: on the CPU; same seed, same result.
        settings: how much.
    """
    with torch.autocast(step.reals.device.type, enabled=False):  # bfloat16 places pixels to a quarter of their width
        return _varied(step, generator, settings)


def _varied(step: Step, generator: torch.Generator, s: Variation) -> Step:
    reals = step.reals
    batch, device = len(reals), reals.device
    chosen = torch.rand(batch, generator=generator) < s.share
    if not chosen.any():
        return step
    grid = _grid(batch, reals.shape[-1], generator, s).to(device)
    bent = F.grid_sample(reals, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    pictures = _tinted(bent.clamp(-1, 1), generator, s)
    kept = chosen.to(device)
    pictures = torch.where(kept.view(-1, 1, 1, 1), pictures, reals)
    if step.labels is None:
        return replace(step, reals=pictures)
    moved = F.grid_sample(
        step.labels[:, None].float(), grid, mode="nearest", padding_mode="reflection", align_corners=False
    )
    labels = torch.where(kept.view(-1, 1, 1), moved[:, 0].to(step.labels.dtype), step.labels)
    return replace(step, reals=pictures, labels=labels)


def _grid(batch: int, side: int, generator: torch.Generator, s: Variation) -> Tensor:
    """(B, S, S, 2), where each pixel is taken from, in [-1, 1]."""
    draws = torch.rand(4, batch, generator=generator) * 2 - 1
    angle, factor = draws[0] * math.radians(s.angle), (draws[1] * s.scale).exp()
    cosine, sine = factor * angle.cos(), factor * angle.sin()
    matrix = torch.stack([cosine, -sine, 2 * s.shift * draws[2], sine, cosine, 2 * s.shift * draws[3]], 1)
    straight = F.affine_grid(matrix.view(batch, 2, 3), [batch, 1, side, side], align_corners=False)
    knots = torch.randn(batch, 2, KNOTS, KNOTS, generator=generator) * (2 * s.bend)
    bending = F.interpolate(knots, (side, side), mode="bicubic", align_corners=True)
    return straight + bending.permute(0, 2, 3, 1)


def _tinted(pictures: Tensor, generator: torch.Generator, s: Variation) -> Tensor:
    draws = (torch.rand(6, len(pictures), generator=generator) * 2 - 1).to(pictures.device)
    tint = (s.tint * draws[:3]).exp().t()[..., None, None]
    brightness, contrast, saturation = (one.view(-1, 1, 1, 1) for one in draws[3:])
    pictures = (pictures + 1) * tint - 1
    luma = torch.tensor(LUMA, device=pictures.device).view(1, 3, 1, 1)
    gray = (pictures * luma).sum(1, keepdim=True)
    pictures = gray + (pictures - gray) * (s.saturation * saturation).exp()
    result: Tensor = pictures * (s.contrast * contrast).exp() + s.brightness * brightness
    return result.clamp(-1, 1)
