"""A critic: a discriminator with everything that its training needs, and the phases that make up its schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from mien.losses import hinge_critic, hinge_generator, logistic_critic, logistic_generator, r1_penalty
from mien.training.augment import AdaptiveStrength, augmentation
from mien.training.devices import Devices
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.settings import AdamConfig, CriticConfig
from mien.training.state import Stateful

Fakes = Callable[[], Tensor]
"""Returns the step's generated pictures (B, 3, S, S), without gradient."""


class Critic:
    """Judges pictures and learns from real and generated ones.

    Args:
        network: pictures -> logits, any number per picture.
        config: its training.
        rng: for augmentation, on the training device.
        adam: of the optimizer, where ``config`` says nothing.

    Attributes:
        strength: of the augmentation.
    """

    def __init__(self, network: nn.Module, config: CriticConfig, rng: torch.Generator, adam: AdamConfig) -> None:
        self.network, self.config, self.rng = network, config, rng
        self._augment = augmentation(config.augment)
        adapt = config.strength is None and self._augment.adaptive
        start = 0.0 if adapt else 1.0 if config.strength is None else config.strength
        self.strength = AdaptiveStrength(p=start, target=0.6 if adapt else None)
        hinge = config.kind == "projected"
        self._generator_loss = hinge_generator if hinge else logistic_generator
        self._critic_loss = hinge_critic if hinge else logistic_critic
        lazy = config.r1_interval if config.r1_gamma else None
        self.optimiser = lazy_adam(network, config.adam or adam, lazy)

    def generator_loss(self, fakes: Tensor) -> Tensor:
        """What this critic has to say about pictures with gradient: scalar."""
        return self._generator_loss(self._judge(fakes))

    def phases(self, fakes: Fakes, reals: Callable[[Step], Tensor] = lambda step: step.reals) -> list[Phase]:
        """The critic's own update, and the lazy penalty if it has one; ``reals`` are a step's pictures by default."""
        kind = self.config.kind

        def adversarial(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
            real, fake = self._judge(reals(step)), self._judge(fakes())
            self.strength.observe(real, step.batch)
            loss = self._critic_loss(real, fake)
            scores = {f"{kind}/real": real.mean(), f"{kind}/fake": fake.mean()}
            return loss, {f"{kind}/critic_loss": loss, **scores}

        def penalty(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
            pictures = self._augmented(reals(step)).detach().requires_grad_()
            r1 = r1_penalty(self.network(pictures), pictures, self.config.r1_gamma)
            return r1 * self.config.r1_interval, {f"{kind}/r1": r1}

        phases = [Phase(kind, self.network, self.optimiser, 1, adversarial)]
        if self.config.r1_gamma:
            phases.append(Phase(f"{kind}-r1", self.network, self.optimiser, self.config.r1_interval, penalty))
        return phases

    def _augmented(self, pictures: Tensor) -> Tensor:
        with torch.autocast(pictures.device.type, enabled=False):
            return self._augment(pictures.float(), self.strength.p, self.rng)

    def _judge(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.network(self._augmented(pictures))
        return logits


def critics_of(
    networks: Sequence[nn.Module],
    configs: Sequence[CriticConfig],
    devices: Devices,
    rng: torch.Generator,
    adam: AdamConfig,
) -> list[Critic]:
    """A critic for each network, on its device, the same in every process; the rest as in :class:`Critic`."""
    critics = [Critic(devices.place(one), c, rng, adam) for one, c in zip(networks, configs, strict=True)]
    for critic in critics:
        devices.broadcast(critic.network)
    return critics


def parts_of(critics: Sequence[Critic]) -> dict[str, Stateful]:
    """What a snapshot keeps of them."""
    parts: dict[str, Stateful] = {}
    for critic in critics:
        kind = critic.config.kind
        parts |= {kind: critic.network, f"{kind}.optimiser": critic.optimiser, f"{kind}.strength": critic.strength}
    return parts
