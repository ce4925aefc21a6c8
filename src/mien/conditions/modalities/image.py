"""The image: what is left of the photo outside the mask. Users do not give it; the crop is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.conditions.modality import Array, MapModality
from mien.pixels import to_planes
from mien.types import Float32

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.extract import Extraction


class Image(MapModality):
    """(S, S, 3) uint8 sRGB."""

    name, title = "image", "image"
    channels, depth = 3, 3
    tint = (150, 150, 150)

    def encode(self, value: Array) -> Float32:
        return to_planes(value)

    def extract(self, image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction) -> Tensor:
        return image
