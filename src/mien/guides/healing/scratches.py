"""Scratches on scans of prints: long straight thin lines, found by the mean along lines of many directions.

Convention:
    Pictures are (h, w) float32 of light in [0, 255]; areas (h, w) bool.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.guides.guide import Box
from mien.types import Bool, Float32, Float64, UInt8

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

AS_HIGH, DRIFT, GAP, OFTEN = 0.5, 0.04, 2, 0.75
"""How high a scratch goes on, against itself, how far from straight, up to which gap, in its widths, and in
which share of the steps: in hair each strand is as high."""

FAINT, STRONG = 7.0, 25.0
"""Levels by which a scratch stands out of both sides; the second, too, for one that is a piece of something else."""

THIN = 2.6
"""Width of a scratch at most, thousandths of the shorter side, and no less than 3 pixels."""


@dataclass(frozen=True, eq=False)
class Part:
    """Connected pixels. Attributes: box (x0, y0, x1, y1); area (h, w) in it; size, pixels; length of the diagonal."""

    box: Box
    area: Bool
    size: int
    length: float

    @property
    def rows(self) -> slice:
        """Of the picture, in the box."""
        return slice(self.box[1], self.box[3])

    @property
    def columns(self) -> slice:
        """Of the picture, in the box."""
        return slice(self.box[0], self.box[2])


def roughness(off: Float32, radius: int) -> Float32:
    """(h, w) how rough a picture is around each pixel, levels; what stands out far counts little."""
    size = np.abs(off)
    most = 4 * float(np.median(size)) + 4
    side = 16 * radius + 1
    return np.asarray(1.25 * cv2.blur(np.minimum(size, most), (side, side)) + 1.2, np.float32)


def scratches(light: Float32, kept: Bool, skin: Bool, faint: float = FAINT) -> Bool:
    """Long straight thin lines, lighter or darker than both of their sides by so many levels at least."""
    short = min(light.shape)
    reach = max(15, round(LENGTH * short))
    width = max(3, round(THIN * short / 1000))
    soft = cv2.GaussianBlur(light, (0, 0), 0.6)
    middle = cv2.medianBlur(np.clip(light, 0, 255).astype(np.uint8), 4 * width + 1).astype(np.float32)
    rough = roughness(light - middle, width)
    stands = np.clip((soft - middle) / rough, -MOST, MOST).astype(np.float32)
    lines: list[tuple[Part, Float32]] = []
    nowhere = np.zeros(kept.shape, np.bool_)
    for sign, (best, direction) in zip((1, -1), along(stands, reach, width), strict=True):
        rest: list[Part] = []
        above, raw = sign * stands, np.maximum(sign * (soft - middle), 0)
        above = np.where(raw > RIM * cv2.dilate(raw, np.ones((2 * width + 1,) * 2, np.uint8)), above, 0)
        parts = parts_of((best > 0.5 * CLEAR) & (above > OF_PIXELS), (best > CLEAR) & (above > OF_PIXELS))
        against = skin if sign < 0 else None
        for one in parts:
            whole = _scratched(sign * soft, one, reach, width, kept, against, faint)
            pieces = [one] if whole else _straight(one, direction, LONGER * reach)
            least = faint if whole else STRONG
            for piece in pieces:
                if _scratched(sign * soft, piece, reach, width, kept, against, least):
                    lines.append((piece, raw))
                elif _scratched(sign * soft, piece, reach, width, nowhere, against, least):
                    rest.append(piece)
        ends = [_ends(one) for one, there in lines if there is raw]
        lines += [(p, raw) for p in rest if any(_in_line(_ends(p), other, LONGER * reach, width) for other in ends)]
    found = _but_patterns([one for one, _ in lines], light.shape, 20 * width + 1)
    for one, raw in lines:
        if found[one.rows, one.columns][one.area].any():
            _go_on(found, one, raw, reach, width)
    return found


def _straight(one: Part, direction: UInt8, least: float) -> list[Part]:
    """The straight pieces of a part, some of them in one another: where scratches cross, or meet an outline."""
    if one.length < least:
        return []
    x0, y0, x1, y1 = one.box
    pieces: list[Part] = []
    for number in range(DIRECTIONS):
        away = (direction[y0:y1, x0:x1].astype(np.int16) - number) % DIRECTIONS
        area = one.area & ((away <= ALIKE) | (away >= DIRECTIONS - ALIKE))
        pieces += [p for p in parts_of(area, area) if p.length >= least]
    return [replace(p, box=(p.box[0] + x0, p.box[1] + y0, p.box[2] + x0, p.box[3] + y0)) for p in pieces]


def _but_patterns(lines: list[Part], shape: tuple[int, ...], side: int) -> Bool:
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


def _ends(one: Part) -> Float64:
    """(2, 2) the ends (x, y) of a straight part."""
    ys, xs = np.nonzero(one.area)
    places = np.stack([xs + one.box[0], ys + one.box[1]], 1).astype(np.float64)
    middle = places.mean(0)
    ahead = np.linalg.eigh(np.cov((places - middle).T))[1][:, 1]
    far = (places - middle) @ ahead
    return np.asarray(middle + np.array([[far.min()], [far.max()]]) * ahead)


def _in_line(one: Float64, other: Float64, most: float, width: int) -> bool:
    """Whether a line goes on where another of these ends does, up to a gap: one scratch over an eye."""
    ahead = (other[1] - other[0]) / np.linalg.norm(other[1] - other[0])
    along, away = (one - other.mean(0)) @ ahead, (one - other.mean(0)) @ (-ahead[1], ahead[0])
    gap = max(along.min(), -along.max()) - float(np.linalg.norm(other[1] - other[0])) / 2
    return 0 <= gap <= most and bool((np.abs(away) <= width + BENT * np.abs(along)).all())


def _go_on(found: Bool, one: Part, raw: Float32, reach: int, width: int) -> None:
    """Follows a scratch beyond both of its ends, across others, lids and outlines, for as long as it is seen."""
    ys, xs = np.nonzero(one.area)
    places = np.stack([xs + one.box[0], ys + one.box[1]], 1).astype(np.float64)
    height = float(np.median(raw[one.rows, one.columns][one.area]))
    ahead = np.linalg.eigh(np.cov((places - places.mean(0)).T))[1][:, 1]
    for way in (ahead, -ahead):
        far = places @ way
        last = places[far > far.max() - reach]
        slope = np.linalg.eigh(np.cov((last - last.mean(0)).T))[1][:, 1]
        slope *= np.sign(slope @ way)
        start = last.mean(0) + slope * float((last @ slope).max() - last.mean(0) @ slope)
        _follow(found, raw, start, slope, height, width)


def _follow(found: Bool, raw: Float32, start: Float64, ahead: Float64, height: float, width: int) -> None:
    """Marks what is as high as a line from its end on, within ``DRIFT`` of straight on, up to a gap."""
    across, offsets = np.array([-ahead[1], ahead[0]]), np.arange(-width, width + 1)
    step, gap, off, seen = 0, 0, 0.0, []
    while gap <= GAP * width:
        step += 1
        spots = np.round(start + step * ahead + (off + offsets)[:, None] * across).astype(int)
        if (spots < 0).any() or (spots >= raw.shape[::-1]).any():
            break
        values = raw[spots[:, 1], spots[:, 0]] / height
        best = offsets[int(np.argmax(values - 0.02 * np.abs(offsets)))]
        on = values.max() > AS_HIGH and abs(off + best) <= 1 + DRIFT * step
        gap, off = (0, off + 0.3 * best) if on else (gap + 1, off)
        if on:
            seen.append(spots[(values > RIM) & (np.abs(offsets - best) <= width / 2 + 1)])
    for spots in seen if len(seen) > OFTEN * (step - gap) else ():
        found[spots[:, 1], spots[:, 0]] = True


def line(number: int, length: float) -> Float32:
    """(n, n) kernel of the mean along a line in one of the directions."""
    turn = np.pi * number / DIRECTIONS
    kernel = np.zeros((2 * (int(length) // 2) + 3,) * 2, np.float32)
    middle, ahead = np.array([len(kernel) // 2] * 2), np.array([np.cos(turn), np.sin(turn)])
    first, last = (tuple(int(v) for v in np.round(middle + s * ahead * length / 2)) for s in (-1, 1))
    cv2.line(kernel, first, last, 1.0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def along(stands: Float32, reach: int, width: int) -> list[tuple[Float32, UInt8]]:
    """(h, w) by how much the mean along a line through each pixel stands out of both sides, in the best direction, and
    the number of that. Second comes by how much it lies below both."""
    best = [(np.zeros(stands.shape, np.float32), np.zeros(stands.shape, np.uint8)) for _ in range(2)]
    for number in range(DIRECTIONS):
        turn = np.pi * number / DIRECTIONS
        mean = cv2.filter2D(stands, cv2.CV_32F, line(number, reach), borderType=cv2.BORDER_REFLECT)
        dx, dy = (int(v) for v in np.round((width + 1) * np.array([-np.sin(turn), np.cos(turn)])))
        sides = [np.roll(mean, (s * dy, s * dx), (0, 1)) for s in (-1, 1)]
        heights = mean - np.maximum(*sides), np.minimum(*sides) - mean
        for here, (highest, direction) in zip(heights, best, strict=True):
            direction[here > highest] = number
            np.maximum(highest, here, out=highest)
    return best


def _scratched(
    level: Float32, one: Part, reach: int, width: int, kept: Bool, skin: Bool | None, least: float = FAINT
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


def parts_of(area: Bool, seed: Bool) -> list[Part]:
    """The connected parts of an area that hold a seed."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((area | seed).astype(np.uint8), connectivity=8)
    parts = []
    for number in np.unique(index[seed]):
        if number == 0:
            continue
        x, y, w, h, size = (int(v) for v in stats[number])
        parts.append(Part((x, y, x + w, y + h), index[y : y + h, x : x + w] == number, size, float(np.hypot(w, h))))
    return parts
