"""What a network says about glasses: where the frame is, and what lies behind it.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo, perhaps reduced; areas are (h, w) float32
    in [0, 1]; strips are those of :mod:`mien.guides.glasses.strip`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from mien.align.crop import between_pixels, pixel_scale
from mien.conditions.uncovered import Planes, uncovered_network
from mien.guides.glasses.strip import HIGH, WIDE, seen_planes, strip_matrix, worn_planes
from mien.pixels import LEVELS
from mien.types import Float32, Float64


@dataclass(frozen=True, eq=False)
class Uncovering:
    """Attributes:
    network: planes (B, 11, HIGH, WIDE) in [-1, 1] -> differences and logits (B, 4, HIGH, WIDE).
    """

    network: Planes

    @classmethod
    @cache
    def bundled(cls) -> Uncovering:
        """The network that comes with mien; loaded once."""
        return cls(uncovered_network())

    def frame(self, picture: Float32, worn: Float32, points: Float32 | Float64) -> tuple[Float32, Float32]:
        """How likely a frame is, (h, w), 0 beyond the strip, and (h, w) 1 within the strip.

        Args:
            picture: with glasses.
            worn: the parser's glasses, with their lenses.
            points: (478, 2 or more) landmarks.
        """
        matrix = strip_matrix(points)
        strips = [to_strip(one, matrix) for one in (picture, worn)]
        mirrored = [np.ascontiguousarray(one[:, ::-1]) for one in strips]
        (told,) = self.network(np.stack([worn_planes(*strips), worn_planes(*mirrored)]))
        likely = 1 / (1 + np.exp(-(told[0, 3] + told[1, 3, :, ::-1]) / 2))
        both = (likely, _inner())
        seen, inside = (from_strip(one, matrix, worn.shape) for one in both)
        return seen, inside

    def behind(
        self, picture: Float32, hidden: Float32, lenses: Float32, eyes: Float32, points: Float32 | Float64
    ) -> tuple[Float32, Float32, Float32]:
        """What lies behind a frame, what is to be added where none is, and where it says anything.

        Args:
            picture: with glasses.
            hidden: the frame.
            lenses, eyes: see :func:`mien.guides.glasses.strip.seen_planes`.
            points: (478, 2 or more) landmarks.

        Returns:
            (h, w, 3), as smooth as the strip is coarse; (h, w, 3) differences; and (h, w), 0 beyond the strip.
        """
        matrix, shape = strip_matrix(points), picture.shape[:2]
        planes, filled, allowed = seen_planes(*(to_strip(one, matrix) for one in (picture, hidden, lenses, eyes)))
        (told,) = self.network(planes[None])
        added = np.float32(LEVELS) * allowed[..., None] * told[0, :3].transpose(1, 2, 0)
        made, more, within = (from_strip(one, matrix, shape) for one in (filled + added, added, _inner() * allowed))
        return made, more, np.clip(within, 0, 1)


EDGE = 4
"""Width of the strip's border where it is not believed, pixels of the strip."""


def _inner() -> Float32:
    """(HIGH, WIDE) 1 but for a soft border."""
    inside = np.zeros((HIGH, WIDE), np.float32)
    inside[EDGE:-EDGE, EDGE:-EDGE] = 1
    return np.asarray(cv2.GaussianBlur(inside, (0, 0), EDGE / 2), np.float32)


def to_strip(plane: Float32, matrix: Float64, size: tuple[int, int] = (WIDE, HIGH)) -> Float32:
    """A picture or an area where a strip of some size (w, h) is, (h, w) or (h, w, 3)."""
    less = min(1.0, 1.5 / pixel_scale(matrix))
    if less < 1:
        plane = cv2.resize(plane, None, fx=less, fy=less, interpolation=cv2.INTER_AREA)
        matrix = less * matrix
    there = between_pixels(matrix)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, there, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def from_strip(strip: Float32, matrix: Float64, shape: tuple[int, ...]) -> Float32:
    """A strip brought to where it lies in a picture, 0 elsewhere."""
    made = cv2.warpAffine(strip.astype(np.float32), between_pixels(matrix), shape[1::-1], flags=cv2.INTER_CUBIC)
    return np.asarray(made, np.float32)
