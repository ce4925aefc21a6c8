"""How strongly to augment: the overfitting heuristic of ADA (Karras et al., 2020, "Training GANs with Limited Data").

r_t = E[sign(D_train)], equation 1; p moves towards whatever brings r_t to the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class AdaptiveStrength:
    """The strength p and the statistics that steer it.

    Attributes:
        p: in [0, 1].
        target: r_t to aim at; None keeps p as it is.
        ramp: pictures over which p may go from 0 to 1.
        interval: observations between two adjustments.
    """

    p: float = 0.0
    target: float | None = 0.6
    ramp: int = 100_000
    interval: int = 4
    _signs: float = 0.0
    _observations: int = 0
    _pictures: int = 0
    r_t: float = 0.0

    @torch.no_grad()
    def observe(self, real_logits: Tensor, pictures: int) -> None:
        """Takes in a critic's logits on real pictures (any shape), and how many pictures the step showed in all."""
        if self.target is None:
            return
        self._signs += float(real_logits.sign().mean())
        self._observations += 1
        self._pictures += pictures
        if self._observations == self.interval:
            self.r_t = self._signs / self._observations
            step = self._pictures / self.ramp
            self.p = min(max(self.p + (step if self.r_t > self.target else -step), 0.0), 1.0)
            self._signs, self._observations, self._pictures = 0.0, 0, 0

    def state_dict(self) -> dict[str, float]:
        """What moves: strength and running statistics."""
        names = ("p", "r_t", "_signs", "_observations", "_pictures")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """The inverse of :meth:`state_dict`; a fixed strength stays what it was set to."""
        if self.target is not None:
            for name, value in state.items():
                setattr(self, name, value)
