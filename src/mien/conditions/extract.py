"""All maps of a face, from the picture and its parsing; training and editing use the same functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mien.conditions.modalities import maps
from mien.conditions.types import Conditions
from mien.types import UInt8

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.layers import Layers
    from mien.conditions.lines import PencilFilter
    from mien.conditions.parser import FaceParser


def _pencil() -> PencilFilter:
    from mien.conditions.lines import PencilFilter

    return PencilFilter()


@dataclass(frozen=True)
class Extraction:
    """Settings of :func:`extract`.

    Attributes:
        pencil: of the sketch.
        superpixels: fraction of a training batch whose color map is made of superpixels instead of regions.
    """

    pencil: PencilFilter = field(default_factory=_pencil)
    superpixels: float = 0.25


def extract(image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction | None = None) -> Layers:
    """A training batch.

    Args:
        image: (B, 3, S, S) in [-1, 1], on any device.
        labels: (B, S, S) uint8 on the same device; ``UNKNOWN`` is no class.
        generator: on the CPU; same seed, same result.
        settings: None takes the defaults.

    Returns:
        everything whole; see :mod:`mien.conditions.dropping` for what is taken away.
    """
    from mien.conditions.layers import Layers

    s = settings or Extraction()
    assert labels.shape == (image.shape[0], *image.shape[2:]), f"labels {tuple(labels.shape)} do not fit the image"
    return Layers(image, {name: one.extract(image, labels, generator, s) for name, one in maps().items()})


def conditions_of(image: UInt8, labels: UInt8, *, superpixels: bool = False) -> Conditions:
    """The layers of one crop for a user to repaint.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.
        superpixels: colors by superpixel instead of by region.

    Returns:
        every map that there is; a picture without any edge has no sketch.
    """
    return Conditions(**{name: one.of_crop(image, labels, superpixels=superpixels) for name, one in maps().items()})


def origin_of(parser: FaceParser, *, superpixels: bool = False) -> dict[str, Any]:
    """How :func:`conditions_of` came to its maps, ready for JSON: by name, what the modality notes.

    Args:
        parser: that found the labels.
        superpixels: as there.
    """
    noted = {name: one.origin(parser, superpixels=superpixels) for name, one in maps().items()}
    return {name: dict(origin) for name, origin in noted.items() if origin is not None}
