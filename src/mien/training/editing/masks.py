"""Where training edits: everything that a user may paint, box or name, so that no kind of mask comes as a surprise.

Letters: B batch, S side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mien.conditions.freeform import freeform_mask, irregular_mask, rng_of
from mien.conditions.masks import grow
from mien.conditions.regions import classes_of
from mien.types import Bool, UInt8

REGIONS = ("hair", "face", "foreground", "eyes", "brows", "nose", "mouth", "skin", "ears", "clothes", "background")


@dataclass(frozen=True)
class EditMasks:
    """How often each kind of mask comes; the rest is free-form (CoModGAN's, the paper's only kind).

    Attributes:
        boxes: probability of one rectangle, its sides 0.25 to 0.75 of the picture's.
        strokes: probability of brush strokes that cover 20 to 60 %.
        regions: probability of a named region of the face, grown by up to 6 % of the side.
        whole: probability of all of the picture: a face from its modalities alone.
    """

    boxes: float = 0.2
    strokes: float = 0.15
    regions: float = 0.3
    whole: float = 0.03


def edit_masks(labels: Tensor, generator: torch.Generator, settings: EditMasks | None = None) -> Tensor:
    """One mask per picture.

    Args:
        labels: (B, S, S) uint8 semantic maps, on any device.
        generator: on the CPU.
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) float32 in {0, 1} on the device of ``labels``, 1 = edit; none is empty.
    """
    s = settings or EditMasks()
    rng = rng_of(generator)
    kinds: list[tuple[float, Callable[[UInt8, np.random.Generator], Bool]]] = [
        (s.boxes, _box),
        (s.strokes, lambda one, rng: irregular_mask(len(one), rng, (0.2, 0.6))),
        (s.regions, _region),
        (s.whole, lambda one, rng: np.ones(one.shape, np.bool_)),
        (1.0, _freeform),
    ]
    edges = np.minimum(np.cumsum([share for share, _ in kinds]), 1.0)
    masks = []
    for one in labels.cpu().numpy():
        _, draw = kinds[int(np.searchsorted(edges, rng.random(), side="right"))]
        mask = draw(one, rng)
        masks.append(mask if mask.any() else _box(one, rng))
    return torch.from_numpy(np.stack(masks).astype(np.float32))[:, None].to(labels.device)


def _freeform(labels: UInt8, rng: np.random.Generator) -> Bool:
    return freeform_mask(len(labels), rng)


def _box(labels: UInt8, rng: np.random.Generator) -> Bool:
    side = len(labels)
    mask = np.zeros(labels.shape, np.bool_)
    height, width = np.round(rng.uniform(0.25, 0.75, 2) * side).astype(int)
    top, left = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
    mask[top : top + height, left : left + width] = True
    return mask


def _region(labels: UInt8, rng: np.random.Generator) -> Bool:
    name = REGIONS[int(rng.integers(len(REGIONS)))]
    area: Bool = np.isin(labels, list(classes_of(name)))
    return grow(area, rng.uniform(0.0, 0.06) * len(labels)) if area.any() else area
