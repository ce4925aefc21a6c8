"""All networks of an editor together, and what they do to one another's results.

Legend: B batch, I channels of all modalities, S side, L W+ codes, C length of a code, R resolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.editing.aggregation import Aggregation
from mien.models.editing.latent_warping import LatentWarping
from mien.models.editing.presets import EditorConfig
from mien.models.editing.refinement import Refinement
from mien.models.editing.style_encoder import StyleEncoder
from mien.models.stylegan2 import Generator
from mien.models.stylegan2.synthesis import Features

TURNS = 2
"""How often an exemplar's codes are warped: once turns the head most of the way, again some of what is left."""

COARSE, SHARE = 4, 0.5
"""The first codes steer the pose, among other things: so many of them go so far towards the target's afterwards."""


class Painter(nn.Module):
    """A and R, which are trained together: modalities, codes and bank -> picture."""

    def __init__(self, config: EditorConfig) -> None:
        super().__init__()
        self.aggregation = Aggregation(config.aggregation)
        self.refinement = Refinement(config.refinement)

    def forward(
        self,
        layers: Tensor,
        mask: Tensor,
        w_plus: Tensor,
        bank: Features,
        weights: Tensor | None = None,
        guide: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """layers (B, I, S, S), mask (B, 1, S, S), w_plus (B, L, C) -> I_out (B, 3, S, S), ŝ (B, N, S, S)."""
        a, shares = self.aggregation(layers, mask, weights, guide)
        picture: Tensor = self.refinement(a, w_plus, bank)
        return picture, shares


class EditorNetworks(nn.Module):
    """G (with f), E, W, and A with R."""

    def __init__(self, config: EditorConfig) -> None:
        super().__init__()
        self.config = config
        self.generator = Generator(config.generator)
        self.encoder = StyleEncoder(config.encoder)
        self.warping = LatentWarping(config.warping)
        self.painter = Painter(config)

    def bank(self, w_plus: Tensor, shift: Tensor | None = None) -> tuple[Tensor, Features]:
        """(F_s, Î) = G(w), equation 1, with the stored noise: w_plus (B, L, C) -> Î (B, 3, R, R), F_s by resolution.

        ``shift`` (B, N) is added to StyleSpace.
        """
        picture, features = self.generator.synthesis(w_plus, "const", features=True, shift=shift)
        return self._at_side(picture), features

    def inverted(self, w_plus: Tensor, shift: Tensor | None = None) -> Tensor:
        """Î alone: w_plus (B, L, C) -> (B, 3, R, R)."""
        return self._at_side(self.generator.synthesis(w_plus, "const", shift=shift))

    def turned(self, source: Tensor, target: Tensor) -> Tensor:
        """w_w of an edit: source codes w_s (B, L, C) in the pose of target codes w_t (B, L, C); for trained weights.

        Equation 2 turns the head too little; what is done about it is ours (docs/log.md).
        """
        codes = source
        for _ in range(TURNS):
            # (2) w_w = w_s + W(w_s, w_t − w_s)
            codes = self.warping(codes, target)
        coarse = torch.lerp(codes[:, :COARSE], target[:, :COARSE].to(codes), SHARE)
        return torch.cat([coarse, codes[:, COARSE:]], 1)

    def _at_side(self, picture: Tensor) -> Tensor:
        """The generator may be smaller than the editor, or larger."""
        side = self.config.resolution
        if picture.shape[-1] == side:
            return picture
        return F.interpolate(picture, size=(side, side), mode="bilinear", align_corners=False, antialias=True)

    @torch.no_grad()
    def centre(self) -> None:
        """Lets the encoder start from the generator's mean code."""
        self.encoder.w_avg.copy_(self.generator.mapping.w_avg)
