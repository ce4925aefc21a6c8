"""A dye of hair whose border a network corrects, at a scale at which single hairs are seen, and at no larger one.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], maps (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from mien.compose.matte import GuidedFilter, part_at, told_by
from mien.conditions.hair_border import Planes, border_network
from mien.conditions.parser import FaceParser
from mien.guides.coloring import Dye
from mien.guides.dark_roots import dark_roots
from mien.guides.dye import dye
from mien.guides.dye_border import OUTSIDE, Border
from mien.guides.guide import STRIP, Box, Guide
from mien.guides.looks import reaching
from mien.interrupt import checkpoint
from mien.photos.color import from_srgb, is_plain, to_srgb
from mien.threads import side_by_side
from mien.types import Bool, Face, Float32, Photo, UInt8

CLOSEST, USUAL = 600.0, 512.0
"""Sides of the FFHQ crop, pixels: up to the first, a picture is looked at as it is; larger ones are reduced."""

CORE, MARGIN, BATCH = 160, 16, 4
"""Side of the parts that are looked at, pixels that are seen around each, and how many are looked at together."""

LARGEST = 900
"""Longer side at which what is likely is worked on, as for the matte."""

LEAST = 0.02
"""Of the band within which something is corrected."""

SEEN = 0.5
"""Levels below which nothing is corrected."""

DOUBTFUL = "hair can hardly be told from what is behind it here: the dye may reach beyond it, or end before it"
"""What is told then."""


def dyed_hair(
    photo: Photo, face: Face, alpha: Float32, color: tuple[int, int, int], settings: Dye, parser: FaceParser
) -> Guide:
    """Hair with a matte (H, W) in another sRGB color, natural at its roots and at its border."""
    rough = dye(photo, alpha, color, settings, dark_roots(alpha, face))
    return bordered(photo, face, alpha, rough, parser)


def bordered(
    photo: Photo, face: Face, alpha: Float32, dyed: Guide, parser: FaceParser, network: Planes | None = None
) -> Guide:
    """Dyed hair with its border corrected: strands beyond the matte are dyed, too, and what is no hair is not.

    Args:
        photo: any.
        face: whose hair it is.
        alpha: (H, W) the hair's matte.
        dyed: the rough dye.
        parser: says what is likely where.
        network: None for the one that comes with mien.

    Returns:
        As far as ``OUTSIDE`` units around the matte may differ from the photo.
    """
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    shrink = 1.0 if side <= CLOSEST else USUAL / side
    box = _around(photo, dyed.box, (OUTSIDE + 2) * 0.01 * side)
    size = tuple(max(1, round((b - a) * shrink)) for a, b in zip(box[:2], box[2:], strict=True))
    result, _ = dyed.over(photo)
    before, rough = to_srgb(photo, box), to_srgb(result, box)
    x0, y0, x1, y1 = box
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (before, rough, alpha[y0:y1, x0:x1])]
    likely, skin = _likely(photo, face, parser, box, size)
    pictures = (small[0].astype(np.float32), small[1].astype(np.float32))
    border = Border.of(*pictures, small[2], likely, skin, 0.01 * side * shrink)
    dyed = replace(dyed, notes=(*dyed.notes, DOUBTFUL)) if border.doubtful(0.01 * side * shrink) else dyed
    share = border.lighter()
    if not share:
        return dyed
    told = np.float32(share) * looked_at(border.planes(), border.band > LEAST, network or border_network())
    made = border.corrected(told)
    if shrink < 1:
        made = _enlarged(before, rough, small[0], border, told, made)
    return _laid(photo, result, dyed, box, rough, made)


def looked_at(planes: Float32, where: Bool, network: Planes) -> Float32:
    """What a network answers (4, h, w), in overlapping parts; 0 in those in which there is nothing to be corrected."""
    height, width = planes.shape[1:]
    padded = np.pad(planes, ((0, 0), (MARGIN, MARGIN + CORE), (MARGIN, MARGIN + CORE)), mode="edge")
    corners = [(y, x) for y in range(0, height, CORE) for x in range(0, width, CORE)]
    corners = [(y, x) for y, x in corners if where[y : y + CORE, x : x + CORE].any()]
    total = np.zeros((5, height + CORE + 2 * MARGIN, width + CORE + 2 * MARGIN), np.float32)
    ramp = np.clip(
        (np.minimum(np.arange(CORE + 2 * MARGIN), np.arange(CORE + 2 * MARGIN)[::-1]) + 0.5) / (2 * MARGIN), 0, 1
    )
    weight = np.outer(ramp, ramp).astype(np.float32)
    for start in range(0, len(corners), BATCH):
        checkpoint()
        parts = [
            np.s_[:, y : y + CORE + 2 * MARGIN, x : x + CORE + 2 * MARGIN] for y, x in corners[start : start + BATCH]
        ]
        (told,) = network(np.ascontiguousarray(np.stack([padded[part] for part in parts])))
        for part, one in zip(parts, told, strict=True):
            total[part] += np.concatenate([weight * one, weight[None]])
    total = total[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width]
    return np.asarray(total[:4] / np.maximum(total[4:], np.float32(1e-3)), np.float32)


def _around(photo: Photo, box: Box, room: float) -> Box:
    x0, y0, x1, y1 = box
    more = round(room)
    return max(0, x0 - more), max(0, y0 - more), min(photo.width, x1 + more), min(photo.height, y1 + more)


def _likely(photo: Photo, face: Face, parser: FaceParser, box: Box, size: tuple[int, ...]) -> list[Float32]:
    """(h, w) what the parser takes for hair, and for skin, in a part of the photo."""
    shares, seen = reaching(photo, face, ("hair", "skin"), parser, 3, LARGEST)
    scale = shares[0].shape[1] / (seen[2] - seen[0])
    fx, fy = (box[2] - box[0]) / size[0] * scale, (box[3] - box[1]) / size[1] * scale
    shift = [(a - b) * scale for a, b in zip(box[:2], seen[:2], strict=True)]
    matrix = np.array([[fx, 0, shift[0] + 0.5 * fx - 0.5], [0, fy, shift[1] + 0.5 * fy - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return [
        np.asarray(cv2.warpAffine(one, matrix, (size[0], size[1]), flags=flags, borderMode=cv2.BORDER_CONSTANT))
        for one in shares
    ]


def _enlarged(before: UInt8, rough: UInt8, small: UInt8, border: Border, told: Float32, made: Float32) -> Float32:
    """A corrected dye (H, W, 3) at the photo's resolution: strands are followed along the photo's colors."""
    more = border.more(told)
    slopes, offsets = GuidedFilter.of(small.astype(np.float32) / np.float32(255)).lines(more)
    ends = [change(more, np.ones((3, 3), np.uint8)) for change in (cv2.erode, cv2.dilate)]
    strands = np.dstack([slopes, offsets, *ends, more]).astype(np.float32)
    whole = rough.astype(np.float32)
    height, width = whole.shape[:2]
    colors = np.dstack([made - border.rough, border.band[..., None] * border.change]).astype(np.float32)

    def strip(top: int) -> None:
        checkpoint()
        rows = (0, top, width, min(height, top + STRIP))
        band = part_at(border.band, (width, height), rows)
        columns = np.flatnonzero(band.max(0) > LEAST)
        if not columns.size:
            return
        part = (int(columns[0]), top, int(columns[-1]) + 1, rows[3])
        here = np.s_[part[1] : part[3], part[0] : part[2]]
        lines, change = (part_at(one, (width, height), part) for one in (strands, colors))
        finer = np.clip(told_by(lines, before[here]), lines[..., 4], lines[..., 5]) - lines[..., 6]
        for n in range(3):
            whole[here][..., n] += change[..., n] + finer * change[..., 3 + n]
        np.clip(whole[here], 0, 255, out=whole[here])

    side_by_side(*(partial(strip, top) for top in range(0, height, STRIP)))
    return whole


def _laid(photo: Photo, result: Photo, dyed: Guide, box: Box, rough: UInt8, made: Float32) -> Guide:
    """The guide over a part of the photo: where nothing was corrected, the samples of the rough dye stay."""
    x0, y0, x1, y1 = box
    area = np.zeros((y1 - y0, x1 - x0), np.float32)
    a0, b0, a1, b1 = dyed.box
    area[b0 - y0 : b1 - y0, a0 - x0 : a1 - x0] = dyed.confidence
    samples = result.pixels[y0:y1, x0:x1].copy()
    plain, highest = is_plain(photo), 2**photo.bits - 1

    def strip(top: int) -> None:
        rows = np.s_[top : top + STRIP]
        under = rough[rows].astype(np.float32)
        apart = cv2.split(cv2.absdiff(made[rows], under))
        fixed = np.maximum(np.maximum(apart[0], apart[1]), apart[2]) >= SEEN
        if not fixed.any():
            return
        if plain:  # the samples are what lies under
            moved = np.rint(made[rows])
        else:
            change = from_srgb(made[rows], photo) - from_srgb(under, photo)
            moved = np.rint(np.clip(samples[rows] + change, 0, highest))
        np.copyto(samples[rows], moved.astype(samples.dtype), where=fixed[..., None])
        area[rows] = np.maximum(area[rows], fixed)

    side_by_side(*(partial(strip, top) for top in range(0, y1 - y0, STRIP)))
    return Guide(box, samples, area, dyed.notes)
