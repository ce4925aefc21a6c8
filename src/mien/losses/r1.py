"""R1 gradient penalty (Mescheder et al., 2018, equation 9; "lazy" in Karras et al., 2020, appendix B).

R1 = (γ / 2)·E[‖∇_x D(x)‖²], x real; applied every k-th step, it is multiplied by k.
"""

from __future__ import annotations

import torch
from torch import Tensor


def r1_penalty(logits: Tensor, pictures: Tensor, gamma: float) -> Tensor:
    """The penalty, differentiable with respect to the critic.

    Args:
        logits: (B, ...) of real pictures; a sample's logits are summed.
        pictures: (B, 3, H, W) that they were computed from, with ``requires_grad``.
        gamma: γ.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    return 0.5 * gamma * gradient.float().square().sum(dim=(1, 2, 3)).mean()
