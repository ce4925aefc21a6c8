"""What is hidden of a face and what surrounds it, at the photo's size or a smaller one: it lights other faces' pixels.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; weights (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane, ring
from mien.compose.blurring import gaussian
from mien.compose.enlarging import reduced
from mien.compose.grain import bands
from mien.compose.morphology import grown, shrunk
from mien.guides.borrow import fields
from mien.guides.guide import box_of
from mien.guides.laid import coarse_beside, filled, looked_up
from mien.types import Bool, Face, Float32, Float64, Photo

LIMIT = 90.0
"""Levels by which another face may be lighter or darker at the border."""

FINER = (0.3, 1.5)
"""How much another skin's detail may be weakened and strengthened."""

HELD = 0.3
"""Share of the skin's light that black pupils and lashes get, too: haze and soft lenses lift them."""

AROUND = 0.5
"""Eye distances around what is hidden of a feature in which skins are compared."""

BRIGHTEST, SHOULDER, FEW = 98, np.float32(20), 50
"""Percentile of the skin around by which other faces' lights are held back, levels over which they are, softly, and
pixels that must be seen of it."""


@dataclass(frozen=True, eq=False)
class Surrounded:
    """Attributes:
    lower: (h, w, 3) the photo.
    here: (h, w) where it is hidden.
    free: (h, w) 0 where something lies before the face.
    face: its points are pixels of ``lower``.
    unit: eye distance.
    reach: eye distances around what is hidden in which skins are compared.
    """

    lower: Float32
    here: Bool
    free: Float32
    face: Face
    unit: float
    reach: float = AROUND

    def at(self, unit: float) -> Surrounded:
        """The same, reduced to an eye distance of so many pixels; itself where it has no more."""
        if self.unit <= unit:
            return self
        height, width = self.here.shape
        scale = unit / self.unit
        size = max(1, round(width * scale)), max(1, round(height * scale))
        fx, fy = size[0] / width, size[1] / height
        here = reduced(self.here.astype(np.float32), size) > 0
        points = self.face.landmarks * np.array([fx, fy, scale], np.float32)
        face = replace(self.face, landmarks=points.astype(np.float32))
        return Surrounded(reduced(self.lower, size), here, reduced(self.free, size), face, unit, self.reach)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """All of it."""
        return 0, 0, self.here.shape[1], self.here.shape[0]

    @property
    def points(self) -> Float64:
        """(478, 2)."""
        return self.face.landmarks[:, :2].astype(np.float64)

    def near(self, margin: float) -> tuple[slice, slice]:
        """Rows and columns of what is hidden and so many eye distances around it."""
        room = round(margin * self.unit)
        x0, y0, x1, y1 = box_of(self.here, room)
        return slice(y0, y1), slice(x0, x1)

    @cached_property
    def inside(self) -> Bool:
        """(h, w): within the face's outline."""
        return filled(self.points[list(mesh.OUTLINE)], self.box)

    @cached_property
    def apertures(self) -> Float32:
        """(h, w): 1 between the lids, fading beside them."""
        area = np.zeros(self.here.shape, np.bool_)
        for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
            area |= filled(self.points[list(contour)], self.box)
        away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5)
        return np.asarray(np.clip(1 - away / (0.12 * self.unit), 0, 1), np.float32)

    def seen(self, others: Sequence[tuple[Photo, Face]]) -> list[tuple[Float32, Float32]]:
        """Pixels of other faces (h, w, 3) where this one has the same place, and where they show it (h, w)."""
        ways = fields(self.face, [face for _, face in others], self.points, self.box)
        return [looked_up(photo, None, way, self.box) for (photo, _), way in zip(others, ways, strict=True)]

    def lit(self, taken: Float32, visible: Float32) -> Float32:
        """Another face's pixels in this one's colors and as rough as its skin; whites and irises get its light rather.

        Args:
            taken: (h, w, 3).
            visible: (h, w) where the other photo shows them.
        """
        shown = visible > 0.5
        coarse, compared = gaussian(taken, self._sigma), self._around * shown
        power = [_power(one, compared) for one in (self._rough, _rough(taken))]
        gain = float(np.clip(power[0] / max(power[1], 1e-3), *FINER))
        offset = membrane(self._coarse - coarse_beside(taken, self.here, self._sigma), self._near * shown, LIMIT)
        if not self.apertures.any():
            return np.asarray(coarse + np.float32(gain) * (taken - coarse) + offset, np.float32)
        fine = (gain + self.apertures * (1 - gain))[..., None] * (taken - coarse)
        gray = _gray(coarse)
        skin = float(np.average(gray, weights=compared + 1e-6))
        share = HELD + (1 - HELD) * np.clip(gray / max(skin, 1.0), 0, 1)
        light = (0.5 * offset + 0.5 * _gray(offset)[..., None]) * share[..., None]
        inside = np.clip(3 * self.apertures - 2, 0, 1)[..., None]
        return np.asarray(coarse + fine + offset + inside * (light - offset), np.float32)

    def no_brighter(self, picture: Float32) -> Float32:
        """Pixels (h, w, 3) of a face in this one's place whose lights are held back to those of this photo's skin."""
        inside = self.inside if not self._around.any() else self._around > 0.5
        skin = self.lower[inside]
        if len(skin) < FEW:
            return picture
        top = np.percentile(skin, BRIGHTEST, axis=0).astype(np.float32)
        over = np.maximum(picture - (top - SHOULDER / 2), 0) * (1 - self.apertures)[..., None]
        return np.asarray(picture - over + SHOULDER * np.tanh(over / SHOULDER), np.float32)

    @property
    def _sigma(self) -> float:
        return max(1.0, 0.02 * self.unit)

    @cached_property
    def _coarse(self) -> Float32:
        return coarse_beside(self.lower, self.here, self._sigma)

    @cached_property
    def _rough(self) -> list[Float32]:
        return _rough(self.lower)

    @cached_property
    def beside(self) -> Bool:
        """(h, w): where this face is seen beside what is hidden, lips with it, but not what is between the lids."""
        return np.asarray(~self.here & (self.apertures < 0.3) & (self.free > 0.5), np.bool_)

    @cached_property
    def known(self) -> Float32:
        """(h, w): 1 where skin of this face is seen beside what is hidden."""
        beside = cv2.dilate(self.here.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
        return np.asarray(shrunk(self.inside, 0.03 * self.unit) & beside & ~self._lips, np.float32) * self.free

    @cached_property
    def _lips(self) -> Bool:
        """(h, w): lips and teeth."""
        return grown(filled(self.points[list(mesh.OUTER_LIPS)], self.box), 0.02 * self.unit)

    @cached_property
    def _around(self) -> Float32:
        return ring(self.here, self.reach * self.unit) * self.known

    @cached_property
    def _near(self) -> Float32:
        return ring(self.here, 0.12 * self.unit) * self.known


def _rough(picture: Float32) -> list[Float32]:
    """Squares (h, w) of its fine detail, by band."""
    return [np.square(band) for band in bands(_gray(picture))]


def _power(squares: Sequence[Float32], weight: Float32) -> float:
    """Mean strength of fine detail."""
    total = max(float(weight.sum()), 1e-6)
    return float(np.mean([np.sqrt(float((one * weight).sum()) / total) for one in squares]))


def _gray(picture: Float32) -> Float32:
    """(h, w): the mean of the channels."""
    return np.asarray(cv2.transform(picture, np.full((1, 3), 1 / 3, np.float32)), np.float32)
