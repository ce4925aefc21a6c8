"""Pictures reduced, and reduced maps enlarged part by part, in the ways that cost least.

Convention:
    Maps are (h, w) or (h, w, C) float32 over all of a picture, or of a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.types import Float32

Box = tuple[int, int, int, int]

TILE = (512, 128)
"""Width and height of the parts in which large pictures are worked on."""

TOGETHER = 4
"""Maps that are enlarged at once: three take twice as long as four, and five four times."""


def reduced(picture: Any, size: tuple[int, int]) -> Any:
    """A picture whose pixels are the means of what they cover.

    It is halved first, as often as its sides are even and there is enough left, which takes a fifth of the time.

    Args:
        picture: (H, W) or (H, W, C), uint8 or float32.
        size: (width, height) of the result.
    """
    made = picture
    while (
        not (made.shape[0] % 2 or made.shape[1] % 2) and made.shape[1] >= 4 * size[0] and made.shape[0] >= 4 * size[1]
    ):
        made = cv2.resize(made, (made.shape[1] // 2, made.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(made, size, interpolation=cv2.INTER_AREA)


def sampled(seen: Float32, over: Box, box: Box, size: tuple[int, int]) -> Float32:
    """Part of a reduced map at a size of its own, beyond the map as at its edge.

    Args:
        seen: (h, w) or (h, w, C).
        over: (x0, y0, x1, y1) pixels that it covers.
        box: the part.
        size: (width, height) of the result.
    """
    across, down = seen.shape[1] / (over[2] - over[0]), seen.shape[0] / (over[3] - over[1])
    fx, fy = (box[2] - box[0]) / size[0] * across, (box[3] - box[1]) / size[1] * down
    x, y = (box[0] - over[0]) * across, (box[1] - over[1]) * down
    matrix = np.array([[fx, 0, x + 0.5 * fx - 0.5], [0, fy, y + 0.5 * fy - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(seen, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def part_at(small: Float32, size: tuple[int, int], box: Box) -> Float32:
    """A part of what a reduced map (h, w) or (h, w, C) is when it is enlarged.

    Args:
        small: over all of a picture.
        size: (width, height) of that picture.
        box: (x0, y0, x1, y1) of the part in the picture.
    """
    x0, y0, x1, y1 = box
    if (small.shape[1], small.shape[0]) == size:
        return small[y0:y1, x0:x1]
    return sampled(small, (0, 0, *size), box, (x1 - x0, y1 - y0))


def nearby(small: Float32, size: tuple[int, int], box: Box) -> Float32:
    """What of a reduced map (h, w) is seen in a part (x0, y0, x1, y1) of it once it is enlarged to (width, height)."""
    fx, fy = small.shape[1] / size[0], small.shape[0] / size[1]
    x0, y0 = max(0, int(box[0] * fx - 0.5)), max(0, int(box[1] * fy - 0.5))
    return small[y0 : int(box[3] * fy + 0.5) + 1, x0 : int(box[2] * fx + 0.5) + 1]


def tiles(size: tuple[int, int]) -> list[Box]:
    """Parts of a picture of (width, height) that are worked on one by one: their maps fit into a processor's cache."""
    width, height = size
    return [
        (x, y, min(width, x + TILE[0]), min(height, y + TILE[1]))
        for y in range(0, height, TILE[1])
        for x in range(0, width, TILE[0])
    ]


@dataclass(frozen=True, eq=False)
class Planes:
    """Reduced maps of one picture, to be enlarged part by part.

    Attributes:
        groups: (h, w) or (h, w, ``TOGETHER``) each.
        count: of maps in them; the rest is padding.
    """

    groups: tuple[Float32, ...]
    count: int

    @classmethod
    def of(cls, *maps: Float32) -> Planes:
        """Of maps (h, w) or (h, w, C), all of one size."""
        planes = [plane for one in maps for plane in cv2.split(one)]
        groups = [planes[n : n + TOGETHER] for n in range(0, len(planes), TOGETHER)]
        filled = (one if len(one) == 1 else one + one[-1:] * (TOGETHER - len(one)) for one in groups)
        return cls(tuple(np.asarray(cv2.merge(one), np.float32) for one in filled), len(planes))

    def at(self, size: tuple[int, int], box: Box) -> list[Float32]:
        """The planes (y1 - y0, x1 - x0) of a part (x0, y0, x1, y1) of the maps enlarged to (width, height)."""
        found: list[Any] = []
        for group in self.groups:
            found += cv2.split(np.ascontiguousarray(part_at(group, size, box)))
        return found[: self.count]
