"""The editor's own stage, Algorithm 3: aggregation and refinement against critics; encoder, warping, generator fixed.

    L = L_adv + λ_id·L_id + λ_lpips·L_lpips + λ_attr·L_attr          (23)
          + λ_1·|I_out − I_gt|                                       (ours)

Without the absolute error a small network needs ten times as long.
Pictures are judged as they are saved: composited with what lies outside of the mask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.losses import attribute_loss
from mien.models.editing import Painter
from mien.models.stylegan2 import mix_styles, random_crossover
from mien.training.critics import critics_of, parts_of
from mien.training.editing.sample import Sample, draw_edits, image_only, step_rng
from mien.training.phases import Phase, Step
from mien.training.stages.editing import EditingStage, composite
from mien.training.stages.editing_settings import Ingredients, PainterConfig
from mien.training.state import Stateful
from mien.training.windows.guides import GuideDraw

RING = 32
"""The output is judged outside of the mask, too, up to this fraction of the side."""

MOVED = 0.2
"""Fraction of the edits with another face's part, where a painter can be given guides and nothing says how."""


class PainterStage(EditingStage):
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings, given: see :class:`EditingStage`.
        critics: networks in the order of ``settings.critics``.

    Attributes:
        sample: how edits are drawn; with guides where the painter can be given them.
    """

    part = "painter"
    settings: PainterConfig

    def __init__(self, settings: PainterConfig, given: Ingredients, critics: Sequence[nn.Module] = ()) -> None:
        super().__init__(settings, given)
        told = self.networks.config.aggregation.guide and not settings.sample.guides.share
        self.sample = replace(settings.sample, guides=GuideDraw(), moved=MOVED) if told else settings.sample
        self.critics = critics_of(critics, settings.critics, self.devices, self.rng, settings.adam)
        self._shown: tuple[Tensor, Tensor] | None = None
        self._calibrate()

    @property
    def phases(self) -> list[Phase]:
        """The painter, then every critic's."""
        asked = [critic.phases(lambda: self._last[1], lambda _: self._last[0]) for critic in self.critics]
        return super().phases + [phase for phases in asked for phase in phases]

    @property
    def parts(self) -> dict[str, Stateful]:
        """With the critics'."""
        return super().parts | parts_of(self.critics)

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c = self.settings
        sample = draw_edits(step, c.seed, self.devices.rank, self.sample)
        codes, bank, shown = self._given(sample, step_rng(c.seed + 1, step.index, self.devices.rank))
        edited, _ = self.learner(self.stack(sample.layers), sample.mask, codes, bank, guide=sample.guide)
        # Where the exemplar is another face, there is no truth, but the generator shows what its codes look like.
        shown = composite(shown, sample.picture, sample.mask)
        wanted = torch.where(sample.same_face.view(-1, 1, 1, 1), sample.picture, shown)
        pictures = composite(edited, sample.picture, sample.mask)
        self._shown = sample.picture, pictures.detach()
        own = sample.same_face.float()
        weight = own + c.foreign * (1.0 - own)
        losses: dict[str, tuple[float, Tensor]] = {
            "absolute": (c.absolute, _mean(_error(edited, sample), own)),
            "perceptual": (c.perceptual, _mean(self.teachers.perceptual(pictures, wanted), weight)),
        }
        if self.teachers.identity is not None and c.identity and step.index % c.identity_interval == 0:
            losses["identity"] = (
                c.identity * c.identity_interval,
                self.teachers.identity(pictures, sample.exemplar).mean(),
            )
        if c.attribute and step.index % c.attribute_interval == 0:
            # (21) L_attr = MSE(E(I_out), w_i); the codes know nothing of a dye
            distance = attribute_loss(self.networks.encoder(self.stack(image_only(pictures))), codes)
            told = (sample.given & ~sample.dyed).float()
            losses["attribute"] = (c.attribute * c.attribute_interval, _mean(distance, told))
        for critic in self.critics:
            losses[f"{critic.config.kind}/loss"] = (critic.config.weight, critic.generator_loss(pictures))
        total = torch.stack([weight * value for weight, value in losses.values()]).sum()
        return total, {name: value for name, (_, value) in losses.items()}

    def rows(self, step: Step, learner: nn.Module) -> list[Tensor]:
        """What is given (picture, lines, labels, colors, exemplar), the codes' own picture, the edit, the truth."""
        sample = draw_edits(step, 1, 0, self.sample)
        codes, bank, own = self._given(sample, step_rng(2, 0, 0))
        edited, _ = learner(self.stack(sample.layers), sample.mask, codes, bank, guide=sample.guide)
        labels = (sample.layers["semantic"] * torch.linspace(0.2, 1.0, 19, device=codes.device).view(1, -1, 1, 1)).sum(
            1
        )
        shown = sample.given.view(-1, 1, 1, 1) * sample.exemplar
        result = composite(edited, sample.picture, sample.mask)
        layers = sample.layers
        maps = (_gray(layers["sketch"]), _gray(labels[:, None]))
        return [layers.image, *maps, layers["color"], shown, own, result, sample.picture]

    @torch.no_grad()
    def _given(self, sample: Sample, rng: torch.Generator) -> tuple[Tensor, Mapping[int, Tensor], Tensor]:
        """The codes w_e of every edit, and the bank F_s and the picture that the generator makes of them."""
        networks, c = self.networks, self.settings
        codes = networks.encoder(self.stack(sample.layers))
        shown = sample.given.nonzero()[:, 0]
        draws = torch.rand(3, len(codes), 1, 1, generator=rng).to(codes.device)[:, shown]
        random = self._random_codes(len(codes), rng)[shown]
        if len(shown):
            source = networks.encoder(self.stack(image_only(sample.exemplar[shown])))
            if "warping" in self.trained:
                # (2) w_w = w_s + W(w_s, w_t − w_s)
                warp = networks.turned if c.as_edited else networks.warping
                kept = (draws[0] >= c.warped) | (sample.same_face[shown].view(-1, 1, 1) & c.as_edited)
                source = torch.where(kept, source, warp(source, codes[shown]))
            # (20) w_i = α·w_r + (1 − α)·w_ex, α ~ U(0, 1); α = 0 when the exemplar is the ground truth
            alpha = draws[2] * (draws[1] < c.diverse) * (~sample.same_face[shown]).view(-1, 1, 1)
            codes = codes.index_copy(0, shown, torch.lerp(source, random, alpha))
        picture, bank = networks.bank(codes)
        return codes, bank, picture

    def _random_codes(self, batch: int, rng: torch.Generator) -> Tensor:
        """w_r of equation 20: two styles, mixed."""
        generator = self.networks.generator
        z = torch.randn(2 * batch, generator.config.z_dim, generator=rng).to(self.devices.device)
        coarse, fine = generator.broadcast(generator.mapping(z)).chunk(2)
        return mix_styles(coarse, fine, random_crossover(batch, generator.config.codes, 1.0).to(coarse.device))

    @torch.no_grad()
    def _calibrate(self) -> None:
        """The bank's maps enter the painter with unit mean square."""
        codes = self.networks.encoder(self.stack(image_only(self.shown.reals)))
        for painter in (self.learner, self.ema.network):
            assert isinstance(painter, Painter)
            painter.refinement.calibrate(self.networks.bank(codes)[1])

    @property
    def _last(self) -> tuple[Tensor, Tensor]:
        """The last step's pictures, some of them dyed, and its edits."""
        assert self._shown is not None, "the painter's phase comes first"
        return self._shown


def _error(edited: Tensor, sample: Sample) -> Tensor:
    """Mean absolute error inside the mask, and for a quarter on a ring outside: (B,).

    Where edit and photo meet, the editor compares the two to match their colors; the output must be right there, too.
    """
    width = 2 * (edited.shape[-1] // RING) + 1
    ring = F.max_pool2d(sample.mask, width, stride=1, padding=width // 2) - sample.mask
    return ((edited - sample.picture).abs() * (sample.mask + 0.25 * ring)).mean(dim=(1, 2, 3))


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    """Of (B,) values where (B,) weights say so; 0 where they say so nowhere."""
    return (values * weights).sum() / weights.sum().clamp(min=1.0)


def _gray(maps: Tensor) -> Tensor:
    """(B, 1, S, S) in [0, 1] -> (B, 3, S, S) in [-1, 1]."""
    return maps.expand(-1, 3, -1, -1) * 2.0 - 1.0
