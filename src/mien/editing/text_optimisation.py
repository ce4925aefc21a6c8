"""Codes after a sentence: equation 4, w_e = argmin_w λ1·L_clip(w) + λ2·‖w − w_w‖², by descent.

L_clip is the directional loss of equation 5: the picture moves away from that of w_w as the sentence does from "face".
The paper's λ are lost; these are the numbers of StyleCLIP's latent optimisation (Patashnik et al., 2021, section 4), in
fewer steps. Legend: L W+ codes, C length of a code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mien.checkpoints.clip import Clip
from mien.losses import directional_loss
from mien.models.editing import EditorNetworks

SOURCE = "face"
"""What is there before the edit, in a word."""

LEAST = 0.1
"""The loss treats a shorter move of the picture's vector (of length 1) as this long: at the start there is none."""


@dataclass(frozen=True)
class Descent:
    """Attributes:
    steps: of Adam.
    rate: the highest learning rate; it rises over the first ``up`` of the steps and falls over the last ``down``.
    words: λ1.
    near: λ2, on the sum of squares over all L·C numbers.
    directional: the paper's loss, equation 5; otherwise StyleCLIP's, 1 − cos(E_I(G(w)), E_T(t)).
    """

    steps: int = 100
    rate: float = 0.1
    up: float = 0.05
    down: float = 0.25
    words: float = 1.0
    near: float = 0.008
    directional: bool = True

    def rate_at(self, step: int) -> float:
        """Of one step, counted from 0."""
        done = step / self.steps
        falling = 0.5 - 0.5 * math.cos(math.pi * min(1.0, (1.0 - done) / self.down))
        return self.rate * falling * min(1.0, (step + 1) / (self.up * self.steps))


def worded(networks: EditorNetworks, clip: Clip, codes: Tensor, text: str, descent: Descent | None = None) -> Tensor:
    """w_e (1, L, C): codes close to w_w whose picture the sentence describes better.

    Args:
        networks: frozen; the generator draws the picture that is looked at.
        clip: looks at it, and reads the sentence.
        codes: (1, L, C) w_w.
        text: the sentence.
        descent: how to go there.
    """
    d = descent or Descent()
    with torch.inference_mode(False), torch.enable_grad():
        # a copy: tensors made in inference mode have no gradients
        start, (wanted, before) = codes.detach().clone(), clip.of_words([text, SOURCE])
        with torch.no_grad():
            source = clip.of_pictures(networks.inverted(start))
        moved = start.clone().requires_grad_(True)
        adam = torch.optim.Adam([moved], lr=d.rate)
        for step in range(d.steps):
            adam.param_groups[0]["lr"] = d.rate_at(step)
            seen = clip.of_pictures(networks.inverted(moved))
            # (5) L_clip(w) = 1 − cos(E_I(G(w)) − E_I(G(w_w)), E_T(t) − E_T("face"))
            away = directional_loss(seen, source, wanted, before, least=LEAST) if d.directional else 1.0 - seen @ wanted
            loss = d.words * away.sum() + d.near * (moved - start).square().sum()
            (moved.grad,) = torch.autograd.grad(loss, [moved])
            adam.step()
    return moved.detach()
