"""Scratches and dust on scans of prints, found by what they are: thin or small, sharp, sparse, unlike what is around.

Specks stand out of a median of their surroundings; scratches are long straight lines, found by the mean along lines of
many directions. Both are compared with how rough the picture is there, so that grain, print dots, leaves and cloth are
no damage. What a face may have itself is left: lights in eyes, teeth, hairs, jewelry, moles.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; areas (h, w) bool.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.errors import LayerError
from mien.guides.guide import Box
from mien.photos.color import to_srgb
from mien.types import Bool, Float32, Photo, UInt8

LARGEST, LINES_AT = 1600, 1000
"""Longer side, pixels, from which a photo is looked at at a reduced size, for specks and for scratches."""

SPECK = 0.006
"""Radius of a speck at most, against the shorter side."""

STANDS, ROUGH = (20.0, 8.0, 80.0), (6.0, 2.5)
"""Levels by which a speck differs from its surroundings at its middle, at its border, and in hair and cloth; and
multiples of roughness."""

SHARP = 0.22
"""Steepest step per pixel of a speck's border, against how much it stands out: highlights on skin are softer."""

ALONE = 0.35
"""How high what is around a speck may be, against it."""

CROWD, AMONG = 12.0, 0.05
"""Width, radii of specks, in which no more than a share may be specks: more are a pattern."""

COLORED = 10.0
"""How much more color than its surroundings dust may have, a* and b*."""

DIRECTIONS, LENGTH = 24, 0.07
"""Directions in which scratches are looked for; how long they are at least, against the shorter side."""

CLEAR, OF_PIXELS, MOST = 1.0, 0.6, 3.0
"""Multiples of roughness that a scratch has in the mean along it, that its pixels have, and that count of each."""

ALIKE = 1
"""Directions, to either side, that one straight scratch may have."""

STRANGE, BENT = (0.3, 0.8), 0.035
"""Share of a scratch that may lie in hair or cloth, and of a strong one; and how far it bends, against its length."""

PATTERN = 0.13
"""Share of the surroundings of a scratch that others and it may cover: a line alone covers 0.05 to 0.07."""

RIM, LONGER = 0.35, 1.5
"""Share of a scratch's height where it ends on both sides; and its least length, in those that are looked along."""

FAINT, STRONG = 7.0, 25.0
"""Levels by which a scratch stands out of both sides; the second, too, for one that is a piece of something else."""

THIN = 2.6
"""Width of a scratch at most, thousandths of the shorter side, and no less than 3 pixels."""

NONE = "No scratches or dust are seen in this photo; give --mask, a picture that is white on what is to vanish."


@dataclass(frozen=True, eq=False)
class _Part:
    """Connected pixels. Attributes: box (x0, y0, x1, y1); area (h, w) in it; size, pixels; length of the diagonal."""

    box: Box
    area: Bool
    size: int
    length: float


def find_damage(photo: Photo, features: Bool, woven: Bool, skin: Bool) -> Bool:
    """(H, W): scratches and dust.

    Args:
        photo: any.
        features: (H, W) where small bright and dark things are what they should be: eyes, teeth, glasses, jewelry.
        woven: (H, W) hair and cloth, which have lines and bright points of their own.
        skin: (H, W) of faces, where dark spots may be moles, and dark lines wrinkles.

    Raises:
        LayerError: none are seen.
    """
    shrink = min(1.0, LARGEST / max(photo.width, photo.height))
    size = (max(1, round(photo.width * shrink)), max(1, round(photo.height * shrink)))
    whole = to_srgb(photo, (0, 0, photo.width, photo.height))
    picture = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    del whole
    areas = (
        cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for one in (features, woven, skin)
    )
    kept, threads, face = areas
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    found = _specks(picture, light, kept, threads, face) | _reduced_scratches(light, kept | threads, face)
    if not found.any():
        raise LayerError(NONE)
    grown = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(grown, (photo.width, photo.height), interpolation=cv2.INTER_NEAREST) > 0)


def _roughness(off: Float32, radius: int) -> Float32:
    """(h, w) how rough a picture is around each pixel, levels; what stands out far counts little."""
    size = np.abs(off)
    most = 4 * float(np.median(size)) + 4
    side = 16 * radius + 1
    return np.asarray(1.25 * cv2.blur(np.minimum(size, most), (side, side)) + 1.2, np.float32)


