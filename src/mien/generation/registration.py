"""A head brought into the outlines of another: where each pixel of the wanted map lies in the head that is lent.

A thin plate through landmarks places the face; what lies around it is a similarity, and then follows the labels of both
maps by Thirion's demons (1998), the face held, smoothed until nothing is torn.

Legend: S side of the grid, G groups of classes. Places are in sides of the crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.conditions.labels import INDEX
from mien.guides.spline import Spline
from mien.types import Float32, Float64

SIDE = 96
"""Of the grid on which places are told."""

POINTS = sorted(
    {
        *(*mesh.OUTLINE[::2], *mesh.LEFT_BROW, *mesh.RIGHT_BROW, 46, 53, 52, 65, 55, 276, 283, 282, 295, 285),
        *(*mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR, *mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR),
        *(168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278, 64, 294, 50, 280, 205, 425, 151, 9, 117, 346),
    }
)
"""Landmarks that the thin plate goes through, nearly."""

FACE = (
    *("skin", "left_brow", "right_brow", "left_eye", "right_eye", "glasses", "left_ear", "right_ear", "earring"),
    *("nose", "mouth", "upper_lip", "lower_lip", "neck", "necklace"),
)
GROUPS: Sequence[tuple[tuple[str, ...], float]] = (
    (("hair", "hat"), 1.5),
    (FACE, 1.2),
    (("cloth",), 0.8),
    (("background",), 1.0),
)
"""What is followed outside of the face, and how closely. Ears, which hair may cover, go with the face."""

PARTS: Sequence[tuple[tuple[str, ...], float]] = (
    (("nose",), 1.0),
    *(((name,), 0.3) for name in ("left_eye", "right_eye")),
    (("mouth",), 1.0),
    (("upper_lip",), 1.0),
    (("lower_lip",), 1.0),
)
"""What is followed within the face, in the last round alone. Brows go by their landmarks: by labels they get lumps and
blunt ends."""

WEIGHTS = np.array([weight for _, weight in (*GROUPS, *PARTS)], np.float32)[:, None, None]
MOUTH = np.array([names[0] in ("mouth", "upper_lip", "lower_lip") for names, _ in (*GROUPS, *PARTS)])[:, None, None]

SMOOTHING, REACH = 3e-3, 0.12
"""Of the thin plate, and the sides around the face within which it fades."""

HELD, DEEP, DECAY = 0.18, 0.05, 0.2
"""Sides around the face within which the groups' say grows, and inside of it that of its parts; by how much of itself a
move goes back at every step where labels have no say: jaws swell otherwise."""

FEATURES, OUTLINES, EYES = 0.9, 0.5, 0.6
"""How much of the way to the wanted landmarks a head's are brought: within the face, along its outline, and around
eyes, which become unequal otherwise."""

ROUNDS = ((6, 15, 20, False), (5, 12, 18, False), (1.2, 20, 2.5, True))
"""Blur of the labels, steps, and blur of each step, in 96ths of the side; and whether parts of the face move. With
finer steps hair follows its outline more closely, and stands in peaks."""

FARTHEST, EARS = 0.02, 0.012
"""Sides that what lies around the face moves at most: hair stands in peaks else; and around ears, which stay as they
are."""

AREA = (0.4, 2.6)
"""By how much an area may shrink or grow against the whole."""


@dataclass(frozen=True, eq=False)
class Registration:
    """Attributes:
    places: (S, S, 2) where each pixel of the wanted map is in the lent head.
    strain: mean logarithm of the change of area.
    """

    places: Float32
    strain: float


def planes(shares: Float32, side: int) -> Float32:
    """Shares of classes (19, D, D) -> of groups and parts (G, S, S)."""
    sums = [shares[[INDEX[name] for name in names]].sum(0) for names, _ in (*GROUPS, *PARTS)]
    return np.stack([cv2.resize(one, (side, side), interpolation=cv2.INTER_AREA) for one in sums]).astype(np.float32)


def registered(
    wanted: Float32,
    lent: Float32,
    points: Float64,
    other: Float64,
    side: int = SIDE,
    mouth: float = FEATURES,
    follow: float = 1.0,
) -> Registration:
    """A registration of maps.

    Args:
        wanted, lent: (19, D, D) shares of classes.
        points, other: (478, 2) landmarks of both.
        side: of the grid; the smaller, the faster.
        mouth: how much of the way lips are brought; below :data:`FEATURES`, their labels are not followed either.
        follow: how much of these ways landmarks go; 0 for a similarity alone.
    """
    target, source = planes(wanted, side), planes(lent, side)
    base, hold, within, scale = _placed(_between(points, other, mouth, follow), other, side)
    weights = WEIGHTS if mouth >= FEATURES else np.where(MOUTH, np.float32(0), WEIGHTS)
    moved = np.zeros_like(base)
    hold = hold * (1 - _ears(lent, base))
    for blur, steps, fluid, inside in ROUNDS:
        some = slice(len(GROUPS), None) if inside else slice(len(GROUPS))
        soft = [np.stack([_blurred(one, blur * side / 96) for one in all_[some]]) for all_ in (target, source)]
        start, say = (base + moved, within) if inside else (base, hold)
        found = _followed(
            soft[0], soft[1], start, 0 * moved if inside else moved, say, (steps, blur, fluid), weights[some]
        )
        moved = found + start - base
        if not inside:
            moved = moved / np.sqrt(1 + (np.linalg.norm(moved, axis=2, keepdims=True) / (FARTHEST * side)) ** 2)
    whole = _untorn(base + moved, scale)
    strain = np.abs(np.log(np.clip(_areas(whole) / scale, 0.1, 10))).mean()
    places = (np.dstack(_at(whole)) + 0.5) / side
    return Registration(places.astype(np.float32), float(strain))


def _ears(lent: Float32, base: Float32) -> Float32:
    """(S, S, 1): 1 on ears of the lent head, which keep their shape."""
    side = len(base)
    ears = cv2.resize(lent[[INDEX["left_ear"], INDEX["right_ear"]]].sum(0), (side, side), interpolation=cv2.INTER_AREA)
    return np.clip(3 * _blurred(_looked_up(ears[None], base)[0], EARS * side), 0, 1)[..., None]


def _followed(
    target: Float32,
    source: Float32,
    start: Float32,
    moved: Float32,
    say: Float32,
    settings: tuple[int, float, float],
    weights: Float32,
) -> Float32:
    """Moves (S, S, 2) from ``start``, one round on."""
    steps, blur, fluid = settings[0], *(one * len(start) / 96 for one in settings[1:])
    for _ in range(steps):
        step = _step(target, _looked_up(source, start + moved), weights, blur**2)
        moved = _after(start + moved, _blurred(step * say, fluid)) - start
        moved = _blurred(moved, 0.8) * (1 - DECAY * (1 - say))
    return moved


def _placed(points: Float64, other: Float64, side: int) -> tuple[Float32, Float32, Float32, float]:
    """Offsets (S, S, 2) in pixels by landmarks alone, where labels have a say (S, S, 1), and the change of area."""
    here, there = points[POINTS], other[POINTS]
    grid = (np.arange(side) + 0.5) / side
    places = np.stack([one.ravel() for one in np.meshgrid(grid, grid)], 1)
    plate = Spline.fit(here, there - here, SMOOTHING)(places).reshape(side, side, 2)
    like = _similarity(points, other)
    around = (places @ like[:, :2].T + like[:, 2] - places).reshape(side, side, 2)
    outside = np.ones((side, side), np.uint8)
    hull = cv2.convexHull((points[list(mesh.OUTLINE)] * side).astype(np.float32))
    cv2.fillConvexPoly(outside, hull.astype(np.int32), 0)
    away = cv2.distanceTransform(outside, cv2.DIST_L2, 5)[..., None] / side
    near = np.exp(-((away / REACH) ** 2))
    offsets = ((plate * near + around * (1 - near)) * side).astype(np.float32)
    deep = cv2.distanceTransform(1 - outside, cv2.DIST_L2, 5)[..., None] / side
    hold, within = np.clip(away / HELD, 0, 1), np.clip(deep / DEEP, 0, 1)
    return offsets, hold.astype(np.float32), within.astype(np.float32), float(like[0, 0] ** 2 + like[0, 1] ** 2)


def _similarity(points: Float64, other: Float64) -> Float64:
    """(2, 3) from the first to the second."""
    first, second = (one[POINTS].astype(np.float32) for one in (points, other))
    return np.asarray(cv2.estimateAffinePartial2D(first, second, method=cv2.LMEDS)[0])


def _between(points: Float64, other: Float64, mouth: float, follow: float) -> Float64:
    """Landmarks between the wanted ones and those of the lent head, which stays a head that way."""
    like = _similarity(other, points)
    lent = other @ like[:, :2].T + like[:, 2]
    share = np.full((len(points), 1), FEATURES)
    share[list(mesh.OUTLINE)] = OUTLINES
    share[[*mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR]] = EYES
    share[[*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR]] = mouth
    return lent + follow * share * (points - lent)


def _step(target: Float32, shown: Float32, weights: Float32, squared: float) -> Float32:
    """(S, S, 2): the demons' force of all groups."""
    down, across = np.gradient(shown, axis=(1, 2))
    away = target - shown
    force = np.dstack([(weights * away * slope).sum(0) for slope in (across, down)])
    size = (weights * (across**2 + down**2 + 0.2 * away**2)).sum(0) + 2e-3 / squared
    return np.asarray(np.clip(force / size[..., None], -2, 2), np.float32)


