"""The latent warping network's stage, Algorithm 2: codes of a mirrored, mixed face -> the pose of the picture.

w_s = β·w_gt + (1 − β)·w_flip, β ~ U(0, 1)                                   (9)
w_t = E(augmented picture, a region of it missing)
L_W = L_id + L_lpips + 0.1·L_attr                                            (10-13)
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mien.conditions.layers import Layers
from mien.losses import attribute_loss
from mien.training.editing.augment import augmented
from mien.training.editing.masks import edit_masks
from mien.training.editing.sample import image_only, step_rng
from mien.training.phases import Step
from mien.training.stages.editing import EditingStage, masked
from mien.training.stages.editing_settings import WarpingConfig


class WarpingStage(EditingStage):
    """Implements :class:`mien.training.loop.Stage`."""

    part = "warping"
    settings: WarpingConfig

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c = self.settings
        source, target, own = self._codes(step)
        warped = self.learner(source, target)
        pictures = self.networks.inverted(warped)
        losses = {
            "perceptual": self.teachers.perceptual(pictures, step.reals).mean(),
            "attribute": attribute_loss(self._encode(pictures), own).mean(),
        }
        if self.teachers.identity is not None and c.identity:
            losses["identity"] = self.teachers.identity(pictures, step.reals).mean()
        total = torch.stack([getattr(c, name) * value for name, value in losses.items()]).sum()
        return total, losses

    def rows(self, step: Step, learner: nn.Module) -> list[Tensor]:
        """Sources, targets, and the warped sources; the source of each picture is its neighbor in the batch."""
        codes = self._encode(step.reals)
        warped = learner(codes.roll(1, 0), codes)
        shown = self.networks.inverted(warped)
        return [step.reals.roll(1, 0), step.reals, shown]

    @torch.no_grad()
    def _codes(self, step: Step) -> tuple[Tensor, Tensor, Tensor]:
        """w_s, w_t and w_gt."""
        assert step.labels is not None
        rng = step_rng(self.settings.seed, step.index, self.devices.rank)
        own, flipped = self._encode(step.reals), self._encode(step.reals.flip(-1))
        batch, device = len(own), own.device
        beta = torch.rand(batch, 1, 1, generator=rng).to(device)
        # (9) w_s = β·w_gt + (1 − β)·w_flip
        source = torch.lerp(flipped, own, beta)
        missing = (torch.rand(batch, 1, 1, 1, generator=rng) < self.settings.region).to(device)
        mask = edit_masks(step.labels, rng, self.settings.sample.masks) * missing
        target = image_only(masked(augmented(step.reals, rng), mask))
        return source, self._encode(target), own

    def _encode(self, what: Tensor | Layers) -> Tensor:
        layers = image_only(what) if isinstance(what, Tensor) else what
        codes: Tensor = self.networks.encoder(self.stack(layers))
        return codes
