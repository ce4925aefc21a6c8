"""Losses on W+ codes. Letters: B batch, L codes, C length of a code.

L_attr  = mean (E(G(w)) − w₀)²        (13), and with w₀ = w_i of equation 20 it is (21)
L_delta = Σ_l ‖Δ_l‖₂                  e4e (Tov et al., 2021, section 4)
"""

from __future__ import annotations

from torch import Tensor


def attribute_loss(codes: Tensor, wanted: Tensor) -> Tensor:
    """Both (B, L, C) -> (B,)."""
    assert codes.shape == wanted.shape, f"{tuple(codes.shape)} against {tuple(wanted.shape)}"
    return (codes.float() - wanted.float()).square().mean(dim=(1, 2))


def delta_loss(deltas: Tensor) -> Tensor:
    """(B, L − 1, C), what each code adds to the first -> (B,): codes that stay together are edited together."""
    norms: Tensor = deltas.float().norm(dim=-1)
    return norms.sum(dim=-1)
