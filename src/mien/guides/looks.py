"""What the parser sees around a face, from looks of several widths: as far as a region reaches, to the photo's edge.

Convention:
    Probabilities are (h, w) float32 in [0, 1] over a box of the photo.
"""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from threading import Lock

import cv2
import numpy as np

from mien.align.crop import between_pixels, crop_face, quad_to_matrix
from mien.conditions.parser import FaceParser
from mien.conditions.regions import classes_of
from mien.guides.guide import Box
from mien.threads import side_by_side
from mien.types import Face, Float32, Float64, Photo

LOOKS = (2.3, 1.5, 1.0)
"""Sides of the squares that the parser looks at, in sides of the crop; the later ones count more where they reach."""

WIDER, WIDEST = 1.5, 7.5
"""How much wider the next look is where a region does not end, and the widest look, in sides of the crop."""

TOUCHING = 0.04
"""Sides of the crop along which a region meets the edge of what was looked at and is taken to go on."""

SHARE = 0.1
"""Of the largest piece of a region that another piece must have to count."""

SIDE = 256
"""Pixels of a look."""

KEPT = 4
"""Latest looks that are kept, 5 MB each."""


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
        as long as the first group reaches the edge of the part and the photo goes on.
    """
    scales = list(LOOKS[len(LOOKS) - looks :])
    while True:
        found, box = probabilities(photo, face, groups, parser, largest=largest, scales=scales)
        if looks < len(LOOKS) or scales[0] >= WIDEST or not _goes_on(photo, face, found[0], box):
            return found, box
        scales.insert(0, min(WIDEST, scales[0] * WIDER))


def _goes_on(photo: Photo, face: Face, found: Float32, box: Box) -> bool:
    """Whether something reaches an edge of what was looked at that is not the photo's."""
    scale = found.shape[1] / (box[2] - box[0])
    least = TOUCHING * float(np.linalg.norm(face.quad[3] - face.quad[0])) * scale
    inside = (box[0] > 0, box[1] > 0, box[2] < photo.width, box[3] < photo.height)
    edges = (found[:, 1], found[1], found[:, -2], found[-2])
    return any(open_ and (edge > 0.5).sum() > least for open_, edge in zip(inside, edges, strict=True))


def probabilities(
    photo: Photo,
    face: Face,
    groups: Sequence[str],
    parser: FaceParser,
    largest: int | None = None,
    scales: Sequence[float] = LOOKS,
) -> tuple[list[Float32], Box]:
    """The same for several groups of classes at once, reduced to a longer side of ``largest`` pixels if need be."""
    box = _box(photo, face.quad, scales[0])
    shrink = min(1.0, (largest or np.inf) / max(box[2] - box[0], box[3] - box[1]))
    size = (round((box[2] - box[0]) * shrink), round((box[3] - box[1]) * shrink))
    totals = [np.zeros(size[::-1], np.float32) for _ in groups]
    middle = face.quad.mean(0)
    quads = [middle + (face.quad - middle) * scale for scale in scales]
    looks = side_by_side(*(partial(LOOKED.shares, photo, quad, parser) for quad in quads))
    for number, (quad, shares) in enumerate(zip(quads, looks, strict=True)):
        matrix = quad_to_matrix(quad, SIDE) * shrink
        matrix[:, 2] -= np.array(box[:2]) * shrink
        matrix = between_pixels(matrix)
        weight = cv2.warpAffine(_fading(number > 0), matrix, size, flags=cv2.INTER_LINEAR)
        for group, total in zip(groups, totals, strict=True):
            found = shares[sorted(label for name in group.split("+") for label in classes_of(name))].sum(0)
            part = cv2.warpAffine(found, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            total += weight * (part - total)
    return totals, box


class Looks:
    """What the parser saw in the latest squares of photos: several regions are looked for in one.

    A square is known again by all that the parser sees of it, so a photo whose array was written to is looked at anew.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, bytes], tuple[weakref.ref[FaceParser], Float32]] = OrderedDict()
        self._lock = Lock()

    def shares(self, photo: Photo, quad: Float64, parser: FaceParser) -> Float32:
        """(19, SIDE, SIDE) probabilities of the classes in a square of a photo; not to be written to."""
        seen = crop_face(photo, quad, SIDE).pixels
        key = id(parser), hashlib.blake2b(seen.tobytes()).digest()
        with self._lock:
            found = self._kept.get(key)
        if found is not None and found[0]() is parser:
            return found[1]
        shares = parser.shares(seen)
        with self._lock:
            self._kept[key] = weakref.ref(parser), shares
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return shares


LOOKED = Looks()
"""Shared by all edits."""


def _box(photo: Photo, quad: Float64, scale: float) -> Box:
    middle = quad.mean(0)
    corners = middle + (quad - middle) * scale
    (x0, y0), (x1, y1) = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
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
    """What was looked at, cut to where the first map is more than 0.1, and some room around, in pixels of the photo."""
    rows, columns = (np.flatnonzero((seen[0] > 0.1).any(axis)) for axis in (1, 0))
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
