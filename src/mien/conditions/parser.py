"""Face parsing: from an aligned crop, or from a face in a whole photo, to labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.align.crop import between_pixels, crop_face, pixel_scale, quad_to_matrix
from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.foreign import registry
from mien.checkpoints.parser import KIND, load_parser
from mien.checkpoints.store import BUNDLED, load_config
from mien.conditions.labels import INDEX, UNKNOWN
from mien.models.perception.bisenet import BiSeNet
from mien.models.perception.parser import ParserNet
from mien.pixels import to_tensor
from mien.types import Bool, Float64, Photo, UInt8

WIDE = 1.6
"""Side of the second, wider look at a face in a photo, in sides of the FFHQ crop: long hair ends outside of it."""

MAX_CROP = 1024
"""Faces in photos are labelled at their own resolution up to this side of the crop; larger ones are enlarged."""


@dataclass(frozen=True, eq=False)
class FaceParser:
    """A parsing network and how to use it. Build it once and use it for many faces.

    Attributes:
        network: in evaluation mode; labels in our order, which is the face-parsing order.
        source: folder or file that it came from; None for one that came from none.
    """

    network: ParserNet | BiSeNet
    source: Path | None = None

    @classmethod
    def bundled(cls) -> FaceParser:
        """The network that comes with mien; nothing is downloaded."""
        return cls(load_parser(), BUNDLED / KIND)

    @classmethod
    def from_file(cls, path: Path) -> FaceParser:
        """A folder that mien saved, or BiSeNet's ``79999_iter.pth``.

        Raises:
            CheckpointError: neither.
        """
        return cls(load_parser(path) if path.is_dir() else registry.load(path, "parser"), path)

    @cached_property
    def fingerprint(self) -> bytes:
        """Hash of the weights, for caches."""
        return fingerprint(self.network)

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

    def logits(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) in [-1, 1], S any -> (B, 19, S, S); the network itself sees them at its own size."""
        side, own = images.shape[-1], self.network.config.size
        resized = images
        if side != own:
            resized = F.interpolate(images, (own, own), mode="bilinear", antialias=side > own)
        with torch.inference_mode():
            scores: Tensor = self.network(resized)
            return scores if side == own else F.interpolate(scores, images.shape[2:], mode="bilinear")

    def parse(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) in [-1, 1] -> labels (B, S, S) uint8."""
        return self.logits(images).argmax(1).to(torch.uint8)

    def parse_crop(self, pixels: UInt8) -> UInt8:
        """(S, S, 3) uint8 sRGB, an aligned face -> labels (S, S) uint8."""
        weights = next(self.network.parameters(), None)
        device = "cpu" if weights is None else weights.device
        labels: UInt8 = self.parse(to_tensor(pixels).to(device))[0].cpu().numpy()
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


def _without_stray_hair(labels: UInt8, close: Bool) -> UInt8:
    """Hair beyond the FFHQ crop must hang together with hair inside of it; on clothes the parser is often wrong."""
    _, index = cv2.connectedComponents((labels == INDEX["hair"]).astype(np.uint8))
    stray = (index > 0) & ~np.isin(index, np.unique(index[close]))
    labels[stray] = UNKNOWN
    return labels
