"""Face parsing: from an aligned crop, or from a face in a whole photo, to labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.align.crop import between_pixels, crop_face, pixel_scale, quad_to_matrix
from mien.checkpoints.store import BUNDLED, load_config
from mien.conditions.labels import INDEX, UNKNOWN
from mien.engine import Network, load_parser
from mien.packages import need_torch
from mien.pixels import to_planes
from mien.types import Bool, Float32, Float64, Photo, UInt8

KIND = "face-parser"

WIDE = 1.6
"""Side of the second, wider look at a face in a photo, in sides of the FFHQ crop: long hair ends outside of it."""

MAX_CROP = 1024
"""Faces in photos are labeled at their own resolution up to this side of the crop; larger ones are enlarged."""


@dataclass(frozen=True, eq=False)
class FaceParser:
    """A parsing network and how to use it. Build it once and use it for many faces.

    Attributes:
        network: (B, 3, D, D) in [-1, 1] -> logits (B, 19, D, D), D the ``size`` of its configuration; labels in our
            order, which is the face-parsing order.
        source: folder or file that it came from; None for one that came from none.
    """

    network: Network[Any]
    source: Path | None = None

    @classmethod
    def bundled(cls, engine: str | None = None) -> FaceParser:
        """The network that comes with mien; nothing is downloaded.

        Args:
            engine: see :mod:`mien.engine`.
        """
        return cls(load_parser(engine=engine), BUNDLED / KIND)

    @classmethod
    def from_file(cls, path: Path) -> FaceParser:
        """A folder that mien saved, or BiSeNet's ``79999_iter.pth``.

        Raises:
            CheckpointError: neither.
            ConfigError: it needs torch, which is not installed.
        """
        if path.is_dir():
            return cls(load_parser(path), path)
        need_torch(f"The parser {path.name}")
        from mien.checkpoints.foreign import registry
        from mien.engine.eager import ModuleNetwork

        return cls(ModuleNetwork(registry.load(path, "parser")), path)

    @cached_property
    def fingerprint(self) -> bytes:
        """Hash of the weights, for caches."""
        return self.network.fingerprint()

    def to(self, device: str) -> FaceParser:
        """The same on another device."""
        return FaceParser(self.network.to(device), self.source)

    def identity(self) -> dict[str, str | None]:
        """Which parser this is: its ``name``, "bundled" or that of its file or folder, and its weights' ``sha256``."""
        if self.source is None:
            return {"name": None, "sha256": None}
        name = "bundled" if self.source == BUNDLED / KIND else self.source.resolve().name
        if self.source.is_dir():
            return {"name": name, "sha256": load_config(self.source, KIND)["sha256"]}
        with self.source.open("rb") as file:
            return {"name": name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}

    def logits(self, pixels: UInt8, side: int | None = None) -> Float32:
        """(B, S, S, 3) uint8 sRGB, aligned faces, S any -> (B, 19, D, D), at the network's own side D, or ``side``."""
        planes, own = to_planes(pixels), side or self.network.config.size
        if pixels.shape[1] != own:
            planes = np.stack([[_resized(plane, own) for plane in one] for one in planes])
        logits: Float32 = self.network(planes)[0]
        return logits

    def shares(self, pixels: UInt8) -> Float32:
        """(S, S, 3) uint8 sRGB, an aligned face -> probabilities of the classes, (19, S, S)."""
        side = len(pixels)
        logits = np.stack([_enlarged(plane, side) for plane in self.logits(pixels[None])[0]])
        shares: Float32 = np.exp(logits - logits.max(0))
        shares /= shares.sum(0)
        return shares

    def parse(self, pixels: UInt8, side: int | None = None) -> UInt8:
        """(B, S, S, 3) uint8 sRGB, aligned faces -> labels (B, S, S) uint8.

        Args:
            pixels: the faces.
            side: that the bundled network sees them at, a multiple of 32; None for its own. 192 of 256 take half as
                long and miss small parts.
        """
        return np.stack([_labels(logits, pixels.shape[1]) for logits in self.logits(pixels, side)])

    def parse_crop(self, pixels: UInt8) -> UInt8:
        """(S, S, 3) uint8 sRGB, an aligned face -> labels (S, S) uint8."""
        labels: UInt8 = self.parse(pixels[None])[0]
        return labels

    def parse_photo(self, photo: Photo, quad: Float64) -> UInt8:
        """Labels in the frame of the photo.

        Args:
            photo: any size.
            quad: (4, 2) the FFHQ quad of one face.

        Returns:
            (H, W) uint8; ``UNKNOWN`` beyond the wider look around the face.
        """
        middle = quad.mean(0)
        wide, close = (self._look(photo, middle + (quad - middle) * factor) for factor in (WIDE, 1.0))
        labels: UInt8 = np.where(close == UNKNOWN, wide, close)
        return _without_stray_hair(labels, close != UNKNOWN)

    def _look(self, photo: Photo, quad: Float64) -> UInt8:
        """Labels of what lies in a quad, in the frame of the photo; unknown outside."""
        side = min(MAX_CROP, max(64, round(pixel_scale(quad_to_matrix(quad, 1)))))
        crop = crop_face(photo, quad, side)
        canvas = np.full((photo.height, photo.width), UNKNOWN, np.uint8)
        cv2.warpAffine(
            self.parse_crop(crop.pixels),
            between_pixels(crop.matrix),
            canvas.shape[::-1],
            dst=canvas,
            flags=cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        return canvas


def _resized(plane: Float32, side: int) -> Float32:
    """(S, S) -> (D, D): each pixel is the mean of what it covers, weighted by a triangle."""
    return np.asarray(Image.fromarray(plane).resize((side, side), Image.Resampling.BILINEAR))


def _enlarged(plane: Float32, side: int) -> Float32:
    """(D, D) -> (S, S) by bilinear interpolation."""
    resized: Float32 = cv2.resize(plane, (side, side), interpolation=cv2.INTER_LINEAR) if len(plane) != side else plane
    return resized


def _labels(logits: Float32, side: int) -> UInt8:
    """(K, D, D) -> (S, S): the class of the largest logit, one class at a time, since all at once are many bytes."""
    best, labels = _enlarged(logits[0], side).copy(), np.zeros((side, side), np.uint8)
    for index, plane in enumerate(logits[1:], 1):
        found = _enlarged(plane, side)
        labels[found > best] = index
        np.maximum(best, found, out=best)
    return labels


def _without_stray_hair(labels: UInt8, close: Bool) -> UInt8:
    """Hair beyond the FFHQ crop must hang together with hair inside of it; on clothes the parser is often wrong."""
    _, index = cv2.connectedComponents((labels == INDEX["hair"]).astype(np.uint8))
    stray = (index > 0) & ~np.isin(index, np.unique(index[close]))
    labels[stray] = UNKNOWN
    return labels
