"""What is likely hair, where the parser doubts it, by what looks alike nearby: hair, skin, clothes or backdrop.

Each doubtful place is told by its nearest neighbors, in color, texture and place, among what is surely one of these: a
wall in shadow beside hair is wall, a dark crown before trees is hair.

Convention:
    Maps are (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.border import both_colors, wide_blur
from mien.compose.morphology import disc
from mien.types import Bool, Float32, UInt8

SIDE = 176
"""Longer side at which neighbors are looked for."""

SAMPLES = (350, 150)
"""Of hair and of the backdrop, and of each other kind, that are compared."""

NEIGHBORS, CLOSE, UNLIKE = 4, 6.0, 0.02
"""That are looked for among hair and among all else, the distance at which they are alike, and what is unlike."""

PLACE, TEXTURE = 0.8, 6.0
"""Distances of a unit, and of texture that is e times as strong, in units of L*a*b*."""

SURE, INSIDE = 0.85, 1.5
"""Likely hair that is surely hair, and units from its border within which it may be none."""

AWAY, LITTLE = 3.0, 0.08
"""Units from hair from which on there is surely something else, and what hair, skin and clothes are there at most."""

REACH = 9.0
"""Units from likely hair within which there may be hair."""

DOUBT = (0.01, 0.05)
"""The least that is left to a doubt of the parser's, and of the neighbors'."""

TRUST, THICK = 1.8, 1.2
"""How much more neighbors' odds count than the parser's where they say no; and half the units that a part is wide at
least for them to count."""

ADDED = 0.7
"""Likely hair that neighbors can make of what the parser does not see."""

PINNED = 0.6
"""What the parser must give for skin, ears, clothes or brows for them to stay."""

ASIDE = 2.5
"""Units from skin within which neighbors take no hair away."""

WORN = 4.0
"""How much clothes and necks, as the parser sees them, keep neighbors from adding hair."""

ALIKE, FADES = (20.0, 0.6, 15.0), (0.03, 0.4)
"""Levels between hair and backdrop, and how much more where they are uneven, from which on they are told, and over how
many; and what is likely hair between which a matte fades where they are not."""


def by_neighbors(
    picture: UInt8, likely: Float32, skin: Float32, others: Float32, neck: Float32, ears: Float32, unit: float
) -> Float32:
    """Likely hair (h, w) after what neighbors are; as it was where nothing is in doubt.

    Args:
        picture: (H, W, 3) of the same part.
        likely: what the parser takes for hair.
        skin, others, neck, ears: for skin, for clothes and what else may look like hair, for a neck, for ears.
        unit: in pixels of the maps.
    """
    shrink = min(1.0, SIDE / max(likely.shape))
    size = (max(8, round(likely.shape[1] * shrink)), max(8, round(likely.shape[0] * shrink)))
    maps = (likely, skin, others, neck, ears)
    hair, *rest = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in maps)
    unit *= shrink
    sure = cv2.erode((hair > SURE).astype(np.uint8), disc(INSIDE * unit)) > 0
    away = cv2.dilate((hair > 0.25).astype(np.uint8), disc(AWAY * unit)) == 0
    kinds = [sure, away & (sum(rest, hair) < LITTLE), (rest[1] > 0.9) & (hair < 0.05)]
    doubt = (cv2.dilate((hair > 0.1).astype(np.uint8), disc(REACH * unit)) > 0) & ~sure & (sum(rest) < PINNED)
    if not sure.any() or not doubt.any() or not any(kind.any() for kind in kinds[1:]):
        return likely
    votes = _bounded(_votes(_seen(picture, size, unit), kinds, doubt), rest, unit)
    before, told = (np.clip(one, least, 1 - least) for one, least in zip((hair, votes), DOUBT, strict=True))
    more = _odds(before) * _odds(told) ** np.where(told < 0.5, TRUST, np.float32(1))
    more = np.where(doubt, more / (1 + more) - hair, 0).astype(np.float32)
    wide = disc(THICK * unit)  # a rim is a mixture, and like neither
    added = cv2.morphologyEx(np.minimum(np.maximum(more, 0), np.maximum(ADDED - hair, 0)), cv2.MORPH_OPEN, wide)
    gone = cv2.morphologyEx(np.maximum(-more, 0), cv2.MORPH_OPEN, wide)
    more = added - cv2.GaussianBlur(gone, (0, 0), THICK * unit)
    more = cv2.resize(more, likely.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(likely + more, 0, 1), np.float32)


def _bounded(votes: Float32, rest: Sequence[Float32], unit: float) -> Float32:
    """Votes (h, w) that add no hair to clothes and necks, and take none away beside skin.

    ``rest`` is what the parser takes for skin, others, neck and ears.
    """
    skin, others, neck, ears = rest
    worn = np.clip(WORN * (others + neck), 0, 1)  # dark collars look like dark hair
    votes = np.minimum(votes, 1 - 0.5 * worn)
    near = cv2.dilate(((skin + ears) > 0.5).astype(np.uint8), disc(ASIDE * unit)) > 0
    votes = np.where(near, np.maximum(votes, np.float32(0.5)), votes)  # what is skin beside hair is told later
    return np.asarray(votes, np.float32)


def _odds(share: Float32) -> Float32:
    return np.asarray(share / (1 - share), np.float32)


def _seen(picture: UInt8, size: tuple[int, int], unit: float) -> Float32:
    """(h, w, 6): L*a*b*, texture, and place."""
    larger = (2 * size[0], 2 * size[1])
    seen = cv2.resize(picture, larger, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    lab = cv2.cvtColor(seen, cv2.COLOR_RGB2LAB)
    light = np.ascontiguousarray(lab[..., 0])
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), 0.8 * unit))
    fine = cv2.GaussianBlur(fine, (0, 0), unit)
    planes = cv2.resize(np.dstack([lab, fine]), size, interpolation=cv2.INTER_AREA)
    ys, xs = np.mgrid[: size[1], : size[0]].astype(np.float32) * np.float32(PLACE / unit)
    return np.dstack([planes[..., :3], TEXTURE * np.log1p(planes[..., 3]), xs, ys]).astype(np.float32)


def _votes(seen: Float32, kinds: list[Bool], where: Bool) -> Float32:
    """(h, w): from 0 to 1, how much more some places are like hair than like any other kind; 0 elsewhere.

    Kinds are hair, the backdrop, and others; the sample is the same each time.
    """
    rng, places = np.random.default_rng(0), []
    for number, kind in enumerate(kinds):
        found, most = np.flatnonzero(kind), SAMPLES[0 if number < 2 else 1]
        places.append(found if len(found) <= most else rng.choice(found, most, replace=False))
    flat, asked, alike = seen.reshape(-1, seen.shape[2]), seen[where], []
    for group in (places[0], np.concatenate(places[1:])):
        count = min(NEIGHBORS, len(group))
        away, _ = cv2.batchDistance(asked, flat[group], cv2.CV_32F, normType=cv2.NORM_L2, K=count)
        alike.append(np.exp(-(away**2).mean(1) / (2 * CLOSE**2)) + UNLIKE)
    votes = np.zeros(where.shape, np.float32)
    votes[where] = alike[0] / (alike[0] + alike[1])
    return votes


def faded(picture: UInt8, matte: Float32, likely: Float32, bare: Float32, unit: float) -> Float32:
    """A matte (h, w) that fades as the parser's doubt grows where hair looks like what is behind it: a border there is
    a guess, and a sharp one is seen in another color.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        likely: hair.
        bare: where there is skin: nothing fades beside it.
        unit: in pixels.
    """
    hair, behind = matte > 0.95, (cv2.dilate(matte, disc(1.5 * unit)) < 0.05) & (bare < 0.3)
    if not hair.any() or not behind.any():
        return matte
    seen = picture.astype(np.float32)
    (front, spread), (back, uneven) = both_colors(seen, (hair, behind), 4 * unit)
    apart = np.sqrt(np.einsum("ijk,ijk->ij", front - back, front - back))
    alike = np.clip((ALIKE[0] + ALIKE[1] * (spread + uneven) - apart) / ALIKE[2], 0, 1)
    alike = alike * (1 - np.clip(2 * wide_blur(bare, 2 * unit), 0, 1))
    soft = np.clip((wide_blur(likely, unit) - FADES[0]) / (FADES[1] - FADES[0]), 0, 1)
    return np.asarray(matte - alike * np.maximum(matte - soft, 0), np.float32)
