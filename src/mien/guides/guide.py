"""A guide: pixels that are brought to where they should be, with how sure one is of each.

Convention:
    A guide lies in the photo's frame and has the photo's own samples, so that nothing is converted on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.photos.color import from_srgb, is_plain
from mien.types import Bool, Float32, Photo, UInt8

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) pixels, the last ones excluded."""

STRIP = 256
"""Rows that are laid over a photo at a time."""


@dataclass(frozen=True, eq=False)
class Guide:
    """Attributes:
    box: the part of the photo that it covers.
    samples: (h, w, C) in the photo's own space, 0 to 2^bits − 1, float32 or the photo's own type.
    confidence: (h, w) float32 in [0, 1]: 1 where the samples are the result, 0 where nothing is known.
    notes: what the user should know, in words.
    """

    box: Box
    samples: Float32 | UInt8 | NDArray[np.uint16]
    confidence: Float32
    notes: tuple[str, ...] = field(default=())

    def over(self, photo: Photo) -> tuple[Photo, Bool]:
        """The photo with the guide laid over it, and where that changed something, (H, W) bool.

        Samples where the confidence is 0 are copied, not computed.
        """
        x0, y0, x1, y1 = self.box
        pixels, highest = photo.pixels.copy(), 2**photo.bits - 1
        for top in range(0, y1 - y0, STRIP):
            rows = slice(top, top + STRIP)
            part, sure = pixels[y0:y1, x0:x1][rows], self.confidence[rows, :, None]
            taken = sure > 0
            if self.samples.dtype == pixels.dtype and np.array_equal(sure, taken):  # nothing is to be mixed
                np.copyto(part, self.samples[rows], where=taken)
            elif taken.any():
                mixed = part.astype(np.float32) * (1 - sure) + self.samples[rows] * sure
                rounded: Any = np.rint(mixed).clip(0, highest).astype(pixels.dtype)
                np.copyto(part, rounded, where=taken)
        area = np.zeros(pixels.shape[:2], np.bool_)
        area[y0:y1, x0:x1] = self.confidence > 0
        return photo.with_pixels(pixels), area


def box_of(area: Bool, room: int = 0) -> Box:
    """The part of a photo that an area (H, W) lies in, with some room around it; some of the area must be True."""
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    height, width = area.shape
    x0, y0 = max(0, int(columns[0]) - room), max(0, int(rows[0]) - room)
    return x0, y0, min(width, int(columns[-1]) + 1 + room), min(height, int(rows[-1]) + 1 + room)


def changed(photo: Photo, box: Box, before: Float32, after: Float32) -> Float32:
    """A photo's own samples (h, w, C) in a box, changed as much as one picture in sRGB, 0 to 255, is from another."""
    x0, y0, x1, y1 = box
    if is_plain(photo):
        return photo.pixels[y0:y1, x0:x1] + (np.clip(after, 0, 255) - before)
    change = from_srgb(np.clip(after, 0, 255), photo) - from_srgb(before, photo)
    return photo.pixels[y0:y1, x0:x1].astype(np.float32) + change.astype(np.float32)
