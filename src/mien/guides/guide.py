"""A guide: pixels that are brought to where they should be, with how sure one is of each.

Convention:
    A guide lies in the photo's frame and has the photo's own samples, so that nothing is converted on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.photos.color import from_srgb, is_plain
from mien.threads import side_by_side
from mien.types import Bool, Float32, Photo, UInt8

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) pixels, the last ones excluded."""

EVEN = 8
"""Sides of large boxes are multiples of it where the photo allows it."""

STRIP = 256
"""Rows that are laid over a photo at a time."""


class Doubt(str):
    """A note that says that a result may not be believed; where asked to be strict, an edit with one is refused."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class Guide:
    """Attributes:
    box: the part of the photo that it covers.
    samples: (h, w, C) in the photo's own space, 0 to 2^bits − 1, float32 or the photo's own type.
    confidence: (h, w) float32 in [0, 1]: 1 where the samples are the result, 0 where nothing is known.
    notes: what the user should know, in words; each a :class:`Doubt` where the result may not be believed.
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
        pixels, area = photo.pixels.copy(), np.zeros(photo.pixels.shape[:2], np.bool_)
        self._lay(pixels[y0:y1, x0:x1])
        np.greater(self.confidence, 0, out=area[y0:y1, x0:x1])
        return photo.with_pixels(pixels), area

    def part_over(self, photo: Photo, box: Box) -> Photo:
        """Part of the photo, with the guide laid over it: all of the guide must lie in it."""
        x0, y0, x1, y1 = self.box
        pixels = photo.pixels[box[1] : box[3], box[0] : box[2]].copy()
        self._lay(pixels[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]])
        return replace(photo, pixels=pixels, alpha=None)

    def _lay(self, pixels: Any) -> None:
        """Writes over the photo's samples (h, w, C) in the box."""
        highest = np.iinfo(pixels.dtype).max

        def strip(top: int) -> None:
            rows = slice(top, top + STRIP)
            part, sure = pixels[rows], self.confidence[rows]
            taken = sure > 0
            if not taken.any():
                return
            made: Any = self.samples[rows]
            if made.dtype != pixels.dtype or not np.array_equal(sure, taken):  # something is to be mixed
                share = sure[..., None]
                mixed = part.astype(np.float32) * (1 - share) + made * share
                made = np.rint(mixed).clip(0, highest).astype(pixels.dtype)
            lay(part, made, taken)

        side_by_side(*(partial(strip, top) for top in range(0, len(pixels), STRIP)))


def lay(under: Any, samples: Any, where: Bool) -> None:
    """Writes samples (h, w, C) over others of the same type where (h, w) says so."""
    made = cv2.copyTo(samples, where.view(np.uint8), under)  # thirty times as fast as NumPy
    if made is not under:
        under[...] = made.reshape(under.shape)


def halvable(box: Box, shape: tuple[int, ...]) -> Box:
    """A box, or a little more of a photo (H, W), whose sides are multiples of ``EVEN``: it is reduced by halves."""
    found = []
    for low, high, most in ((box[0], box[2], shape[1]), (box[1], box[3], shape[0])):
        length = -(-(high - low) // EVEN) * EVEN
        start = min(low, most - length)
        found.append((low, high) if length > most else (start, start + length))
    return found[0][0], found[1][0], found[0][1], found[1][1]


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
        made: Float32 = np.clip(after, 0, 255).astype(np.float32, copy=False)
        made -= before
        made += photo.pixels[y0:y1, x0:x1]
        return made
    change = from_srgb(np.clip(after, 0, 255), photo) - from_srgb(before, photo)
    return photo.pixels[y0:y1, x0:x1].astype(np.float32) + change.astype(np.float32)
