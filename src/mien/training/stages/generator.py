"""The generator stage: StyleGAN2 against one or two critics (method's equation 22).

One forward pass of the generator per step: the pictures that the generator is judged by, without their gradient, are
also what the critics learn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from mien.checkpoints.generator import model_card, save_generator
from mien.data.sheets import contact_sheet
from mien.losses import path_length_penalty, path_lengths
from mien.models.stylegan2 import Generator, mix_styles, random_crossover
from mien.models.stylegan2.posterior import Posterior
from mien.pixels import to_bytes
from mien.training.anchor import Anchor
from mien.training.critics import critics_of, parts_of
from mien.training.devices import Devices
from mien.training.ema import Ema
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress, duration
from mien.training.stages.generator_run import GeneratorStageConfig
from mien.training.state import Stateful
from mien.training.teachers import Distance
from mien.types import UInt8


class GeneratorStage:
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        generator: the network, on its device.
        critics: discriminator networks in the order of ``config.critics``.
        ema: an average to continue; None to start one.
        posterior: for ``config.anchor``, with the perceptual distance.
    """

    def __init__(
        self,
        generator: Generator,
        critics: Sequence[nn.Module],
        config: GeneratorStageConfig,
        devices: Devices,
        ema: Generator | None = None,
        posterior: tuple[Posterior, Distance] | None = None,
    ) -> None:
        self.config, self.devices = config, devices
        self.generator = devices.place(generator)
        self.ema = Ema(generator if ema is None else devices.place(ema), config.ema_half_life)
        self._rng = torch.Generator(devices.device)
        self._rng.manual_seed(config.seed * 1000 + devices.rank)
        self.critics = critics_of(critics, config.critics, devices, self._rng, config.adam)
        self.anchor: Anchor | None = None
        if posterior is not None:
            self.anchor = Anchor(devices.place(posterior[0]), config.anchor, posterior[1], self._rng)
        own = [self.generator] if self.anchor is None else [self.generator, self.anchor.network]
        self._trained = nn.ModuleList(own)
        lazy = config.path_length_interval if config.path_length else None
        self.optimiser = lazy_adam(self._trained, config.adam, lazy)
        self.path_length_mean = nn.ParameterDict({"mean": torch.zeros((), device=devices.device)})
        self._fakes: Tensor | None = None
        for network in (self._trained, self.ema.network):
            devices.broadcast(network)

    @property
    def phases(self) -> list[Phase]:
        """Generator, its lazy regularizer, then every critic's phases."""
        phases = [Phase("generator", self._trained, self.optimiser, 1, self._generator_loss)]
        if self.config.path_length:
            every = self.config.path_length_interval
            phases.append(Phase("path-length", self._trained, self.optimiser, every, self._path_length_loss))
        return phases + [phase for critic in self.critics for phase in critic.phases(self._last_fakes)]

    @property
    def parts(self) -> dict[str, Stateful]:
        """Networks, optimizers, average and augmentation strengths."""
        parts: dict[str, Stateful] = {
            "generator": self.generator,
            "generator.optimiser": self.optimiser,
            "generator.ema": self.ema,
            "path_length": self.path_length_mean,
        }
        if self.anchor is not None:
            parts |= {"posterior": self.anchor.network, "anchor": self.anchor.state}
        return parts | parts_of(self.critics)

    @property
    def rng(self) -> torch.Generator:
        """Codes and augmentation draw from it."""
        return self._rng

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        if step.images >= self.config.hold:
            self.ema.update(self.generator, step.batch, step.images + step.batch)
        adaptive = [critic for critic in self.critics if critic.strength.target is not None]
        return {f"{c.config.kind}/p": c.strength.p for c in adaptive} | {
            f"{c.config.kind}/r_t": c.strength.r_t for c in adaptive
        }

    @torch.no_grad()
    def preview(self, count: int = 36) -> dict[str, UInt8]:
        """Sheets of the same codes at psi 1 and 0.7, by the average, with the stored noise."""
        z = torch.randn(count, self.config.generator.z_dim, generator=torch.Generator().manual_seed(1))
        sheets = {}
        for psi in (1.0, 0.7):
            pictures = [
                to_bytes(self.ema.network(codes.to(self.devices.device), psi=psi, noise="const"))
                for codes in torch.split(z, self.config.batch)
            ]
            sheets[f"psi{psi}"] = contact_sheet(np.concatenate(pictures))
        return sheets

    def export(self, run: Path, progress: Progress) -> None:
        """The average as ``generator/`` in the run's folder, with a card that says what the run knows about itself."""
        time = duration(progress.elapsed)
        shown = f"{progress.images:,} pictures shown in {progress.step:,} steps, {time} h of training."
        remarks = (shown, "Data, licence and limits: to be filled in by whoever trained it.")
        card = model_card(self.ema.network, "trained with mien train generator", "unknown", remarks)
        save_generator(run / "generator", self.ema.network, card, facts={"images": progress.images})

    def _generator_loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        batch, held = len(step.reals), step.images < self.config.hold
        if held:
            self.generator.requires_grad_(False)
        made = 0 if self.anchor is None else self.anchor.count(batch, step.images)
        w_plus = self._codes(batch - made, update_average=True)
        if self.anchor is not None:
            z, nats = self.anchor.codes(step.reals[:made])
            w_plus = torch.cat([self.generator.broadcast(self.generator.mapping(z)), w_plus])
        pictures = self.generator.synthesis(w_plus)
        self._fakes = pictures.detach()
        losses = {f"{c.config.kind}/generator_loss": c.generator_loss(pictures) for c in self.critics}
        weights = [critic.config.weight for critic in self.critics]
        total = torch.stack([w * loss for w, loss in zip(weights, losses.values(), strict=True)]).sum()
        if self.anchor is None:
            return (total.detach().requires_grad_() if held else total), losses
        distance, figures = self.anchor.loss(pictures[:made], step.reals[:made], nats)
        return self.anchor.adversity(step.images) * total + distance, {**losses, **figures}

    def _path_length_loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        if step.images < self.config.hold:
            return step.reals.new_zeros((), requires_grad=True), {}
        w_plus = self._codes(max(len(step.reals) // 2, 1), update_average=False)
        lengths = path_lengths(self.generator.synthesis(w_plus), w_plus)
        mean = self.path_length_mean["mean"]
        with torch.no_grad():
            mean.lerp_(self.devices.mean(lengths.mean()), 0.01)
        penalty = path_length_penalty(lengths, mean.detach())
        weight = self.config.path_length * self.config.path_length_interval
        return penalty * weight, {"path_length": lengths.mean()}

    def _codes(self, batch: int, *, update_average: bool) -> Tensor:
        """(batch, L, C), mixed from two codes with the configured probability."""
        shape = (2, batch, self.config.generator.z_dim)
        z = torch.randn(shape, generator=self._rng, device=self._rng.device)
        w = self.generator.mapping(z.flatten(0, 1))
        if update_average:
            self.generator.mapping.update_w_avg(w)
        coarse, fine = self.generator.broadcast(w).chunk(2)
        crossover = random_crossover(batch, self.config.generator.codes, self.config.style_mixing, coarse.device)
        return mix_styles(coarse, fine, crossover)

    def _last_fakes(self) -> Tensor:
        assert self._fakes is not None, "the generator's phase comes first"
        return self._fakes
