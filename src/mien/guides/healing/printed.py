"""What scratches and dust on a print are looked for in: the print without its dots, and where dots can be mistaken.

Over dots a scratch is a row of dashes once the dots are taken off: seen where ink is missing, unseen between dots.
Specks as small as a dot are told from it only where the light of the print is even.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255], light (h, w) float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.dots import without_dots
from mien.compose.screens import screens_of
from mien.guides.healing.scratches import DIRECTIONS, LENGTH, along, line, roughness
from mien.types import Bool, Float32

JOINED = 2.0
"""Length over which dashes are joined, in distances of rows."""

EVEN, REACH, UNEVEN = 0.6, 1.5, 1.5
"""Blur that leaves the light of the print, and how far around a speck its range is taken, both in distances of rows;
and the multiple of the range by which a speck stands out."""

BORDER = 1.5
"""How far from the border of the photo nothing is found, in distances of rows."""

COARSE = 6.5
"""Distance of rows, pixels, from which on no specks are looked for: dots are as large as they."""

FAINTEST = 22.0
"""Levels by which a scratch over dots stands out of both sides."""


@dataclass(frozen=True, eq=False)
class Print:
    """A picture that may be a print.

    Attributes:
        picture: without dots.
        light: (h, w) of it.
        pitch: distance of rows of dots, pixels; 0 where it is no print.
    """

    picture: Float32
    light: Float32
    pitch: float

    @classmethod
    def of(cls, picture: Float32) -> Print:
        """A picture as it is, or without its dots where it is a print."""
        screens = screens_of(picture)
        calm = picture if screens is None else without_dots(picture, screens)
        return cls(calm, cv2.cvtColor(calm, cv2.COLOR_RGB2GRAY), 0.0 if screens is None else screens.pitch)

    def least(self) -> Float32 | None:
        """(h, w) by how much specks stand out at least; None where it is no print."""
        if not self.pitch:
            return None
        if self.pitch > COARSE:
            return np.full(self.light.shape, np.inf, np.float32)
        sigma, reach = EVEN * self.pitch, round(REACH * self.pitch)
        even = cv2.GaussianBlur(self.light, (0, 0), sigma)
        around = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
        own = UNEVEN * min(0.5, 2 / sigma**2)  # what a speck of two pixels' radius adds to the range around it
        result = np.asarray(UNEVEN / (1 + own) * (cv2.dilate(even, around) - cv2.erode(even, around)), np.float32)
        result[self.border()] = np.inf
        return result

    def border(self) -> Bool:
        """(h, w) where dots are cut off by the border of a print."""
        result = np.zeros(self.light.shape, np.bool_)
        if self.pitch:
            edge = round(BORDER * self.pitch)
            result[:edge] = result[-edge:] = result[:, :edge] = result[:, -edge:] = True
        return result

    def joined(self) -> Float32:
        """(h, w) light in which dashes in a row are one line: means along the line that is seen best at each pixel."""
        if not self.pitch:
            return self.light
        reach = max(15, round(LENGTH * min(self.light.shape)))
        even = cv2.medianBlur(np.clip(self.light, 0, 255).astype(np.uint8), 13).astype(np.float32)
        off = self.light - even
        stands = np.clip(off / roughness(off, 3), -3, 3).astype(np.float32)
        (bright, first), (dark, second) = along(stands, reach, 3)
        direction = np.where(bright > dark, first, second)
        result = self.light.copy()
        for number in range(DIRECTIONS):
            mean = cv2.filter2D(self.light, cv2.CV_32F, line(number, JOINED * self.pitch))
            result[direction == number] = mean[direction == number]
        return result
