"""What stays of a head under another's hair: its forehead, its temples, and its own hair there, in the new hair's color.

Skin that is made in the place of hair is nearly always seen; a lock of hair in the right color is not.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors, wide_blur
from mien.guides.hair_fit import Fitted
from mien.guides.hair_lent import pure
from mien.guides.hair_roots import told
from mien.guides.scene import Scene, polygon
from mien.guides.strands import toned
from mien.types import Float32, Float64

HIGH, TOP = 0.17, (10, 109, 338, 67, 297, 103, 332)
"""How far above the face's highest points a forehead reaches, in lengths of the face; and these points."""

SOFT = 0.03
"""Softness of its border, units."""

HUE, BRIGHT = 0.08, 4.0
"""Units within which hair at a hairline takes its hue from, and L* by which it is lighter at most."""

SAME = 50
"""Pixels of hair below which none is told."""


def stays(here: Scene, outline: Float64) -> Float32:
    """(h, w): 1 on the face, a forehead as high as any, and what new hair encloses: nothing of this head goes there.

    Args:
        here: the scene.
        outline: (N, 2) of the new hair, from temple to temple.
    """
    up = HIGH * (here.points[10, :2] - here.points[152, :2])
    face = np.concatenate([here.points[list(mesh.OUTLINE), :2], here.points[list(TOP), :2] + up])
    hull = cv2.convexHull(face.astype(np.float32))[:, 0].astype(np.float64)
    place = polygon(hull, here.shape, SOFT * here.unit)
    if len(outline) >= 3:
        around = np.concatenate([outline, here.points[[356, 127], :2]])
        place = np.maximum(place, polygon(around, here.shape, SOFT * here.unit))
    return np.asarray(place * np.clip(1.5 - 2 * here.shares["background"], 0, 1), np.float32)


def rimmed(front: Float32, alpha: Float32, place: Float32, unit: float) -> Float32:
    """Hair (h, w, 3) whose hue, where it meets skin in a place (h, w), is that of solid hair nearby."""
    solid = (alpha > 0.97).astype(np.float32)
    lab = cv2.cvtColor(front / np.float32(255), cv2.COLOR_RGB2LAB)
    mean, _ = local_colors(lab, solid, HUE * unit)
    near = np.clip(20 * wide_blur(solid, 2 * HUE * unit), 0, 1)
    share = (place * near * np.clip((0.99 - alpha) / 0.15, 0, 1))[..., None]
    lab[..., 1:] += share * (mean[..., 1:] - lab[..., 1:])
    lab[..., :1] += share * np.minimum(mean[..., :1] + BRIGHT - lab[..., :1], 0)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def recolored(here: Scene, fit: Fitted, place: Float32) -> Float32:
    """The picture (h, w, 3) with this head's hair, in a place (h, w), in the colors of the new hair."""
    bound = replace(fit, alpha=here.hair, picture=here.picture, shares=here.shares)
    sure = told(bound, here.unit) * place
    old, new = (sure > 0.3), fit.alpha > 0.9
    if min(int(old.sum()), int(new.sum())) < SAME:
        return here.picture
    rows, columns = np.flatnonzero(old.any(1)), np.flatnonzero(old.any(0))
    by = round(0.5 * here.unit)
    part = np.s_[max(0, rows[0] - by) : rows[-1] + by, max(0, columns[0] - by) : columns[-1] + by]
    if int(new[part].sum()) < SAME:
        return here.picture
    seen = pure(here, here.hair)[part]
    made = toned(fit.front[part], new[part], seen, here.hair[part], here.unit)
    result = here.picture.copy()
    result[part] += sure[part][..., None] * (made - seen)
    return np.asarray(np.clip(result, 0, 255), np.float32)
