"""Codes after a sentence: equation 4, w_e = argmin_w λ1·L_clip(w) + λ2·‖w − w_w‖², by descent.

L_clip is the directional loss of equation 5: the picture moves away from that of w_w as the sentence does from "face".
The paper's λ are lost; these are the numbers of StyleCLIP's latent optimization (Patashnik et al., 2021, section 4), in
fewer steps. Legend: L W+ codes, C length of a code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from mien.checkpoints.clip import Clip
from mien.interrupt import checkpoint
from mien.losses import directional_loss
from mien.models.editing import EditorNetworks

SOURCE = "face"
"""What is there before the edit, in a word."""

LEAST = 0.1
"""The loss treats a shorter move of the picture's vector (of length 1) as this long: at the start there is none."""


Each = Callable[[int, float, Tensor], object]
"""What is called at every step: with its number from 0, the loss, and the codes (1, L, C) that have it."""


@dataclass(frozen=True)
class Descent:
    """Attributes:
    steps: of Adam.
    rate: the highest learning rate; it rises over the first ``up`` of the steps and falls over the last ``down``.
    words: λ1.
    near: λ2, on the sum of squares over all L·C numbers.
    directional: the paper's loss, equation 5; otherwise StyleCLIP's, 1 − cos(E_I(G(w)), E_T(t)).
    patience: the descent ends early when so many steps have not brought the loss below its lowest by ``gain``, with
        the codes of the lowest; 0 goes all steps, whose falling rate settles by itself.
    gain: what counts as lower.
    """

    steps: int = 100
    rate: float = 0.1
    up: float = 0.05
    down: float = 0.25
    words: float = 1.0
    near: float = 0.008
    directional: bool = True
    patience: int = 0
    gain: float = 1e-4

    def rate_at(self, step: int) -> float:
        """Of one step, counted from 0."""
        done = step / self.steps
        falling = 0.5 - 0.5 * math.cos(math.pi * min(1.0, (1.0 - done) / self.down))
        return self.rate * falling * min(1.0, (step + 1) / (self.up * self.steps))


class _Course:
    """How a descent has gone so far, and whether it ends."""

    def __init__(self, descent: Descent, each: Each | None) -> None:
        self.descent, self.each = descent, each
        self.lowest, self.since = math.inf, 0
        self.best: Tensor | None = None

    def end(self, step: int, loss: float, codes: Tensor) -> Tensor | None:
        """The codes to end with, or None to go on."""
        if self.each is not None and self.each(step, loss, codes.clone()) is True:
            return codes
        if self.descent.patience:
            if loss < self.lowest - self.descent.gain:
                self.best, self.lowest, self.since = codes.clone(), loss, 0
            else:
                self.since += 1
        return self.best if self.descent.patience and self.since >= self.descent.patience else None


def worded(
    networks: EditorNetworks,
    clip: Clip,
    codes: Tensor,
    text: str,
    descent: Descent | None = None,
    each: Each | None = None,
) -> Tensor:
    """w_e (1, L, C): codes close to w_w whose picture the sentence describes better.

    Args:
        networks: frozen; the generator draws the picture that is looked at.
        clip: looks at it, and reads the sentence.
        codes: (1, L, C) w_w.
        text: the sentence.
        descent: how to go there.
        each: looks on; True ends the descent with the codes that it was given. The same inputs give the same codes.
    """
    d = descent or Descent()
    with torch.inference_mode(False), torch.enable_grad():
        # a copy: tensors made in inference mode have no gradients
        start, (wanted, before) = codes.detach().clone(), clip.of_words([text, SOURCE])
        with torch.no_grad():
            source = clip.of_pictures(networks.inverted(start))
        moved = start.clone().requires_grad_(True)
        adam = torch.optim.Adam([moved], lr=d.rate)
        course = _Course(d, each)
        for step in range(d.steps):
            checkpoint()
            adam.param_groups[0]["lr"] = d.rate_at(step)
            seen = clip.of_pictures(networks.inverted(moved))
            # (5) L_clip(w) = 1 − cos(E_I(G(w)) − E_I(G(w_w)), E_T(t) − E_T("face"))
            away = directional_loss(seen, source, wanted, before, least=LEAST) if d.directional else 1.0 - seen @ wanted
            loss = d.words * away.sum() + d.near * (moved - start).square().sum()
            end = course.end(step, float(loss.detach()), moved.detach())
            if end is not None:
                return end
            (moved.grad,) = torch.autograd.grad(loss, [moved])
            adam.step()
    return moved.detach()
