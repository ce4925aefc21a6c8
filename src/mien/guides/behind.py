"""What lies behind a pair of glasses: the surroundings, spread over the few pixels that a frame hides.

The light and the colours are those of both sides, spread smoothly (:func:`mien.compose.blend.membrane`); the texture,
pores and hairs are those just beside the frame, mirrored at its border.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas are (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import disc, grown
from mien.compose.patches import patched
from mien.guides.lenses import usual
from mien.types import Bool, Float32

FINE = 0.022
"""Standard deviation of the blur that parts light from texture, units (distances of the outer corners of the eyes)."""

HALO = 0.03
"""How far beyond a hole its border still shows the frame: halos of sharpening, blocks of compression; units."""

LASHES = 0.03
"""How far around eyes lashes darken the skin, units."""

LARGEST = 300.0
"""Unit, pixels, from which a picture is filled at a reduced size."""

UNSEEN, THREAD = 0.5, 0.006
"""How much of their darkness brows have of which nothing is seen; and the width of their light and dark, units."""

FADES = 0.1
"""Way beside what is seen of a brow on which it fades, units."""

SEEN, FAINTEST = 0.1, 6.0
"""How much of a brow must be seen, against what is hidden, to tell its color; and levels by which it is darker."""

LEFT = 10.0
"""Levels by which what stands out beside a hole, besides its texture, is a rim's edge that was left."""

SMALL, KINDS = 0.06, np.float32(70)
"""Side of a square as large as the least part of hair or background, units; levels that two kinds are apart."""

BESIDE = 0.035
"""How far around hair and background no skin is looked for, units."""

SOFT = 0.012
"""How softly holes begin beside lashes, units."""

CALM = 0.35
"""How much a pixel must count as skin for its texture to be copied."""

EDGES = 2.5
"""How much stronger than usual texture is that is an edge, and not copied."""

BORDER = 0.15
"""How far around a hole grain is measured, units."""

ODD = 4.0
"""How far the colors of what is made may be from the usual ones, a* and b*."""

STRONG = 2.0
"""How much stronger than around it texture may be, so that no lash or edge is copied."""


