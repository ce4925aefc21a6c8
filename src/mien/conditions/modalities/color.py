"""Color maps: which color lies where; the mean color of each region, or what a user has painted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.conditions.labels import UNKNOWN
from mien.conditions.modality import Array, MapModality, opaque
from mien.conditions.pictures import over_checkers
from mien.conditions.resample import levels_at
from mien.errors import LayerError
from mien.packages import need_torch
from mien.pixels import to_planes
from mien.types import Bool, Float32, UInt8

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.extract import Extraction
    from mien.conditions.parser import FaceParser


class Color(MapModality):
    """(S, S, 4) uint8 sRGB with alpha: 255 where a color is given; elsewhere all four numbers are 0."""

    name, short, title = "color", "Co", "color map"
    channels, depth = 3, 4
    tint = (70, 110, 240)
    noise = 8
    hint = "paint some color there, or leave it out"

    def specified(self, value: Array) -> Bool:
        given: Bool = value[..., 3] > 0
        return given

    def encode(self, value: Array) -> Float32:
        return to_planes(value[..., :3]) * self.specified(value)

    def resample(self, value: Array, side: int) -> Array:
        """The mean of what is painted, where it covers half a pixel."""
        if value.shape[0] == side:
            return normalise(value[..., :3], value[..., 3] >= 128)
        painted = (value[..., 3:] >= 128).astype(np.float32)
        sums = levels_at(np.concatenate([value[..., :3] * painted, painted], 2), side)
        mean = np.rint(sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)).clip(0, 255).astype(np.uint8)
        return normalise(mean, np.rint(sums[..., 3] * 255) >= 128)

    def parse(self, drawn: Bool | UInt8, name: str, notes: list[str]) -> Array:
        """Only what is painted counts, pixels of alpha 128 and above; without transparency, all do."""
        if drawn.ndim == 2:
            raise LayerError(f"{name} is gray and has no colors; save the color map as RGB or RGBA.")
        return normalise(*opaque(drawn.astype(np.uint8, copy=False)))

    def draw(self, value: Array) -> UInt8:
        """A checkerboard shows through where no color is given."""
        return over_checkers(value)

    def extract(self, image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction) -> Tensor:
        import torch

        from mien.conditions.segments import region_means, superpixel_means

        chosen = (torch.rand(len(image), generator=generator) < settings.superpixels).nonzero()[:, 0].to(image.device)
        means = region_means(image, labels)
        if len(chosen):
            means[chosen] = superpixel_means(image[chosen])
        return means

    def of_crop(self, pixels: UInt8, labels: UInt8, *, superpixels: bool = False) -> Array | None:
        if superpixels:
            need_torch("Finding superpixels")
            from mien.conditions.segments import superpixel_means
            from mien.pixels import to_bytes, to_tensor

            means = to_bytes(superpixel_means(to_tensor(pixels)))[0]
        else:
            means = region_colors(pixels, labels)
        return np.dstack([means, np.full(labels.shape, 255, np.uint8)])

    def origin(self, parser: FaceParser, *, superpixels: bool = False) -> Mapping[str, Any] | None:
        """Its ``segments``: "regions" (those of the semantic map) or "superpixels" with their settings."""
        if not superpixels:
            return {"segments": "regions"}
        from mien.conditions.segments import ACROSS, COMPACTNESS, ROUNDS

        return {"segments": "superpixels", "across": ACROSS, "rounds": ROUNDS, "compactness": COMPACTNESS}

    def candidates(self, pixels: UInt8, labels: UInt8, origin: Mapping[str, Any]) -> list[Array | None]:
        segments = origin.get("segments")
        kinds = (False, True) if segments is None else (segments == "superpixels",)
        return [self.of_crop(pixels, labels, superpixels=kind) for kind in kinds]


def region_colors(pixels: UInt8, labels: UInt8) -> UInt8:
    """(S, S, 3) and labels (S, S) -> (S, S, 3), each pixel the mean of its class, gray where that is not known.

    What :func:`mien.conditions.segments.region_means` gives for a batch of training.
    """
    counts = np.bincount(labels.ravel(), minlength=UNKNOWN + 1)
    sums = [np.bincount(labels.ravel(), pixels[..., k].ravel(), UNKNOWN + 1) for k in range(3)]
    means = np.stack(sums, 1) / np.maximum(counts, 1)[:, None]
    means[UNKNOWN] = 128
    colors: UInt8 = np.rint(means).astype(np.uint8)[labels]
    return colors


def normalise(colors: UInt8, painted: Bool) -> UInt8:
    """Colors (S, S, 3) and where they count -> (S, S, 4), alpha 255 there, and 0 in all channels elsewhere."""
    result: UInt8 = np.dstack([colors, np.full(painted.shape, 255, np.uint8)]) * painted[..., None]
    return result
