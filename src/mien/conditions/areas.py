"""Areas of a face that no class of the parser stands for: irises, under-eyes, cheeks, beard, glasses with temples.

Landmarks say where such an area lies, labels what is seen there.

Convention:
    Labels, landmarks and picture share one frame, that of a crop or of a whole photo. A unit is the distance of the
    outer corners of the eyes. Left and right are the picture's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import inverse, pixel_scale
from mien.conditions.labels import INDEX
from mien.conditions.masks import grow
from mien.types import AlignedFace, Bool, Float32, Float64, UInt8

JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
"""From ear to ear along the jaw."""

# fmt: off
_UNDER_EYES = (
    (130, 25, 110, 24, 23, 22, 26, 112, 128, 121, 120, 119, 118, 117, 111),
    (359, 255, 339, 254, 253, 252, 256, 341, 357, 350, 349, 348, 347, 346, 340),
)
_EYELIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 189, 221, 222, 223, 224, 225, 113),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 413, 441, 442, 443, 444, 445, 342),
)
_CHEEKS = (
    (117, 118, 119, 120, 100, 142, 203, 206, 216, 214, 192, 213, 147, 123, 116, 111),
    (346, 347, 348, 349, 329, 371, 423, 426, 436, 434, 416, 433, 376, 352, 345, 340),
)
_FOREHEAD_TOP = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)
_FOREHEAD_BOTTOM = (301, 300, 293, 334, 296, 336, 9, 107, 66, 105, 63, 70, 71)
_CHIN = (
    136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365,
    430, 422, 273, 335, 406, 313, 18, 83, 182, 106, 43, 202, 210,
)
_MOUTH = (61, 98, 2, 327, 291, 378, 400, 152, 176, 149)
_EYES = ((mesh.LEFT_IRIS, mesh.LEFT_EYE_CONTOUR), (mesh.RIGHT_IRIS, mesh.RIGHT_EYE_CONTOUR))
# fmt: on

PUPIL = 0.36
"""Radius of a pupil in radii of its iris."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A face as it is seen.

    Attributes:
        labels: (H, W) uint8.
        points: (478, 2 or more) landmarks.
        picture: (H, W, 3) uint8 sRGB.
    """

    labels: UInt8
    points: Float64
    picture: UInt8

    @classmethod
    def in_crop(cls, landmarks: Float32, crop: AlignedFace, labels: UInt8) -> Seen:
        """A crop's labels (S, S) with landmarks (478, 3) of its photo."""
        back, points = inverse(crop.matrix), landmarks.astype(np.float64)
        depth = points[:, 2:] / pixel_scale(crop.matrix)
        return cls(labels, np.hstack([points[:, :2] @ back[:, :2].T + back[:, 2], depth]), crop.pixels)

    @cached_property
    def unit(self) -> float:
        """Distance of the outer corners of the eyes, pixels; in depth, too, where that is known."""
        left, right = mesh.OUTER_EYE_CORNERS
        return float(np.linalg.norm(self.points[left] - self.points[right]))

    def within(self, *outline: Sequence[int] | Float64) -> Bool:
        """(H, W): inside any of some outlines, given as landmarks or as points (N, 2)."""
        area = np.zeros(self.labels.shape, np.uint8)
        for one in outline:
            corners = one if isinstance(one, np.ndarray) else self.points[list(one), :2]
            cv2.fillPoly(area, [np.round((corners[:, :2] - 0.5) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        return area > 0

    def of(self, *names: str) -> Bool:
        """(H, W): where the parser sees any of some classes."""
        table = np.zeros(256, np.bool_)
        table[[INDEX[name] for name in names]] = True
        return table[self.labels]


def _eyes(seen: Seen, sides: Sequence[int], low: float, high: float) -> Bool:
    """Rings around the irises' centers, in radii of the iris, inside the lids."""
    total = np.zeros(seen.labels.shape, np.bool_)
    for ring, lids in (_EYES[side] for side in sides):
        middle = seen.points[ring[0], :2]
        radius = float(np.linalg.norm(seen.points[list(ring[1:]), :2] - middle, axis=1).mean())
        (x0, y0), (x1, y1) = (
            np.clip(middle + sign * (radius + 2), 0, total.shape[::-1]).astype(int) for sign in (-1, 1)
        )
        ys, xs = np.mgrid[y0:y1, x0:x1] + 0.5
        away = np.hypot(xs - middle[0], ys - middle[1]) / max(radius, 1e-6)
        total[y0:y1, x0:x1] |= (away >= low) & (away < high) & seen.within(lids)[y0:y1, x0:x1]
    return total


def _skin(seen: Seen, *outlines: Sequence[int] | Float64) -> Bool:
    return seen.within(*outlines) & seen.of("skin", "nose")


def _around_eyes(seen: Seen, *outlines: Sequence[int]) -> Bool:
    """Skin, seen through glasses, too."""
    return seen.within(*outlines) & seen.of("skin", "nose", "glasses")


def _forehead(seen: Seen) -> Bool:
    top = seen.points[list(_FOREHEAD_TOP), :2]
    up = (seen.points[10, :2] - seen.points[9, :2]) * 0.5
    return _skin(seen, np.concatenate([top[:1], top + up, top[-1:], seen.points[list(_FOREHEAD_BOTTOM), :2]]))


def lower_face(points: Float64) -> tuple[Float64, Float64]:
    """Outlines (N, 2) of where beards grow: below the nose from ear to ear, and below the jaw."""
    jaw = points[list(JAW), :2]
    down = (points[152, :2] - points[2, :2]) * 0.9
    return np.concatenate([jaw, points[[2], :2]]), np.concatenate([jaw[3:-3], (jaw[3:-3] + down)[::-1]])


def beard(seen: Seen) -> Bool:
    """Beards and moustaches, which the parser calls hair: what hangs together with hair around the mouth."""
    hair = seen.of("hair") & seen.within(*lower_face(seen.points))
    _, pieces = cv2.connectedComponents(hair.astype(np.uint8))
    counts = np.bincount(pieces[hair & seen.within(_MOUTH)], minlength=int(pieces.max()) + 1)
    found: Bool = hair & np.isin(pieces, np.flatnonzero(counts > 0.015 * seen.unit**2))
    return found


def teeth(picture: UInt8, labels: UInt8) -> Bool:
    """(H, W) bool: what is bright and hardly colored inside the mouth.

    Args:
        picture: (H, W, 3) uint8 sRGB.
        labels: (H, W) uint8.
    """
    mouth: Bool = labels == INDEX["mouth"]
    if not mouth.any():
        return mouth
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    bright = hsv[..., 2] > 0.45 * np.percentile(hsv[..., 2], 99)
    found: Bool = mouth & bright & (hsv[..., 1] < 110)
    return found


def _glasses(seen: Seen) -> Bool:
    """Lenses and frame, the bridge between them, temples as far as the ears, and the shadow below the rims."""
    worn = seen.of("glasses")
    if worn.sum() < 0.005 * seen.unit**2:
        return worn
    unit, points = seen.unit, seen.points
    rows, columns = np.nonzero(worn)
    down = (points[152, :2] - points[10, :2]) / max(float(np.linalg.norm(points[152, :2] - points[10, :2])), 1e-6)
    bridge = np.stack([points[133, :2], points[362, :2], points[362, :2], points[133, :2]])
    bridge[:2] -= 0.10 * unit * down
    bridge[2:] += 0.06 * unit * down
    strips = [bridge]
    for eye, ear, edge in ((33, 127, columns.min()), (263, 356, columns.max())):
        end = points[ear, :2]
        level = float(np.median(rows[np.abs(columns - edge) <= max(1, 0.03 * unit)]))
        start = np.array([float(edge), level])
        if (end[0] - start[0]) * (points[ear, 0] - points[eye, 0]) <= 0:
            continue
        half = 0.05 * unit * down
        strips.append(np.stack([start - half, end - half, end + half, start + half]))
    shadow = np.roll(worn, round(0.05 * unit), 0) & seen.of("skin", "nose")
    around = grow(worn, 0.025 * unit) & ~seen.of("background", "hair", "left_eye", "right_eye")
    return worn | around | shadow | (seen.within(*strips) & seen.of("skin", "nose", "glasses", "left_ear", "right_ear"))


AREAS: Mapping[str, Callable[[Seen], Bool]] = {
    "irises": lambda seen: _eyes(seen, (0, 1), PUPIL, 1),
    "left_iris": lambda seen: _eyes(seen, (0,), PUPIL, 1),
    "right_iris": lambda seen: _eyes(seen, (1,), PUPIL, 1),
    "pupils": lambda seen: _eyes(seen, (0, 1), 0, PUPIL),
    "left_pupil": lambda seen: _eyes(seen, (0,), 0, PUPIL),
    "right_pupil": lambda seen: _eyes(seen, (1,), 0, PUPIL),
    "under_eyes": lambda seen: _around_eyes(seen, *_UNDER_EYES),
    "left_under_eye": lambda seen: _around_eyes(seen, _UNDER_EYES[0]),
    "right_under_eye": lambda seen: _around_eyes(seen, _UNDER_EYES[1]),
    "eyelids": lambda seen: _around_eyes(seen, *_EYELIDS),
    "left_eyelid": lambda seen: _around_eyes(seen, _EYELIDS[0]),
    "right_eyelid": lambda seen: _around_eyes(seen, _EYELIDS[1]),
    "cheeks": lambda seen: _skin(seen, *_CHEEKS),
    "left_cheek": lambda seen: _skin(seen, _CHEEKS[0]),
    "right_cheek": lambda seen: _skin(seen, _CHEEKS[1]),
    "forehead": _forehead,
    "wrinkles": lambda seen: seen.of("skin", "nose", "neck"),
    "chin": lambda seen: seen.within(_CHIN) & seen.of("skin", "hair"),
    "lower_face": lambda seen: (
        seen.within(lower_face(seen.points)[0]) & ~seen.of("background", "neck", "cloth", "left_ear", "right_ear")
    ),
    "beard": beard,
    "moustache": lambda seen: beard(seen) & ~seen.within(_below_lips(seen)),
    "teeth": lambda seen: teeth(seen.picture, seen.labels),
    "glasses": _glasses,
    "hair": lambda seen: seen.of("hair") & ~beard(seen),
}
"""By name. ``glasses`` and ``hair`` are classes, too, and are used as such where no landmarks are known."""


def _below_lips(seen: Seen) -> Float64:
    """Outline of all that lies below the line through the corners of the mouth."""
    left, right = seen.points[61, :2], seen.points[291, :2]
    across, down = (right - left) * 4, (seen.points[152, :2] - seen.points[2, :2]) * 4
    return np.stack([left - across, right + across, right + across + down, left - across + down])
