"""A face with glasses: what is hidden, where its brows are.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo, perhaps reduced; areas are (h, w) bool. A
    unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.guides.borrow import unit_of
from mien.types import Bool, Face, Float32

BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
"""Landmarks around brows."""

SOFT = 0.015
"""How softly areas end, units."""


@dataclass(frozen=True, eq=False)
class Worn:
    """A face with glasses.

    Attributes:
        picture: with them.
        face: its points are in the picture's frame.
        hole: what is hidden.
        shade: where light and color are changed by a frame.
        eyes: with their irises.
        lenses: what is seen through them.
        beside: what is hair, ear, or background.
    """

    picture: Float32
    face: Face
    hole: Bool
    shade: Bool
    eyes: Bool
    lenses: Bool
    beside: Bool

    @property
    def unit(self) -> float:
        """Pixels."""
        return unit_of(self.face)
