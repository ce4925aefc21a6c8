"""Sideburns that the parser takes for skin, gray ones above all: told by the colors of this hair and this skin.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.types import Bool, Float32, Float64, UInt8

SIDES = ((127, 93, 132), (356, 323, 361))
"""Landmarks of the face's outline at the temple, the middle of the ear and its lobe, for each side."""

ABOVE, INWARDS, OUTWARDS = 8.0, 8.0, 6.0
"""Units above the first of these from which sideburns are looked for, and towards the face and away from it."""

NEARBY = (9.0, 24.0)
"""Units around that within which hair and skin are looked at, and hair where there is little of it."""

ARMS = 1.2
"""Units around glasses within which there are no sideburns: the parser sees but parts of their arms."""

LOBE = 0.4
"""Of the way from the lobe to the middle of the ear within which sideburns end."""

FEW = 6.0
"""Square units of hair, and of skin, below which nothing is told."""

PLACED = (0.3, 0.85)
"""Of the way from skin to hair, along which both are told best, from which on there is some hair, and nothing else."""

APART = (2.0, 3.2)
"""Standard deviations between hair and skin along that way from which on they are told, and fully."""

UNLIKE = (2.5, 4.0)
"""Standard deviations from hair up to which a color is one of its own, and from which on it is none."""

NOISE = 2.0
"""L*, a* and b* by which colors of either vary at least."""

PERSON = (0.3, 0.5)
"""What the parser must give for hair, skin or ears: a wall beside the cheek may be as gray as hair."""

FINE, SOME = 0.3, 0.3
"""Units over which colors are told; and how surely a place is hair for others to go on from it."""

REACH = 12.0
"""Units from hair up to which a sideburn goes on."""


def with_sideburns(
    picture: UInt8, matte: Float32, person: Float32, skin: Float32, barred: Float32, points: Float64, unit: float
) -> Float32:
    """A matte (h, w) of hair that goes on in front of the ears.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        person: what the parser takes for hair, skin or ears.
        skin: what it takes for skin.
        barred: where there is none: beards, ears, glasses.
        points: (478, 3) landmarks.
        unit: in pixels.
    """
    barred = cv2.dilate(barred, disc(ARMS * unit))
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.6, FINE * unit))
    whole = matte
    for side in SIDES:
        place = sideburn(points, side, matte.shape, unit)
        near, far = (_around(place, reach * unit) for reach in NEARBY)
        hair = near & (matte > 0.95)
        hair = hair if hair.sum() > FEW * unit**2 else far & (matte > 0.95)
        told = _told(lab, hair, near & (skin > 0.9) & (matte < 0.03), FEW * unit**2)
        if told is None:
            continue
        sure, placed, like = told
        told = sure * like * np.clip((placed - PLACED[0]) / (PLACED[1] - PLACED[0]), 0, 1)
        share = told * place * np.clip((person - PERSON[0]) / (PERSON[1] - PERSON[0]), 0, 1) * (1 - barred)
        whole = np.maximum(whole, share * _going_on(share, matte > 0.5, unit))
    return np.asarray(whole, np.float32)


def _around(place: Float32, reach: float) -> Bool:
    """Where something is within some pixels of a place (h, w)."""
    away = cv2.distanceTransform((place <= 0.05).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(away <= reach, np.bool_)


def _told(lab: Float32, hair: Bool, bare: Bool, few: float) -> tuple[float, Float32, Float32] | None:
    """How surely hair and skin are told apart, and where colors (h, w, 3) lie between, by Fisher's discriminant.

    Third comes how much they are like hair, (h, w): arms of glasses are darker.
    """
    if min(int(hair.sum()), int(bare.sum())) < few:
        return None
    front, back = (lab[area].astype(np.float64) for area in (hair, bare))
    way: Any = front.mean(0) - back.mean(0)
    spread = (np.cov(front.T) + np.cov(back.T)) / 2 + NOISE**2 * np.eye(3)
    weights = np.linalg.solve(spread, way)
    squared = float(weights @ way)
    sure = float(np.clip((np.sqrt(squared) - APART[0]) / (APART[1] - APART[0]), 0, 1))
    if not sure:
        return None
    placed = (lab - back.mean(0).astype(np.float32)) @ (weights / squared).astype(np.float32)
    off = (lab - front.mean(0).astype(np.float32)).astype(np.float32)
    inverse = np.linalg.inv(np.cov(front.T) + NOISE**2 * np.eye(3)).astype(np.float32)
    away = np.sqrt(np.einsum("ijk,kl,ijl->ij", off, inverse, off, optimize=True))
    like = np.clip((UNLIKE[1] - away) / (UNLIKE[1] - UNLIKE[0]), 0, 1)
    return sure, np.asarray(placed, np.float32), np.asarray(like, np.float32)


def _going_on(share: Float32, hair: Bool, unit: float) -> Float32:
    """1 where a share (h, w) goes on from hair, and 0 from ``REACH`` units on."""
    some = (cv2.morphologyEx(share, cv2.MORPH_OPEN, disc(0.3 * unit)) > SOME) | hair
    _, index = cv2.connectedComponents(some.astype(np.uint8), connectivity=8)
    kept = np.isin(index, np.unique(index[hair])) & some
    away = cv2.distanceTransform((~hair).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    around = cv2.dilate(kept.astype(np.uint8), disc(0.6 * unit)).astype(np.float32)
    soft = cv2.GaussianBlur(around, (0, 0), max(0.6, 0.3 * unit))
    return np.asarray(soft * np.clip(3 - 3 * away / (REACH * unit), 0, 1), np.float32)


def sideburn(points: Float64, side: tuple[int, int, int], shape: tuple[int, ...], unit: float) -> Float32:
    """1 where a sideburn may be, (h, w), with soft borders; it ends above the lobe.

    Args:
        points: (478, 2) landmarks, or more columns.
        side: one of ``SIDES``.
        shape: of the map.
        unit: in pixels.
    """
    up = points[10, :2] - points[152, :2]
    up = up / max(float(np.linalg.norm(up)), 1e-6)
    across = np.array([-up[1], up[0]])
    top, middle, low = (points[one, :2] for one in side)
    out = across if float(across @ (top - points[1, :2])) > 0 else -across
    head = top + ABOVE * unit * up
    corners = ((head, -INWARDS), (head, OUTWARDS), (low, OUTWARDS), (low, -INWARDS))
    edges = [one + by * unit * out for one, by in corners]
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(np.array(edges)).astype(np.int32), 1)
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    height = (xs - low[0]) * up[0] + (ys - low[1]) * up[1]
    end = np.clip(height / max(LOBE * float((middle - low) @ up), 1.0), 0, 1)
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), unit) * end, np.float32)
