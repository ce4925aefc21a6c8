"""What keeps an adversarially trained generator from forgetting most of a small set: it must also be able to make the
set's pictures, from places in Z that a posterior finds for them (VAE/GAN, Larsen et al., 2016).

    L = LPIPS(G(f(z)), x) + λ·|G(f(z)) − x| + β·KL(q(z | x) ‖ N(0, 1)),   z ~ q(z | x)

β is steered so that the posterior tells a fixed number of nats about each picture: more, and codes drawn from the prior
fall between those of the pictures; fewer, and all pictures look alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mien.models.stylegan2.posterior import Posterior
from mien.training.settings import AnchorConfig
from mien.training.teachers import Distance


class Anchor:
    """The posterior and its loss.

    Args:
        network: on its device.
        config: see there.
        distance: perceptual, differentiable.
        rng: draws from the posterior.

    Attributes:
        state: β, to be saved with the run.
    """

    def __init__(self, network: Posterior, config: AnchorConfig, distance: Distance, rng: torch.Generator) -> None:
        self.network, self.config, self.distance, self.rng = network, config, distance, rng
        self.state = nn.ParameterDict({"beta": torch.tensor(0.002, device=rng.device)}).requires_grad_(False)

    def count(self, batch: int, images: int) -> int:
        """Pictures of a batch that are reconstructions, after so many shown: at least one, and at least one is not."""
        share = self.config.share if images >= self.config.warm_up // 2 else 1.0
        return min(max(round(batch * share), 1), batch - 1)

    def adversity(self, images: int) -> float:
        """What the critics' loss counts, after so many pictures shown: 0 for half of the warm-up, then up to 1."""
        half = max(self.config.warm_up / 2, 1.0)
        return min(max(images / half - 1.0, 0.0), 1.0)

    def codes(self, reals: Tensor) -> tuple[Tensor, Tensor]:
        """Real pictures (B, 3, R, R) -> z (B, Z) drawn from their posteriors, and the nats of each (B,)."""
        mean, log_variance = self.network(reals)
        noise = torch.randn(mean.shape, generator=self.rng, device=mean.device)
        nats = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).sum(dim=1)
        return mean + noise * (0.5 * log_variance).exp(), nats

    def loss(self, pictures: Tensor, reals: Tensor, nats: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Reconstructions and what they should be, both (B, 3, R, R) in [-1, 1] -> scalar, and figures to report."""
        perceptual = self.distance(pictures, reals).mean()
        absolute = (pictures - reals).abs().mean()
        rate, beta = nats.mean(), self.state["beta"]
        self._steer(rate.detach())
        total = self.config.weight * (perceptual + self.config.l1 * absolute) + beta.detach().clone() * rate
        figures = {"perceptual": perceptual, "l1": absolute, "nats": rate, "beta": beta.detach().clone()}
        return total, {f"anchor/{name}": value for name, value in figures.items()}

    def _steer(self, rate: Tensor) -> None:
        """β rises while the posterior tells too much, by at most 1 % per step."""
        excess = (rate / self.config.rate - 1.0).clamp(-1.0, 1.0)
        self.state["beta"].mul_(torch.exp(0.01 * excess)).clamp_(1e-6, 1.0)
