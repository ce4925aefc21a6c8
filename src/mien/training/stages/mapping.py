"""MM2Latent's mapping network: what is given of a sampled face -> its code.

    L = λ_1·|ŵ − w| + λ_cos·(1 − cos(ŵ, w))                      on codes in standard deviations (the paper's losses)
      + λ_lpips·L_lpips(G(ŵ), G(w)) + λ_id·L_id(G(ŵ), G(w))      where a map or drawing is given (ours)
      + λ_c·L_consistency(ŵ) + λ_p·L_prior(ŵ)                    the given, told from codes by a judge (ours)

Some pairs get the words of another pair: where something is drawn, those of which drawings tell nothing. No code is
known that is right for them: they count for the last line alone. Without them the network learns that a map tells
everything, and words beside it are not heard.

Several noises are tried for every pair, and the one whose code is nearest learns (implicit maximum likelihood, Li and
Malik, 2018): noise comes to choose among the faces that fit what is given, where one noise alone would be ignored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.checkpoints.generator import save_generator
from mien.checkpoints.mm2latent import GENERATOR, save_mapping
from mien.checkpoints.store import BUNDLED
from mien.data.sheets import contact_sheet
from mien.models.mm2latent.config import MODALITIES
from mien.models.mm2latent.encoders import shares_of
from mien.models.mm2latent.mapping import Given
from mien.models.mm2latent.mapping import Mapping as MappingNetwork
from mien.models.mm2latent.text import TextScale
from mien.models.stylegan2 import Generator
from mien.pixels import to_bytes
from mien.training.code_judge import COARSE, CodeJudge, Statistics, Told, consistency_loss, judge_loss, true_of
from mien.training.devices import Devices
from mien.training.editing.sample import step_rng
from mien.training.ema import Ema
from mien.training.latents import GivenDraw, draw_given
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress
from mien.training.stages.latent_runs import MappingStageConfig
from mien.training.state import Stateful
from mien.training.teachers import Teachers
from mien.training.vector_bank import VectorBank
from mien.types import UInt8

WEIGHTS = {"text": 2.5, "semantic": 6.0, "geometry": 3.0, "pose": 1.0}
"""Of what the judge tells, by modality."""

WARM_UP = 20_000
"""Pairs over which the judge comes to count."""

JUDGE_RATE = 1e-3
"""Of the judge, which is no part of what is saved: every run trains one from nothing, also one that goes on slowly."""

LAST = 0.01
"""Of the rate, at the end of its fall."""


class MappingStage:
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings: see there.
        network: learns.
        text: how words are told.
        generator: its name, and the network.
        teachers: judge pictures; None for codes alone.
        devices: where to run.
        shown: pairs for previews.
        statistics: of all pairs.
        bank: of pseudo text; None for noise.
    """

    def __init__(
        self,
        settings: MappingStageConfig,
        network: MappingNetwork,
        text: TextScale,
        generator: tuple[str, Generator],
        teachers: Teachers | None,
        devices: Devices,
        shown: Step,
        statistics: Statistics,
        bank: VectorBank | None = None,
    ) -> None:
        self.settings, self.text, self.teachers, self.devices, self.shown = settings, text, teachers, devices, shown
        self.name, self.generator = generator[0], devices.place(generator[1])
        self.network = devices.place(network).train()
        self.ema = Ema(self.network, settings.ema_half_life)
        moved = [part for name, part in self.network.named_children() if not (settings.fixed and name == "encoders")]
        self.optimiser = lazy_adam(nn.ModuleList(moved), settings.adam)
        self.draw = GivenDraw(bank=bank)
        self.judge = devices.place(CodeJudge(network.config.w_dim, max(1, len(text.names))))
        self.judge_optimiser = lazy_adam(self.judge, replace(settings.adam, lr=JUDGE_RATE))
        self.statistics = statistics
        self._rng = torch.Generator(devices.device)

    @property
    def phases(self) -> list[Phase]:
        """The network's, and its judge's."""
        mapping = Phase("mapping", self.network, self.optimiser, 1, self.loss)
        return (
            [mapping, Phase("judge", self.judge, self.judge_optimiser, 1, self.judged)] if self.judging else [mapping]
        )

    @property
    def parts(self) -> dict[str, Stateful]:
        """Network, optimizer, average, judge."""
        judge: dict[str, Stateful] = {"judge": self.judge, "judge.optimiser": self.judge_optimiser}
        return {"network": self.network, "optimiser": self.optimiser, "ema": self.ema, **judge}

    @property
    def judging(self) -> bool:
        """Whether codes are judged: those of one network, of W, that hears numbers."""
        config = self.network.config
        return self.settings.consistency > 0 and config.form == "one" and not config.plus and bool(self.text.names)

    @property
    def rng(self) -> torch.Generator:
        """Draws nothing; all draws follow from the step's number."""
        return self._rng

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c, network = self.settings, self.network
        rng = step_rng(c.seed, step.index, self.devices.rank)
        given = draw_given(step, self.text, network.config, self.draw, rng)
        true, alone = self._true(step), torch.ones(len(given.text), device=given.text.device)
        if self.judging:
            true, alone = self._mixed(given, true, rng)
        wanted = network.standard(step.others["w"])
        wanted = wanted[:, None].expand(-1, network.config.codes, -1) if network.config.plus else wanted
        seen = network.seen(given)
        code = network.mapped(seen, self._nearest(seen.detach(), wanted, rng)).float()
        losses = {
            "absolute": (c.absolute, _mean((code - wanted).abs(), alone)),
            "cosine": (c.cosine, _mean(1 - F.cosine_similarity(code, wanted, dim=-1), alone)),
        }
        if self.judging:
            losses |= self._consistency(step, given, code, true)
        if self.teachers is not None and c.pictures:
            losses |= self._seen_losses(given, code, step.others["w"], alone)
        total = torch.stack([weight * value for weight, value in losses.values()]).sum()
        return total, {name: value for name, (_, value) in losses.items()}

    @torch.no_grad()
    def _nearest(self, seen: Tensor, wanted: Tensor, rng: torch.Generator) -> Tensor:
        """(B, noise): of several noises the one whose code is nearest."""
        count, size = self.settings.candidates, self.network.config.noise
        noises = torch.randn(count, len(seen), size, generator=rng).to(seen.device)
        if count == 1 or self.network.config.form == "pair":
            return noises[0]
        errors = [(self.network.mapped(seen, one) - wanted).abs().flatten(1).mean(1) for one in noises]
        best = torch.stack(errors).argmin(0)
        return noises[best, torch.arange(len(seen), device=seen.device)]

    def judged(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """What the judge learns of true pairs."""
        code = self.network.standard(step.others["w"])
        error = judge_loss(self.judge(code + 0.05 * torch.randn_like(code)), self._true(step))
        return error, {"judge": error}

    def _true(self, step: Step) -> Told:
        assert step.labels is not None
        numbers = torch.from_numpy(self.text.scaled(step.others["numbers"].cpu().numpy())) if self.text.names else None
        shares = shares_of(step.labels, COARSE)
        numbers = step.others["numbers"] if numbers is None else numbers.to(shares.device)
        return true_of(numbers, shares, step.others["points"], step.others["pose"], self.statistics.points)

    def _mixed(self, given: Given, true: Told, rng: torch.Generator) -> tuple[Told, Tensor]:
        """Gives some pairs the words of the next pair; returns what is true of all, and 1 where nothing was mixed."""
        batch = len(given.text)
        mixed = (torch.rand(batch, 1, generator=rng) < self.settings.mixed).to(given.text.device)
        mixed &= given.present[:, :4].sum(1, keepdim=True) > 0
        told = torch.tensor(self.text.open() * 2, device=given.text.device).float()
        drawn = given.present[:, :3].sum(1, keepdim=True) > 0
        other = given.text.roll(1, 0) * torch.where(drawn, told, 1.0)
        given.text = torch.where(mixed, other, given.text)
        text = MODALITIES.index("text")
        given.present[:, text] = torch.where(mixed[:, 0], 1.0, given.present[:, text])
        numbers = torch.where(mixed, true.numbers.roll(1, 0), true.numbers)
        return replace(true, numbers=numbers), 1 - mixed[:, 0].float()

    def _consistency(self, step: Step, given: Given, code: Tensor, true: Told) -> dict[str, tuple[float, Tensor]]:
        c = self.settings
        warm = min(1.0, (step.images + 1) / WARM_UP)
        found = consistency_loss(self.judge(code), true, given)
        losses = {f"judge/{name}": (c.consistency * warm * WEIGHTS[name], error) for name, error in found.items()}
        return {**losses, "prior": (c.prior, self.statistics.surprise(self.network.scaled(code)))}

    def _seen_losses(self, given: Given, code: Tensor, w: Tensor, alone: Tensor) -> dict[str, tuple[float, Tensor]]:
        """Losses on pictures of some pairs of which something is drawn."""
        assert self.teachers is not None
        c, drawn = self.settings, given.present[:, :3].sum(1) * alone > 0
        rows = drawn.nonzero()[:, 0][: c.pictures]
        if not len(rows):
            return {}
        made = self._pictures(self.network.scaled(code[rows]))
        with torch.no_grad():
            real = self._pictures(w[rows])
        losses = {"perceptual": (c.perceptual_weight, self.teachers.perceptual(made, real).mean())}
        if self.teachers.identity is not None and c.identity_weight:
            losses["identity"] = (c.identity_weight, self.teachers.identity(made, real).mean())
        return losses

    def _pictures(self, w: Tensor) -> Tensor:
        codes = w if w.ndim == 3 else self.generator.broadcast(w)
        pictures: Tensor = self.generator.synthesis(codes, "const")
        return pictures

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average and the rate."""
        self.ema.update(self.network, step.batch, step.images + step.batch)
        c = self.settings
        if not c.decay:
            return {}
        part = min(1.0, step.images / c.decay)
        rate = c.adam.lr * (LAST + (1 - LAST) * (1 + math.cos(math.pi * part)) / 2)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return {"rate": rate}

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """Held-out faces; what is made of all, and of each modality alone."""
        network = self.ema.network
        rng = step_rng(1, 0, 0)
        given = draw_given(self.shown, self.text, network.config, self.draw, rng, torn=False)
        rows = [self._pictures(self.shown.others["w"])]
        flags = [torch.ones(5), *torch.eye(5)] if network.config.form == "one" else [torch.ones(5)]
        for flag in flags:
            given.present = flag.to(self.devices.device).expand(len(given.text), -1)
            rows.append(self._pictures(network(given)))
        return {"faces": contact_sheet(to_bytes(torch.cat(rows).float()), columns=len(given.text))}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as ``mapping/`` in the run's folder, with the generator where it is not a bundled one."""
        folder, bundled = run / "mapping", (BUNDLED / self.name).is_dir()
        card = f"# MM2Latent\n\n{progress.images:,} pairs of {self.name}.\n"
        facts = {"progress": {"images": progress.images}}
        if not bundled:
            save_generator(folder / GENERATOR, self.generator, "# The generator of the mapping network\n")
        save_mapping(folder, self.ema.network, self.text, self.name if bundled else GENERATOR, card, facts)


def _mean(errors: Tensor, alone: Tensor) -> Tensor:
    """Of (B, ...) over the pairs that count."""
    return (errors.flatten(1).mean(1) if errors.ndim > 1 else errors).mul(alone).sum() / alone.sum().clamp(min=1)
