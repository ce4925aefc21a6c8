"""Where a beard is: what the parser takes for hair on the lower face, but for what looks like what lies beside it.

The parser's beard spills over necks and collars below it. A pixel there is what most of those are that resemble it
most, in color and place, among places of which the parser is sure (k nearest neighbors: Fix and Hodges, 1951).

Convention:
    Everything is (h, w) at a scale at which the outer corners of the eyes lie ``UNIT`` pixels apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.morphology import disc
from mien.conditions.areas import JAW, lower_face
from mien.guides.beards.reach import within_reach
from mien.guides.beards.shaded_neck import shaded_neck
from mien.guides.dyes.coloring import lab_of
from mien.types import Bool, Float32, Float64, UInt8

UNIT = 48
"""Pixels between the outer corners of the eyes."""

ROUGH = 2.0
"""How much rougher than skin a place is that the parser takes for hair with little confidence."""

SURE, FACIAL, POSSIBLE = 0.3, 0.12, 0.06
"""Probabilities of hair from which it counts: below the jaw, on the face, and where it is rough."""

CORE = 0.8
"""Probability from which a beard is sure enough to tell its colors."""

FARTHER = (0.25, 0.5, 0.3)
"""Probability from which a beard counts beside the face, how much more is needed farther away, and how far that is,
eye distances."""

TUFT, LIKE_BEARD, UNSURE = 0.12, 0.5, 0.75
"""How far from a beard, eye distances, beside a cheek, what the parser calls an ear may be one of its tufts; how much
like the beard it is at least; and how sure the parser is at most of skin, clothes and backdrop."""

OUT = 0.25
"""Eye distances by which a beard may hang out of where it is looked for; hair beside a neck goes on farther."""

HOLES = 0.12
"""Half the width, eye distances, of what is a beard as all around it is."""

NEAREST, SAMPLES = 9, 300
"""How many neighbors decide, and how many samples of each kind are looked at."""

BELOW, NEXT = 0.25, (0.15, 0.3)
"""Eye distances below the chin from which a beard may go on unseen; and how far, at least and at most, one looks."""

SAME, ROUGHLY = 8.0, 0.5
"""Distance in Lab up to which what comes next has the color of a beard, and the least share of its roughness. Of beards
that end the distance is 18 and more, of one that hides a chest 1; stubble over a shaded neck (5) is hardly rough."""

HUES, PLACES = 1.5, 25.0
"""What a* and b* count, L* being 1, and an eye distance."""


def hairs_of(points: Float64, shares: Mapping[str, Float32], beard: Float32, fine: Float32) -> Bool:
    """(h, w): a beard and its tufts."""
    rough = fine > ROUGH * usual_roughness(shares, beard, fine)
    _, pieces = cv2.connectedComponents((beard > SURE).astype(np.uint8))
    around = inside(points[[61, 98, 2, 327, 291, 378, 400, 152, 176, 149]], beard.shape)
    counts = np.bincount(pieces[around & (pieces > 0)], minlength=int(pieces.max()) + 1)
    main = np.isin(pieces, np.flatnonzero(counts > 20)) & (pieces > 0)
    main = main if main.any() else beard > SURE
    close = cv2.dilate(main.astype(np.uint8), disc(0.32 * UNIT)) > 0
    beside = blurred(shares["clothes"] + shares["background"] > 0.3, 1.5) > 0.15
    tufts = rough & ~beside & (beard > POSSIBLE)
    facial = (beard > FACIAL) & inside(lower_face(points)[0], beard.shape)
    return np.asarray(main | ((tufts | facial) & close), np.bool_)


def usual_roughness(shares: Mapping[str, Float32], beard: Float32, fine: Float32) -> float:
    """How rough skin without a beard is."""
    calm = (shares["skin"] > 0.8) & (beard < 0.05)
    return float(np.median(fine[calm] if calm.sum() > 20 else fine))


def ended(
    hairs: Bool, picture: Float32, points: Float64, shares: Mapping[str, Float32], beard: Float32, fine: Float32
) -> tuple[Bool, Mapping[str, Float32]]:
    """Hairs (h, w) without what has rather the colors of a neck, clothes or the backdrop beside the face; and shares
    that say which of them it is."""
    face = eroded(inside(points[list(mesh.OUTLINE)], beard.shape), 2)
    skin = ((shares["skin"] > 0.85) & face & (beard < 0.1)) | ((shares["neck"] > 0.55) & (beard < 0.3))
    kinds = [beard > CORE, skin, shares["clothes"] > 0.7, shares["background"] > 0.7]
    core = kinds[0] & hairs
    if not core.any():
        return hairs, shares
    rows = np.arange(len(beard))[:, None]
    beside_cheek = dilated(hairs, round(TUFT * UNIT)) & (rows > points[2, 1])
    beside_cheek &= rows < points[[61, 291], 1].mean() + TUFT * UNIT
    beside_cheek &= shares["background"] + shares["clothes"] + shares["skin"] < UNSURE
    asked = (dilated(hairs, 2) | (beard > 0.05) | beside_cheek) & ~face
    lab = blurred(lab_of(picture / np.float32(255)), 0.6)
    told = blurred(alike(lab, kinds, asked, UNIT), 0.8)
    away = cv2.distanceTransform((~face).astype(np.uint8), cv2.DIST_L2, 5) / UNIT
    away *= rows > points[[61, 291], 1].mean()
    likely = (beard > FARTHER[0] + FARTHER[1] * np.clip(away / FARTHER[2], 0, 1)) & (told[..., 0] > 0.4)
    stubble = (fine > ROUGH * usual_roughness(shares, beard, fine)) & (told[..., 1] > 0.7)  # on the skin of a neck
    stubble &= (blurred((told[..., 2] + told[..., 3] > 0.3) | (shares["clothes"] > 0.2), 2.5) < 0.05) & (beard > 0.12)
    found = connected(hairs & (face | likely | stubble), core, 3)
    closed = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, disc(HOLES * UNIT)) > 0
    hairs = found | (hairs & closed & (beard > 0.5) & (told[..., 1:3].max(2) < 0.9))
    neck = shaded_neck(picture, skin & face, hairs, points, UNIT) & ~face
    tufts = beside_cheek & ~face & (told[..., 0] > LIKE_BEARD)
    hairs = within_reach(hairs, points, UNIT, neck)
    tufts &= connected(hairs | tufts, hairs, 2)
    hairs = hairs | tufts
    shares = {**shares, "ears": np.where(tufts, np.float32(0), shares["ears"])}
    rest = told[..., 1:] / np.maximum(told[..., 1:].sum(2, keepdims=True), 1e-3)
    beside, sorts = np.where(asked & ~hairs, np.minimum(beard * 3, 1), 0), np.moveaxis(rest, 2, 0)
    for name, one in zip(("neck", "clothes", "background"), sorts, strict=True):
        shares = {**shares, name: np.asarray(shares[name] + beside * (one - shares[name]), np.float32)}
    for name in ("neck", "clothes", "background"):
        shares = {**shares, name: np.where(neck & ~hairs, np.float32(name == "neck"), shares[name])}
    return hairs, shares


def runs_on(hairs: Bool, picture: Float32, points: Float64, fine: Float32, usual: float) -> bool:
    """Whether a beard goes on below where it was found to end: in most columns between the corners of the mouth, what
    comes next has its color and its roughness, as no neck, collar or backdrop has.

    Args:
        hairs: (h, w) as found.
        picture: (h, w, 3) sRGB.
        points: (478, 3) landmarks.
        fine: (h, w) as :func:`roughness` gives it.
        usual: roughness of skin without a beard.
    """
    lab, chin, (first, last) = lab_of(picture / np.float32(255)), points[152, 1], sorted(points[[61, 291], 0])
    found, on = 0, 0
    for x in range(max(0, int(first)), min(hairs.shape[1], int(last) + 1)):
        rows = np.flatnonzero(hairs[:, x])
        found += rows.size > 0
        if not rows.size or rows[-1] - chin < BELOW * UNIT or rows[-1] + NEXT[0] * UNIT > len(hairs):
            continue
        end, reach = int(rows[-1]), round(NEXT[1] * UNIT)
        before, after = np.s_[max(0, end - reach) : end - 1, x], np.s_[end + 2 : end + reach, x]
        near = np.linalg.norm(np.median(lab[before], 0) - np.median(lab[after], 0)) < SAME
        rough = max(ROUGHLY * float(np.median(fine[before])), 2 * ROUGH * usual)
        on += bool(near and float(np.median(fine[after])) > rough)
    return on > 0.5 * found


def alike(lab: Float32, kinds: Sequence[Bool], wanted: Bool, unit: float) -> Float32:
    """How likely pixels are of each of some kinds.

    Args:
        lab: (h, w, 3) CIE L*, a*, b*.
        kinds: K areas in which each is surely seen; at least one pixel of one.
        wanted: where it is asked.
        unit: an eye distance, pixels.

    Returns:
        (h, w, K) shares of the nearest samples, 0 where nothing is wanted.
    """
    found = np.zeros((*wanted.shape, len(kinds)), np.float32)
    if not wanted.any():
        return found
    rows, columns = np.indices(wanted.shape, np.float32) * np.float32(PLACES / unit)
    seen = np.dstack([lab * np.array([1, HUES, HUES], np.float32), rows, columns])
    rng = np.random.default_rng(0)
    samples = [points[rng.permutation(len(points))[:SAMPLES]] for points in (seen[one] for one in kinds)]
    kind = np.repeat(np.arange(len(kinds)), [len(one) for one in samples])
    known, asked = np.concatenate(samples), seen[wanted]
    apart = (known**2).sum(1)[None] - 2 * asked @ known.T
    near = kind[np.argpartition(apart, min(NEAREST, len(known) - 1), axis=1)[:, :NEAREST]]
    found[wanted] = np.stack([(near == n).mean(1) for n in range(len(kinds))], 1)
    return found


def connected(area: Bool, core: Bool, neck: int) -> Bool:
    """What of an area hangs together with its core over more than a neck of some pixels; (h, w)."""
    kernel = np.ones((neck, neck), np.uint8)
    opened = cv2.morphologyEx((area | core).astype(np.uint8), cv2.MORPH_OPEN, kernel) | core.astype(np.uint8)
    _, pieces = cv2.connectedComponents(opened)
    main = np.isin(pieces, np.unique(pieces[core])) & (pieces > 0)
    return np.asarray(area & (cv2.dilate(main.astype(np.uint8), kernel) > 0), np.bool_)


def places(points: Float64, shape: Sequence[int]) -> Bool:
    """(h, w): where a beard may be: the lower face, below the jaw, and a little beside both."""
    down, jaw = (points[152, :2] - points[2, :2]) * 2.5, points[list(JAW), :2]
    area = inside(lower_face(points)[0], shape)
    area |= inside(np.concatenate([jaw[2:-2], (jaw[2:-2] + down)[::-1]]), shape)
    wider = cv2.dilate(area.astype(np.uint8), np.ones((1, round(0.3 * UNIT)), np.uint8)) > 0
    ears = min(points[234, 1], points[454, 1]) + 0.12 * UNIT
    return np.asarray(area | (wider & (np.arange(shape[0])[:, None] > ears)), np.bool_)


def hanging_out(points: Float64, hair: Float32, area: Bool) -> Bool:
    """(h, w): what of hair hangs out of where a beard may be, below the mouth: small pieces, as those of a turned chin.

    Args:
        points: (478, 3) landmarks.
        hair: (h, w) how likely hair is.
        area: (h, w) where a beard may be, as :func:`places` gives it.
    """
    below = np.arange(len(hair))[:, None] > points[[61, 291], 1].mean()
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(((hair > SURE) & ~area & below).astype(np.uint8))
    beside, beyond = dilated(area, 1), ~dilated(area, round(OUT * UNIT))
    small = stats[:, cv2.CC_STAT_AREA] < (OUT * UNIT) ** 2 * 4
    small[0] = False
    small[np.unique(pieces[beyond])] = False
    return dilated(small[pieces] & np.isin(pieces, np.unique(pieces[beside])), 2) & ~area


def roughness(picture: np.ndarray, size: tuple[int, int]) -> Float32:
    """(h, w): how much light varies within a fiftieth of the eye distance, as a share of it."""
    finer = (3 * size[0], 3 * size[1])
    gray = cv2.cvtColor(reduced(picture, finer), cv2.COLOR_RGB2GRAY)
    fine = np.abs(gray - blurred(gray, 0.06 * UNIT)) / (blurred(gray, 0.12 * UNIT) + 12)
    return reduced(blurred(fine, 0.09 * UNIT), size)


def reduced(picture: np.ndarray, size: tuple[int, int]) -> Float32:
    """A picture at a smaller size (w, h)."""
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def larger(picture: Bool | Float32, shape: Sequence[int], how: int = cv2.INTER_CUBIC) -> Float32:
    """A picture or an area at a larger size (H, W, ...)."""
    return np.asarray(cv2.resize(np.asarray(picture, np.float32), (shape[1], shape[0]), interpolation=how), np.float32)


def inside(outline: Float64, shape: Sequence[int]) -> Bool:
    """(h, w): within an outline (N, 2)."""
    area: UInt8 = np.zeros(tuple(shape[:2]), np.uint8)
    cv2.fillPoly(area, [np.round(outline[:, :2] * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return area > 0


def blurred(area: Bool | Float32, sigma: float) -> Float32:
    """An area or a picture, with a soft border of a standard deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(np.asarray(area, np.float32), (0, 0), max(0.3, sigma)), np.float32)


def dilated(area: Bool, by: int) -> Bool:
    """(h, w): an area and what lies within some pixels of it, in a square."""
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)) > 0)


def eroded(area: Bool, by: int) -> Bool:
    """(h, w): an area without some pixels at its border."""
    return np.asarray(cv2.erode(area.astype(np.uint8), np.ones((2 * by + 1,) * 2, np.uint8)) > 0)


def mean_within(picture: Float32, weight: Bool | Float32, sigma: float) -> Float32:
    """A blur of an area by itself."""
    weight = np.asarray(weight, np.float32)
    total = blurred(picture * (weight[..., None] if picture.ndim == 3 else weight), sigma)
    share = np.maximum(blurred(weight, sigma), 1e-4)
    return np.asarray(total / (share[..., None] if picture.ndim == 3 else share), np.float32)
