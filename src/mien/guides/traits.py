"""What can be read off a face without further networks: skin, light, wrinkles, teeth, beard, hair.

They tell which of many faces a part can be taken from; see :mod:`mien.guides.bank`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.conditions.areas import AREAS, Seen, teeth
from mien.conditions.labels import INDEX
from mien.guides.shapes import Placement, Shapes
from mien.types import Bool, Face, Float32, UInt8

SIDE = 256
"""Pixels of the crop in which faces are compared."""

_UPPER_LIP = (98, 97, 2, 326, 327, 410, 270, 269, 267, 0, 37, 39, 40, 186)
_CHIN = (172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_FOREHEAD = (103, 67, 109, 10, 338, 297, 332, 300, 293, 334, 296, 336, 107, 66, 105, 63, 70)

COPY = 0.02
"""Eye distances within which all points of a face lie in two copies of one photo, reduced, cut or compressed: up to
0.017 in 12 of them, from 0.026 on in 28 pairs of photos of one person."""


def same_picture(face: Face, other: Face) -> bool:
    """Whether two faces are one, in copies of one photo: an album often holds the photo itself, which lends nothing."""
    mean = Shapes.bundled().mean
    points = (one.landmarks.astype(np.float64) for one in (face, other))
    here, there = (Placement.of(one, mean).back(one)[:, :2] for one in points)
    return bool(np.linalg.norm(here - there, axis=1).max() < COPY)


@dataclass(frozen=True)
class Traits:
    """Attributes:
    skin: CIE L*, a*, b* of cheeks and forehead.
    light: by how much L* grows along the width and down the height of the face, per eye distance.
    texture: how much L* of the forehead varies within a fiftieth of the eye distance: wrinkles, pores, freckles.
    teeth: share of the open mouth that is teeth, 0 where it is shut.
    corners: how far the corners of the mouth lie above the middle of the lips, in eye distances.
    beard, moustache: share of chin and upper lip that is hair.
    glasses, hat: share of the crop.
    fringe: share of the forehead that is hair.
    length: how far hair reaches below the chin, in eye distances; less than 0 above.
    hair: CIE L*, a*, b* of the hair; that of the skin where there is none.
    iris: CIE L*, a*, b*.
    """

    skin: tuple[float, float, float]
    light: tuple[float, float]
    texture: float
    teeth: float
    corners: float
    beard: float
    moustache: float
    glasses: float
    hat: float
    fringe: float
    length: float
    hair: tuple[float, float, float]
    iris: tuple[float, float, float]

    @classmethod
    def of(cls, seen: Seen) -> Traits:
        """From a crop with labels and landmarks."""
        seen = _at_side(seen)
        lab, unit, points = lab_of(seen.picture), seen.unit, seen.points
        bare = AREAS["cheeks"](seen) | AREAS["forehead"](seen)
        skin = _median(lab, bare if bare.any() else seen.of("skin"))
        hair, upper, chin = seen.of("hair"), seen.within(_UPPER_LIP), seen.within(_CHIN)
        on_head = hair & ~AREAS["beard"](seen)
        inner = seen.within(mesh.INNER_LIPS_CONTOUR)
        white = (teeth(seen.picture, seen.labels) & inner).sum() / max(1, inner.sum())
        rows = np.flatnonzero(on_head.sum(1) > 0.06 * unit)
        middle = points[[0, 17], 1].mean()
        return cls(
            skin=skin,
            light=_light(lab[..., 0], seen),
            texture=_texture(lab[..., 0], seen),
            teeth=float(white) if inner.sum() > 0.01 * unit**2 else 0.0,
            corners=float(middle - points[list(mesh.MOUTH_CORNERS), 1].mean()) / unit,
            beard=_share(hair, chin),
            moustache=_share(hair, upper),
            glasses=float(seen.of("glasses").mean()),
            hat=float(seen.of("hat").mean()),
            fringe=_share(hair, seen.within(_FOREHEAD)),
            length=float(rows.max() - points[152, 1]) / unit if rows.size else -3.0,
            hair=_median(lab, on_head) if on_head.any() else skin,
            iris=_median(lab, AREAS["irises"](seen)),
        )


ALIGNED = 64
"""Side at which heads of hair are compared, pixels."""


def head_of_hair(labels: UInt8) -> Bool:
    """(ALIGNED, ALIGNED) hair without the beard of the labels (S, S) of a face's square, the same for all faces."""
    small = cv2.resize(labels, (ALIGNED, ALIGNED), interpolation=cv2.INTER_NEAREST) == INDEX["hair"]
    small[ALIGNED // 2 :, round(0.3 * ALIGNED) : round(0.7 * ALIGNED)] = False
    return np.asarray(small, np.bool_)


def _at_side(seen: Seen) -> Seen:
    scale = SIDE / seen.labels.shape[0]
    if scale == 1:
        return seen
    labels = cv2.resize(seen.labels, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    picture: UInt8 = np.asarray(cv2.resize(seen.picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return Seen(np.asarray(labels, np.uint8), seen.points * scale, picture)


def lab_of(picture: UInt8) -> Float32:
    """CIE L*, a*, b* of sRGB (H, W, 3)."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def _median(lab: Float32, area: np.ndarray) -> tuple[float, float, float]:
    if not area.any():
        return (50.0, 0.0, 0.0)
    light, red, yellow = np.median(lab[area], axis=0)
    return float(light), float(red), float(yellow)


def _share(of: np.ndarray, area: np.ndarray) -> float:
    return float(of[area].mean()) if area.any() else 0.0


def _light(light: Float32, seen: Seen) -> tuple[float, float]:
    """Slopes across and down the face of a plane through the lightness of the skin."""
    area = seen.of("skin", "nose") & seen.within(mesh.OUTLINE)
    if area.sum() < 50:
        return (0.0, 0.0)
    middle = seen.points[list(mesh.OUTER_EYE_CORNERS), :2].mean(0)
    across = seen.points[263, :2] - seen.points[33, :2]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    rows, columns = np.nonzero(area)
    away = (np.stack([columns, rows], 1) + 0.5 - middle) / seen.unit
    plane = np.column_stack([np.ones(len(away)), away @ across, away @ np.array([-across[1], across[0]])])
    solved = np.linalg.lstsq(plane, light[area], rcond=None)[0]
    return float(solved[1]), float(solved[2])


def _texture(light: Float32, seen: Seen) -> float:
    area = AREAS["forehead"](seen)
    if area.sum() < 0.1 * seen.unit**2:
        area = AREAS["cheeks"](seen)
    fine = light - cv2.GaussianBlur(light, (0, 0), 0.04 * seen.unit)
    return float(np.sqrt(np.mean(np.square(fine[area])))) if area.any() else 1.0
