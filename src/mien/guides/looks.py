"""What the parser sees around a face, from looks of several widths: as far as a region reaches, to the photo's edge.

Convention:
    Probabilities are (h, w) float32 in [0, 1] over a box of the photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.align.crop import between_pixels, matrix_to_quad, quad_to_matrix
from mien.compose.enlarging import Planes
from mien.conditions.parser import FaceParser
from mien.conditions.regions import classes_of
from mien.guides.guide import Box
from mien.guides.looked import LOOKED, SIDE, maps_known
from mien.threads import side_by_side
from mien.types import Face, Float32, Float64, Photo

LOOKS = (2.3, 1.5, 1.0)
"""Sides of the squares that the parser looks at, in sides of the crop; the later ones count more where they reach."""

WIDER, WIDEST = 1.5, 7.5
"""How much wider the next look is where a region does not end, and the widest look, in sides of the crop."""

TOUCHING = 0.04
"""Sides of the crop along which a region meets a side of what was looked at and is taken to go on."""

WITHIN, EDGE, ALONG = 0.985, 0.5, 500
"""Where sides of squares are told, as a share of their size; pixels from the photo's edge at which it ends, and places
that are told along a side."""

ROUGH = 300
"""Longer side at which it is told whether a region goes on."""

LIKELY = 0.3
"""What some of a piece of a region must be given for it to count."""

CARRIED_ON = "background"
"""The class that goes on to the photo's edge where nothing was looked at."""

SHARE = 0.1
"""Of the largest piece of a region that another piece must have to count."""


def probability(
    photo: Photo, face: Face, classes: str, parser: FaceParser, looks: int = 3, largest: int | None = None
) -> tuple[Float32, Box]:
    """How likely each pixel is of some classes, and the part of the photo that was looked at: (h, w) of the part."""
    (found,), box = reaching(photo, face, (classes,), parser, looks, largest)
    return found, box


def reaching(
    photo: Photo, face: Face, groups: Sequence[str], parser: FaceParser, looks: int = 3, largest: int | None = None
) -> tuple[list[Float32], Box]:
    """How likely each pixel is of several groups of classes, and the part of the photo that was looked at.

    Returns:
        (h, w) of the part for each group; beyond it nothing is known. With all looks, more and wider ones are taken for
        as long as the first group meets a side of the widest square and the photo goes on there. A background that
        still goes on beyond the widest is taken to do so up to the photo's edge.
    """
    squares = squares_for(photo, face, groups[0], parser, looks)
    whole = groups[0] == CARRIED_ON and len(squares) > len(LOOKS)
    return _seen(photo, squares, groups, parser, largest, whole)


def probabilities(
    photo: Photo,
    face: Face,
    groups: Sequence[str],
    parser: FaceParser,
    largest: int | None = None,
    scales: Sequence[float] = LOOKS,
) -> tuple[list[Float32], Box]:
    """The same in looks of given widths, reduced to a longer side of ``largest`` pixels if need be."""
    return _seen(photo, [square_of(face, scale) for scale in scales], groups, parser, largest)


def squares_for(photo: Photo, face: Face, classes: str, parser: FaceParser, looks: int = 3) -> list[Float64]:
    """(4, 2) corners of the squares in which a region is looked for, the widest first."""
    squares = [square_of(face, scale) for scale in LOOKS[len(LOOKS) - looks :]]
    scale = LOOKS[0] if looks == len(LOOKS) else WIDEST
    while scale < WIDEST:
        (found,), box = _seen(photo, squares, (classes,), parser, ROUGH)
        if not goes_on(photo, face.quad, squares[0], found, box):
            break
        scale = min(WIDEST, scale * WIDER)
        squares.insert(0, square_within(photo, face, scale))
    return squares


def square_of(face: Face, scale: float) -> Float64:
    """(4, 2) corners of the square around a face's crop, tilted as it is."""
    middle = face.quad.mean(0)
    return np.asarray(middle + (face.quad - middle) * scale, np.float64)


def square_within(photo: Photo, face: Face, scale: float) -> Float64:
    """(4, 2) corners of a square along the photo's edges, shifted and no wider than it, so that little of it is empty.

    Its first side is the photo's that is nearest to being above the face.
    """
    way = face.quad[3] - face.quad[0]
    size = np.array([photo.width, photo.height])
    side = min(float(size.max()), scale * float(np.linalg.norm(way)))
    room = size - side
    low = np.where(room > 0, np.clip(face.quad.mean(0) - side / 2, 0, np.maximum(room, 0)), room / 2)
    turns = round(float(np.arctan2(way[1], way[0])) / (np.pi / 2))
    return np.roll(low + side * np.array([(0.0, 0), (0, 1), (1, 1), (1, 0)]), turns, 0)


