"""The augmentation pipe of ADA (Karras et al., 2020, appendix B), geometry and color.

All geometric steps of a picture make one 3x3 matrix and one bilinear resampling with reflection at the border; all
color steps make one 4x4 matrix. The paper's wavelet filtering around the resampling is left out: at the strengths
that small sets reach, its cost is larger than its benefit on a small machine.

Convention:
    Geometry works in normalized coordinates of ``grid_sample`` (align_corners=False): x to the right, y down, the
    picture covers [-1, 1]². Matrices map output positions to input positions. Color is (R, G, B, 1) in [-1, 1].

Letters: B batch, H and W rows and columns.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from mien.training.augment.base import normal, uniform, where_chosen


class AdaPipe:
    """The paper's "bgc" pipe: x-flip, 90° rotation, translation, scale, rotation, stretch; brightness to saturation.

    Every step hits a picture with probability p; the ranges are the paper's.
    """

    adaptive = True

    def __call__(self, pictures: Tensor, p: float, rng: Generator) -> Tensor:
        """See :class:`mien.training.augment.base.Augmentation`."""
        if p <= 0.0:
            return pictures
        moved = resample(pictures, geometry(pictures, p, rng))
        return recolor(moved, colors(len(pictures), p, rng))


def geometry(pictures: Tensor, p: float, rng: Generator) -> Tensor:
    """(B, 3, 3) random matrices, output to input."""
    batch, _, height, width = pictures.shape
    # Two rotations around the stretch: together they rotate with probability p.
    p_rotation = 1.0 - math.sqrt(1.0 - min(p, 1.0))

    def integer_shift(side: int) -> Tensor:
        shift = (uniform(batch, -0.125, 0.125, rng) * side).round() * (2.0 / side)
        return where_chosen(shift, 0.0, p, rng)

    matrix = scaling(where_chosen(uniform(batch, 0, 2, rng).floor() * -2 + 1, 1.0, p, rng), 1.0)
    matrix = matrix @ rotation(where_chosen(uniform(batch, 0, 4, rng).floor() * (math.pi / 2), 0.0, p, rng))
    matrix = matrix @ translation(integer_shift(width), integer_shift(height))
    zoom = where_chosen(torch.exp2(normal(batch, rng) * 0.2), 1.0, p, rng)
    matrix = matrix @ scaling(zoom, zoom)
    matrix = matrix @ rotation(where_chosen(uniform(batch, -math.pi, math.pi, rng), 0.0, p_rotation, rng))
    stretch = where_chosen(torch.exp2(normal(batch, rng) * 0.2), 1.0, p, rng)
    matrix = matrix @ scaling(stretch, 1.0 / stretch)
    matrix = matrix @ rotation(where_chosen(uniform(batch, -math.pi, math.pi, rng), 0.0, p_rotation, rng))
    shifts = (where_chosen(normal(batch, rng) * 0.25, 0.0, p, rng) for _ in range(2))
    return matrix @ translation(*shifts)


def resample(pictures: Tensor, matrix: Tensor) -> Tensor:
    """Bilinear resampling, mirrored at the border: (B, C, H, W), (B, 3, 3) output to input -> (B, C, H, W)."""
    grid = F.affine_grid(matrix[:, :2], list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def colors(batch: int, p: float, rng: Generator) -> Tensor:
    """(B, 4, 4) random matrices on (R, G, B, 1)."""
    device = rng.device
    identity = torch.eye(4, device=device)
    gray = torch.tensor([1.0, 1.0, 1.0, 0.0], device=device) / math.sqrt(3.0)
    onto_gray = torch.outer(gray, gray)
    keep_one = torch.diag(torch.tensor([0.0, 0.0, 0.0, 1.0], device=device))

    brightness = identity.repeat(batch, 1, 1)
    brightness[:, :3, 3] = where_chosen(normal(batch, rng) * 0.2, 0.0, p, rng)[:, None]
    contrast = where_chosen(torch.exp2(normal(batch, rng) * 0.5), 1.0, p, rng)[:, None, None]
    flip = where_chosen(uniform(batch, 0, 2, rng).floor(), 0.0, p, rng)[:, None, None]
    hue = where_chosen(uniform(batch, -math.pi, math.pi, rng), 0.0, p, rng)
    saturation = where_chosen(torch.exp2(normal(batch, rng)), 1.0, p, rng)[:, None, None]

    matrix = (contrast * (identity - keep_one) + keep_one) @ brightness
    matrix = (identity - 2.0 * onto_gray * flip) @ matrix
    matrix = rotation_about_gray(hue) @ matrix
    return (onto_gray + keep_one + saturation * (identity - onto_gray - keep_one)) @ matrix


def recolor(pictures: Tensor, matrix: Tensor) -> Tensor:
    """(B, 3, H, W), (B, 4, 4) -> (B, 3, H, W)."""
    moved = torch.einsum("bij,bjhw->bihw", matrix[:, :3, :3], pictures)
    return moved + matrix[:, :3, 3, None, None]


def scaling(x: Tensor, y: Tensor | float) -> Tensor:
    """(B,) factors -> (B, 3, 3)."""
    return _matrix(x, 0.0, 0.0, 0.0, y, 0.0)


def rotation(angle: Tensor) -> Tensor:
    """(B,) radians -> (B, 3, 3)."""
    return _matrix(angle.cos(), -angle.sin(), 0.0, angle.sin(), angle.cos(), 0.0)


def translation(x: Tensor, y: Tensor) -> Tensor:
    """(B,) shifts in normalized coordinates -> (B, 3, 3)."""
    return _matrix(torch.ones_like(x), 0.0, x, 0.0, 1.0, y)


def rotation_about_gray(angle: Tensor) -> Tensor:
    """(B,) radians -> (B, 4, 4): turns hues around the gray axis (Rodrigues' formula)."""
    k = 1.0 / math.sqrt(3.0)
    cross = torch.tensor([[0.0, -k, k], [k, 0.0, -k], [-k, k, 0.0]], device=angle.device)
    sine, cosine = angle.sin()[:, None, None], angle.cos()[:, None, None]
    turn = torch.eye(4, device=angle.device).repeat(len(angle), 1, 1)
    turn[:, :3, :3] = torch.eye(3, device=angle.device) + sine * cross + (1.0 - cosine) * (cross @ cross)
    return turn


def _matrix(first: Tensor, *others: Tensor | float) -> Tensor:
    """Six entries of the upper two rows, the first of them (B,) -> (B, 3, 3)."""
    entries = [first, *(torch.as_tensor(v, device=first.device).expand_as(first) for v in others)]
    bottom = torch.tensor([0.0, 0.0, 1.0], device=first.device).expand(len(first), 1, 3)
    return torch.cat([torch.stack(entries, dim=1).reshape(-1, 2, 3), bottom], dim=1)
