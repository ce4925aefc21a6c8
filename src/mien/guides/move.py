"""Move: the photo's own pixels, displaced after attributes ("smile") or points that were dragged.

Nothing moves at the edge of the area, and nothing is painted: lips, eyes and skin keep their detail and their light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.align.paste import Mask
from mien.errors import ConfigError, LayerError
from mien.guides.guide import Box, Guide
from mien.guides.shapes import Placement, Shapes
from mien.guides.spline import Spline, folds, look_up
from mien.guides.still import Labelled, behind, kept
from mien.types import Bool, Face, Float32, Float64, Photo

REACH = 0.75
"""How far beyond the points the skin may follow, in eye distances."""

SHUT = 0.06
"""Openness of the mouth below which lips count as shut."""

UNSEEN = 0.05
"""What is seen between lips, in squares of the mouth's width, below which they count as shut, too: landmarks part the
lips of many smiles that are shut."""

BESIDE, ELSEWHERE = 0.06, frozenset(("background", "cloth", "necklace", "neck"))
"""Eye distances from a face and its hair at which a point still belongs to them, and the classes that are neither."""

CLOSE, AIMED = 0.05, 0.03
"""Eye distances from a mask at which a landmark counts as in it, and the share of the squared displacement that must:
of a smile 0.02 lies in long hair, of a jaw that becomes wider 0.04 to 0.35, of eyes 0.08 to 0.15 in one of them."""

STILL = 0.02
"""Pixels below which a displacement is none."""

Drag = tuple[float, float, float, float]
"""From (x, y) to (x, y), photo pixels."""


@dataclass(frozen=True, eq=False)
class Moved:
    """Attributes:
    guide: the displaced pixels.
    strengths: what was done after clamping to the attributes' ranges and to what the face bears.
    unreached: share of the displacement that a mask leaves out, where that is nearly all; else 0.
    """

    guide: Guide
    strengths: Mapping[str, float]
    unreached: float = 0.0


def move(
    photo: Photo,
    face: Face,
    attributes: Mapping[str, float],
    *,
    drags: Sequence[Drag] = (),
    mask: Mask | None = None,
    named: Mask | None = None,
    shapes: Shapes | None = None,
    labelled: Labelled | None = None,
) -> Moved:
    """Displaces a face's pixels.

    Args:
        photo: any.
        face: as the finder found it in this photo.
        attributes: strength by name, in standard deviations; see :class:`Shapes`.
        drags: points of the face to pull, and where to.
        mask: (H, W), above 0 where something may change; None to let the attributes decide.
        named: (H, W), the mask before it was widened, in which the move is measured; None takes ``mask``.
        shapes: None takes the bundled ones.
        labelled: what is seen where: with it, frames of glasses, teeth and what lies behind the head keep their shape.

    Raises:
        ConfigError: an unknown attribute, or nothing to do.
        LayerError: the mask leaves nothing that could move, a shut mouth is to be opened, or a dragged point is not on
            the face or its hair.
    """
    known = shapes or Shapes.bundled()
    notes: list[str] = []
    strengths = known.clamped(attributes)
    for name, wanted in attributes.items():
        if name in strengths and strengths[name] != wanted:
            low, high = known.ranges[name]
            notes.append(f"{name} goes from {low:g} to {high:g}; {wanted:g} was taken as {strengths[name]:g}")
    if not any(strengths.values()) and not drags:
        raise ConfigError("Nothing is to be moved; give an attribute such as smile=1, or a point to drag.")
    if strengths.get("mouth-open", 0) > 0 and is_shut(face, labelled):
        raise LayerError(
            "This mouth is shut, and nothing shows what is inside; borrow an open one: --part mouth, another photo as "
            "exemplar."
        )
    points = face.landmarks.astype(np.float64)
    placement = Placement.of(points, known.mean)
    _check_drags(drags, points[:, :2], placement.scale, labelled)
    shift = placement.scale * known.displacement(strengths) @ placement.rotation.T
    guide, share = displaced(
        photo, points[:, :2], shift[:, :2], placement.scale, drags=drags, mask=mask, labelled=labelled
    )
    if share < 1:
        notes.append(f"the face bears {share:.0%} of this; more would fold it")
    meant = mask if named is None else named
    inside = 1.0 if meant is None else reached(points[:, :2], shift[:, :2], drags, placement.scale, meant)
    done = {n: s * share for n, s in strengths.items()}
    return Moved(replace(guide, notes=tuple(notes)), done, 1 - inside if inside < AIMED else 0.0)


def reached(points: Float64, shift: Float64, drags: Sequence[Drag], unit: float, mask: Mask) -> float:
    """Share of the squared displacement of landmarks (478, 2) that lies in a mask (H, W), or close to it."""
    x0, y0 = (max(0, int(v)) for v in points.min(0) - CLOSE * unit)
    x1, y1 = (int(v) + 1 for v in points.max(0) + CLOSE * unit)
    part = np.asarray(mask[y0:y1, x0:x1] > 0)
    if not part.any():
        return 0.0
    away = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    _, pulls = controls(points, shift, drags, (0, 0, 1, 1), unit)
    power = (pulls[: len(points)] ** 2).sum(1)
    columns, rows = np.clip((points - (x0, y0)).astype(int), 0, np.array(part.shape[::-1]) - 1).T
    return float(power[away[rows, columns] <= CLOSE * unit].sum() / max(float(power.sum()), 1e-9))


def _check_drags(drags: Sequence[Drag], points: Float64, unit: float, labelled: Labelled | None) -> None:
    """Refuses points that lie beyond what moves with a face, or on something else than it and its hair."""
    outline = np.round(points[list(mesh.OUTLINE)]).astype(np.int32)
    for x, y, _, _ in drags:
        away = -cv2.pointPolygonTest(outline, (float(x), float(y)), True) / unit
        known = None if labelled is None or away <= BESIDE else labelled.near((x, y), BESIDE * unit)
        if away > 0.9 * REACH or (known is not None and known <= ELSEWHERE):
            raise LayerError(f"The point {x:g},{y:g} is not on this face or its hair; drag one that is.")


def is_shut(face: Face, labelled: Labelled | None = None) -> bool:
    """Whether the lips of a face are shut: by its landmarks, or by what is seen between them where that is known."""
    if face.mouth_openness < SHUT or labelled is None:
        return face.mouth_openness < SHUT
    left, right = face.landmarks[list(mesh.INNER_MOUTH_CORNERS), :2].astype(np.float64)
    return labelled.area("mouth") < UNSEEN * float(((right - left) ** 2).sum())


def displaced(
    photo: Photo,
    points: Float64,
    shift: Float64,
    unit: float,
    *,
    drags: Sequence[Drag] = (),
    mask: Mask | None = None,
    labelled: Labelled | None = None,
    torn: Sequence[int] = (),
) -> tuple[Guide, float]:
    """A photo whose landmarks (478, 2) are shifted, and by which share of the shift (478, 2) they are.

    Args:
        photo, drags, mask, labelled: as in :func:`move`.
        points, shift: pixels.
        unit: distance of the outer corners of the eyes.
        torn: landmarks whose outline opens or shuts: something else is laid over its inside, which may be anything.

    Raises:
        LayerError: the mask leaves nothing, or nothing can be moved without folding the face.
    """
    box = around(photo, points, unit)
    weight = freedom(photo, points, unit, box, mask)
    if not weight.any():
        raise LayerError("The mask leaves nothing of this face that could move; mask a part of the face.")
    if labelled is not None:
        weight = weight * behind(labelled, box, unit)

    def keep(offsets: Float32) -> Float32:
        if labelled is None:
            return offsets
        return kept(offsets, labelled, box, points, unit, np.clip(4 * weight, 0, 1))

    offsets, share = _unfolded(points, shift, drags, box, weight, unit, keep, torn)
    moving = (np.abs(offsets[..., 0]) > STILL) | (np.abs(offsets[..., 1]) > STILL)
    return Guide(box, look_up(photo.pixels[..., :], offsets, box[:2], moving), moving.astype(np.float32)), share


def _unfolded(
    points: Float64,
    shift: Float64,
    drags: Sequence[Drag],
    box: Box,
    weight: Float32,
    unit: float,
    keep: Callable[[Float32], Float32],
    torn: Sequence[int] = (),
) -> tuple[Float32, float]:
    """The field of offsets, weakened until it folds nowhere, and by how much it was."""
    places, pulls = controls(points, shift, drags, box, unit)
    # The result's point p + d shows the source's point p: offsets −d are given at p + d.
    for share in (1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1):
        ends = places + share * pulls  # no two of them equal; lips that are shut may end apart
        _, first = np.unique(np.round(ends / max(0.01 * unit, 0.5)), axis=0, return_index=True)
        spline = Spline.fit(ends[first], -share * pulls[first], smoothing=1e-4)
        offsets = keep(spline.field(box) * weight[..., None])
        step = max(1, max(offsets.shape[:2]) // 400)  # folds are seen at a cost that does not grow
        outline = points[list(torn)] + share * shift[list(torn)]
        free = _hole(outline, box, 0.03 * unit)[::step, ::step] if torn else None
        if not folds(offsets[::step, ::step] / np.float32(step), free):
            return offsets, share
    raise LayerError("These points cannot be pulled so far without folding the face; drag them less far.")


def _hole(outline: Float64, box: Box, reach: float) -> Bool:
    """(h, w): a polygon (N, 2), widened."""
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    cv2.polylines(area, [np.round(outline - box[:2]).astype(np.int32)], True, 1, max(1, round(2 * reach)))
    cv2.fillPoly(area, [np.round(outline - box[:2]).astype(np.int32)], 1)
    return area > 0


def controls(points: Float64, shift: Float64, drags: Sequence[Drag], box: Box, unit: float) -> tuple[Float64, Float64]:
    """Control points (N, 2) and where they go: the landmarks, dragged points, and a frame that stays."""
    x0, y0, x1, y1 = box
    along = np.linspace(0, 1, 9)
    frame = [(x0 + t * (x1 - x0), y) for t in along for y in (y0, y1)]
    frame += [(x, y0 + t * (y1 - y0)) for t in along[1:-1] for x in (x0, x1)]
    pulled = shift.copy()
    extra: list[tuple[float, float]] = []
    for from_x, from_y, to_x, to_y in drags:
        pull = np.array([to_x - from_x, to_y - from_y])
        away = np.linalg.norm(points - (from_x, from_y), axis=1)
        pulled += np.exp(-0.5 * (away / (0.18 * unit)) ** 2)[:, None] * pull
        if away.min() > 0.05 * unit:
            extra.append((from_x, from_y))
    extra_pulls = [np.array([d[2] - d[0], d[3] - d[1]]) for d in drags if (d[0], d[1]) in extra]
    places = np.concatenate([points, np.array(extra).reshape(-1, 2), np.array(frame)])
    pulls = np.concatenate([pulled, np.array(extra_pulls).reshape(-1, 2), np.zeros((len(frame), 2))])
    return places, pulls


def around(photo: Photo, points: Float64, unit: float) -> Box:
    """Where pixels of a face may move, given its points (478, 2) and the distance of the outer corners of the eyes."""
    low, high = points.min(0) - REACH * unit, points.max(0) + REACH * unit
    x0, y0 = (max(0, int(v)) for v in low)
    x1, y1 = (min(limit, int(np.ceil(v))) for v, limit in zip(high, (photo.width, photo.height), strict=True))
    return x0, y0, x1, y1


def freedom(photo: Photo, points: Float64, unit: float, box: Box, mask: Mask | None) -> Float32:
    """(h, w) in [0, 1]: how much of a displacement is made; 0 at the edge of the box and of the mask."""
    x0, y0, x1, y1 = box
    shrink = max(1.0, unit / 128)
    size = tuple(max(8, round(length / shrink)) for length in (x1 - x0, y1 - y0))
    outline = (points[list(mesh.OUTLINE)] - (x0, y0)) * (size[0] / (x1 - x0), size[1] / (y1 - y0))
    face = np.zeros(size[::-1], np.uint8)
    cv2.fillPoly(face, [np.round(outline * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(1 - face, cv2.DIST_L2, 5) / (unit / shrink)
    weight: Any = _smooth(1 - away / (0.9 * REACH))
    margin = np.zeros(size[::-1], np.uint8)
    margin[1:-1, 1:-1] = 1
    weight = weight * _smooth(cv2.distanceTransform(margin, cv2.DIST_L2, 5) / (0.12 * unit / shrink))
    weight = cv2.resize(weight.astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    if mask is not None:
        allowed = (mask[y0:y1, x0:x1] > 0).astype(np.uint8)
        inside = cv2.distanceTransform(np.pad(allowed, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
        weight = np.where(allowed > 0, weight * _smooth(inside / max(1.0, 0.06 * unit)), 0)
    return np.asarray(weight, np.float32)


def _smooth(t: Any) -> Any:
    """0 up to 0, 1 from 1 on, and smooth between (3t² − 2t³)."""
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)
