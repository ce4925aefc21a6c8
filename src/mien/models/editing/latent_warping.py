"""The latent warping network W: gives one face's codes the pose of another's.

Legend: B batch, L W+ codes, C length of a code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.layers import EqualLinear, full_precision


@dataclass(frozen=True)
class LatentWarpingConfig(NetworkConfig):
    """What builds a :class:`LatentWarping`.

    Attributes:
        codes: L.
        w_dim: C.
        blocks: code-to-code modulation blocks, one after the other.
    """

    codes: int
    w_dim: int
    blocks: int = 4


class CodeModulation(nn.Module):
    """One code-to-code modulation block, equation 15. Letters beside its own: r residual codes, Δw running codes.

    Attributes:
        from_residual: (2, C, C) projections q and q̂, without bias.
        from_running: (4, C, C) projections k, v, k̂ and v̂, without bias.
        xi, mu: two linear layers each.
        norm: LN over the C entries of a code.
    """

    def __init__(self, w_dim: int) -> None:
        super().__init__()
        self.from_residual = nn.Parameter(torch.randn(2, w_dim, w_dim))
        self.from_running = nn.Parameter(torch.randn(4, w_dim, w_dim))
        self.gain = 1.0 / math.sqrt(w_dim)
        self.xi, self.mu = (
            nn.Sequential(EqualLinear(w_dim, w_dim, activate=True), EqualLinear(w_dim, w_dim)) for _ in range(2)
        )
        self.norm = nn.LayerNorm(w_dim)

    def forward(self, running: Tensor, residual: Tensor) -> Tensor:
        """Δw_{i−1} (B, L, C), r (B, L, C) -> Δw_i (B, L, C), float32."""
        codes, length = running.shape[1:]
        q, q_hat = self._project(residual, self.from_residual)
        k, v, k_hat, v_hat = self._project(running, self.from_running)
        # (15) A_c = softmax(q kᵀ / √L), a_c = A_c v: which codes to listen to
        a_c = (q @ k.transpose(1, 2) / math.sqrt(codes)).softmax(-1) @ v
        # (15) A_p = softmax(q̂ᵀ k̂ / √C), a_p = v̂ A_p: which entries of a code
        a_p = v_hat @ (q_hat.transpose(1, 2) @ k_hat / math.sqrt(length)).softmax(-1)
        # (15) Δw_i = ξ(r) ⊙ LN(a_c + a_p) + μ(r)
        return torch.addcmul(self.mu(residual), self.xi(residual).sigmoid(), self.norm(a_c + a_p))

    def _project(self, codes: Tensor, weights: Tensor) -> tuple[Tensor, ...]:
        """(B, L, C), (n, C, C) -> n times (B, L, C)."""
        return F.linear(codes, weights.flatten(0, 1) * self.gain).chunk(len(weights), -1)


class LatentWarping(nn.Module):
    """Equation 2: w_w = w_s + W(w_s, w_r), with the residual w_r = w_t − w_s."""

    def __init__(self, config: LatentWarpingConfig) -> None:
        super().__init__()
        self.config = config
        self.blocks = nn.ModuleList(CodeModulation(config.w_dim) for _ in range(config.blocks))
        self._start_near_identity()

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Source codes w_s (B, L, C) and target codes w_t (B, L, C) -> warped codes w_w (B, L, C), float32."""
        expected = (self.config.codes, self.config.w_dim)
        for name, codes in (("source", source), ("target", target)):
            assert codes.shape[1:] == expected, f"{name} must be (B, *{expected}), got {tuple(codes.shape)}"
        with full_precision(source):
            source, target = source.float(), target.float()
            residual = target - source
            offset = source  # Δw_0 = w_s
            for block in self.blocks:
                offset = block(offset, residual)
            # (2) w_w = w_s + W(w_s, w_r)
            return source + offset

    @torch.no_grad()
    def _start_near_identity(self) -> None:
        """What the last block adds is scaled down, by the scale of its norm and the last layer of its bias μ."""
        last = self.blocks[-1]
        assert isinstance(last, CodeModulation)
        last.norm.weight.fill_(0.01)
        out = last.mu[1]
        assert isinstance(out, EqualLinear)
        out.weight.mul_(0.01)
