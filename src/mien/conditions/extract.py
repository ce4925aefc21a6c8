"""All pixel-wise modalities of a face, from the picture and its parsing; the same functions train and serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from mien.conditions.color import ACROSS, COMPACTNESS, ROUNDS, region_means, superpixel_means
from mien.conditions.layers import Layers
from mien.conditions.semantic import one_hot
from mien.conditions.sketch import PencilFilter, extract_sketch, sketch_of
from mien.conditions.types import Conditions
from mien.pixels import to_bytes, to_tensor
from mien.types import UInt8

if TYPE_CHECKING:
    from mien.conditions.parser import FaceParser


@dataclass(frozen=True)
class Extraction:
    """Settings of :func:`extract`.

    Attributes:
        pencil: of the sketch.
        superpixels: fraction of a training batch whose colour map is made of superpixels instead of regions.
    """

    pencil: PencilFilter = field(default_factory=PencilFilter)
    superpixels: float = 0.25


def extract(image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction | None = None) -> Layers:
    """A training batch.

    Args:
        image: (B, 3, S, S) in [-1, 1], on any device.
        labels: (B, S, S) uint8 on the same device; ``UNKNOWN`` says nothing.
        generator: on the CPU; same seed, same result.
        settings: None takes the defaults.

    Returns:
        everything whole; see :mod:`mien.conditions.dropping` for what is taken away.
    """
    s = settings or Extraction()
    assert labels.shape == (image.shape[0], *image.shape[2:]), f"labels {tuple(labels.shape)} do not fit the image"
    sketch = extract_sketch(image, generator, s.pencil)
    chosen = (torch.rand(len(image), generator=generator) < s.superpixels).nonzero()[:, 0].to(image.device)
    color = region_means(image, labels)
    if len(chosen):
        color[chosen] = superpixel_means(image[chosen])
    return Layers(image, sketch, one_hot(labels), color)


def conditions_of(image: UInt8, labels: UInt8, *, superpixels: bool = False) -> Conditions:
    """The layers of one crop for a user to repaint.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.
        superpixels: colours by superpixel instead of by region.

    Returns:
        sketch (None in a picture without any edge), semantic map and colour map.
    """
    batch = to_tensor(image)
    means = superpixel_means(batch) if superpixels else region_means(batch, torch.from_numpy(labels)[None])
    opaque = np.full((*labels.shape, 1), 255, np.uint8)
    lines = sketch_of(batch)
    return Conditions(
        sketch=lines if lines.any() else None,
        semantic=labels,
        color=np.concatenate([to_bytes(means)[0], opaque], 2),
    )


def origin_of(parser: FaceParser, *, superpixels: bool = False) -> dict[str, Any]:
    """How :func:`conditions_of` came to its maps, ready for JSON.

    Args:
        parser: that found the labels.
        superpixels: as there.

    Returns:
        ``semantic``: the parser, see :meth:`mien.conditions.parser.FaceParser.identity`; ``color``: its ``segments``,
        "regions" (those of the semantic map) or "superpixels" with their settings.
    """
    cells = {"across": ACROSS, "rounds": ROUNDS, "compactness": COMPACTNESS}
    color = {"segments": "superpixels", **cells} if superpixels else {"segments": "regions"}
    return {"semantic": parser.identity(), "color": color}
