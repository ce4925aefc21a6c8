"""A hole filled with patches of the rest of the picture, so that hair, edges and cloth go on in it as they are.

Each patch that overlaps the hole is like some patch of what is known, at several sizes, coarse first (Wexler, Shechtman
and Irani, "Space-time completion of video", 2007); the nearest patches are found by propagation and random search
(Barnes et al., "PatchMatch", 2009), here for all pixels at once.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255]; areas (h, w) bool; places are (row, column).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.compose.blend import membrane
from mien.types import Bool, Float32

Int = NDArray[np.int64]

RADIUS = 3
"""Patches are 2 · RADIUS + 1 pixels wide."""

ROUNDS = 5
"""Times that the picture is made of patches at each size; fewer at the finest."""

SHALLOW = 3.0
"""Depth of a hole, pixels, from which it is filled without going to a smaller size."""

BLIND, BLINDLY = 2, 12.0
"""First rounds in which what fills the hole hardly counts, since it is only smooth; and how little it does."""

NEARBY = 5
"""Square distance from the middle of a patch, pixels, up to which it says what lies there in the last rounds."""

MANY = 5000
"""Pixels of a hole from which patches are those that were found at half the size."""

FADING = 1.3
"""How much less each pixel farther inside the hole counts."""

TRIED = 2048
"""Patches that are compared at once, as many as a processor's cache holds."""

FAR = 0.15
"""What a patch from as far away as the picture is long costs, in squared levels per pixel and channel, over 100."""


@dataclass(frozen=True, eq=False)
class _Level:
    """One size. Attributes: picture; hole; allowed: middles of patches that may be copied; hints; void."""

    picture: Float32
    hole: Bool
    allowed: Bool
    hints: Float32
    void: Bool

    @property
    def sources(self) -> Int:
        """(S, 2) places where patches may be copied from."""
        return np.argwhere(self.allowed)


def patched(
    picture: Float32,
    hole: Bool,
    barred: Bool,
    rng: np.random.Generator,
    *,
    hints: Float32 | None = None,
    void: Bool | None = None,
) -> Float32:
    """The picture with its hole filled.

    Args:
        picture: the hole and its surroundings.
        hole: what is unknown.
        barred: where no patch may come from, besides the hole.
        rng: of the search.
        hints: (h, w, k) levels that are known in the hole, too, such as which class a pixel is of; patches agree there.
        void: where nothing is known, nor wanted, such as what stands before a backdrop that is filled.
    """
    if not hole.any() or hole.all():
        return picture
    hints = np.zeros((*hole.shape, 0), np.float32) if hints is None else hints
    void = np.zeros_like(hole) if void is None else void & ~hole
    levels = _pyramid(picture, hole, barred | void, hints, void)
    filled, found = _begun(levels[-1], rng)
    for number in range(len(levels) - 1, -1, -1):
        level = levels[number]
        if number < len(levels) - 1:
            filled, found = _enlarged(level, filled, found, levels[number + 1])
        for turn in range(ROUNDS if number else 3):
            if int(level.hole.sum()) > MANY and number < len(levels) - 1:
                filled = _voted(level, filled, found, np.zeros(level.hole.shape, np.float32), sharp=True)
                break
            blind = number == len(levels) - 1 and turn < BLIND
            found, cost = _nearest(level, filled, found, rng, BLINDLY if blind else FADING)
            filled = _voted(level, filled, found, cost, sharp=turn > 0)
    return np.where(hole[..., None], filled, picture).astype(np.float32)