def met(photo: Photo, square: Float64, found: Any, box: Box | None = None) -> list[tuple[float, float]]:
    """For each side of a square, how much of it lies in the photo, and along how much of that a region meets it.

    Args:
        photo: any.
        square: (4, 2) corners.
        found: (h, w) of the region in a part of the photo.
        box: that part; None: all of it.

    Returns:
        Pairs of lengths in the photo's pixels.
    """
    box = box or (0, 0, photo.width, photo.height)
    middle, size = square.mean(0), np.array([photo.width, photo.height])
    steps, shape = (np.arange(ALONG)[:, None] + 0.5) / ALONG, np.array(found.shape[::-1])
    lengths = []
    for begin, end in zip(square, np.roll(square, -1, 0), strict=True):
        points = begin + steps * (end - begin)
        points = points[((points > EDGE) & (points < size - EDGE)).all(1)]
        inside = middle + (points - middle) * WITHIN - box[:2]
        columns, rows = np.clip(inside * shape / (box[2] - box[0], box[3] - box[1]), 0, shape - 1).astype(int).T
        step = float(np.linalg.norm(end - begin)) / ALONG
        lengths.append((len(points) * step, int((found[rows, columns] > 0.5).sum()) * step))
    return lengths


def goes_on(photo: Photo, crop: Float64, square: Float64, found: Any, box: Box | None = None) -> bool:
    """Whether a region meets a side of a square where the photo goes on, for more than a share of the crop's side.

    Args:
        photo: any.
        crop: (4, 2) corners of the face's crop.
        square, found, box: as of :func:`met`.
    """
    least = TOUCHING * float(np.linalg.norm(crop[3] - crop[0]))
    return any(length > least for _, length in met(photo, square, found, box))


