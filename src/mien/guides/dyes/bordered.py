"""A dye of hair whose border a network corrects, at a scale at which single hairs are seen, and at no larger one.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], maps (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.compose.enlarging import Planes, nearby, reduced, sampled, tiles
from mien.compose.matte import GuidedFilter, told_by
from mien.conditions.hair_border import Planes as Network
from mien.conditions.hair_border import border_network
from mien.conditions.parser import FaceParser
from mien.guides.dyes.border import OUTSIDE, Border
from mien.guides.dyes.coloring import Dye
from mien.guides.dyes.dark_roots import small_roots
from mien.guides.dyes.dye import dye
from mien.guides.dyes.fair_sideburns import kept_sideburns
from mien.guides.dyes.rim_hues import held
from mien.guides.guide import Box, Doubt, Guide, halvable, lay
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

Seen = tuple[list[Float32], Box]
"""(h, w) what the parser takes for hair, and for skin, and the part of the photo that both cover."""

DOUBTFUL = "hair can hardly be told from what is behind it here: the dye may reach beyond it, or end before it"
BARE = "this hair is so short or thin that skin is seen through most of it: the dye may look painted on"
PATCHY = "light and shadow lie in patches on this dark hair: it may look blotched where it becomes lighter"
"""What is told then."""


def dyed_hair(
    photo: Photo, face: Face, alpha: Float32, color: tuple[int, int, int], settings: Dye, parser: FaceParser
) -> Guide:
    """Hair with a matte (H, W) in another sRGB color, natural at its roots and at its border."""
    calls: tuple[Callable[[], Any], Callable[[], Any]] = (
        lambda: dye(photo, alpha, color, settings, small_roots(alpha, face)),
        lambda: _seen(photo, face, parser),
    )
    rough, seen = side_by_side(*calls)
    return bordered(photo, face, alpha, rough, parser, seen=seen)


def bordered(
    photo: Photo,
    face: Face,
    alpha: Float32,
    dyed: Guide,
    parser: FaceParser,
    network: Network | None = None,
    seen: Seen | None = None,
) -> Guide:
    """Dyed hair with its border corrected: strands beyond the matte are dyed, too, and what is no hair is not.

    Args:
        photo: any.
        face: whose hair it is.
        alpha: (H, W) the hair's matte.
        dyed: the rough dye.
        parser: says what is likely where.
        network: None for the one that comes with mien.
        seen: what the parser sees; None where it is not known yet.

    Returns:
        As far as ``OUTSIDE`` units around the matte may differ from the photo.
    """
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    shrink = 1.0 if side <= CLOSEST else USUAL / side
    box = _around(photo, dyed.box, (OUTSIDE + 2) * 0.01 * side)
    x0, y0, x1, y1 = box = box if shrink == 1 else halvable(box, alpha.shape)
    size = max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink))
    rough = dyed.part_over(photo, box)
    before, after = to_srgb(photo, box), to_srgb(rough)
    small = [reduced(one, size) for one in (before, after, alpha[y0:y1, x0:x1])]
    shares, over = seen or _seen(photo, face, parser)
    pictures, maps = [one.astype(np.float32) for one in small[:2]], [sampled(one, over, box, size) for one in shares]
    border = Border.of(pictures[0], pictures[1], small[2], maps[0], maps[1], 0.01 * side * shrink)
    calls: tuple[Callable[[], Any], Callable[[], Any]] = (
        lambda: _told(border, network or border_network()),
        lambda: border.doubtful(0.01 * side * shrink),
    )
    told, doubtful = side_by_side(*calls)
    dyed = replace(dyed, notes=(*dyed.notes, *_doubts(border, doubtful, 0.01 * side * shrink)))
    told = np.zeros((4, *border.matte.shape), np.float32) if told is None else told
    made = border.warmed(border.corrected(told), 0.01 * side * shrink) if told.any() else border.rough
    made = held(border.photo, made, border.matte, border.skin, 0.01 * side * shrink)
    points = (face.landmarks[:, :2].astype(np.float64) - box[:2]) * shrink
    made = kept_sideburns(border.photo, made, border.matte, border.skin, points, 0.01 * side * shrink)
    if float(np.abs(made - border.rough).max()) < SEEN:
        return dyed
    if shrink == 1:
        return _laid(photo, rough, after, dyed, box, lambda part: made[part[1] : part[3], part[0] : part[2]])
    return _laid(photo, rough, after, dyed, box, _enlarged(before, after, small[0], border, told, made))


def _doubts(border: Border, doubtful: bool, unit: float) -> list[Doubt]:
    """What is told of dyed hair; a unit is in pixels of its border."""
    found = ((DOUBTFUL, doubtful), (BARE, border.sparse(unit)), (PATCHY, border.blotched(unit)))
    return [Doubt(text) for text, so in found if so]


def _told(border: Border, network: Network) -> Float32 | None:
    """What a network answers (4, h, w), as far as it is asked for; None where it is not."""
    share = border.lighter()
    return np.float32(share) * looked_at(border.planes(), border.band > LEAST, network) if share else None


def looked_at(planes: Float32, where: Bool, network: Network) -> Float32:
    """What a network answers (4, h, w), in overlapping parts; 0 in those in which there is nothing to be corrected."""
    height, width = planes.shape[1:]
    corners = covering(where)
    total = np.zeros((5, height + CORE + 2 * MARGIN, width + CORE + 2 * MARGIN), np.float32)
    ramp = np.clip(
        (np.minimum(np.arange(CORE + 2 * MARGIN), np.arange(CORE + 2 * MARGIN)[::-1]) + 0.5) / (2 * MARGIN), 0, 1
    )
    weight = np.outer(ramp, ramp).astype(np.float32)
    for start in range(0, len(corners), BATCH):
        checkpoint()
        batch = corners[start : start + BATCH]
        (told,) = network(np.stack([_around_corner(planes, *corner) for corner in batch]))
        parts = [np.s_[:, y : y + CORE + 2 * MARGIN, x : x + CORE + 2 * MARGIN] for y, x in batch]
        for part, one in zip(parts, told, strict=True):
            total[part] += np.concatenate([weight * one, weight[None]])
    total = total[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width]
    return np.asarray(total[:4] / np.maximum(total[4:], np.float32(1e-3)), np.float32)


def covering(where: Bool) -> list[tuple[int, int]]:
    """(y, x) of squares of side ``CORE`` that cover an area (h, w): rows of them, each from the first place on."""
    corners: list[tuple[int, int]] = []
    filled, y = np.asarray(where.any(1)), 0
    while filled[y:].any():
        y += int(np.argmax(filled[y:]))
        columns, x = np.asarray(where[y : y + CORE].any(0)), 0
        while columns[x:].any():
            x += int(np.argmax(columns[x:]))
            corners.append((y, x))
            x += CORE
        y += CORE
    return corners


def _around_corner(planes: Float32, y: int, x: int) -> Float32:
    """A square of planes (C, h, w) with its margins; beyond the edge it is repeated."""
    height, width = planes.shape[1:]
    ends = [(at - MARGIN, at + CORE + MARGIN, length) for at, length in ((y, height), (x, width))]
    rows, columns = (slice(max(0, low), min(high, length)) for low, high, length in ends)
    room = [(max(0, -low), max(0, high - length)) for low, high, length in ends]
    part = planes[:, rows, columns]
    return np.pad(part, ((0, 0), *room), mode="edge") if np.any(room) else part


def _around(photo: Photo, box: Box, room: float) -> Box:
    x0, y0, x1, y1 = box
    more = round(room)
    return max(0, x0 - more), max(0, y0 - more), min(photo.width, x1 + more), min(photo.height, y1 + more)


def _seen(photo: Photo, face: Face, parser: FaceParser) -> Seen:
    return reaching(photo, face, ("hair", "skin"), parser, 3, LARGEST)


def _enlarged(
    before: UInt8, after: UInt8, small: UInt8, border: Border, told: Float32, made: Float32
) -> Callable[[Box], Float32 | None]:
    """Parts of a corrected dye at the photo's resolution, in [0, 255]: strands are followed along the photo's colors.

    There is None where nothing is corrected.
    """
    more = border.more(told)
    slopes, offsets = GuidedFilter.of(small.astype(np.float32) / np.float32(255)).lines(more)
    ends = [change(more, np.ones((3, 3), np.uint8)) for change in (cv2.erode, cv2.dilate)]
    colors = (made - border.rough, border.band[..., None] * border.change)
    planes = Planes.of(slopes, offsets, *ends, more, *(np.asarray(one, np.float32) for one in colors))
    size = before.shape[1], before.shape[0]

    def part(box: Box) -> Float32 | None:
        if not (nearby(border.band, size, box) > LEAST).any():
            return None
        here = np.s_[box[1] : box[3], box[0] : box[2]]
        *lines, low, high, mean, red, green, blue, more_red, more_green, more_blue = planes.at(size, box)
        finer = np.clip(told_by(lines, before[here]), low, high) - mean
        under = zip(cv2.split(after[here]), (red, green, blue), (more_red, more_green, more_blue), strict=True)
        fixed = cv2.merge([level + change + finer * strand for level, change, strand in under])
        return np.asarray(np.clip(fixed, 0, 255), np.float32)

    return part


def _laid(
    photo: Photo, rough: Photo, under: UInt8, dyed: Guide, box: Box, made: Callable[[Box], Float32 | None]
) -> Guide:
    """The guide over a part of the photo: where nothing was corrected, the samples of the rough dye stay.

    ``under`` are those of the rough dye in sRGB.
    """
    plain, highest = is_plain(photo), 2**photo.bits - 1
    samples = rough.pixels.copy() if plain else rough.pixels
    area = np.zeros(under.shape[:2], np.float32)
    a0, b0, a1, b1 = dyed.box
    area[b0 - box[1] : b1 - box[1], a0 - box[0] : a1 - box[0]] = dyed.confidence

    def tile(part: Box) -> None:
        checkpoint()
        fixed = made(part)
        if fixed is None:
            return
        here = np.s_[part[1] : part[3], part[0] : part[2]]
        red, green, blue = cv2.split(cv2.absdiff(fixed, under[here].astype(np.float32)))
        where = np.maximum(np.maximum(red, green), blue) >= SEEN
        if not where.any():
            return
        if plain:  # the samples are what lies under
            moved = np.rint(fixed)
        else:
            change = from_srgb(fixed, photo) - from_srgb(under[here], photo)
            moved = np.rint(np.clip(samples[here] + change, 0, highest))
        lay(samples[here], moved.astype(samples.dtype), where)
        np.maximum(area[here], where, out=area[here])

    side_by_side(*(partial(tile, part) for part in tiles((under.shape[1], under.shape[0]))))
    return Guide(box, samples, area, dyed.notes)
