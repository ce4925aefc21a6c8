"""Irises in another color: pupil, rim, fibres, reflections and the shade of the lid stay.

Only the light and the hue between pupil and rim move, by rings as in real eyes. Nothing is drawn.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.dyes.coloring import Dye, aimed, lab_of, rgb_of
from mien.guides.eyes.iris import found_iris
from mien.guides.guide import Box, Guide, changed
from mien.guides.laid import SHOWN, blurred, filled
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

Eye = tuple[Sequence[int], Sequence[int]]
"""Landmarks of its lids and of its iris."""

SIDES: dict[str, tuple[Eye, ...]] = {
    "left_eye": ((mesh.LEFT_EYE_CONTOUR, mesh.LEFT_IRIS),),
    "right_eye": ((mesh.RIGHT_EYE_CONTOUR, mesh.RIGHT_IRIS),),
    "eyes": ((mesh.LEFT_EYE_CONTOUR, mesh.LEFT_IRIS), (mesh.RIGHT_EYE_CONTOUR, mesh.RIGHT_IRIS)),
}

RINGS = (0.05, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0)
"""Radii, in the iris's."""

LIFTED = (0.0, 0.12, 0.45, 0.8, 0.97, 1.0, 0.93, 0.77, 0.55)
"""Share of a gain of light at those radii: by how much 273 irises with a mean L* of 41 are lighter there than 557 with
8, over what they are at 0.65 (the wide portraits' training split, eyes open wide, radius at least 8 pixels)."""

HUED = (0.15, 0.3, 0.6, 0.85, 1.0, 1.0, 1.0, 0.9, 0.8)
"""The same for hue."""

LID, FADES = 0.6, 0.45
"""Share of the light that the upper lid keeps from an iris at its edge, and over which distance it fades, in radii."""

BEYOND = (0.08, 0.25)
"""Radii beyond the lids that were found up to which an iris may be seen, and within which that fades."""

EDGE = 0.1
"""Radii over which an iris becomes white, to either side of its border."""

BODY, REFLECTS, TINTED = (1.3, 4.0), (0.5, 10.0), 25.0
"""Factor of the median L*, and L* more, up to which light comes from the iris; the same for the range over which it
becomes a reflection, which stays; and L* by which that range is wider for hue."""

FORM = 0.3
"""Share of a gain of light that makes what an iris has of light and dark stronger; the rest is the same all over."""

EYES = 0.7
"""Share of the difference of light between both eyes that stays."""

VARIETY = 0.4
"""Share of this iris's play of hues that stays."""


@dataclass(frozen=True, eq=False)
class Iris:
    """One iris of a photo.

    Attributes:
        box: of the photo, around it.
        lab: (h, w, 3) the photo there.
        away: (h, w) distance from its middle, in radii.
        shown: (h, w) how much of each pixel is iris or pupil, and not lids or white.
        shade: (h, w) share of the light that the upper lid leaves.
        color: (3,) its median Lab between pupil and rim.
    """

    box: Box
    lab: Float32
    away: Float64
    shown: Float32
    shade: Float32
    color: Float64

    @classmethod
    def of(cls, photo: Photo, contour: Float64, middle: Float64, radius: float) -> Iris | None:
        """An iris, None where it is not seen.

        Args:
            photo: any.
            contour: (N, 2) the eye's opening, pixels.
            middle, radius: of the iris, pixels.
        """
        x0, y0 = np.maximum(np.floor(middle - 1.6 * radius - 2), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(middle + 1.6 * radius + 2), (photo.width, photo.height)).astype(int)
        if x1 - x0 < 4 or y1 - y0 < 4:
            return None
        box = (int(x0), int(y0), int(x1), int(y1))
        lab = lab_of(to_srgb(photo, box).astype(np.float32) / np.float32(255))
        ys, xs = np.mgrid[y0:y1, x0:x1] + 0.5
        away = np.hypot(xs - middle[0], ys - middle[1]) / radius
        inside = filled(contour, box)
        below = (np.arange(len(inside))[:, None] - np.argmax(inside, axis=0)[None]) / radius
        edge = max(EDGE, 0.7 / radius)
        shown = np.clip((1 + edge - away) / (2 * edge), 0, 1)
        ring = (away > 0.45) & (away < 0.9) & inside
        free = ring & (below > 0.35)
        free = free if free.sum() >= 8 else ring
        if free.sum() < 4:
            return None
        shade = 1 - LID * np.exp(-np.maximum(below, 0) / FADES)
        dark = free & (lab[..., 0] <= np.quantile(lab[..., 0][free], 0.75))  # no reflections
        color = np.median(lab[dark], axis=0).astype(np.float64)
        shown = shown * _open(lab, inside, color, radius)
        return cls(box, lab, away, shown.astype(np.float32), shade.astype(np.float32), color)

    @property
    def ring(self) -> Float32:
        """(h, w): how much of each pixel is iris, and neither pupil nor reflection."""
        return np.asarray(self.shown * self._diffuse(0) * np.clip((self.away - 0.22) / 0.25, 0, 1), np.float32)

    def _diffuse(self, more: float) -> Float64:
        """(h, w): how much of the light comes from the iris, and is no reflection; L* more count as its."""
        body = BODY[0] * self.color[0] + BODY[1]
        away = (self.lab[..., 0] - body) / (REFLECTS[0] * body + REFLECTS[1] + more)
        return np.asarray(1 - np.clip(away, 0, 1), np.float64)

    def recolored(self, color: Float64) -> Float32:
        """Lab (h, w, 3) with another median color (3,)."""
        light, now = self.lab[..., 0], self.color
        diffuse, tinted = self._diffuse(0), self._diffuse(TINTED)
        lift, hue = (np.interp(self.away, RINGS, one) for one in (LIFTED, HUED))
        if color[0] > now[0]:
            form = 1 - FORM + FORM * np.minimum(light / max(now[0], 4.0), 2)
            lighter = light + (color[0] - now[0]) * form * diffuse * self.shown * self.shade * lift
        else:
            lighter = light * (1 - (1 - color[0] / max(now[0], 1e-3)) * diffuse * self.shown)
        share = (self.shown * tinted * hue * (0.5 + 0.5 * self.shade))[..., None]
        fades = np.minimum(lighter / max(color[0], 1.0), 1)[..., None] ** 0.85
        aim = color[1:] * fades + VARIETY * (self.lab[..., 1:] - now[1:])
        return np.dstack([lighter, self.lab[..., 1:] + share * (aim - self.lab[..., 1:])]).astype(np.float32)

    def over(self, photo: Photo, color: Float64, strength: float) -> Guide:
        """The photo with this iris in another color, as a guide."""
        before = to_srgb(photo, self.box).astype(np.float32)
        made = before + np.float32(strength) * (255 * (rgb_of(self.recolored(color)) - rgb_of(self.lab)))
        return Guide(self.box, changed(photo, self.box, before, made), (self.shown > SHOWN).astype(np.float32))


