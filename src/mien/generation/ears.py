"""Ears of a head of nobody: found where a parser misses them, and without the glow of light from behind.

Legend: H, W of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.morphology import disc
from mien.generation.jaw_lines import recolored
from mien.guides.borrow import unit_of
from mien.guides.traits import lab_of
from mien.types import Bool, Face, Float32, Photo, UInt8

BESIDE = ((127, 234, 93, 132), (356, 454, 323, 361))
"""Landmarks of a face's outline beside both ears, from above."""

WIDE, HIGH = (0.03, 0.42), 0.12
"""Eye distances beside the outline from which and up to which ears are, and by which they go beyond these landmarks."""

NOTCH, SKIN, SOFT = 0.16, 22.0, 0.02
"""Eye distances: half of the height of what a parser misses of an ear between hair and lobe; a* and b* by which an ear
differs from its face at most; and eye distances over which an ear ends."""

GLOW, REST = 4.0, 0.2
"""Chroma beyond the cheeks' from which all of a glow counts, and the share of it that stays."""

CHEEKS, AREA = (50, 280), 0.08
"""Landmarks of cheeks, and eye distances around them that are looked at."""


def missed_ears(picture: UInt8, likely: Float32, face: Face) -> Float32:
    """(H, W) skin in a notch of a person's outline beside the ears, 0 to 1.

    Args:
        picture: (H, W, 3) sRGB.
        likely: (H, W) share of the person.
        face: found in the picture.
    """
    unit = unit_of(face)
    person = (likely > 0.5).astype(np.uint8)
    notch = (cv2.morphologyEx(person, cv2.MORPH_CLOSE, disc(NOTCH * unit)) > person) & _beside(face, person.shape)
    if not notch.any():
        return np.zeros(person.shape, np.float32)
    away = np.abs(lab_of(picture)[..., 1:] - _cheeks(picture, face)[1:])
    like = notch & (np.hypot(away[..., 0], away[..., 1]) < SKIN)
    closed = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_CLOSE, disc(SOFT * unit))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc(SOFT * unit))
    return np.asarray(opened, np.float32)


def without_glow(photo: Photo, face: Face) -> Photo:
    """A picture whose ears are as vivid as its cheeks, where light from behind makes them glow (CIE L*).

    Args:
        photo: (H, W) sRGB, 8 bits.
        face: found in it.
    """
    pixels = np.asarray(photo.pixels, np.uint8)
    lab, usual = lab_of(pixels), _cheeks(pixels, face)
    chroma, most = np.hypot(lab[..., 1], lab[..., 2]), float(np.hypot(*usual[1:]))
    red = lab[..., 1] > 0.6 * np.abs(lab[..., 2])
    beside = (_beside(face, chroma.shape) & red).astype(np.float32)
    weight = cv2.GaussianBlur(beside, (0, 0), SOFT * unit_of(face)) * np.clip((chroma - most) / GLOW, 0, 1)
    lab[..., 1:] += ((1 - REST) * weight)[..., None] * (usual[1:] - lab[..., 1:])
    return recolored(photo, lab, weight)


def _beside(face: Face, shape: tuple[int, ...]) -> Bool:
    """(H, W) where ears are."""
    area, points, unit = np.zeros(shape, np.uint8), face.landmarks[:, :2].astype(np.float64), unit_of(face)
    across = points[mesh.OUTER_EYE_CORNERS[1]] - points[mesh.OUTER_EYE_CORNERS[0]]
    across /= np.linalg.norm(across)
    down = np.array([-across[1], across[0]])
    for sign, outline in zip((-1, 1), BESIDE, strict=True):
        line = points[list(outline)]
        line = np.concatenate([line[:1] - HIGH * unit * down, line, line[-1:] + HIGH * unit * down])
        near, far = (line + sign * one * unit * across for one in WIDE)
        cv2.fillPoly(area, [np.round(np.concatenate([near, far[::-1]])).astype(np.int32)], 1)
    return area > 0


def _cheeks(picture: UInt8, face: Face) -> Float32:
    """CIE L*, a*, b* of them."""
    r, colors = max(1, round(AREA * unit_of(face))), []
    for x, y in face.landmarks[list(CHEEKS), :2].round().astype(int):
        colors.append(lab_of(picture[max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1]).reshape(-1, 3))
    return np.asarray(np.median(np.concatenate(colors), 0), np.float32)
