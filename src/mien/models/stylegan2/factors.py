"""Directions in closed form, from a generator's weights alone (SeFa: Shen & Zhou, 2021)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from mien.models.stylegan2.generator import Generator
from mien.models.stylegan2.synthesis import SynthesisBlock


def semantic_factors(generator: Generator, count: int, layers: tuple[int, int] | None = None) -> tuple[Tensor, Tensor]:
    """Unit directions n of W that change the styles of some layers most: eigenvectors of Σ Aᵀ A.

    Args:
        generator: of whose convolutions the modulations A are taken, each row with unit norm; toRGB is left out.
        count: of directions, the strongest first.
        layers: first code and the one after the last; None for all.

    Returns:
        (count, C) of length 1, the first number above 0; and (count,) eigenvalues.

    Raises:
        ValueError: no such layers.
    """
    blocks = (cast(SynthesisBlock, block) for block in generator.synthesis.blocks.values())
    convs = [conv for block in blocks for conv in block.convs]
    first, last = layers or (0, len(convs))
    chosen = convs[first:last]
    if not chosen:
        raise ValueError(f"no convolutions in layers {first} to {last}")
    weights = torch.cat([conv.affine.weight.detach().double() for conv in chosen])
    weights = weights / weights.norm(dim=1, keepdim=True).clamp_min(1e-12)
    values, vectors = torch.linalg.eigh(weights.T @ weights)
    found = vectors.flip(1).T[:count]
    signs = torch.where(found[:, :1] < 0, -1.0, 1.0)
    return (found * signs).float(), values.flip(0)[:count].float()
