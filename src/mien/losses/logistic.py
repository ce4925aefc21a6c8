"""Non-saturating logistic loss (Goodfellow et al., 2014; method's equation 22).

L_D = E[softplus(−D(x))] + E[softplus(D(G(z)))]
L_G = E[softplus(−D(G(z)))]
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def logistic_generator(fake: Tensor) -> Tensor:
    """Logits of generated pictures, any shape -> scalar."""
    return F.softplus(-fake).mean()


def logistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Logits of real and of generated pictures, any shapes -> scalar."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()
