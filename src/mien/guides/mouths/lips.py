"""Lips that go where they are wanted: borders, corners and inner edges, each of the photo's own pixels.

A mouth that shuts is made of two fields: above the line where the lips meet, the photo as it moves with the upper lip,
below it as it moves with the lower one, so that nothing of the open mouth is left between.

Convention:
    Points are pixels of the photo. A unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.align.paste import Mask
from mien.compose.grain import levels, missing, noise
from mien.errors import LayerError
from mien.guides.guide import Box, Guide
from mien.guides.laid import blurred, filled
from mien.guides.mouths.lip_color import evenly_red, without_inside
from mien.guides.mouths.lip_lines import STATIONS, LipLines
from mien.guides.mouths.lip_relief import with_relief
from mien.guides.move import STILL, around, freedom
from mien.guides.spline import Spline, look_up
from mien.guides.still import Labelled, kept
from mien.types import Face, Float32, Float64, Photo

OVER = 0.006
"""Units by which lips go beyond the line where they meet: the edges of teeth are soft, and wet lips shine."""

NEAR, FOLLOW = 0.1, 0.15
"""Units from the lips within which skin is not held, and over which what is beyond follows them."""

DARK, WIDE = (0.36, 0.46, 0.44), 0.01
"""By how much the line between the lips is darker in red, green and blue, and its half width in units."""

TAPER, PAST, PAST_STEPS = 0.4, 0.03, 3
"""Exponent by which the line between the lips ends, and units by which it goes on beyond the corners, in some steps."""

SHADE, SHADED = 0.14, 0.03
"""The same of the shade beside it."""

GRAIN, COARSE = 0.7, (2.0, 1.2, 0.5)
"""Share of the grain that stretched lips have lost which is given back, and levels of it at most in each band."""

_LIPS = frozenset((*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR))


def lips_moved(
    photo: Photo,
    face: Face,
    before: LipLines,
    after: LipLines,
    mask: Mask | None = None,
    labelled: Labelled | None = None,
    way: Float64 | None = None,
) -> Guide:
    """Lips that go from where they are to where they should be.

    Args:
        photo: any.
        face: found in it.
        before: where its lips are.
        after: where they should be; where their inner edges meet, an open mouth shuts.
        mask: (H, W), above 0 where something may change; None for all.
        labelled: what is seen where: with it, teeth keep their shape.
        way: (478, 2) how the landmarks beyond the lips move; None lets them follow the lips.

    Raises:
        LayerError: the mask leaves nothing.
    """
    unit, points = before.unit, face.landmarks[:, :2].astype(np.float64)
    box = around(photo, points, unit)
    weight = _freedom(photo, points, after, box, mask)
    if not before.opened or after.gap.max() > 1e-6:
        offsets = _field(points, before, after, (0, 1, 2, 3), box, way)
        if labelled is not None:
            offsets = kept(offsets, labelled, box, points, unit)
        offsets = offsets * weight[..., None]
        made = look_up(photo.pixels[..., :], offsets, box[:2]).astype(np.float32)
        return Guide(box, made, _moving(offsets))
    beyond = _beyond(before)
    first, second = (_field(points, beyond, after, lip, box, way) * weight[..., None] for lip in ((0, 1), (2, 3)))
    source = photo.pixels.copy()
    source[box[1] : box[3], box[0] : box[2]] = without_inside(source[box[1] : box[3], box[0] : box[2]], before, box)
    upper, lower = (look_up(source, one, box[:2]).astype(np.float32) for one in (first, second))
    share, line, beside = _seam(after, box)
    made = evenly_red(lower + share[..., None] * (upper - lower), after, box)
    made = with_relief(_grained(photo, made, before, after, box), after, box)
    shade = np.array(DARK if made.shape[2] == 3 else DARK[:1], np.float32)
    made = made * (1 - shade * line[..., None]) * (1 - SHADE * beside[..., None])
    return Guide(box, np.asarray(made, np.float32), np.maximum(_moving(first), _moving(second)))


def _freedom(photo: Photo, points: Float64, lips: LipLines, box: Box, mask: Mask | None) -> Float32:
    """(h, w) how much of a displacement is made: all of it on lips, evenly less towards the edge of the mask."""
    free = freedom(photo, points, lips.unit, box, None)
    if mask is None:
        return free
    allowed = (mask[box[1] : box[3], box[0] : box[2]] > 0).astype(np.uint8)
    if not (allowed * free).any():
        raise LayerError("The mask leaves nothing of this face that could move; mask a part of the face.")
    inside = cv2.distanceTransform(np.pad(allowed, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    area = filled(np.concatenate([lips.points[0], lips.points[3][::-1]]), box)
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5)
    share = inside / np.maximum(inside + away, 1e-6)
    return np.asarray(free * np.where(allowed > 0, share, 0), np.float32)


def _beyond(lips: LipLines) -> LipLines:
    """Lips without the rims of their inner edges."""
    found, over = lips.upright.copy(), OVER * lips.unit * np.sin(np.linspace(0, np.pi, STATIONS)) ** 0.3
    found[1, :, 1] -= np.minimum(over, 0.6 * (found[1, :, 1] - found[0, :, 1]).clip(0))
    found[2, :, 1] += np.minimum(over, 0.6 * (found[3, :, 1] - found[2, :, 1]).clip(0))
    return LipLines(found, lips.turn, lips.unit)


def _field(
    points: Float64, before: LipLines, after: LipLines, lines: tuple[int, ...], box: Box, way: Float64 | None
) -> Float32:
    """(h, w, 2) from the result to the photo: some of the lines go where they should, and what is around follows."""
    unit = before.unit
    start, goal = (one.points[list(lines)].reshape(-1, 2) for one in (before, after))
    others = np.array([at for at in range(len(points)) if at not in _LIPS])
    whole = before.points.reshape(-1, 2)
    away = np.linalg.norm(points[others, None] - whole[None], axis=2).min(1) / unit
    others = others[away > NEAR]
    apart = np.linalg.norm(points[others, None] - start[None], axis=2)
    near = np.exp(-0.5 * (apart.min(1) / (FOLLOW * unit)) ** 2)
    pull = near[:, None] * (goal - start)[apart.argmin(1)] if way is None else way[others]
    frame = _frame(box)
    ends = np.concatenate([goal, points[others] + pull, frame])
    ways = np.concatenate([start - goal, -pull, np.zeros_like(frame)])
    _, first = np.unique(np.round(ends / max(0.01 * unit, 0.5)), axis=0, return_index=True)
    return Spline.fit(ends[first], ways[first], smoothing=1e-5).field(box)


def _frame(box: Box) -> Float64:
    """Points along the sides of a box."""
    x0, y0, x1, y1 = box
    along = np.linspace(0, 1, 9)
    frame = [(x0 + t * (x1 - x0), y) for t in along for y in (y0, y1)]
    return np.array(frame + [(x, y0 + t * (y1 - y0)) for t in along[1:-1] for x in (x0, x1)])


def _moving(offsets: Float32) -> Float32:
    return np.asarray(np.abs(offsets).max(2) > STILL, np.float32)


def _seam(lips: LipLines, box: Box) -> tuple[Float32, Float32, Float32]:
    """(h, w) each: 1 above the line where lips meet, 1 on it, and 1 beside it."""
    unit, line = lips.unit, lips.upright[1]
    ends = [line[:1] - (4 * unit, 0), line, line[-1:] + (4 * unit, 0)]
    deep = 8 * unit
    whole = np.concatenate([*ends, line[-1:] + (4 * unit, -deep), line[:1] - (4 * unit, deep)]) @ lips.turn
    above = cv2.GaussianBlur(filled(whole, box).astype(np.float32), (0, 0), 0.7)
    drawn: Any = np.zeros(above.shape, np.float32)
    places = np.round(16 * (_prolonged(line, unit) @ lips.turn - box[:2])).astype(np.int32)
    strong = np.sin(np.linspace(0, np.pi, len(places))) ** TAPER
    for at in range(len(places) - 1):
        first, second = (tuple(places[one].tolist()) for one in (at, at + 1))
        cv2.line(drawn, first, second, float(strong[at : at + 2].min()), 1, cv2.LINE_AA, 4)
    made = [cv2.GaussianBlur(drawn, (0, 0), max(0.6, wide * unit)) for wide in (WIDE, SHADED)]
    line_at, beside = (one / max(float(one.max()), 1e-6) for one in made)
    return np.asarray(above, np.float32), np.asarray(line_at, np.float32), np.asarray(beside, np.float32)


def _prolonged(line: Float64, unit: float) -> Float64:
    """Points upright (N, 2) of a line that goes on a little beyond the corners of the mouth."""
    steps = np.linspace(1, 0, PAST_STEPS, endpoint=False)[:, None] * PAST * unit
    left, right = line[0] - line[4], line[-1] - line[-5]
    ends = [steps * one / max(float(np.linalg.norm(one)), 1e-6) for one in (left, right)]
    return np.concatenate([line[0] + ends[0], line, line[-1] + ends[1][::-1]])


def _grained(photo: Photo, made: Float32, before: LipLines, after: LipLines, box: Box) -> Float32:
    """Lips that were stretched, with the grain that they had."""
    x0, y0, x1, y1 = box
    old = photo.pixels[y0:y1, x0:x1].astype(np.float32)
    areas = [
        filled(np.concatenate([one.points[0], one.points[3][::-1]]), box)
        & ~filled(np.concatenate([one.points[1], one.points[2][::-1]]), box)
        for one in (before, after)
    ]
    if not (areas[0].any() and areas[1].any()):
        return made
    lost = missing(levels(old, areas[0]), levels(made, areas[1]))
    wanted = tuple(min(GRAIN * one, most) for one, most in zip(lost, COARSE, strict=True))
    grain = noise(made.shape, wanted)[..., : made.shape[2]]
    return np.asarray(made + blurred(areas[1], 0.01 * after.unit)[..., None] * grain, np.float32)
