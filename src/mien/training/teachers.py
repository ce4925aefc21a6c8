"""The fixed networks that judge an edit while it is learned: how alike two pictures look, and whom they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mien.losses import identity_loss
from mien.training.frozen import load_by_shape

Distance = Callable[[Tensor, Tensor], Tensor]
"""Two batches (B, 3, S, S) in [-1, 1] -> (B,)."""


@dataclass(frozen=True)
class Teachers:
    """Attributes:
    perceptual: LPIPS or the like.
    identity: equation 11 and 18, gradient to the first batch only; None where there is no identity network.
    """

    perceptual: Distance
    identity: Distance | None = None


def load_teachers(
    perceptual: Path,
    identity: Path | None,
    device: torch.device,
    dtype: torch.dtype = torch.bfloat16,
    *,
    trust_code: bool = False,
) -> Teachers:
    """Files of networks that judge as fixed, differentiable functions.

    Args:
        perceptual: two batches -> (B,).
        identity: faces -> (B, D) embeddings.
        device: where to run.
        dtype: of their convolutions.
        trust_code: whether TorchScript may be run.

    Raises:
        CheckpointError: as :func:`mien.checkpoints.judges.load_judge` does.
    """
    distance = load_by_shape(perceptual, device, dtype, use="distance", trust_code=trust_code)
    embed = None
    if identity is not None:
        embed = load_by_shape(identity, device, dtype, use="embed", trust_code=trust_code)

    def alike(pictures: Tensor, wanted: Tensor) -> Tensor:
        return distance(pictures, wanted)[0].float()

    def same_person(pictures: Tensor, wanted: Tensor) -> Tensor:
        assert embed is not None
        with torch.no_grad():
            target = embed(wanted)[0]
        return identity_loss(embed(pictures)[0], target)

    return Teachers(alike, None if embed is None else same_person)