def uncovered(
    picture: Float32, hole: Bool, eyes: Bool, beside: Bool, brows: Float32, kinds: Float32, unit: float
) -> Float32:
    """The picture (h, w, 3) with its hole filled; large ones at a reduced size, with their grain added afterwards.

    Args:
        picture: with what hides it.
        hole: what is hidden.
        eyes: where neither colours nor texture may come from.
        beside: what is no face, such as hair and background; filled with patches, since there are edges.
        brows: (h, w) how likely a brow is, in the hole, too.
        kinds: (h, w, k) how likely each kind of thing is there, such as hair.
        unit: distance of the outer corners of the eyes, pixels.
    """
    scale = min(1.0, LARGEST / unit)
    if scale == 1:
        made = _on_face(picture, hole, eyes, beside, brows, unit)
        return _on_rest(made, hole, eyes, beside, kinds, unit)
    size = (round(hole.shape[1] * scale), round(hole.shape[0] * scale))
    planes = (picture, brows, kinds)
    less, likely, kind = (np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA)) for one in planes)
    areas = [cv2.resize(a.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0 for a in (hole, eyes, beside)]
    small = uncovered(less, areas[0], areas[1], areas[2], likely, kind, LARGEST)
    large = np.asarray(cv2.resize(small, hole.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
    ring = (cv2.dilate(hole.astype(np.uint8), np.ones((9, 9))) > 0) & ~hole
    joined = np.where(hole[..., None], large, picture)  # the frame's edge is no grain
    grain = noise(hole.shape, missing(levels(joined, ring), levels(large, hole)))
    return np.where(hole[..., None], np.clip(large + grain, 0, 255), picture).astype(np.float32)


def _on_rest(made: Float32, hole: Bool, eyes: Bool, beside: Bool, kinds: Float32, unit: float) -> Float32:
    """Hair, ears and background of patches of their kind."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((hole & beside).astype(np.uint8))
    rest = hole & beside & (stats[:, cv2.CC_STAT_AREA] > (SMALL * unit) ** 2)[index]
    return patched(made, rest, eyes | hole, np.random.default_rng(0), hints=KINDS * kinds)


def _on_face(picture: Float32, hole: Bool, barred: Bool, beside: Bool, brows: Float32, unit: float) -> Float32:
    """Light of both sides, texture mirrored at the border."""
    near = cv2.dilate(hole.astype(np.uint8), disc(HALO * unit)) > 0
    known = (~near & ~barred).astype(np.float32)
    sigma = max(1.2, FINE * unit)
    shaded, apart = (grown(one, by * unit) for one, by in ((barred, LASHES), (beside, BESIDE)))
    skin = (known > 0) & (brows < 0.3) & ~shaded & ~apart
    if not skin.any():
        return np.asarray(np.where(hole[..., None], membrane(picture, known, 255.0), picture), np.float32)
    colors, counts = usual(cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB), skin, unit)
    total, share = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (picture * known[..., None], known))
    plain = total / np.maximum(share, 1e-3)[..., None]
    smooth = _smooth(plain, skin, counts, colors)
    dark, alpha = _browed(smooth, picture, plain, known > 0, brows, unit)
    hairy = alpha[..., None] * dark
    texture = (picture - plain) * known[..., None]
    strong = cv2.GaussianBlur(np.abs(texture).max(2), (0, 0), 1.5)
    calm = (counts > CALM) & (strong < EDGES * float(np.median(strong[skin])))
    fine = _mirrored_texture(texture, calm, known, np.maximum(calm, alpha * (brows > 0.5)), hairy, sigma)
    ring = calm & (cv2.dilate(hole.astype(np.uint8), disc(BORDER * unit)) > 0)
    grain = noise(hole.shape, levels(picture, ring if int(ring.sum()) > 100 else known > 0))
    made = np.clip(smooth - hairy + fine[0] + np.sqrt(1 - fine[1] ** 2) * grain, 0, 255)
    hairs = (brows > 0.5) & (cv2.dilate(hole.astype(np.uint8), disc(0.5 * HALO * unit)) == 0)
    odd = cv2.GaussianBlur(np.abs(picture - smooth).max(2), (0, 0), 0.7) > LEFT + 3 * float(np.median(strong[skin]))
    free = near & ~(barred | apart | (brows > 0.3))
    left = cv2.dilate((odd & free & ~shaded).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept = (barred | beside | hairs, shaded)
    return _joined(picture, made.astype(np.float32), hole | left & free, near, kept, unit)


def _mirrored_texture(
    texture: Float32, calm: Bool, known: Float32, fit: Float32, hairy: Float32, sigma: float
) -> tuple[Float32, Float32]:
    """Texture (h, w, 3) mirrored at the border of what is known, where (h, w, 1) what is mirrored there is fit."""
    area = calm.astype(np.float32)
    size, around = (cv2.GaussianBlur(one, (0, 0), 4 * sigma) for one in (np.abs(texture) * area[..., None], area))
    highest = STRONG * size / np.maximum(around, 1e-3)[..., None] + hairy
    columns, rows = _mirrored(known > 0)
    copied = cv2.remap(texture, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    sure = (cv2.remap(fit * known, columns, rows, cv2.INTER_LINEAR) > 0.99) & ~_torn(columns, rows)
    weight = np.clip(2 * cv2.GaussianBlur(sure.astype(np.float32), (0, 0), 1.2) - 1, 0, 1)[..., None]
    return np.asarray(weight * np.clip(copied, -highest, highest), np.float32), np.asarray(weight, np.float32)


def _smooth(plain: Float32, skin: Bool, counts: Float32, colors: Float32) -> Float32:
    """(h, w, 3) a blurred picture spread from skin: light from all of it, colors that are near the usual ones."""
    lab = cv2.cvtColor(np.clip(plain, 0, 255) / np.float32(255), cv2.COLOR_RGB2LAB)
    found = []
    for planes, known in ((lab[..., :1], skin.astype(np.float32)), (lab[..., 1:], counts)):
        smooth = membrane(planes, known, 255.0)
        for _ in range(2):  # it agrees with what is seen at the border
            smooth += membrane(planes - smooth, known, 255.0)
        found.append(smooth)
    found[1] = np.clip(found[1], colors[..., 1:] - ODD, colors[..., 1:] + ODD)
    return np.asarray(np.clip(cv2.cvtColor(np.dstack(found), cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)


def _joined(picture: Float32, made: Float32, hole: Bool, near: Bool, kept: tuple[Bool, Bool], unit: float) -> Float32:
    """What was made, in a hole; its colours reach farther, where compression has mixed the frame's in.

    Args:
        kept: where nothing changes beside a hole; and around eyes, where lashes stay and holes begin softly.
    """
    there, wanted = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (picture, made))
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    reach = float(away[near].max()) + 1
    free = near & ~kept[0] & ~kept[1]
    color = np.clip(1.5 * (1 - away / reach), 0, 1) * free
    light = np.clip(1 - away / (0.7 * reach), 0, 1) * free
    inside = np.clip(2 * cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(0.8, SOFT * unit)) - 0.8, 0, 1)
    inside = np.where(kept[1], inside, 1)[..., None]
    weight = np.where(hole[..., None], inside, np.dstack([light, color, color])).astype(np.float32)
    mixed = cv2.cvtColor(there + weight * (wanted - there), cv2.COLOR_LAB2RGB)
    return np.where((free | hole)[..., None], np.clip(mixed, 0, 1) * 255, picture).astype(np.float32)


def _browed(
    smooth: Float32, picture: Float32, plain: Float32, known: Bool, brows: Float32, unit: float
) -> tuple[Float32, Float32]:
    """By how much brows are darker (h, w, 3) than skin, as far as they are seen; and where (h, w) they go on."""
    dark = np.zeros(smooth.shape, np.float32)
    count, index = cv2.connectedComponents((brows > 0.5).astype(np.uint8))
    off = (smooth - picture) * known[..., None]
    hairs = known & (brows > 0.5) & ((smooth - plain).mean(2) > FAINTEST)
    usually = np.median(off[hairs], axis=0) if int(hairs.sum()) > 30 else np.zeros(3, np.float32)
    for number in range(1, count):
        whole = index == number
        seen = whole & hairs
        if int(seen.sum()) < SEEN * int((whole & ~known).sum()):
            dark[whole] = UNSEEN * usually
            continue
        near = cv2.dilate(whole.astype(np.uint8), disc(0.1 * unit)) > 0
        spread = cv2.GaussianBlur(membrane(off, seen.astype(np.float32), 255.0), (0, 0), 0.02 * unit)
        away = cv2.distanceTransform((~seen.any(0)).astype(np.uint8)[None], cv2.DIST_L2, 5)[..., None]
        dark[near] = (spread * np.exp(-away / (FADES * unit)))[near]
    strands = cv2.GaussianBlur(np.random.default_rng(1).standard_normal(brows.shape), (0, 0), max(0.8, THREAD * unit))
    dark *= np.clip(1 + 0.4 * strands / float(strands.std()), 0.2, 1.8)[..., None]
    return np.maximum(dark, 0), np.asarray(np.clip((brows - 0.3) / 0.5, 0, 1), np.float32)


def _torn(columns: Float32, rows: Float32) -> Bool:
    """Where what is mirrored at one border meets what is mirrored at another one."""
    steps = [np.abs(cv2.Sobel(one, cv2.CV_32F, *o, ksize=3)) / 8 for one in (columns, rows) for o in ((1, 0), (0, 1))]
    return np.asarray(np.max(steps, 0) > 1.8, np.bool_)


def _mirrored(known: Bool) -> tuple[Float32, Float32]:
    """Columns and rows (h, w) of the places on the other side of the nearest border of what is known."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.argwhere(known)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels[places[:, 0], places[:, 1]]] = np.arange(len(places))
    nearest = cv2.GaussianBlur(places[index[labels]].astype(np.float32), (0, 0), 1.0)
    ys, xs = np.mgrid[: known.shape[0], : known.shape[1]].astype(np.float32)
    return np.asarray(2 * nearest[..., 1] - xs, np.float32), np.asarray(2 * nearest[..., 0] - ys, np.float32)