def beyond(photo: Photo, face: Face, square: Float64, matte: Float32) -> float:
    """An estimate of the share of a region that lies in the photo, and outside of a square.

    Beside each of the square's sides, the region is taken to cover as much of the photo as of that side.

    Args:
        photo: any.
        face: found in it.
        square: (4, 2) corners of what was looked at.
        matte: (H, W) of the region, as far as that.
    """
    if not goes_on(photo, face.quad, square, matte):
        return 0.0
    lengths = met(photo, square, matte)
    step = max(1, max(photo.width, photo.height) // ROUGH)
    ys, xs = np.mgrid[step // 2 : photo.height : step, step // 2 : photo.width : step] + 0.5
    away = []
    for begin, end in zip(square, np.roll(square, -1, 0), strict=True):
        (x, y), (across, down) = begin, (end - begin) / np.linalg.norm(end - begin)
        away.append(across * (ys - y) - down * (xs - x))  # inside to the right of each side, so less than 0
    side, outside = np.argmax(away, 0), np.max(away, 0) > 0
    lost = sum(
        float((outside & (side == k)).sum()) * length / max(of, 1e-6)
        for k, (of, length) in enumerate(lengths)
        if length
    )
    kept = float((matte[step // 2 :: step, step // 2 :: step] > 0.5)[~outside].sum())
    return lost / max(lost + kept, 1e-6)


def _seen(
    photo: Photo,
    squares: Sequence[Float64],
    groups: Sequence[str],
    parser: FaceParser,
    largest: int | None,
    whole: bool = False,
) -> tuple[list[Float32], Box]:
    """As :func:`probabilities`, in squares; with ``whole`` in all of the photo, beyond the widest as at its sides."""
    box = (0, 0, photo.width, photo.height) if whole else _box(photo, squares[0])
    shrink = min(1.0, (largest or np.inf) / max(box[2] - box[0], box[3] - box[1]))
    size = (round((box[2] - box[0]) * shrink), round((box[3] - box[1]) * shrink))
    known = maps_known(photo, (id(parser), size, whole, *(one.tobytes() for one in squares)))
    asked = [group for group in groups if group not in known]
    if asked:
        totals = [np.zeros(size[::-1], np.float32) for _ in asked]
        looks = side_by_side(*(partial(LOOKED.shares, photo, square, parser) for square in squares))
        for number, (square, shares) in enumerate(zip(squares, looks, strict=True)):
            matrix = quad_to_matrix(square, SIDE) * shrink
            matrix[:, 2] -= np.array(box[:2]) * shrink
            _add(totals, asked, shares, matrix, number > 0, whole and not number)
        for group, total in zip(asked, totals, strict=True):
            total.flags.writeable = False
            known[group] = total
    return [known[group] for group in groups], box


def _add(
    totals: Sequence[Float32], groups: Sequence[str], shares: Float32, matrix: Float64, fades: bool, everywhere: bool
) -> None:
    """Lays what one look sees of groups over their maps (h, w), only where it reaches, four at a time."""
    height, width = totals[0].shape
    corners = matrix_to_quad(matrix, SIDE)
    low, high = np.floor(corners.min(0)).astype(int) - 1, np.ceil(corners.max(0)).astype(int) + 1
    (x0, y0), (x1, y1) = np.maximum(low, 0), np.minimum(high, (width, height))
    if everywhere:
        x0, y0, x1, y1 = 0, 0, width, height
    if x1 <= x0 or y1 <= y0:
        return
    moved = between_pixels(np.column_stack([matrix[:, :2], matrix[:, 2] - (x0, y0)]))
    to: Any = {"M": moved, "dsize": (int(x1 - x0), int(y1 - y0)), "flags": cv2.INTER_LINEAR}
    weight = cv2.warpAffine(
        _fading(fades), **to, borderMode=cv2.BORDER_REPLICATE if everywhere else cv2.BORDER_CONSTANT
    )
    found = [
        shares[sorted(label for name in group.split("+") for label in classes_of(name))].sum(0) for group in groups
    ]
    parts = [
        plane
        for several in Planes.of(*found).groups
        for plane in cv2.split(cv2.warpAffine(several, **to, borderMode=cv2.BORDER_REPLICATE))
    ]
    for total, part in zip(totals, parts, strict=False):  # the last ones are padding
        here = total[y0:y1, x0:x1]
        here += weight * (part - here)


def _box(photo: Photo, square: Float64) -> Box:
    (x0, y0), (x1, y1) = np.floor(square.min(0)).astype(int), np.ceil(square.max(0)).astype(int)
    return max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))


def _fading(fades: bool) -> Float32:
    """(SIDE, SIDE) weight of a look: 1, and less towards its border where a wider one lies below."""
    if not fades:
        return np.ones((SIDE, SIDE), np.float32)
    margin = SIDE // 12
    inner = np.zeros((SIDE, SIDE), np.float32)
    inner[margin:-margin, margin:-margin] = 1
    return np.asarray(cv2.blur(inner, (2 * margin + 1, 2 * margin + 1)), np.float32)


def close_to(seen: Sequence[Float32], box: Box, room: float) -> tuple[list[Float32], Box]:
    """What was looked at, cut to where the first map is more than 0.1, and some room around, in pixels of the photo.

    Pieces in which it is ``LIKELY`` nowhere do not count: a speck far away would make the part several times as large.
    """
    count, index = cv2.connectedComponents((seen[0] > 0.1).astype(np.uint8), connectivity=8)
    likely = np.bincount(index[seen[0] > LIKELY], minlength=count) > 0
    rows, columns = (np.flatnonzero(likely[index].any(axis)) for axis in (1, 0))
    if not rows.size:
        return list(seen), box
    height, width = seen[0].shape
    scale = width / (box[2] - box[0])
    x0, y0 = max(0, int(columns[0] - room * scale)), max(0, int(rows[0] - room * scale))
    x1, y1 = min(width, int(columns[-1] + room * scale) + 1), min(height, int(rows[-1] + room * scale) + 1)
    part = tuple(round(v / scale) for v in (x0, y0, x1, y1))
    near = (box[0] + part[0], box[1] + part[1], min(box[2], box[0] + part[2]), min(box[3], box[1] + part[3]))
    return [one[y0:y1, x0:x1] for one in seen], near


def large_pieces(likely: Float32, within: Float32 | None = None) -> Float32:
    """1 around connected pieces of at least a tenth of the largest one, or a fortieth where they must be seen within.

    Args:
        likely: (h, w).
        within: (h, w), above 0 where a piece must be seen to count.
    """
    shrink = min(1.0, 500 / max(likely.shape))
    size = (max(8, round(likely.shape[1] * shrink)), max(8, round(likely.shape[0] * shrink)))
    small = (cv2.resize(likely, size, interpolation=cv2.INTER_AREA) > 0.3).astype(np.uint8)
    count, index, stats, _ = cv2.connectedComponentsWithStats(small)
    if count < 2:
        return np.zeros_like(likely)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    if within is not None:
        near = np.bincount(index[cv2.resize(within, size, interpolation=cv2.INTER_AREA) > 0.5], minlength=count)
        areas[near == 0] = 0
    share = SHARE if within is None else SHARE / 4
    large = (np.isin(index, np.flatnonzero(areas >= share * areas.max())) & (areas[index] > 0)).astype(np.uint8)
    around = cv2.dilate(large, np.ones((9, 9), np.uint8)).astype(np.float32)
    return np.asarray(cv2.resize(around, likely.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