def _open(lab: Float32, inside: Bool, color: Float64, radius: float) -> Float32:
    """(h, w): how much of each pixel lies between lids, which are found a little within the opening.

    What lies just beyond them counts where it is more like the iris than like the skin around.
    """
    beyond = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5) / radius
    around = (beyond > BEYOND[1]) & (beyond < 2 * BEYOND[1])
    if not around.any():
        return blurred(inside, 0.05 * radius)
    skin, iris = (np.linalg.norm(lab - one, axis=2) for one in (np.median(lab[around], axis=0), color))
    like = np.clip(3 * skin / np.maximum(iris + skin, 1e-3) - 1.2, 0, 1)
    fades = np.clip((BEYOND[1] - beyond) / (BEYOND[1] - BEYOND[0]), 0, 1)
    return np.asarray(np.maximum(blurred(inside, 0.05 * radius) * inside, fades * like), np.float32)


def irises_of(photo: Photo, face: Face, part: str = "eyes") -> list[Iris]:
    """The irises of a face that are seen."""
    points = face.landmarks[:, :2].astype(np.float64)
    found = [Iris.of(photo, points[list(eye[0])], *circle(photo, face, eye)) for eye in SIDES[part]]
    return [one for one in found if one is not None]


def circle(photo: Photo, face: Face, eye: Eye) -> tuple[Float64, float]:
    """Middle (2,) and radius of an iris, pixels."""
    points, iris = face.landmarks[:, :2].astype(np.float64), list(eye[1])
    radius = float(np.linalg.norm(points[iris[1:]] - points[iris[0]], axis=1).mean())
    return found_iris(photo, points[iris[0]], radius, points[list(eye[0])])


def dyed_irises(photo: Photo, face: Face, color: tuple[int, int, int], settings: Dye, strength: float) -> Guide:
    """Both irises in another color.

    Args:
        photo, face: any.
        color: sRGB that is wished.
        settings: how far irises go to it.
        strength: in [0, 1].

    Raises:
        ValueError: no iris is seen.
    """
    found = irises_of(photo, face)
    if not found:
        raise ValueError("no iris is seen")
    mean = np.mean([one.color for one in found], axis=0)
    wish = lab_of(np.array([[color]], np.float32) / np.float32(255))[0, 0].astype(np.float64)
    along = float(wish[1:] @ mean[1:]) / max(float(np.hypot(*wish[1:])), 1.0)
    least = along / (max(float(mean[0]), 1.0) / 50) ** 0.75  # brown eyes in warm light are vivid
    aim, laid = aimed(wish, mean, replace(settings, vivid=max(settings.vivid, least))), photo
    for one in found:
        laid, _ = one.over(laid, aim + (EYES * (one.color[0] - mean[0]), 0, 0), settings.strength * strength).over(laid)
    low = np.min([one.box[:2] for one in found], axis=0)
    high = np.max([one.box[2:] for one in found], axis=0)
    box = int(low[0]), int(low[1]), int(high[0]), int(high[1])
    seen = np.zeros((box[3] - box[1], box[2] - box[0]), np.float32)
    for one in found:
        x, y = one.box[0] - box[0], one.box[1] - box[1]
        seen[y : y + one.shown.shape[0], x : x + one.shown.shape[1]] = one.shown > SHOWN
    return Guide(box, laid.pixels[box[1] : box[3], box[0] : box[2]].astype(np.float32), seen)
