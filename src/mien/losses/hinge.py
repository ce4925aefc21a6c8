"""Hinge loss of adversarial training (Lim and Ye, 2017, "Geometric GAN").

L_D = E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))]
L_G = −E[D(G(z))]
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def hinge_generator(fake: Tensor) -> Tensor:
    """Logits of generated pictures, any shape -> scalar."""
    return -fake.mean()


def hinge_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Logits of real and of generated pictures, any shapes -> scalar."""
    return F.relu(1.0 - real).mean() + F.relu(1.0 + fake).mean()