def _specks(picture: Float32, light: Float32, kept: Bool, woven: Bool, skin: Bool) -> Bool:
    radius = max(2, round(SPECK * min(light.shape)))
    off = light - cv2.medianBlur(np.clip(light, 0, 255).astype(np.uint8), min(4 * radius + 1, 255)).astype(np.float32)
    rough = _roughness(off, radius)
    steep = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)) / 8
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    found = np.zeros(light.shape, np.bool_)
    for sign in (1, -1):
        seed, border = (sign * off > np.maximum(a, b * rough) for a, b in zip(STANDS[:2], ROUGH, strict=True))
        parts = [one for one in _parts(border, seed) if one.length < 8 * radius]
        crowd = np.zeros(light.shape, np.float32)
        for one in parts:
            crowd[one.box[1] : one.box[3], one.box[0] : one.box[2]][one.area] = 1
        side = round(CROWD * radius) | 1
        crowd = cv2.blur(crowd, (side, side)) * side**2
        for one in parts:
            x0, y0, x1, y1 = one.box
            there = np.s_[y0:y1, x0:x1]
            if kept[there][one.area].mean() > 0.2 or (sign < 0 and skin[there][one.area].mean() > 0.2):
                continue
            if woven[there][one.area].mean() > 0.2 and np.abs(off[there][one.area]).max() < STANDS[2]:
                continue
            if one.size > np.pi * (radius + 1) ** 2 * 1.5 or one.size < 3:
                continue
            if float(crowd[there][one.area].mean()) - one.size > AMONG * side**2:
                continue
            if _dusty(light, off, steep, lab, one):
                found[there] |= one.area
    return found


