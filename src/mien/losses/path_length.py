"""Path-length regularization (Karras et al., 2020, equation 4).

PL = E_{w, y}[(‖J_wᵀ y‖ − a)²], J_w = ∂g(w)/∂w, y a picture of Gaussian noise, a the running mean of the norm.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def path_lengths(pictures: Tensor, w_plus: Tensor) -> Tensor:
    """‖J_wᵀ y‖ for one random y per picture: (B,), differentiable with respect to the generator.

    Args:
        pictures: (B, 3, H, W) generated from ``w_plus``.
        w_plus: (B, L, C) with gradient; the norm is over C, its square averaged over L.
    """
    y = torch.randn_like(pictures) / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradient,) = torch.autograd.grad((pictures * y).sum(), w_plus, create_graph=True)
    return gradient.float().square().sum(dim=2).mean(dim=1).sqrt()


def path_length_penalty(lengths: Tensor, mean: Tensor) -> Tensor:
    """(B,) and the running mean, a scalar -> scalar."""
    return (lengths - mean).square().mean()