def _at(offsets: Float32) -> tuple[Float32, Float32]:
    rows, columns = np.indices(offsets.shape[:2]).astype(np.float32)
    return columns + offsets[..., 0], rows + offsets[..., 1]


def _looked_up(values: Float32, offsets: Float32) -> Float32:
    """(G, S, S) at places."""
    x, y = _at(offsets)
    return np.stack([cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in values])


def _after(offsets: Float32, step: Float32) -> Float32:
    """Offsets, each looked up a step away."""
    moved: Any = cv2.remap(offsets, *_at(step), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved + step, np.float32)


def _areas(offsets: Float32) -> Float32:
    """(S, S) by how much each pixel grows."""
    x, y = _at(offsets)
    found: Float32 = np.gradient(x, axis=1) * np.gradient(y, axis=0) - np.gradient(x, axis=0) * np.gradient(y, axis=1)
    return found


def _untorn(offsets: Float32, scale: float) -> Float32:
    """Offsets, smoother where an area shrinks or grows too much."""
    for _ in range(8):
        areas = _areas(offsets) / scale
        bad = ((areas < AREA[0]) | (areas > AREA[1])).astype(np.float32)
        if bad.mean() < 0.003:
            break
        sigma = 4 / 96 * len(offsets)
        share = np.clip(4 * _blurred(bad, sigma), 0, 1)[..., None]
        offsets = offsets + share * (_blurred(offsets, sigma) - offsets)
    return offsets


def _blurred(values: Any, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
