"""The style encoder's stage, Algorithm 1: what is left of a picture and its modalities -> codes of the whole picture.

The losses are those of e4e (Tov et al., 2021), its latent discriminator aside.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mien.losses import delta_loss
from mien.models.editing import StyleEncoder
from mien.training.editing.sample import draw_encodings, image_only
from mien.training.phases import Step
from mien.training.stages.editing import EditingStage
from mien.training.stages.editing_settings import EncoderConfig


class EncoderStage(EditingStage):
    """Implements :class:`mien.training.loop.Stage`."""

    part = "encoder"
    settings: EncoderConfig

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c = self.settings
        layers = self.stack(draw_encodings(step, c.seed, self.devices.rank, c.sample))
        assert isinstance(self.learner, StyleEncoder)
        codes, deltas = self.learner.codes_and_deltas(layers)
        pictures = self.networks.inverted(codes)
        losses = {
            "l2": (pictures - step.reals).square().mean(),
            "perceptual": self.teachers.perceptual(pictures, step.reals).mean(),
            "delta": delta_loss(deltas).mean(),
        }
        if self.teachers.identity is not None and c.identity:
            losses["identity"] = self.teachers.identity(pictures, step.reals).mean()
        total = torch.stack([getattr(c, name) * value for name, value in losses.items()]).sum()
        return total, losses

    def rows(self, step: Step, learner: nn.Module) -> list[Tensor]:
        """Pictures, what the generator makes of their own codes, what is left of them, and what it makes of that."""
        c = self.settings
        layers = draw_encodings(step, c.seed, 0, c.sample)
        own, partial = (
            self.networks.inverted(learner(self.stack(given))) for given in (image_only(step.reals), layers)
        )
        hints = layers.image + (layers.image == 0) * (layers["color"] - layers["sketch"])
        return [step.reals, own, hints.clamp(-1, 1), partial]
