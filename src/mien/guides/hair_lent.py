"""A head that lends its hair: the hair's pure colours, nothing worn over it, and ears outlined as they are seen.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.border import local_colors, wide_blur
from mien.compose.matte import colors
from mien.compose.morphology import disc
from mien.guides.regions import sharpened
from mien.guides.scene import Scene, polygon
from mien.types import Float32, UInt8

THIN = (0.5, 0.95)
"""Values of a matte up to which hair has no lightness of its kind, and from which it is as it was seen."""

MIXED = (0.85, 0.98)
"""The same for its hue, which skin and backdrop change sooner."""

WORN = 0.3
"""From which share on something worn is taken off the other head."""


DEEP = 0.25
"""Units from the backdrop up to which it may be seen through curls."""

ARM = 14.0
"""Levels by which an arm of glasses is darker or lighter than what lies on both sides."""


def pure(there: Scene, matte: Float32) -> Float32:
    """(h, w, 3) the hair's colours, without what shines through it: what is thin stays near what is solid there."""
    front, _ = colors(there.picture / np.float32(255), matte, max(4, round(0.2 * there.unit)))
    lab = cv2.cvtColor(front, cv2.COLOR_RGB2LAB)
    solid = matte**6
    thin = [1 - np.clip((matte - low) / (high - low), 0, 1) for low, high in (THIN, MIXED)]
    mean, _ = local_colors(lab, solid, 0.12 * there.unit)
    gray = np.repeat(lab[..., :1], 3, 2) / np.sqrt(np.float32(3))
    spread = [local_colors(one, solid, 0.3 * there.unit)[1] for one in (lab * (0, 1, 1), gray)]
    known = wide_blur(solid, 0.12 * there.unit) > 0.01
    away = lab - mean
    far = np.sqrt((away[..., 1:] ** 2).sum(2))
    factor = np.minimum(1, (1.2 * spread[0] + 1.5) / np.maximum(far, 1e-3))
    light = np.clip(away[..., 0], -2.5 * spread[1] - 4, 0.6 * spread[1] + 1)
    near = np.dstack([light, away[..., 1:] * factor[..., None]])
    kept = near + (away - near) * (1 - np.dstack([thin[0], thin[1], thin[1]]))
    lab = np.where(known[..., None], mean + kept, lab).astype(np.float32)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def clear(there: Scene) -> Float32:
    """(h, w) the hair's matte without the backdrop between curls, where that is seen by its colour."""
    unit = there.unit
    hair, rest = (there.hair > 0.97).astype(np.float32), (there.shares["background"] > 0.9) * (there.hair < 0.03)
    (front, spread) = local_colors(there.picture, hair, 0.14 * unit)
    back, _ = local_colors(there.picture, rest.astype(np.float32), 0.25 * unit)
    toward = back - front
    length = np.sqrt((toward**2).sum(2)) + 1
    placed = ((there.picture - front) * toward).sum(2) / length**2
    near = np.clip(
        1.5 - cv2.distanceTransform(1 - rest.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(DEEP * unit), 0, 1
    )
    trust = near * np.clip((length - 1.5 * spread - 30) / 40, 0, 1)
    return np.asarray(np.minimum(there.hair, 1 - trust * np.clip((placed - 0.5) / 0.3, 0, 1)), np.float32)


def unworn(there: Scene) -> Float32:
    """(h, w, 3): the other's picture with skin and hair where arms of glasses and earrings are."""
    worn = (there.shares["worn"] > WORN).astype(np.uint8)
    if not worn.any():
        return there.picture
    worn = cv2.dilate(worn, disc(0.03 * there.unit)) | _arms(there)
    spread = membrane(there.picture, np.float32(1) - worn, 255.0)
    weight = cv2.GaussianBlur(worn.astype(np.float32), (0, 0), 1.0)[..., None]
    return np.asarray(there.picture + weight * (spread - there.picture), np.float32)


def _arms(there: Scene) -> UInt8:
    """(h, w): 1 on thin lines from the eyes to the ears of a head with glasses: arms that the parser does not see."""
    unit, found = there.unit, np.zeros(there.shape, np.uint8)
    eyes = polygon(there.points[[70, 105, 107, 336, 334, 300, 280, 50]], there.shape, 1.0) > 0.5
    if float(there.shares["worn"][eyes].sum()) < 0.02 * unit**2:
        return found
    for eye, edge in ((33, 127), (263, 356)):
        ahead, behind = there.points[eye, :2], there.points[edge, :2]
        along = (behind - ahead) / max(float(np.linalg.norm(behind - ahead)), 1.0)
        ends = [ahead + 0.08 * unit * along, behind + 0.1 * unit * along]
        x, y = (tuple(np.round(end).astype(int).tolist()) for end in ends)
        cv2.line(found, x, y, 1, max(2, round(0.3 * unit)))
    gray = cv2.cvtColor(there.picture, cv2.COLOR_RGB2GRAY)
    lines = np.maximum(
        *(cv2.morphologyEx(gray, kind, disc(0.03 * unit)) for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT))
    )
    along_rows = cv2.morphologyEx(
        (lines > ARM).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, max(2, round(0.05 * unit))))
    )
    skin = (there.shares["face"] > 0.5) & (there.hair < 0.5)
    return np.asarray(cv2.dilate(along_rows, disc(0.02 * unit)) & found & skin, np.uint8)


