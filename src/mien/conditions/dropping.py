"""What is left of the modalities in training, so that every subset works at inference (Algorithms 1 and 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from mien.conditions.freeform import FreeForm, freeform_batch
from mien.conditions.layers import Layers
from mien.conditions.modalities import maps


@dataclass(frozen=True)
class Dropping:
    """For each sample and each modality separately.

    Attributes:
        absent: probability that nothing is left.
        whole: probability that all of it is left; otherwise it is kept inside a free-form mask.
        area: of these free-form masks.
    """

    absent: float = 0.5
    whole: float = 0.1
    area: FreeForm = field(default_factory=FreeForm)


def drop(
    layers: Layers,
    generator: torch.Generator,
    settings: Dropping | None = None,
    modalities: Sequence[str] | None = None,
) -> tuple[Layers, dict[str, Tensor]]:
    """Drops modalities, or parts of them.

    Args:
        layers: a batch of B.
        generator: on the CPU; same seed, same result on every device.
        settings: None takes the defaults.
        modalities: which of them; None takes all but the image.

    Returns:
        the rest, and what was kept: (B, 1, S, S) float32 in {0, 1} for each modality.
    """
    s = settings or Dropping()
    batch, _, side, _ = layers.image.shape
    areas: dict[str, Tensor] = {}
    for name in maps() if modalities is None else modalities:
        draw = torch.rand(batch, generator=generator)
        area = torch.zeros(batch, 1, side, side)
        area[(draw >= s.absent) & (draw < s.absent + s.whole)] = 1
        partly = (draw >= s.absent + s.whole).nonzero()[:, 0]
        area[partly] = freeform_batch(len(partly), side, generator, s.area)
        areas[name] = area.to(layers.image.device)
    return layers.within(areas), areas
