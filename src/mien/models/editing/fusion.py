"""What joins the decoder's map, the encoder's features and the facial feature bank at one resolution.

The style fusion block of equations 7 and 8, and the two blocks that the ablation puts in its place (Table VI, B and C).
All have the same interface; without a bank (Table VI, E) they join two maps instead of three.

Legend: B batch, C channels of the decoder and of the encoder's features, K channels of the bank, H and W rows and
columns, D length of a style vector w*.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from mien.models.editing.style_layer import ActivatedStyleLayer, StyleLayer
from mien.models.stylegan2.layers import EqualConv2d, leaky_relu

FusionKind = Literal["style", "add", "gated"]

CLOSED = -2.0
"""Bias at which the bank's gate starts, σ(−2) = 0.12: the bank is let in as far as it helps, and does not have to be
kept out first."""


class Fusion(nn.Module):
    """Base: brings the bank to the decoder's width, by a 1x1 convolution where the widths differ.

    Args:
        channels: C.
        bank_channels: K; None without a bank.
    """

    def __init__(self, channels: int, bank_channels: int | None) -> None:
        super().__init__()
        self.project = (
            None if bank_channels in (None, channels) else EqualConv2d(int(bank_channels or 0), channels, 1, bias=False)
        )
        self.uses_bank = bank_channels is not None

    def forward(self, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, style: Tensor) -> Tensor:
        """Joins.

        Args:
            f_de: (B, C, H, W) the decoder's map F_de.
            f_en: (B, C, H, W) the encoder's features F_en.
            f_s: (B, K, H, W) the bank's map F_s; None without a bank.
            style: (B, D) the style vector w*.

        Returns:
            F_g (B, C, H, W).
        """
        assert f_de.shape == f_en.shape, f"maps must have one shape, got {tuple(f_de.shape)} and {tuple(f_en.shape)}"
        assert (f_s is not None) == self.uses_bank, f"built {'with' if self.uses_bank else 'without'} a bank"
        if f_s is not None:
            f_s = f_s.to(f_de.dtype)
            f_s = f_s if self.project is None else self.project(f_s)
        return self.join(f_de, f_en, f_s, style)

    def join(self, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, style: Tensor) -> Tensor:
        """As :meth:`forward`, with the bank's map at C channels."""
        raise NotImplementedError


class StyleFusion(Fusion):
    """The style fusion block: gated fusion with the encoder's features, then with the bank.

    Args:
        channels, bank_channels: C, K.
        style_dim: D.
        gate_kernel: of S2 and S3, 3 or 1.
    """

    def __init__(self, channels: int, bank_channels: int | None, style_dim: int, gate_kernel: int) -> None:
        super().__init__(channels, bank_channels)
        self.s1 = ActivatedStyleLayer(channels, channels, style_dim)
        self.s2 = StyleLayer(channels, channels, style_dim, kernel=gate_kernel)
        self.s3 = StyleLayer(channels, channels, style_dim, kernel=gate_kernel) if self.uses_bank else None
        if self.s3 is not None:
            nn.init.constant_(self.s3.bias, CLOSED)

    def join(self, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, style: Tensor) -> Tensor:
        """Equations 7 and 8."""
        # (7) F̂ = φ(S1(F_de, w*)) + σ(S2(F_de, w*)) ⊙ F_en
        f_hat = torch.addcmul(self.s1(f_de, style), self.s2(f_de, style).sigmoid_(), f_en)
        if f_s is None or self.s3 is None:
            return f_hat
        # (8) F_m = σ(S3(F_s, w*)), F_g = F_m ⊙ F_s + (1 − F_m) ⊙ F̂
        # as F̂ + F_m ⊙ (F_s − F̂): torch.lerp, exported, chooses between two forms, a third of the decoder's time
        return torch.addcmul(f_hat, self.s3(f_s, style).sigmoid_(), f_s - f_hat)


class AdditiveFusion(Fusion):
    """Table VI, B: element-wise addition, scaled so that the variance is kept."""

    def join(self, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, style: Tensor) -> Tensor:
        """(F_de + F_en + F_s) / √n, n maps."""
        total = f_de + f_en
        return total * math.sqrt(1 / 2) if f_s is None else (total + f_s) * math.sqrt(1 / 3)


class GatedFusion(Fusion):
    """Table VI, C: gated convolution (Yu et al., 2019) of all maps together, φ(conv(·)) ⊙ σ(conv(·))."""

    def __init__(self, channels: int, bank_channels: int | None) -> None:
        super().__init__(channels, bank_channels)
        self.conv = EqualConv2d((3 if self.uses_bank else 2) * channels, 2 * channels, 3)

    def join(self, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, style: Tensor) -> Tensor:
        """φ(conv([F_de; F_en; F_s])) ⊙ σ(conv([F_de; F_en; F_s]))."""
        maps = (f_de, f_en) if f_s is None else (f_de, f_en, f_s)
        both: Tensor = self.conv(torch.cat(maps, 1))
        features, gate = both.chunk(2, 1)
        return leaky_relu(features) * gate.sigmoid()


def fusion_block(
    kind: FusionKind, channels: int, bank_channels: int | None, style_dim: int, gate_kernel: int
) -> Fusion:
    """The block of that kind; the last two arguments are those of :class:`StyleFusion`."""
    if kind == "style":
        return StyleFusion(channels, bank_channels, style_dim, gate_kernel)
    return AdditiveFusion(channels, bank_channels) if kind == "add" else GatedFusion(channels, bank_channels)
