"""A face for a drawing at every stroke (AniFaceDrawing: Huang et al., 2023).

The drawing says the coarse codes, a style the fine ones; the style stays the same while strokes are added.
Legend: S side, L W+ codes, C length of a code, R side of the generator's pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from mien.conditions.modalities.sketch import Sketch
from mien.inversion.base import Means
from mien.models.inversion import Inverted, SketchEncoder, drawn
from mien.models.stylegan2 import codes_of_seeds
from mien.pixels import to_bytes
from mien.types import Bool, UInt8

PSI = 0.7
"""Truncation of styles."""


@dataclass(frozen=True)
class Drawing:
    """Turns strokes into codes, and codes into faces.

    Attributes:
        means: generator, and where the network ``strokes`` is.
    """

    means: Means

    @cached_property
    def network(self) -> SketchEncoder:
        """Reads strokes; errors as of :meth:`mien.inversion.base.Means.network`."""
        network: SketchEncoder = self.means.network("strokes")
        return network

    @torch.no_grad()
    def codes(self, strokes: Bool, style: Tensor) -> Tensor:
        """(L, C).

        Args:
            strokes: (S, S), True on lines; empty is a drawing, too.
            style: (L, C), whose fine codes are taken: of a seed, or of a code file.
        """
        side = self.network.config.side
        lines = torch.from_numpy(Sketch().resample(strokes, side))[None, None].float().to(style)
        coarse = self.network(lines)[0]
        return torch.cat([coarse, style[len(coarse) :]])

    @torch.no_grad()
    def style(self, seed: int) -> Tensor:
        """(L, C) of a seed."""
        generator = self.means.generator
        z = codes_of_seeds([seed], generator.config.z_dim).to(self.means.device)
        codes: Tensor = generator.truncated(z, psi=PSI)[0].clone()
        return codes

    def picture(self, strokes: Bool, style: Tensor) -> UInt8:
        """(R, R, 3) sRGB."""
        return self.shown(self.codes(strokes, style))

    @torch.no_grad()
    def shown(self, codes: Tensor) -> UInt8:
        """The picture (R, R, 3) of codes (L, C)."""
        picture: UInt8 = to_bytes(drawn(self.means.generator, self.means.found(codes, "strokes")))[0]
        return picture

    def inverted(self, strokes: Bool, style: Tensor) -> Inverted:
        """The same as what a code file holds."""
        return self.means.found(self.codes(strokes, style), "strokes")
