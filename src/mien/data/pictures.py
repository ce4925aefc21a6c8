"""One picture of a set, and how its bytes become a square of the training size."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from mien.errors import DataError
from mien.types import UInt8

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
"""File name endings (lower case) that count as pictures in folders and shards."""


@dataclass(frozen=True)
class Picture:
    """An entry of a set, not decoded yet.

    Attributes:
        name: unique within the set; used in messages and lists.
        read: returns the encoded bytes (JPEG, PNG, WebP, ...); safe to call from several threads.
        fields: what the set says about the picture ("gender", "source", ...); empty where it says nothing.
    """

    name: str
    read: Callable[[], bytes]
    fields: Mapping[str, str] = field(default_factory=dict)

    def pixels(self, size: int) -> UInt8:
        """Decoded, upright, center-cropped to a square and resized: (size, size, 3) uint8, sRGB.

        Raises:
            DataError: the bytes are not a picture.
        """
        try:
            with Image.open(io.BytesIO(self.read())) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DataError(f"{self.name} cannot be read as a picture; remove it from the set.") from error
        return np.asarray(ImageOps.fit(upright, (size, size), Image.Resampling.LANCZOS))
