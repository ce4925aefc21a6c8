"""The generator: mapping, truncation and synthesis. Letters: B batch, L W+ codes, C length of a code, R resolution."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mien.models.stylegan2.config import GeneratorConfig
from mien.models.stylegan2.mapping import Mapping
from mien.models.stylegan2.synthesis import Features, Noise, Synthesis
from mien.models.stylegan2.truncation import nearest_centres, truncate


class Generator(nn.Module):
    """StyleGAN2. Takes codes of Z, W, W+ or StyleSpace:

    ``mapping(z)`` Z -> W, ``broadcast(w)`` W -> W+, ``style_space(w_plus)`` W+ -> S, ``synthesis(w_plus)`` and
    ``synthesis_from_s(s)`` -> picture; calling the generator goes all the way from Z.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.mapping = Mapping(config)
        self.synthesis = Synthesis(config)

    def broadcast(self, w: Tensor) -> Tensor:
        """(B, C) -> (B, L, C): the same code for every layer (a view)."""
        return w[:, None].expand(-1, self.config.codes, -1)

    def style_space(self, w_plus: Tensor) -> list[Tensor]:
        """(B, L, C) -> one (B, channels) tensor per layer; the order is that of :class:`Synthesis`."""
        return self.synthesis.styles(w_plus)

    def synthesis_from_s(self, s: list[Tensor], noise: Noise = "random") -> tuple[Tensor, Features]:
        """StyleSpace -> picture (B, 3, R, R) in [-1, 1] and the maps by resolution."""
        return self.synthesis.from_styles(s, noise)

    def truncated(
        self, z: Tensor, *, psi: float = 1.0, cutoff: int | None = None, centres: Tensor | None = None
    ) -> Tensor:
        """z (B, Z) -> W+ (B, L, C), moved towards a center.

        Args:
            psi: strength, 1 for none, 0 for the center itself.
            cutoff: number of codes to truncate, from the coarsest; None for all.
            centres: (K, C) cluster centers for multi-modal truncation; None for the mean of w.
        """
        w: Tensor = self.mapping(z)
        centre = self.mapping.w_avg if centres is None else nearest_centres(w, centres)
        return truncate(self.broadcast(w), centre, psi, cutoff)

    def forward(
        self,
        z: Tensor,
        *,
        psi: float = 1.0,
        cutoff: int | None = None,
        centres: Tensor | None = None,
        noise: Noise = "random",
    ) -> Tensor:
        """z (B, Z) -> (B, 3, R, R) float32, nominally in [-1, 1]; see :meth:`truncated` and :data:`Noise`."""
        picture: Tensor = self.synthesis(self.truncated(z, psi=psi, cutoff=cutoff, centres=centres), noise)
        return picture


def codes_of_seeds(seeds: Sequence[int], z_dim: int) -> Tensor:
    """(len(seeds), Z) Gaussian codes; a seed means the same code in any company and on any machine."""
    draws = [torch.randn(z_dim, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(draws)


def mix_styles(coarse: Tensor, fine: Tensor, crossover: int | Tensor) -> Tensor:
    """Style mixing: codes below ``crossover`` from the one, the others from the other.

    Args:
        coarse, fine: (B, L, C).
        crossover: in [0, L], one for all, or (B,) one for each.
    """
    layer = torch.arange(coarse.shape[1], device=coarse.device)
    point = torch.as_tensor(crossover, device=coarse.device).reshape(-1, 1)
    return torch.where((layer < point)[..., None], coarse, fine)


def random_crossover(batch: int, codes: int, probability: float, device: torch.device | str = "cpu") -> Tensor:
    """Where training mixes two codes: (batch,) uniform in [1, codes), or ``codes`` (no mixing) where chance says so."""
    point = torch.randint(1, codes, (batch,), device=device)
    return torch.where(torch.rand(batch, device=device) < probability, point, codes)
