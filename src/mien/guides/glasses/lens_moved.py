"""What is seen through strong lenses brought back to its size and place, about each iris.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align.crop import between_pixels
from mien.compose.grain import with_grain_of
from mien.guides.glasses.frames import axes
from mien.guides.glasses.lens_power import Outline, Power
from mien.guides.glasses.lines import UNIT, disc
from mien.guides.guide import Box
from mien.types import Bool, Float32, Float64

FULLY, FADING = 0.5, 3.0
"""How far beyond what is seen through a lens it is moved fully, and over which width it fades, units."""

MOVED = 0.02
"""Pixels of the plane from which a place counts as moved."""

HOOK, BACKDROP = 1.0, 4.0
"""How far within where an outline is seen, through a lens, it is hidden; how far beyond it there is no face, units."""


@dataclass(frozen=True, eq=False)
class Moved:
    """Where what is seen through lenses is taken from.

    Attributes:
        by: (SIDE, SIDE, 2) from where it should be to where it is seen, pixels of the plane.
        matrix: (2, 3) plane to photo.
        eyes: how large lenses show eyes.
    """

    by: Float32
    matrix: Float64
    eyes: float

    @classmethod
    def of(cls, power: Power, lenses: Bool, points: Float64, matrix: Float64) -> Moved:
        """Of lenses (SIDE, SIDE), for landmarks (478, 2 or more) in the plane."""
        away, _ = axes(points[:, :2])
        ys, xs = np.mgrid[: lenses.shape[0], : lenses.shape[1]]
        by = np.zeros((*lenses.shape, 2), np.float32)
        right = (xs - points[168, 0]) * away[0] + (ys - points[168, 1]) * away[1] > 0
        for side in (0, 1):
            half = lenses & (right if side else ~right)
            if not half.any():
                continue
            outwards, iris = away * (2 * side - 1), points[(468, 473)[side], :2]
            x, y = xs - iris[0], ys - iris[1]
            reach = max(float(((points[:468, :2] - iris) @ outwards).max()), UNIT)
            deep = np.clip((x * outwards[0] + y * outwards[1]) / reach, 0, 1) ** 2
            shown = 1 / (1 + (1 / power.eyes - 1) * (1 + power.depth * deep))
            beyond = cv2.distanceTransform((~half).astype(np.uint8), cv2.DIST_L2, 5) / UNIT
            share = np.clip(1 - (beyond - FULLY) / FADING, 0, 1)
            share = (share * share * (3 - 2 * share) * (shown - 1))[..., None]
            by += (share * np.dstack([x, y])).astype(np.float32)
        return cls(by, matrix, power.eyes)

    def plane(self, area: Bool) -> Bool:
        """An area (SIDE, SIDE), moved."""
        ys, xs = np.mgrid[: area.shape[0], : area.shape[1]].astype(np.float32)
        made = cv2.remap(area.astype(np.float32), xs + self.by[..., 0], ys + self.by[..., 1], cv2.INTER_LINEAR)
        return np.asarray(made > 0.5, np.bool_)

    def picture(self, before: Float32, box: Box) -> tuple[Float32, Bool]:
        """A box of the photo (h, w, 3), sRGB in [0, 255], moved, with its own grain; and where (h, w)."""
        there = self.matrix.copy()
        there[:, 2] -= box[:2]
        size = before.shape[1::-1]
        by = cv2.warpAffine(self.by @ self.matrix[:, :2].T.astype(np.float32), between_pixels(there), size)
        scale = float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))
        where = np.hypot(by[..., 0], by[..., 1]) > MOVED * scale
        ys, xs = np.mgrid[: size[1], : size[0]].astype(np.float32)
        maps = xs + by[..., 0], ys + by[..., 1]
        made = cv2.remap(before, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        made = with_grain_of(before, np.clip(made, 0, 255), where)
        return np.where(where[..., None], made, before).astype(np.float32), where


def as_outlined(kinds: Float32, glass: Bool, outlines: tuple[Outline, ...]) -> tuple[Float32, Bool]:
    """How likely each kind (SIDE, SIDE, k) is where a face's outline goes on behind glasses, and what hides that.

    Args:
        kinds: the face first of all.
        glass: frame and lenses.
        outlines: of the face.
    """
    hidden = np.zeros(glass.shape, np.bool_)
    whole = cv2.dilate(glass.astype(np.uint8), disc(1.0)) > 0
    for one in outlines:
        ends = one.beside
        face, beyond = (one.area(glass.shape, *by) & whole for by in ((0 * ends, ends), (ends, ends + BACKDROP)))
        kinds = np.where(face[..., None], np.eye(kinds.shape[2], dtype=np.float32)[0], kinds)
        others = kinds * np.r_[1e-3, np.ones(kinds.shape[2] - 1)].astype(np.float32)
        others /= others.sum(2, keepdims=True)
        kinds = np.where((beyond & ~face)[..., None], others, kinds).astype(np.float32)
        hidden |= one.area(glass.shape, one.seen * ends - HOOK, ends) & whole
    return kinds, hidden
