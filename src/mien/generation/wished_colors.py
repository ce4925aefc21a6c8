"""Colors that a sentence asks for, given to a finished face: of hair, lips, and of what is behind it.

Legend: S side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.align.measure import describe_face
from mien.compose.matte import sharpened
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.dye import dye, mean_color
from mien.guides.hair_matte import hair_matte
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Photo, UInt8

FAR = {"hair-color": 12.0, "background-color": 15.0}
"""CIE L*, a*, b* by which a color is missed before anything is done."""

MOSTLY = 0.75
"""How much of the way hair goes: all of it glows."""

LIPS = (158, 58, 66)
"""sRGB of lipstick of which no color is named."""

SHADES, VIVID = (22.0, 88.0), 24.0
"""L* and chroma of a studio's wall."""

REACH, FADES = 0.012, 0.1
"""Of a matte's band, sides; by how much light falls off from the middle of a wall to its corners."""

SPREAD = 0.06
"""Sides over which the light of a backdrop is followed."""

DETAIL = 0.35
"""How much of what is finer stays: plants and windows would be seen in another color."""


def colored(picture: UInt8, points: Float32, mean: Float32, wished: Mapping[str, Float32], parser: FaceParser) -> UInt8:
    """A face with the colors that are wished for, where they are missed.

    Args:
        picture: (S, S, 3) sRGB.
        points: (478, 3) landmarks in pixels.
        mean: (478, 3) the mean face.
        wished: CIE L*, a*, b* (3,) by attribute: "hair-color", "lip-color", "background-color"; others are left alone.
        parser: finds the parts.
    """
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    if "hair-color" in wished:
        photo = _hair(photo, face, wished["hair-color"], parser)
    if "lip-color" in wished:
        shares = parser.shares(np.asarray(photo.pixels, np.uint8))
        lips = shares[[INDEX["upper_lip"], INDEX["lower_lip"]]].sum(0)
        if lips.max() > 0.5:
            photo = dye(photo, lips.astype(np.float32), _srgb(wished["lip-color"])).over(photo)[0]
    done = np.asarray(photo.pixels, np.uint8)
    return _wall(done, wished["background-color"], parser) if "background-color" in wished else done


def _hair(photo: Photo, face: Face, color: Float32, parser: FaceParser) -> Photo:
    part, (x0, y0, x1, y1) = hair_matte(photo, face, parser)
    alpha = np.zeros(photo.pixels.shape[:2], np.float32)
    alpha[y0:y1, x0:x1] = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    if alpha.max() < 0.5:
        return photo
    found = lab_of(np.array(mean_color(photo, alpha), np.uint8)[None, None])[0, 0]
    if np.linalg.norm(found - color) < FAR["hair-color"]:
        return photo
    return dye(photo, alpha, _srgb(found + MOSTLY * (color - found))).over(photo)[0]


def _wall(picture: UInt8, color: Float32, parser: FaceParser) -> UInt8:
    """A picture whose backdrop has another color: strands before it change as far as it shines through them."""
    size = len(picture)
    behind = parser.shares(picture)[0]
    found = lab_of(picture)[behind > 0.9]
    if len(found) and np.linalg.norm(found - color, axis=1).mean() < FAR["background-color"]:
        return picture
    share = np.clip(sharpened(picture, behind, REACH * size), 0, 1)[..., None]
    lab, sigma = lab_of(picture), SPREAD * size
    near = cv2.GaussianBlur(lab * share, (0, 0), sigma) / (cv2.GaussianBlur(share, (0, 0), sigma)[..., None] + 1e-3)
    changed = lab + share * (plain(color, size) - near - (1 - DETAIL) * (lab - near))
    rgb = cv2.cvtColor(changed.astype(np.float32), cv2.COLOR_LAB2RGB) * 255
    mixed = picture * (1 - (share > 0)) + rgb * (share > 0)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def plain(color: Float32, size: int) -> Float32:
    """CIE L*, a*, b* (S, S, 3) of a wall that is darker towards its corners; no color is as vivid as paint."""
    chroma = float(np.hypot(*color[1:]))
    lab = np.array([np.clip(color[0], *SHADES), *(color[1:] * min(1.0, VIVID / max(chroma, 1e-6)))], np.float32)
    across = np.linspace(-1, 1, size, dtype=np.float32)
    wall = np.broadcast_to(lab, (size, size, 3)).copy()
    wall[..., 0] *= 1 - FADES * (across[None] ** 2 + (across[:, None] + 0.3) ** 2) / 2
    return wall


def _srgb(lab: Float32) -> tuple[int, int, int]:
    rgb = cv2.cvtColor(lab.astype(np.float32)[None, None], cv2.COLOR_LAB2RGB)[0, 0] * 255
    red, green, blue = (round(float(v)) for v in np.clip(rgb, 0, 255))
    return red, green, blue