def outlined(there: Scene) -> dict[str, Float32]:
    """The other's classes with ears as sharply outlined as the picture shows them, and nothing worn."""
    shares = {name: share.copy() for name, share in there.shares.items()}
    worn = cv2.dilate(shares["worn"], disc(0.03 * there.unit))
    shares["face"] = np.clip(shares["face"] + worn * (there.hair < 0.5), 0, 1).astype(np.float32)
    shares["worn"] = np.zeros_like(worn)
    ears = cv2.dilate((shares["ears"] > 0.3).astype(np.uint8), disc(0.15 * there.unit))
    count, _, stats, _ = cv2.connectedComponentsWithStats(ears)
    for number in range(1, count):
        x, y, w, h, _ = stats[number]
        if min(w, h) < 8:
            continue
        part = np.s_[y : y + h, x : x + w]
        head = np.clip(sum(shares[name][part] for name in ("hair", "face", "ears", "neck", "clothes")), 0, 1)
        picture = np.clip(np.rint(there.picture[part]), 0, 255).astype(np.uint8)
        found = sharpened(picture, np.asarray(head, np.float32), 0.05 * there.unit)
        found = np.clip((found - 0.25) / 0.6, 0, 1) * ears[part]
        shares["ears"][part] = np.where(ears[part] > 0, shares["ears"][part] * found, shares["ears"][part])
        backdrop = np.maximum(shares["background"][part], (1 - found) * (shares["ears"][part] + 0.5))
        shares["background"][part] = np.where(
            ears[part] > 0, np.clip(backdrop, 0, 1 - found), shares["background"][part]
        )
    return shares


def ends(picture: Float32, unit: float) -> Float32:
    """(h, w): hair that its photo cuts off below or at a side gets ends instead: strand by strand, not at a ruler."""
    height, width = picture.shape[:2]
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    fine = gray - cv2.GaussianBlur(gray, (0, 0), 0.05 * unit)
    lengths = np.zeros((height, width), np.float32)
    for across, share in ((0.015 * unit, 0.07), (0.06 * unit, 0.2)):
        along = cv2.GaussianBlur(fine, (0, 0), sigmaX=max(0.6, across), sigmaY=0.3 * unit)
        lengths += share * along / max(float(along.std()), 1e-3)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    away: Any = np.minimum(height - 1 - ys, np.minimum(xs, width - 1 - xs) * 1.5) / np.float32(unit)
    return np.asarray(np.clip((away - 0.25 - np.clip(lengths, -0.25, 0.5)) / 0.45, 0, 1), np.float32)
