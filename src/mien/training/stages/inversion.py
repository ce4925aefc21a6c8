"""What the stages of inversion have in common: generator and encoder are fixed, one network learns to do better.

    L = λ_2·‖y − x‖² + λ_lpips·L_lpips(y, x) + λ_id·L_id(y, x)            pictures x, and what they become y

Legend: B batch, L W+ codes, C length of a code, S side.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.inversion import save_inversion
from mien.checkpoints.shapes import Pair
from mien.conditions.layers import Layers
from mien.data.sheets import contact_sheet
from mien.pixels import to_bytes
from mien.training.devices import Devices
from mien.training.phases import Step
from mien.training.report import Progress, duration
from mien.training.stages.inversion_run import FeaturesStageConfig, HyperStageConfig, InversionConfig
from mien.training.stages.one_network import OneNetwork
from mien.training.teachers import Teachers
from mien.types import UInt8

SHOWN = 8


class InversionStage(OneNetwork):
    """Implements most of :class:`mien.training.loop.Stage`; a subclass adds its loss and its pictures.

    Args:
        settings: see there.
        pair: generator and encoder.
        learner: learns.
        teachers: judge.
        devices: where to run.

    Attributes:
        name: of the method, a key of :data:`mien.checkpoints.inversion.KINDS`.
    """

    def __init__(
        self, settings: InversionConfig, pair: Pair, learner: nn.Module, teachers: Teachers, devices: Devices
    ) -> None:
        assert pair.encoder is not None, "the run has made sure that there is one"
        self.settings, self.teachers, self.devices = settings, teachers, devices
        self.generator = devices.place(pair.generator).eval().requires_grad_(False)
        self.encoder, self.modalities = devices.place(pair.encoder).eval().requires_grad_(False), pair.modalities
        self._shown: Tensor | None = None
        self._trained_with = fingerprint(pair.generator).hex()
        seed = settings.seed * 1000 + devices.rank
        self.learns(devices.place(learner), settings.adam, settings.ema_half_life, seed)

    def rebuilt(self, pictures: Tensor, network: Any) -> list[Tensor]:
        """What a preview shows of some pictures (B, 3, S, S), row by row."""
        raise NotImplementedError

    @torch.no_grad()
    def encoded(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) -> W+ (B, L, C)."""
        side = self.encoder.config.side
        if pictures.shape[-1] != side:
            pictures = F.interpolate(pictures, size=(side, side), mode="bilinear", antialias=True)
        codes: Tensor = self.encoder(Layers(pictures, {}).stack(self.modalities))
        return codes

    def compared(self, made: Tensor, wanted: Tensor, prefix: str = "") -> tuple[Tensor, dict[str, Tensor]]:
        """The loss at the top of the file, and its terms by name."""
        c = self.settings
        terms = {
            "l2": (made - wanted).square().mean(),
            "perceptual": self.teachers.perceptual(made, wanted).mean(),
        }
        if self.teachers.identity is not None and c.identity:
            terms["identity"] = self.teachers.identity(made, wanted).mean()
        total = torch.stack([getattr(c, name) * value for name, value in terms.items()]).sum()
        return total, {f"{prefix}{name}": value for name, value in terms.items()}

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        self._shown = step.reals[:SHOWN] if self._shown is None else self._shown
        return super().finish_step(step)

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """Pictures of the first step, and what became of them."""
        if self._shown is None:
            return {}
        rows = [self._shown, *self.rebuilt(self._shown, self.ema.network)]
        return {self.name: contact_sheet(to_bytes(torch.cat(rows).float().clamp(-1, 1)), columns=len(self._shown))}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as a folder with the method's name."""
        facts = {"generator": self._trained_with, "images": progress.images}
        card = (
            f"# A network for inversion ({self.name})\n\nTrained with {progress.images:,} pictures in "
            f"{duration(progress.elapsed)}; it belongs to one generator.\n"
        )
        save_inversion(run, self.name, self.ema.network, card, facts)


def stage_of(settings: InversionConfig, pair: Pair, teachers: Teachers, devices: Devices) -> InversionStage:
    """The stage that the settings are of, with a new network."""
    from mien.models.inversion import FeatureNetworks, FeaturesConfig, HyperConfig, HyperNetwork
    from mien.training.stages.features import FeaturesStage
    from mien.training.stages.hyper import HyperStage

    shape = pair.generator.config
    if isinstance(settings, HyperStageConfig):
        return HyperStage(settings, pair, HyperNetwork(HyperConfig.of(shape)), teachers, devices)
    assert isinstance(settings, FeaturesStageConfig)
    return FeaturesStage(settings, pair, FeatureNetworks(FeaturesConfig.of(shape)), teachers, devices)