def _dusty(light: Float32, off: Float32, steep: Float32, lab: Float32, one: _Part) -> bool:
    """Whether a speck has sharp borders, and no more color than what is around."""
    x0, y0, x1, y1 = one.box
    wide = np.s_[max(0, y0 - 4) : y1 + 4, max(0, x0 - 4) : x1 + 4]
    area = np.zeros(off.shape, np.bool_)[wide]
    area[y0 - wide[0].start : y1 - wide[0].start, x0 - wide[1].start : x1 - wide[1].start] = one.area
    near = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ring = (cv2.dilate(area.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~near
    if not ring.any():
        return False
    strongest = np.abs(off[wide][area]).argmax()
    height, peak = float(off[wide][area][strongest]), float(light[wide][area][strongest])
    if float(np.quantile((light[wide][ring] - peak) * np.sign(height), 0.92)) > (ALONE - 1) * abs(height):
        return False  # a corner of something larger
    height = abs(height)
    if float(np.quantile(steep[wide][near], 0.7)) < SHARP * height:
        return False
    inside, around = (np.median(lab[wide][part][:, 1:], axis=0) for part in (area, ring))
    return float(np.hypot(*inside)) < float(np.hypot(*around)) + COLORED


def _reduced_scratches(light: Float32, kept: Bool, skin: Bool) -> Bool:
    """Scratches, looked for at a reduced size in large pictures: means along long lines are slow."""
    shrink = min(1.0, LINES_AT / max(light.shape))
    if shrink == 1:
        return _scratches(light, kept, skin)
    size = (round(light.shape[1] * shrink), round(light.shape[0] * shrink))
    areas = (cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for one in (kept, skin))
    found = _scratches(np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32), *areas)
    large = cv2.resize(found.astype(np.float32), light.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large > 0.4, np.bool_)


def _scratches(light: Float32, kept: Bool, skin: Bool) -> Bool:
    """Long straight thin lines, lighter or darker than both of their sides."""
    short = min(light.shape)
    reach = max(15, round(LENGTH * short))
    width = max(3, round(THIN * short / 1000))
    soft = cv2.GaussianBlur(light, (0, 0), 0.6)
    middle = cv2.medianBlur(np.clip(light, 0, 255).astype(np.uint8), 4 * width + 1).astype(np.float32)
    rough = _roughness(light - middle, width)
    stands = np.clip((soft - middle) / rough, -MOST, MOST).astype(np.float32)
    lines: list[_Part] = []
    for sign in (1, -1):
        best, direction = _along(sign * stands, reach, width)
        above, raw = sign * stands, np.maximum(sign * (soft - middle), 0)
        above = np.where(raw > RIM * cv2.dilate(raw, np.ones((2 * width + 1,) * 2, np.uint8)), above, 0)
        parts = _parts((best > 0.5 * CLEAR) & (above > OF_PIXELS), (best > CLEAR) & (above > OF_PIXELS))
        against = skin if sign < 0 else None
        for one in parts:
            if _scratched(sign * soft, one, reach, width, kept, against):
                lines.append(one)
                continue
            pieces = _straight(one, direction, LONGER * reach)
            lines += [p for p in pieces if _scratched(sign * soft, p, reach, width, kept, against, STRONG)]
    return _but_patterns(lines, light.shape, 20 * width + 1)


def _straight(one: _Part, direction: UInt8, least: float) -> list[_Part]:
    """The straight pieces of a part, some of them in one another: where scratches cross, or meet an outline."""
    if one.length < least:
        return []
    x0, y0, x1, y1 = one.box
    pieces: list[_Part] = []
    for number in range(DIRECTIONS):
        away = (direction[y0:y1, x0:x1].astype(np.int16) - number) % DIRECTIONS
        area = one.area & ((away <= ALIKE) | (away >= DIRECTIONS - ALIKE))
        pieces += [p for p in _parts(area, area) if p.length >= least]
    return [replace(p, box=(p.box[0] + x0, p.box[1] + y0, p.box[2] + x0, p.box[3] + y0)) for p in pieces]


def _but_patterns(lines: list[_Part], shape: tuple[int, ...], side: int) -> Bool:
    """(h, w): lines that have few others beside them, as stripes, blinds and folds do."""
    found = np.zeros(shape, np.float32)
    for one in lines:
        found[one.box[1] : one.box[3], one.box[0] : one.box[2]][one.area] = 1
    crowd = cv2.blur(found, (side, side))
    for one in lines:
        there = np.s_[one.box[1] : one.box[3], one.box[0] : one.box[2]]
        if float(crowd[there][one.area].mean()) > PATTERN:
            found[there][one.area] = 0
    return np.asarray(found > 0, np.bool_)


def _along(stands: Float32, reach: int, width: int) -> tuple[Float32, UInt8]:
    """(h, w) by how much the mean along a line through each pixel stands out of both sides, in the best direction, and
    the number of that."""
    best, direction = np.zeros(stands.shape, np.float32), np.zeros(stands.shape, np.uint8)
    for number in range(DIRECTIONS):
        angle = np.pi * number / DIRECTIONS
        ahead = np.array([np.cos(angle), np.sin(angle)])
        line = np.zeros((2 * (reach // 2) + 3,) * 2, np.float32)
        middle = np.array([len(line) // 2] * 2)
        first, last = (tuple(int(v) for v in np.round(middle + s * ahead * reach / 2)) for s in (-1, 1))
        cv2.line(line, first, last, 1.0, 1)
        mean = cv2.filter2D(stands, cv2.CV_32F, line / line.sum(), borderType=cv2.BORDER_REFLECT)
        dx, dy = (int(v) for v in np.round((width + 1) * np.array([-ahead[1], ahead[0]])))
        sides = (np.roll(mean, (s * dy, s * dx), (0, 1)) for s in (-1, 1))
        here = mean - np.maximum(*sides)
        direction[here > best] = number
        best = np.maximum(best, here)
    return best, direction


def _scratched(
    level: Float32, one: _Part, reach: int, width: int, kept: Bool, skin: Bool | None, least: float = FAINT
) -> bool:
    """Whether a line is long, straight, thin, higher than both sides alike, and not one of a face or of cloth."""
    there = np.s_[one.box[1] : one.box[3], one.box[0] : one.box[2]]
    inside = float(kept[there][one.area].mean())
    if (
        one.size < reach
        or one.length < reach
        or inside > STRANGE[1]
        or (skin is not None and float(skin[there][one.area].mean()) > STRANGE[0])
    ):
        return False
    ys, xs = np.nonzero(one.area)
    places = np.stack([xs + one.box[0], ys + one.box[1]], 1).astype(np.float32)
    middle = places.mean(0)
    values, axes = np.linalg.eigh(np.cov((places - middle).T))
    along, away = axes[:, 1], axes[:, 0]
    length = float(np.ptp((places - middle) @ along))
    if length < LONGER * reach or one.size > 2 * width * length or np.sqrt(values[0]) > BENT * length + width / 2:
        return False
    beyond = np.array(level.shape[::-1]) - 1
    maps = [np.clip(np.round(places + by * width * away), 0, beyond).astype(int) for by in (-1.4, 0, 1.4)]
    left, within, right = (level[one[:, 1], one[:, 0]] for one in maps)
    sides = float(np.median(left)), float(np.median(right))
    height, uneven = float(np.quantile(within, 0.7)) - max(sides), float(np.quantile(np.abs(left - right), 0.6))
    if height < least or uneven > 0.5 * height:
        return False
    return inside < STRANGE[0] or height > STRONG


def _parts(area: Bool, seed: Bool) -> list[_Part]:
    """The connected parts of an area that hold a seed."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((area | seed).astype(np.uint8), connectivity=8)
    parts = []
    for number in np.unique(index[seed]):
        if number == 0:
            continue
        x, y, w, h, size = (int(v) for v in stats[number])
        parts.append(_Part((x, y, x + w, y + h), index[y : y + h, x : x + w] == number, size, float(np.hypot(w, h))))
    return parts