def _pyramid(picture: Float32, hole: Bool, barred: Bool, hints: Float32, void: Bool) -> list[_Level]:
    levels = [_level(picture, hole, barred, hints, void)]
    while True:
        level = levels[-1]
        depth = cv2.distanceTransform(np.pad(level.hole, 1).astype(np.uint8), cv2.DIST_L2, 5).max()
        if depth <= SHALLOW or min(level.hole.shape) < 10 * RADIUS:
            return levels
        size = (-(-level.hole.shape[1] // 2), -(-level.hole.shape[0] // 2))
        known = (~(level.hole | level.void)).astype(np.float32)
        share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        mean = cv2.resize(level.picture * known[..., None], size, interpolation=cv2.INTER_AREA)
        barred = cv2.resize(barred.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
        small = np.asarray(mean / np.maximum(share, 1e-3)[..., None], np.float32)
        if hints.shape[2]:
            hints = cv2.resize(hints, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)
        else:
            hints = np.zeros((*size[::-1], 0), np.float32)
        wanted = cv2.resize(level.hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02
        following = _level(small, wanted & (share < 0.7), barred, hints, ~wanted & (share < 0.5))
        if following.hole.all() or not following.hole.any() or len(following.sources) < 20:
            return levels
        levels.append(following)


def _level(picture: Float32, hole: Bool, barred: Bool, hints: Float32, void: Bool) -> _Level:
    """A size; what may be copied is loosened until there is something."""
    kernel = np.ones((2 * RADIUS + 1,) * 2, np.uint8)
    for useless in (hole | barred, hole | void):
        allowed = cv2.dilate(useless.astype(np.uint8), kernel) == 0
        allowed[:RADIUS], allowed[-RADIUS:], allowed[:, :RADIUS], allowed[:, -RADIUS:] = (False,) * 4
        if allowed.sum() >= 20:
            break
    else:
        allowed = ~hole
    return _Level(picture, hole, np.asarray(allowed, np.bool_), hints, void)


def _begun(level: _Level, rng: np.random.Generator) -> tuple[Float32, Int]:
    """The hole filled smoothly, and a random source (h, w, 2) for each pixel."""
    known = (~(level.hole | level.void)).astype(np.float32)
    smooth = membrane(level.picture, known, 255.0)
    filled = np.where((level.hole | level.void)[..., None], smooth, level.picture).astype(np.float32)
    choice = rng.integers(0, len(level.sources), level.hole.shape)
    return filled, level.sources[choice]


def _enlarged(level: _Level, filled: Float32, found: Int, smaller: _Level) -> tuple[Float32, Int]:
    height, width = level.hole.shape
    rows, columns = np.mgrid[:height, :width]
    halves = np.minimum(rows // 2, smaller.hole.shape[0] - 1), np.minimum(columns // 2, smaller.hole.shape[1] - 1)
    places = 2 * found[halves] + np.stack([rows % 2, columns % 2], -1)
    large = cv2.resize(filled, (2 * filled.shape[1], 2 * filled.shape[0]), interpolation=cv2.INTER_CUBIC)
    large = large[:height, :width]
    picture = np.where(level.hole[..., None], large, level.picture).astype(np.float32)
    return picture, _legal(level, places, np.stack([rows, columns], -1))


def _legal(level: _Level, places: Int, otherwise: Int) -> Int:
    """Places where they may be copied from; elsewhere, the nearest such place."""
    height, width = level.hole.shape
    inside = np.stack([np.clip(places[..., 0], 0, height - 1), np.clip(places[..., 1], 0, width - 1)], -1)
    _, index = cv2.distanceTransformWithLabels(
        (~level.allowed).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    to_source = np.zeros((int(index.max()) + 1, 2), np.int64)
    to_source[index[level.allowed]] = level.sources
    return np.asarray(to_source[index[inside[..., 0], inside[..., 1]]], np.int64)


def _nearest(
    level: _Level, filled: Float32, found: Int, rng: np.random.Generator, fading: float
) -> tuple[Int, Float32]:
    """The source (h, w, 2) of each patch that overlaps the hole, and what it costs (h, w)."""
    height, width = level.hole.shape
    middles = np.argwhere(cv2.dilate(level.hole.astype(np.uint8), np.ones((2 * RADIUS + 1,) * 2, np.uint8)) > 0)
    around = _patches(np.dstack([filled, level.hints]))
    mine = around[middles[:, 0], middles[:, 1]]
    counted = np.repeat(np.sqrt(_weights(level, fading, middles)), 3 + level.hints.shape[2], 2)
    far = 100 * FAR / (height * height + width * width)

    def costs(places: Int, of: Int) -> Float32:
        apart = around[places[:, 0], places[:, 1]]
        np.subtract(apart, mine[of], out=apart)
        np.multiply(apart, counted[of], out=apart)
        apart = apart.reshape(len(apart), -1)
        total = np.einsum("nk,nk->n", apart, apart)
        return np.asarray(total + far * ((places - middles[of]) ** 2).sum(1), np.float32)

    best = found[middles[:, 0], middles[:, 1]]
    cost = costs(best, np.arange(len(best)))
    reach = max(height, width)
    for step, searched in ((8, False), (4, True), (2, False), (1, False), (1, True)):
        for move in ((0, step), (step, 0), (0, -step), (-step, 0)):
            found[middles[:, 0], middles[:, 1]] = best
            beside = middles - move
            inside = _inside(beside, height, width)
            places = found[beside[:, 0].clip(0, height - 1), beside[:, 1].clip(0, width - 1)] + move
            known = _inside(places, height, width) & inside
            safe = np.where(known[:, None], places, best)
            better = level.allowed[safe[:, 0], safe[:, 1]] & known
            best, cost = _taken(best, cost, safe, better, costs)
        size = float(reach) if searched else 0.0
        while size >= 1:
            places = best + np.rint(rng.uniform(-size, size, best.shape)).astype(np.int64)
            known = _inside(places, height, width)
            safe = np.where(known[:, None], places, best)
            best, cost = _taken(best, cost, safe, level.allowed[safe[:, 0], safe[:, 1]] & known, costs)
            size /= 2.5
    found[middles[:, 0], middles[:, 1]] = best
    total = np.zeros((height, width), np.float32)
    total[middles[:, 0], middles[:, 1]] = cost
    return found, total


def _taken(
    best: Int, cost: Float32, places: Int, able: Bool, costs: Callable[[Int, Int], Float32]
) -> tuple[Int, Float32]:
    """The places tried where they are allowed and cost less, else those so far; and what they cost."""
    able = able & (places != best).any(1)
    if not able.any():
        return best, cost
    best, cost = best.copy(), cost.copy()
    for part in np.array_split(np.flatnonzero(able), 1 + int(able.sum()) // TRIED):
        tried = costs(places[part], part)
        better = part[tried < cost[part]]
        best[better], cost[better] = places[better], tried[tried < cost[part]]
    return best, cost


def _inside(places: Int, height: int, width: int) -> Bool:
    rows, columns = places.T
    return np.asarray((rows >= 0) & (rows < height) & (columns >= 0) & (columns < width))


def _patches(picture: Float32) -> Float32:
    """A view (h, w, 2R + 1, (2R + 1) · C) of the patches around all pixels."""
    side, channels = 2 * RADIUS + 1, picture.shape[2]
    padded = np.pad(picture, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), "reflect")
    rows = padded.reshape(padded.shape[0], -1)
    return np.lib.stride_tricks.sliding_window_view(rows, (side, side * channels))[:, ::channels]


def _weights(level: _Level, fading: float, middles: Int) -> Float32:
    """(N, 2R + 1, 2R + 1) how much each pixel of a patch counts; known ones most."""
    depth = cv2.distanceTransform((level.hole | level.void).astype(np.uint8), cv2.DIST_L2, 5)
    sure = np.where(level.void, 1e-4, fading**-depth).astype(np.float32)
    patches = _patches(sure[..., None])[middles[:, 0], middles[:, 1]]
    return np.asarray(patches / np.maximum(patches.sum((1, 2), keepdims=True), 1e-6) / 3, np.float32)


def _voted(level: _Level, filled: Float32, found: Int, cost: Float32, *, sharp: bool) -> Float32:
    """The picture with the hole made of what all patches over each pixel say."""
    height, width = level.hole.shape
    middles = np.argwhere(cv2.dilate(level.hole.astype(np.uint8), np.ones((2 * RADIUS + 1,) * 2, np.uint8)) > 0)
    places, prices = found[middles[:, 0], middles[:, 1]], cost[middles[:, 0], middles[:, 1]]
    # what lies near the border knows most; how well a patch fits counts little, or else smooth ones would win
    depth = cv2.distanceTransform((level.hole | level.void).astype(np.uint8), cv2.DIST_L2, 5)[
        middles[:, 0], middles[:, 1]
    ]
    vote = FADING**-depth * np.exp(-prices / (6 * max(float(np.quantile(prices, 0.75)), 1.0))) + 1e-9
    size = int(level.hole.sum())
    number = np.full(height * width, -1)
    number[level.hole.ravel()] = np.arange(size)
    total, share = np.zeros((size, 3)), np.zeros(size)
    for row in range(-RADIUS, RADIUS + 1):
        for column in range(-RADIUS, RADIUS + 1):
            away = row * row + column * column
            if sharp and away > NEARBY:
                continue
            at, of = middles + (row, column), places + (row, column)
            fine = _inside(at, height, width) & _inside(of, height, width)
            fine[fine] = number[at[fine, 0] * width + at[fine, 1]] >= 0
            index = number[at[fine, 0] * width + at[fine, 1]]
            near = vote[fine] * (0.5**away if sharp else 1.0)
            colors = filled[of[fine, 0], of[fine, 1]] * near[:, None]
            share += np.bincount(index, near, size)
            for channel in range(3):
                total[:, channel] += np.bincount(index, colors[:, channel], size)
    result = filled.astype(np.float32)
    mean = total / np.maximum(share, 1e-12)[:, None]
    result[level.hole] = np.where(share[:, None] > 0, mean, result[level.hole])
    return result
